//! `TODAY`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::eval::Context;
use crate::lane::Lane;
use crate::value::Scalar;

pub(super) const FUNCTION: Function = Function {
    name: "TODAY",
    usage: "TODAY()",
    about: "The present day in UTC.",
    family: Family::Date,
    examples: &[],
    least: 0,
    most: 0,
    lists: 0,
    returns: Returns::Always(FormulaType::Date),
    reads: Reads::Day,
    fails: None,
    wrong: None,
    run: Run::Plain(run),
};

fn run<'b>(cx: &Context<'b>) -> Lane<'b> {
    Lane::same(Scalar::Time(cx.batch.now.day().0, true))
}
