//! `MIN`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function { returns: Returns::Extreme(&OF_DATES), ..OF_NUMBERS };

/// Over numbers.
const OF_NUMBERS: Function = Function {
    name: "MIN",
    usage: "MIN(a, b, …)",
    about: "The smallest number, 0 without any; of the values of a date field the earliest.",
    family: Family::Number,
    examples: &[("MIN(2, 3, -7)", "-7")],
    least: 1,
    most: MANY,
    lists: MANY,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

/// The same over lists of dates.
static OF_DATES: Function =
    Function { returns: Returns::Always(FormulaType::DateTime), run: Run::Over(of_dates), ..OF_NUMBERS };

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.extreme(f64::min)
}

fn of_dates<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.earliest()
}
