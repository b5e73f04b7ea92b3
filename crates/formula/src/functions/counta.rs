//! `COUNTA`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "COUNTA",
    usage: "COUNTA(a, b, …)",
    about: "How many of the values are not empty.",
    family: Family::Number,
    examples: &[("COUNTA(1, \"\", \"a\")", "2")],
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
    call.count(|value| !value.is_blank())
}
