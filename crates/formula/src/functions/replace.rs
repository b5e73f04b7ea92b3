//! `REPLACE`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::count;
use crate::eval::Lanes;
use crate::strings::Made;
use crate::text::{Text, split};

pub(super) const FUNCTION: Function = Function {
    name: "REPLACE",
    usage: "REPLACE(text, start, count, new)",
    about: "The text with some of its characters replaced; the first is 1.",
    family: Family::Text,
    examples: &[("REPLACE(\"database\", 2, 5, \"o\")", "\"dose\"")],
    least: 4,
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
    let [text, start, length, new] = &lanes;
    let (start, length) = (extent.per(start, count), extent.per(length, count));
    let (mut text, mut new) = (Text::new(text), Text::new(new));
    call.write(&extent, |row, out| {
        let (Some(start), Some(length)) = (start.at(row), length.at(row)) else { return Made::Error };
        let (before, rest) = split(text.at(row), start.saturating_sub(1));
        out.push_str(before);
        out.push_str(new.at(row));
        out.push_str(split(rest, length).1);
        Made::Value
    })
}
