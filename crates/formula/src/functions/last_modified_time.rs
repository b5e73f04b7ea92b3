//! `LAST_MODIFIED_TIME`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::expr::Expr;
use crate::input::system;
use crate::value::Scalar;

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
    wrong: None,
    run: Run::Over(run),
};

/// Fields are named, not read: the argument says which list of fields they are, and the caller knows when one of them was changed.
#[expect(clippy::unnecessary_wraps, reason = "functions of arguments may run out of room")]
fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let batch = call.cx.batch;
    let time = match call.arguments {
        [Expr::Constant(Scalar::Number(list))] => batch.watched.get(*list as usize),
        _ => batch.modified,
    };
    Ok(system(call.cx, time))
}
