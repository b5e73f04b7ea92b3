//! `EXP`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "EXP",
    usage: "EXP(number)",
    about: "Euler's number to the power of the number.",
    family: Family::Number,
    examples: &[("EXP(0)", "1")],
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
    call.number(f64::exp)
}
