//! `INT`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "INT",
    usage: "INT(number)",
    about: "The largest whole number not above it.",
    family: Family::Number,
    examples: &[("INT(-1.99)", "-2")],
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
    call.number(f64::floor)
}
