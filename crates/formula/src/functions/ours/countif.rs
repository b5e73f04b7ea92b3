//! `COUNTIF`.

use model::FormulaType;

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};

pub(super) const FUNCTION: Function = Function {
    name: "COUNTIF",
    usage: "COUNTIF(values, condition)",
    about: "How many of the values a condition holds for: a value, or a text like `>= 10`.",
    family: Family::Number,
    examples: &[("COUNTIF(\"open\", \"open\")", "1"), ("COUNTIF(5, \">= 10\")", "0")],
    least: 2,
    most: 2,
    lists: 1,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.those(|| 0.0, |count, _| *count += 1.0, Out::Value)
}
