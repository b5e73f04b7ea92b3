//! `ARRAYFLATTEN`.

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "ARRAYFLATTEN",
    usage: "ARRAYFLATTEN(values)",
    about: "The values of all lists in one list.",
    family: Family::Array,
    examples: &[("COUNTALL(ARRAYFLATTEN(\"a\"))", "1")],
    least: 1,
    most: 1,
    lists: 1,
    returns: Returns::List,
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.list(|_, values| (0..values.len()).collect())
}
