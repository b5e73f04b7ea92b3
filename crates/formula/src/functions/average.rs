//! `AVERAGE`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "AVERAGE",
    usage: "AVERAGE(a, b, …)",
    about: "The mean of the numbers.",
    family: Family::Number,
    examples: &[("AVERAGE(2, 3, 7)", "4")],
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
    call.fold((0.0, 0.0), |(sum, count), number| (sum + number, count + 1.0), |(sum, count)| sum / count)
}
