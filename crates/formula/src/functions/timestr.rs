//! `TIMESTR`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use std::fmt::Write;

use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::Moment;
use crate::strings::Made;

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
    fails: true,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let date = [call.argument(0)?];
    let extent = call.extent(&date);
    let [date] = &date;
    let moments = extent.per(date, Moment::of);
    call.write(&extent, |row, out| match moments.at(row) {
        Moment::At(time) => {
            let (hour, minute, second, _) = model::Timestamp(time).clock();
            // Writing to a string cannot fail.
            let _ = write!(out, "{hour:02}:{minute:02}:{second:02}");
            Made::Value
        }
        Moment::Blank => Made::Blank,
        Moment::Wrong => Made::Error,
    })
}
