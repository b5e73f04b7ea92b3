//! `COUNT`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "COUNT",
    usage: "COUNT(a, b, …)",
    about: "How many of the values are numbers.",
    family: Family::Number,
    examples: &[("COUNT(1, \"a\", 2)", "2")],
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
    call.count(|value| matches!(value, Val::Number(_)))
}
