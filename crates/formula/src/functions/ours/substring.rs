//! `SUBSTRING`.

use model::FormulaType;

use crate::call::{Call, count};
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::strings::Made;
use crate::text::{Text, split};

pub(super) const FUNCTION: Function = Function {
    name: "SUBSTRING",
    usage: "SUBSTRING(text, start, [count])",
    about: "Characters from a place on, all without a count; the first is 0, unlike in MID.",
    family: Family::Text,
    examples: &[("SUBSTRING(\"Hello\", 1, 3)", "\"ell\""), ("SUBSTRING(\"Hello\", 1)", "\"ello\"")],
    least: 2,
    most: 3,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?, call.argument(2)?];
    let extent = call.extent(&lanes);
    let [text, start, length] = &lanes;
    let (mut text, start) = (Text::new(text), extent.per(start, count));
    let length = (call.arguments.len() > 2).then(|| extent.per(length, count));
    call.write(&extent, |row, out| {
        let length = length.as_ref().map_or(Some(usize::MAX), |length| length.at(row));
        let (Some(start), Some(length)) = (start.at(row), length) else { return Made::Error };
        out.push_str(split(split(text.at(row), start).1, length).0);
        Made::Value
    })
}
