//! `FALSE`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::eval::Context;
use crate::lane::Lane;
use crate::value::Scalar;

pub(super) const FUNCTION: Function = Function {
    name: "FALSE",
    usage: "FALSE()",
    about: "0.",
    family: Family::Logic,
    examples: &[("FALSE()", "0")],
    least: 0,
    most: 0,
    lists: 0,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Plain(run),
};

fn run<'b>(_: &Context<'b>) -> Lane<'b> {
    Lane::same(Scalar::Number(0.0))
}
