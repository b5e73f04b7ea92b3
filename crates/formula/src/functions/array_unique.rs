//! `ARRAYUNIQUE`.

use rustc_hash::FxHashSet;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::value::Key;

pub(super) const FUNCTION: Function = Function {
    name: "ARRAYUNIQUE",
    usage: "ARRAYUNIQUE(values)",
    about: "The values, each once, in the order in which they first occur.",
    family: Family::Array,
    examples: &[("COUNTALL(ARRAYUNIQUE(\"a\"))", "1")],
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
        let mut seen = FxHashSet::default();
        let is_new = |index: &usize| values.get(*index).is_some_and(|value| seen.insert(Key::of(*value)));
        (0..values.len()).filter(is_new).collect()
    })
}
