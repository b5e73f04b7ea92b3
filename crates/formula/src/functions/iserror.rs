//! `ISERROR`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::{Call, wrong};
use crate::eval::Lanes;
use crate::lane::Lane;
use crate::mask::Mask;

pub(super) const FUNCTION: Function = Function {
    name: "ISERROR",
    usage: "ISERROR(value)",
    about: "1 when the value is an error, not a number or infinite.",
    family: Family::Logic,
    examples: &[("ISERROR(2 / 0)", "1"), ("ISERROR(1)", "0")],
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
    Ok(Lane::flags(wrong(&lane, call.rows, call.cx.n), Mask::default()))
}
