//! `POWER`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "POWER",
    usage: "POWER(base, exponent)",
    about: "The base to the power of the exponent.",
    family: Family::Number,
    examples: &[("POWER(2, 10)", "1024")],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.numbers(1.0, f64::powf)
}
