//! `MIN`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = function(Returns::Extreme(&OF_DATES), Run::Over(run));

/// The same over lists of dates.
static OF_DATES: Function = function(Returns::Always(FormulaType::DateTime), Run::Over(of_dates));

const fn function(returns: Returns, run: Run) -> Function {
    Function {
        name: "MIN",
        usage: "MIN(a, b, …)",
        about: "The smallest number, 0 without any; of the values of a date field the earliest.",
        family: Family::Number,
        examples: &[("MIN(2, 3, -7)", "-7")],
        least: 1,
        most: MANY,
        lists: MANY,
        returns,
        reads: Reads::Nothing,
        fails: false,
        run,
    }
}

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.fold(
        None,
        |best: Option<f64>, number| Some(best.map_or(number, |best| best.min(number))),
        |best| best.unwrap_or(0.0),
    )
}

fn of_dates<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.earliest()
}
