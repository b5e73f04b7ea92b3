//! `OR`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::decide::decide;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "OR",
    usage: "OR(a, b, …)",
    about: "1 when one is true.",
    family: Family::Logic,
    examples: &[("OR(0, 2 > 1)", "1")],
    least: 1,
    most: MANY,
    lists: MANY,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    decide(call, true)
}
