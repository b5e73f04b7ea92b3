//! `IFERROR`.

use crate::call::Call;
use crate::call::wrong;
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::mask::Mask;
use crate::merge::Branches;

pub(super) const FUNCTION: Function = Function {
    name: "IFERROR",
    usage: "IFERROR(value, instead)",
    about: "The value, or another one where it is an error, not a number or infinite.",
    family: Family::Logic,
    examples: &[("IFERROR(1 / 0, 7)", "7"), ("IFERROR(5, 7)", "5")],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Branches,
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let value = call.argument(0)?;
    let wrong = wrong(&value, call.rows, call.cx.n);
    let fine = call.rows.without(&wrong);
    let mut branches = Branches::new(call.cx.n);
    if !fine.is_empty() {
        branches.add(&fine, value);
    }
    if !wrong.is_empty() {
        branches.add(&wrong, call.argument_for(1, &wrong)?);
    }
    Ok(branches.finish(call.rows, &Mask::default()))
}
