//! `WORKDAY`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::moment::{Moment, number};
use crate::workdays::{Holidays, after};
use crate::wrong::{no_date, no_holiday, no_number};

pub(super) const FUNCTION: Function = Function {
    name: "WORKDAY",
    usage: "WORKDAY(date, days, [holidays])",
    about: "The day so many working days after; holidays are days with commas between them.",
    family: Family::Date,
    examples: &[("WORKDAY(\"2020-10-16\", 10, \"2020-10-16, 2020-10-19\")", "2020-11-02")],
    least: 2,
    most: 3,
    lists: 0,
    returns: Returns::Always(FormulaType::Date),
    reads: Reads::Nothing,
    fails: Some((
        "the day that comes of it is too far away",
        "at most 1,000,000 working days are counted, within the years from -99,999 to 99,999",
    )),
    wrong: Some(|values| no_date(values, &[0]).or_else(|| no_number(values, 1)).or_else(|| no_holiday(values))),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?, call.argument(2)?];
    let extent = call.extent(&lanes);
    let [date, days, holidays] = &lanes;
    let (moments, days) = (extent.per(date, Moment::of), extent.per(days, number));
    let mut holidays = Holidays::new(call.cx, holidays);
    Ok(extent.moments(|row| match moments.at(row) {
        Moment::At(time) => match holidays.at(row).and_then(|holidays| after(time, days.at(row), holidays)) {
            Some(time) => Out::Value((time, true)),
            None => Out::Error,
        },
        Moment::Blank => Out::Blank,
        Moment::Wrong => Out::Error,
    }))
}
