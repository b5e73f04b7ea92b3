//! `ODD`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "ODD",
    usage: "ODD(number)",
    about: "The next odd number, away from zero; 1 of 0.",
    family: Family::Number,
    examples: &[("ODD(1.5)", "3"), ("ODD(-1.1)", "-3")],
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
    call.number(|number| (((number.abs() - 1.0) / 2.0).ceil() * 2.0 + 1.0).copysign(number))
}
