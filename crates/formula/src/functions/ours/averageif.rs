//! `AVERAGEIF`.

use model::FormulaType;

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "AVERAGEIF",
    usage: "AVERAGEIF(values, condition)",
    about: "The mean of the numbers that a condition holds for: a value, or a text like `>= 10`; blank without any.",
    family: Family::Number,
    examples: &[("AVERAGEIF(12, \">= 10\")", "12")],
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
    let add = |(sum, count): &mut (f64, f64), value: Val<'_>| {
        if let Val::Number(number) = value {
            *sum += number;
            *count += 1.0;
        }
    };
    call.those(|| (0.0, 0.0), add, |(sum, count)| if count > 0.0 { Out::Value(sum / count) } else { Out::Blank })
}
