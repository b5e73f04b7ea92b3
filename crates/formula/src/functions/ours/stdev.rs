//! `STDEV`.

use model::FormulaType;

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::functions::{Family, Function, MANY, Reads, Returns, Run};
use crate::sample::deviation;

pub(super) const FUNCTION: Function = Function {
    name: "STDEV",
    usage: "STDEV(a, b, …)",
    about: "How far the numbers are from their mean, as of a sample; blank with fewer than two.",
    family: Family::Number,
    examples: &[("STDEV(2, 4)", "1.4142135623730951")],
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
    call.sample(MANY, |_, numbers| deviation(numbers).map_or(Out::Blank, Out::Value))
}
