//! `VALUE`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::Out;
use crate::eval::Lanes;
use crate::text::Text;

pub(super) const FUNCTION: Function = Function {
    name: "VALUE",
    usage: "VALUE(text)",
    about: "The number that a text names; signs around it are left aside.",
    family: Family::Number,
    examples: &[("VALUE(\"$1000\")", "1000")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: Some(("no number can be read from the text", "a number has digits, one `.` at most, and `-` in front only")),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?];
    let extent = call.extent(&lanes);
    let [text] = &lanes;
    let (mut text, mut kept) = (Text::new(text), String::new());
    Ok(extent.calculate(|row| {
        kept.clear();
        kept.extend(text.at(row).chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')));
        match kept.parse() {
            _ if kept.is_empty() => Out::Blank,
            Ok(number) => Out::Value(number),
            Err(_) => Out::Error,
        }
    }))
}
