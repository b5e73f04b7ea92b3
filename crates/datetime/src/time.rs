//! Points in time: reading them from texts, and units.

use std::cmp::Ordering;

use model::Timestamp;

use crate::{iso, loose};

const MILLI: i64 = 1_000;
const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 86_400 * SECOND;
/// Far enough from the ends of time for years and weeks around to be counted.
pub(crate) const EARLIEST: i64 = Timestamp::from_date(-99_999, 1, 1).0;
/// The same in the future.
pub(crate) const LATEST: i64 = Timestamp::from_date(100_000, 1, 1).0 - 1;
/// The months of all years that are counted.
const MOST_MONTHS: f64 = 200_000.0 * 12.0;

/// A unit of time: a fixed length in microseconds, or a number of months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// So many microseconds.
    Micros(i64),
    /// So many months of the calendar.
    Months(i64),
}

impl Default for Unit {
    /// Milliseconds.
    fn default() -> Self {
        Self::Micros(1_000)
    }
}

impl Unit {
    /// The unit of this name; milliseconds for every other name.
    pub fn named(name: &str) -> Self {
        Self::known(name).unwrap_or(Self::Micros(MILLI))
    }

    /// The unit of this name, also in capitals. One letter is told from its capital: `m` is a minute, `M` a month.
    pub fn known(name: &str) -> Option<Self> {
        let small = if name.len() > 1 { name.to_ascii_lowercase() } else { name.to_owned() };
        Some(match small.as_str() {
            "milliseconds" | "millisecond" | "ms" => Self::Micros(MILLI),
            "seconds" | "second" | "s" | "S" => Self::Micros(SECOND),
            "minutes" | "minute" | "m" => Self::Micros(60 * SECOND),
            "hours" | "hour" | "h" | "H" => Self::Micros(HOUR),
            "days" | "day" | "d" => Self::Micros(DAY),
            "weeks" | "week" | "w" | "W" => Self::Micros(7 * DAY),
            "months" | "month" | "M" => Self::Months(1),
            "quarters" | "quarter" | "Q" => Self::Months(3),
            "years" | "year" | "y" | "Y" => Self::Months(12),
            _ => return None,
        })
    }

    /// `time` moved by `count` units as `moment` moves it: by whole months and days, halves away from zero, and by whole
    /// milliseconds since 1970, towards it. None beyond the years that are counted.
    pub fn add(self, time: i64, count: f64) -> Option<i64> {
        let moved = match self {
            Self::Months(months) => {
                let count = (count * months as f64).round();
                (count.abs() <= MOST_MONTHS).then(|| add_months(time, count as i64))?
            }
            Self::Micros(length) if length >= DAY => {
                let days = (count * (length / DAY) as f64).round();
                time.saturating_add((days as i64).saturating_mul(DAY))
            }
            Self::Micros(length) => {
                // In the steps of `moment`, so that the last bit is its.
                let millis = match length {
                    HOUR => count * 1_000.0 * 60.0 * 60.0,
                    _ => count * (length / MILLI) as f64,
                };
                ((time.div_euclid(MILLI) as f64 + millis) as i64).saturating_mul(MILLI)
            }
        };
        in_range(moved).map(|moved| moved.0)
    }

    /// Whole units from `b` to `a`, towards zero.
    pub fn between(self, a: i64, b: i64) -> i64 {
        match self {
            Self::Micros(length) => a.saturating_sub(b) / length,
            Self::Months(months) => months_between(a, b) / months,
        }
    }

    /// The number of the unit that a time is in; weeks start on Sunday.
    pub fn index(self, time: i64) -> i64 {
        match self {
            Self::Micros(length) => {
                // 1970-01-01 was a Thursday: four days after a Sunday.
                let shift = if length > DAY { 4 * DAY } else { 0 };
                time.saturating_add(shift).div_euclid(length)
            }
            Self::Months(months) => {
                let (year, month, _) = Timestamp(time).date();
                (year * 12 + i64::from(month) - 1).div_euclid(months)
            }
        }
    }
}

/// The same day some months on, or the month's last day.
pub fn add_months(time: i64, months: i64) -> i64 {
    let (year, month, day) = Timestamp(time).date();
    let total = year * 12 + i64::from(month) - 1 + months;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    Timestamp::from_date(year, month, i64::from(day).min(days_of(year, month))).0 + time.rem_euclid(DAY)
}

/// How many days a month has.
fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counted from the one that is later in its month, as `moment` does: from the last of January it is a month to the last
/// of February, and back.
fn months_between(a: i64, b: i64) -> i64 {
    let day = |time: i64| Timestamp(time).date().2;
    if day(a) < day(b) { whole_months(b, a) } else { -whole_months(a, b) }
}

/// Whole months from one time to another, towards zero.
pub fn whole_months(from: i64, to: i64) -> i64 {
    let index = |time: i64| {
        let (year, month, _) = Timestamp(time).date();
        year * 12 + i64::from(month)
    };
    let months = index(to) - index(from);
    let reached = add_months(from, months).cmp(&to);
    match (months.cmp(&0), reached) {
        (Ordering::Greater, Ordering::Greater) => months - 1,
        (Ordering::Less, Ordering::Less) => months + 1,
        _ => months,
    }
}

/// The point in time that a text names without a format, in UTC where it names no zone.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    iso::read(text).or_else(|| loose::read(text))
}

/// A year that is counted.
pub(crate) fn within(year: i64) -> Option<i64> {
    (-99_999..=99_999).contains(&year).then_some(year)
}

/// A point in time that is counted.
pub fn in_range(time: i64) -> Option<Timestamp> {
    (EARLIEST..=LATEST).contains(&time).then_some(Timestamp(time))
}

/// Midnight of a day that exists.
pub(crate) fn real_day(year: i64, month: i64, day: i64) -> Option<Timestamp> {
    let time = Timestamp::from_date(year, month, day);
    (time.date() == (year, month as u32, day as u32)).then_some(time)
}

/// Midnight of the day of a year, counted from 1.
pub(crate) fn ordinal_day(year: i64, number: i64) -> Option<Timestamp> {
    let day = Timestamp::from_date(year, 1, number);
    (number > 0 && day.date().0 == year).then_some(day)
}

/// The microseconds from midnight to a time of day; 24:00 is the end of the day.
pub(crate) fn clock(hour: i64, minute: i64, second: i64, millis: i64) -> Option<i64> {
    let end = (hour, minute, second, millis) == (24, 0, 0, 0);
    let within = (0..24).contains(&hour) || end;
    let time = (hour * 3_600 + minute * 60 + second) * SECOND + millis * 1_000;
    (within && minute < 60 && second < 60).then_some(time)
}
