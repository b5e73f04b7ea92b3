//! `SEARCH`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::Out;
use crate::eval::Lanes;
use crate::find::find;

pub(super) const FUNCTION: Function = Function {
    name: "SEARCH",
    usage: "SEARCH(what, where, [start])",
    about: "As FIND, but blank when absent.",
    family: Family::Text,
    examples: &[("SEARCH(\"World\", \"Hello World\")", "7")],
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
    find(call, || Out::Blank)
}
