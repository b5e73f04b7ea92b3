//! `LEN`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::Out;
use crate::eval::Lanes;
use crate::text::Text;

pub(super) const FUNCTION: Function = Function {
    name: "LEN",
    usage: "LEN(text)",
    about: "The number of characters.",
    family: Family::Text,
    examples: &[("LEN(\"quick\")", "5")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?];
    let extent = call.extent(&lanes);
    let [text] = &lanes;
    let mut text = Text::new(text);
    Ok(extent.calculate(|row| Out::Value(text.at(row).chars().count() as f64)))
}
