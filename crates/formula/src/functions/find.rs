//! `FIND`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::Out;
use crate::eval::Lanes;
use crate::find::find;

pub(super) const FUNCTION: Function = Function {
    name: "FIND",
    usage: "FIND(what, where, [start])",
    about: "The place of a text in another, from 1; 0 when absent.",
    family: Family::Text,
    examples: &[("FIND(\"fox\", \"quick brown fox\")", "13")],
    least: 2,
    most: 3,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    find(call, || Out::Value(0.0))
}
