//! `EXACT`.

use model::FormulaType;

use crate::call::Call;
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::text::pair;

pub(super) const FUNCTION: Function = Function {
    name: "EXACT",
    usage: "EXACT(a, b)",
    about: "1 when two texts are the same, capitals included.",
    family: Family::Text,
    examples: &[("EXACT(\"Fox\", \"Fox\")", "1"), ("EXACT(\"Fox\", \"fox\")", "0")],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    pair(call, |one, other| one == other)
}
