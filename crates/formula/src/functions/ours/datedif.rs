//! `DATEDIF`.

use crate::call::Call;
use crate::eval::Lanes;
use crate::functions::{Function, Run, datetime_diff};
use crate::moment::two;
use crate::value::Val;
use datetime::{Unit, add_months};
use model::Timestamp;

pub(super) const FUNCTION: Function = Function {
    name: "DATEDIF",
    usage: "DATEDIF(start, end, unit)",
    about: "Whole units from a start to an end, as in spreadsheets: \"D\", \"M\" and \"Y\" are days, months and years, which are whole when their day is reached; \"MD\" and \"YD\" are the days beside whole months and years, \"YM\" the months beside whole years.",
    examples: &[
        ("DATEDIF(\"2024-01-31\", \"2024-03-01\", \"M\")", "1"),
        ("DATEDIF(\"2024-02-28\", \"2024-03-01\", \"D\")", "2"),
        ("DATEDIF(\"2022-11-20\", \"2024-03-01\", \"YM\")", "3"),
    ],
    least: 3,
    run: Run::Over(run),
    ..datetime_diff::FUNCTION
};

/// Months of a year.
const YEAR: i64 = 12;
/// Microseconds.
const DAY: i64 = 86_400_000_000;

/// What is counted from a start to an end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counted {
    /// Whole units, as by `DATETIME_DIFF`.
    Units(Unit),
    /// Days.
    Days,
    /// Whole times of so many months.
    Months(i64),
    /// The days that are left beside whole times of so many months.
    DaysBeside(i64),
    /// The months that are left beside whole years.
    MonthsBesideYears,
}

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let known = |value: Val<'_>| counted(value.text(&mut String::new()));
    two(call, known, |start, end, counted| Some(counted?.between(start, end) as f64))
}

/// What this name stands for; some are letters as in spreadsheets.
pub(crate) fn counted(name: &str) -> Option<Counted> {
    let upper = name.to_ascii_uppercase();
    Some(match upper.as_str() {
        "D" => Counted::Days,
        "M" => Counted::Months(1),
        "Y" => Counted::Months(YEAR),
        "MD" => Counted::DaysBeside(1),
        "YD" => Counted::DaysBeside(YEAR),
        "YM" => Counted::MonthsBesideYears,
        _ => Counted::Units(Unit::known(name)?),
    })
}

impl Counted {
    /// How much of it there is between two points in time, in microseconds.
    pub fn between(self, start: i64, end: i64) -> i64 {
        if let Self::Units(unit) = self {
            return unit.between(end, start);
        }
        if end < start {
            return -self.between(end, start);
        }
        let [start, end] = [start, end].map(|time| Timestamp(time).day().0);
        let months = whole_months(start, end);
        match self {
            Self::Months(step) => months / step,
            Self::MonthsBesideYears => months % YEAR,
            Self::DaysBeside(step) => (end - add_months(start, months / step * step)) / DAY,
            Self::Days | Self::Units(_) => (end - start) / DAY,
        }
    }
}

/// A month is whole once its day is reached: the last of February is no month after the last of January.
fn whole_months(start: i64, end: i64) -> i64 {
    let ((year, month, day), (last_year, last_month, last_day)) = (Timestamp(start).date(), Timestamp(end).date());
    (last_year - year) * YEAR + i64::from(last_month) - i64::from(month) - i64::from(last_day < day)
}
