//! `SWITCH`.

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::compare::equal;
use crate::eval::Lanes;
use crate::merge::Branches;

pub(super) const FUNCTION: Function = Function {
    name: "SWITCH",
    usage: "SWITCH(value, pattern, result, …, [default])",
    about: "The result of the first equal pattern.",
    family: Family::Logic,
    examples: &[("SWITCH(2, 1, \"one\", 2, \"two\", \"many\")", "\"two\"")],
    least: 3,
    most: MANY,
    lists: 0,
    returns: Returns::Branches,
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let n = call.cx.n;
    let value = call.argument(0)?;
    let mut error = value.errors(n).and(call.rows);
    let mut open = call.rows.without(&error);
    let mut branches = Branches::new(n);
    let mut at = 1;
    while at + 1 < call.arguments.len() && !open.is_empty() {
        let pattern = call.argument_for(at, &open)?;
        error.add(&pattern.errors(n).and(&open));
        open = open.without(&error);
        let found = equal(&value, &pattern, &open, n);
        if !found.is_empty() {
            branches.add(&found, call.argument_for(at + 1, &found)?);
            open = open.without(&found);
        }
        at += 2;
    }
    if !open.is_empty() && at < call.arguments.len() {
        branches.add(&open, call.argument_for(at, &open)?);
    }
    Ok(branches.finish(call.rows, &error))
}
