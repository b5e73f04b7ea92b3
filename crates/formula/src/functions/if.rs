//! `IF`.

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::merge::Branches;

pub(super) const FUNCTION: Function = Function {
    name: "IF",
    usage: "IF(condition, then, [else])",
    about: "One of two values; only the one that is needed is computed.",
    family: Family::Logic,
    examples: &[("IF(2 > 1, \"yes\", \"no\")", "\"yes\"")],
    least: 2,
    most: 3,
    lists: 0,
    returns: Returns::Branches,
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let condition = call.argument(0)?;
    let error = condition.errors(call.cx.n).and(call.rows);
    let yes = condition.truth(call.rows);
    let no = call.rows.without(&yes).without(&error);
    let mut branches = Branches::new(call.cx.n);
    for (index, rows) in [(1, &yes), (2, &no)] {
        if !rows.is_empty() {
            branches.add(rows, call.argument_for(index, rows)?);
        }
    }
    Ok(branches.finish(call.rows, &error))
}
