//! `BLANK`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::eval::Context;
use crate::lane::Lane;
use crate::value::Scalar;

pub(super) const FUNCTION: Function = Function {
    name: "BLANK",
    usage: "BLANK()",
    about: "Nothing.",
    family: Family::Logic,
    examples: &[("BLANK() & \"a\"", "\"a\"")],
    least: 0,
    most: 0,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Plain(run),
};

fn run<'b>(_: &Context<'b>) -> Lane<'b> {
    Lane::same(Scalar::Blank)
}
