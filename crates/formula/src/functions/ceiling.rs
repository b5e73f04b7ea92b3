//! `CEILING`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::decimal::multiple;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "CEILING",
    usage: "CEILING(number, [step])",
    about: "Rounded up to a multiple of the step.",
    family: Family::Number,
    examples: &[("CEILING(1.05, 0.1)", "1.1"), ("CEILING(-1.5)", "-1")],
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
    call.numbers(1.0, |number, step| multiple(number, step, |quotient, noise| (quotient - noise).ceil()))
}
