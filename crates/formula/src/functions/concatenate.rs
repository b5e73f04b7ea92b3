//! `CONCATENATE`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "CONCATENATE",
    usage: "CONCATENATE(a, b, …)",
    about: "The texts joined, as by `&`: of a list all with `, ` between them.",
    family: Family::Text,
    examples: &[("CONCATENATE(\"a\", \" \", 1)", "\"a 1\"")],
    least: 1,
    most: MANY,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some(super::TOO_LONG),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.cx.join(&call.all()?, call.rows)
}
