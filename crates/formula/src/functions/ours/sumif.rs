//! `SUMIF`.

use model::FormulaType;

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "SUMIF",
    usage: "SUMIF(values, condition)",
    about: "The sum of the numbers that a condition holds for: a value, or a text like `>= 10`.",
    family: Family::Number,
    examples: &[("SUMIF(12, \">= 10\")", "12")],
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
    let add = |sum: &mut f64, value: Val<'_>| {
        if let Val::Number(number) = value {
            *sum += number;
        }
    };
    call.those(|| 0.0, add, Out::Value)
}
