//! `CREATED_TIME`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::eval::Context;
use crate::input::system;
use crate::lane::Lane;

pub(super) const FUNCTION: Function = Function {
    name: "CREATED_TIME",
    usage: "CREATED_TIME()",
    about: "When the record was created.",
    family: Family::Record,
    examples: &[],
    least: 0,
    most: 0,
    lists: 0,
    returns: Returns::Always(FormulaType::DateTime),
    reads: Reads::Record,
    fails: None,
    wrong: None,
    run: Run::Plain(run),
};

fn run<'b>(cx: &Context<'b>) -> Lane<'b> {
    system(cx, cx.batch.created)
}
