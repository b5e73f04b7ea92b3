//! `SET_TIMEZONE`.

use datetime::Zone;
use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::mark;
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "SET_TIMEZONE",
    usage: "SET_TIMEZONE(date, zone)",
    about: "The same date, which DATETIME_FORMAT shows as the clocks of a time zone do.",
    family: Family::Date,
    examples: &[(
        "DATETIME_FORMAT(SET_TIMEZONE(\"2024-02-29 02:30\", \"America/New_York\"), \"D MMM H:mm z\")",
        "\"28 Feb 21:30 EST\"",
    )],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::DateTime),
    reads: Reads::Nothing,
    fails: Some(super::NO_DATE),
    wrong: Some(|values| no_date(values, &[0])),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    mark(call, |name| Zone::named(name).is_some())
}
