//! `MIN`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "MIN",
    usage: "MIN(a, b, …)",
    about: "The smallest number; 0 without any.",
    family: Family::Number,
    examples: &[("MIN(2, 3, -7)", "-7")],
    least: 1,
    most: MANY,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: false,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.fold(
        None,
        |best: Option<f64>, number| Some(best.map_or(number, |best| best.min(number))),
        |best| best.unwrap_or(0.0),
    )
}
