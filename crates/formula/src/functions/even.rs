//! `EVEN`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "EVEN",
    usage: "EVEN(number)",
    about: "The next even number, away from zero.",
    family: Family::Number,
    examples: &[("EVEN(1.5)", "2"), ("EVEN(-2.2)", "-4")],
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
    call.number(|number| ((number.abs() / 2.0).ceil() * 2.0).copysign(number))
}
