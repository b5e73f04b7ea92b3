//! `ARRAYJOIN`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "ARRAYJOIN",
    usage: "ARRAYJOIN(values, [separator])",
    about: "The values as one text, with `, ` or the separator between them.",
    family: Family::Array,
    examples: &[("ARRAYJOIN(\"a\", \"-\")", "\"a\"")],
    least: 1,
    most: 2,
    lists: 1,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some(super::TOO_LONG),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.join_values()
}
