//! `LAST_MODIFIED_TIME`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::input::system;

pub(super) const FUNCTION: Function = Function {
    name: "LAST_MODIFIED_TIME",
    usage: "LAST_MODIFIED_TIME([{field}, …])",
    about: "When the record was last changed, or one of these fields of it.",
    family: Family::Record,
    examples: &[],
    least: 0,
    most: MANY,
    lists: 0,
    returns: Returns::Always(FormulaType::DateTime),
    reads: Reads::Record,
    fails: None,
    run: Run::Over(run),
};

/// Fields are named, not read: the caller knows when one of them was changed.
#[expect(clippy::unnecessary_wraps, reason = "functions of arguments may run out of room")]
fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let batch = call.cx.batch;
    Ok(system(call.cx, if call.arguments.is_empty() { batch.modified } else { batch.watched }))
}
