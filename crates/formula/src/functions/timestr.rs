//! `TIMESTR`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use std::fmt::Write;

use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::write;
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "TIMESTR",
    usage: "TIMESTR(date)",
    about: "The time of the day as HH:MM:SS.",
    family: Family::Date,
    examples: &[("TIMESTR(\"2/29/2024 10:05\")", "\"10:05:00\"")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some(super::NO_DATE),
    wrong: Some(|values| no_date(values, &[0])),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    write(call, |time, out| {
        let (hour, minute, second, _) = model::Timestamp(time).clock();
        // Writing to a string cannot fail.
        let _ = write!(out, "{hour:02}:{minute:02}:{second:02}");
    })
}
