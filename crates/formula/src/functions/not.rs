//! `NOT`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::lane::Lane;

pub(super) const FUNCTION: Function = Function {
    name: "NOT",
    usage: "NOT(value)",
    about: "1 when the value is not true.",
    family: Family::Logic,
    examples: &[("NOT(3)", "0"), ("NOT(0)", "1")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lane = call.argument(0)?;
    let error = lane.errors(call.cx.n).and(call.rows);
    Ok(Lane::flags(call.rows.without(&lane.truth(call.rows)).without(&error), error))
}
