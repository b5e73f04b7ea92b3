//! `REPT`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::count;
use crate::eval::Lanes;
use crate::strings::{LONGEST, Made};
use crate::text::Text;

pub(super) const FUNCTION: Function = Function {
    name: "REPT",
    usage: "REPT(text, count)",
    about: "The text repeated.",
    family: Family::Text,
    examples: &[("REPT(\"Hi! \", 2)", "\"Hi! Hi! \"")],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some(super::TOO_LONG),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?];
    let extent = call.extent(&lanes);
    let [text, times] = &lanes;
    let (mut text, times) = (Text::new(text), extent.per(times, count));
    call.write(&extent, |row, out| {
        let (text, Some(times)) = (text.at(row), times.at(row)) else { return Made::Error };
        let is_longer = |len: usize| len.saturating_mul(times) > LONGEST;
        if is_longer(text.len()) && is_longer(text.chars().count()) {
            return Made::Error;
        }
        repeat(text, times, out);
        Made::Value
    })
}

/// Doubles what is there already as long as it fits. An empty text may be wanted any number of times.
fn repeat(text: &str, times: usize, out: &mut String) {
    let (start, whole) = (out.len(), text.len() * times);
    out.push_str(text.get(..whole.min(text.len())).unwrap_or_default());
    while out.len() - start < whole {
        let done = out.len() - start;
        out.extend_from_within(start..start + done.min(whole - done));
    }
}
