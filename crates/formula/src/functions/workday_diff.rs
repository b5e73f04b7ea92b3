//! `WORKDAY_DIFF`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::moment::Moment;
use crate::workdays::{Holidays, between};
use crate::wrong::{no_date, no_holiday};

pub(super) const FUNCTION: Function = Function {
    name: "WORKDAY_DIFF",
    usage: "WORKDAY_DIFF(from, to, [holidays])",
    about: "The working days between two days, both counted; holidays are days with commas between them.",
    family: Family::Date,
    examples: &[("WORKDAY_DIFF(\"2020-10-16\", \"2020-11-02\", \"2020-10-16, 2020-10-19\")", "10")],
    least: 2,
    most: 3,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: Some((
        "it is given holidays that are none",
        "holidays are days with commas between them, as `2024-12-25, 2024-12-26`",
    )),
    wrong: Some(|values| no_date(values, &[0, 1]).or_else(|| no_holiday(values))),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?, call.argument(2)?];
    let extent = call.extent(&lanes);
    let [from, to, holidays] = &lanes;
    let (from, to) = (extent.per(from, Moment::of), extent.per(to, Moment::of));
    let mut holidays = Holidays::new(call.cx, holidays);
    Ok(extent.calculate(|row| match (from.at(row), to.at(row)) {
        (Moment::Blank, _) | (_, Moment::Blank) => Out::Blank,
        (Moment::At(from), Moment::At(to)) => match holidays.at(row) {
            Some(holidays) => Out::Value(between(from, to, holidays) as f64),
            None => Out::Error,
        },
        _ => Out::Error,
    }))
}
