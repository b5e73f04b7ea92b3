//! `MEDIAN`.

use model::FormulaType;

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::functions::{Family, Function, MANY, Reads, Returns, Run};
use crate::sample::quantile;

pub(super) const FUNCTION: Function = Function {
    name: "MEDIAN",
    usage: "MEDIAN(a, b, …)",
    about: "The number in the middle, or the mean of the two there; blank without numbers.",
    family: Family::Number,
    examples: &[("MEDIAN(1, 9, 2)", "2"), ("MEDIAN(1, 2, 3, 10)", "2.5")],
    least: 1,
    most: MANY,
    lists: MANY,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.sample(MANY, |_, numbers| quantile(numbers, 0.5).map_or(Out::Blank, Out::Value))
}
