//! `ERROR`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::eval::Context;
use crate::lane::Lane;
use crate::value::Scalar;

pub(super) const FUNCTION: Function = Function {
    name: "ERROR",
    usage: "ERROR()",
    about: "An error.",
    family: Family::Logic,
    examples: &[("ERROR()", "#ERROR!")],
    least: 0,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: Some(("it is one by itself", "leave it out, or ask ISERROR about it")),
    wrong: None,
    run: Run::Plain(run),
};

fn run<'b>(_: &Context<'b>) -> Lane<'b> {
    Lane::same(Scalar::Error)
}
