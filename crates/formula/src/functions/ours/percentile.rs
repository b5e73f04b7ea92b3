//! `PERCENTILE`.

use model::FormulaType;

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::sample::quantile;

pub(super) const FUNCTION: Function = Function {
    name: "PERCENTILE",
    usage: "PERCENTILE(values, share)",
    about: "The number that a share of the numbers, from 0 to 1, is below, between two of them in proportion.",
    family: Family::Number,
    examples: &[("PERCENTILE(5, 0.9)", "5")],
    least: 2,
    most: 2,
    lists: 1,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: Some(("the share is none", "a share is a number from 0 to 1")),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let share = call.argument(1)?;
    call.sample(1, |row, numbers| match share.get(row).number() {
        share if !(0.0..=1.0).contains(&share) => Out::Error,
        share => quantile(numbers, share).map_or(Out::Blank, Out::Value),
    })
}
