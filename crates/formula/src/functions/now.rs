//! `NOW`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::eval::Context;
use crate::lane::Lane;
use crate::value::Scalar;

pub(super) const FUNCTION: Function = Function {
    name: "NOW",
    usage: "NOW()",
    about: "The present point in time, in steps of five minutes.",
    family: Family::Date,
    examples: &[],
    least: 0,
    most: 0,
    lists: 0,
    returns: Returns::Always(FormulaType::DateTime),
    reads: Reads::Clock,
    fails: None,
    wrong: None,
    run: Run::Plain(run),
};

fn run<'b>(cx: &Context<'b>) -> Lane<'b> {
    Lane::same(Scalar::Time(cx.batch.now.0, false))
}
