//! `WEEKDAY`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::{WeekStart, week};
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "WEEKDAY",
    usage: "WEEKDAY(date, [start])",
    about: "The day of the week, 0 on the day that weeks start: Sunday, or \"Monday\".",
    family: Family::Date,
    examples: &[("WEEKDAY(\"2024-02-29\")", "4"), ("WEEKDAY(\"2024-02-29\", \"Monday\")", "3")],
    least: 1,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: Some(super::NO_DATE),
    wrong: Some(|values| no_date(values, &[0])),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    week(call, WeekStart::day_of_week)
}
