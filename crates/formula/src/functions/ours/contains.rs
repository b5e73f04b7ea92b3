//! `CONTAINS`.

use model::FormulaType;

use crate::call::Call;
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::text::pair;

pub(super) const FUNCTION: Function = Function {
    name: "CONTAINS",
    usage: "CONTAINS(text, what)",
    about: "1 when a text is somewhere in another; the empty one is in all.",
    family: Family::Text,
    examples: &[("CONTAINS(\"quick brown fox\", \"brown\")", "1"), ("CONTAINS(\"fox\", \"F\")", "0")],
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
    pair(call, |text, what| text.contains(what))
}
