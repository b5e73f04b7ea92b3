//! `ROUND`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::decimal::rounded;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "ROUND",
    usage: "ROUND(number, [places])",
    about: "Rounded, half up.",
    family: Family::Number,
    examples: &[("ROUND(3.5, 0)", "4"), ("ROUND(-2.5, 0)", "-2"), ("ROUND(1234.567, -2)", "1200")],
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
    rounded(call, |scaled, noise| (scaled + 0.5 + noise).floor())
}
