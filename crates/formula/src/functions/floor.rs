//! `FLOOR`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::decimal::multiple;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "FLOOR",
    usage: "FLOOR(number, [step])",
    about: "Rounded down to a multiple of the step.",
    family: Family::Number,
    examples: &[("FLOOR(-1.01, 0.1)", "-1.1"), ("FLOOR(7, 5)", "5")],
    least: 1,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.numbers(1.0, |number, step| multiple(number, step, |quotient, noise| (quotient + noise).floor()))
}
