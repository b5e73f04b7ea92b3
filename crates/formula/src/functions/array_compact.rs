//! `ARRAYCOMPACT`.

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "ARRAYCOMPACT",
    usage: "ARRAYCOMPACT(values)",
    about: "The values without empty ones.",
    family: Family::Array,
    examples: &[("COUNTALL(ARRAYCOMPACT(\"\"))", "0")],
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
    call.list(|_, values| {
        let is_filled = |index: &usize| values.get(*index).is_some_and(|value| !value.is_blank());
        (0..values.len()).filter(is_filled).collect()
    })
}
