//! `ROUNDDOWN`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::decimal::rounded;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "ROUNDDOWN",
    usage: "ROUNDDOWN(number, [places])",
    about: "Rounded towards zero.",
    family: Family::Number,
    examples: &[("ROUNDDOWN(-1.9, 0)", "-1")],
    least: 1,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    rounded(call, |scaled, noise| (scaled.abs() + noise).floor().copysign(scaled))
}
