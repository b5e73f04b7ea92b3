//! `COUNTALL`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "COUNTALL",
    usage: "COUNTALL(a, b, …)",
    about: "How many values there are, empty ones included.",
    family: Family::Number,
    examples: &[("COUNTALL(1, \"\", \"a\")", "3")],
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
    call.count(|_| true)
}
