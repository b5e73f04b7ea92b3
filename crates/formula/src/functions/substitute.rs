//! `SUBSTITUTE`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::count;
use crate::eval::Lanes;
use crate::strings::{LONGEST, Made};
use crate::text::Text;

pub(super) const FUNCTION: Function = Function {
    name: "SUBSTITUTE",
    usage: "SUBSTITUTE(text, old, new, [which])",
    about: "The text with another inside it replaced, everywhere or at one place.",
    family: Family::Text,
    examples: &[
        ("SUBSTITUTE(\"gold mold\", \"old\", \"et\")", "\"get met\""),
        ("SUBSTITUTE(\"gold mold\", \"old\", \"et\", 1)", "\"get mold\""),
    ],
    least: 3,
    most: 4,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some(super::TOO_LONG),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?, call.argument(2)?, call.argument(3)?];
    let extent = call.extent(&lanes);
    let [text, old, new, which] = &lanes;
    let (mut text, mut old, mut new) = (Text::new(text), Text::new(old), Text::new(new));
    let only = (call.arguments.len() > 3).then(|| extent.per(which, count));
    call.write(&extent, |row, out| {
        let which = only.as_ref().map(|only| only.at(row));
        if which == Some(None) {
            return Made::Error;
        }
        replace((text.at(row), old.at(row), new.at(row)), which.flatten(), out)
    })
}

fn replace((text, old, new): (&str, &str, &str), which: Option<usize>, out: &mut String) -> Made {
    let start = out.len();
    let mut rest = 0;
    let found = text.match_indices(old).filter(|_| !old.is_empty()).enumerate();
    for (at, _) in found.filter(|(index, _)| which.is_none_or(|which| which == index + 1)).map(|(_, found)| found) {
        out.push_str(text.get(rest..at).unwrap_or_default());
        out.push_str(new);
        rest = at + old.len();
        if out.len() - start > 4 * LONGEST {
            return Made::Error;
        }
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    Made::Value
}
