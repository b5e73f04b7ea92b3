//! `MID`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::count;
use crate::eval::Lanes;
use crate::strings::Made;
use crate::text::{Text, split};

pub(super) const FUNCTION: Function = Function {
    name: "MID",
    usage: "MID(text, start, count)",
    about: "Characters from the middle; the first is 1.",
    family: Family::Text,
    examples: &[("MID(\"Hello\", 2, 3)", "\"ell\"")],
    least: 3,
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
    let (mut text, start, length) = (Text::new(text), extent.per(start, count), extent.per(length, count));
    call.write(&extent, |row, out| {
        let (Some(start), Some(length)) = (start.at(row), length.at(row)) else { return Made::Error };
        let from = split(text.at(row), start.saturating_sub(1)).1;
        out.push_str(split(from, length).0);
        Made::Value
    })
}
