//! `WEEKNUM`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::{WeekStart, week};
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "WEEKNUM",
    usage: "WEEKNUM(date, [start])",
    about: "The week of the year; the first holds the first of January. Weeks start on Sunday, or \"Monday\".",
    family: Family::Date,
    examples: &[("WEEKNUM(\"02/17/2013\")", "8"), ("WEEKNUM(\"2024-12-29\")", "1")],
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
    week(call, WeekStart::week_of_year)
}
