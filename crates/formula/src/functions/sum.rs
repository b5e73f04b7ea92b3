//! `SUM`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "SUM",
    usage: "SUM(a, b, …)",
    about: "The numbers added.",
    family: Family::Number,
    examples: &[("SUM(1, 2, 3.5)", "6.5")],
    least: 1,
    most: MANY,
    lists: MANY,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.fold(0.0, |sum, number| sum + number, |sum| sum)
}
