//! Points in time: reading them from texts, and units.

use std::cmp::Ordering;

use model::Timestamp;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// Far enough from the ends of time for years and weeks around to be counted.
pub(crate) const EARLIEST: i64 = Timestamp::from_date(-99_999, 1, 1).0;
/// The same in the future.
pub(crate) const LATEST: i64 = Timestamp::from_date(100_000, 1, 1).0 - 1;

/// A unit of time: a fixed length in microseconds, or a number of months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Micros(i64),
    Months(i64),
}

impl Unit {
    /// The unit of this name; milliseconds for every other name.
    pub fn named(name: &str) -> Self {
        Self::known(name).unwrap_or(Self::Micros(1_000))
    }

    /// The unit of this name, also in capitals. One letter is told from its capital: `m` is a minute, `M` a month.
    pub fn known(name: &str) -> Option<Self> {
        let small = if name.len() > 1 { name.to_ascii_lowercase() } else { name.to_owned() };
        Some(match small.as_str() {
            "milliseconds" | "millisecond" | "ms" => Self::Micros(1_000),
            "seconds" | "second" | "s" | "S" => Self::Micros(SECOND),
            "minutes" | "minute" | "m" => Self::Micros(60 * SECOND),
            "hours" | "hour" | "h" | "H" => Self::Micros(3_600 * SECOND),
            "days" | "day" | "d" => Self::Micros(DAY),
            "weeks" | "week" | "w" | "W" => Self::Micros(7 * DAY),
            "months" | "month" | "M" => Self::Months(1),
            "quarters" | "quarter" | "Q" => Self::Months(3),
            "years" | "year" | "y" | "Y" => Self::Months(12),
            _ => return None,
        })
    }

    /// `time` moved by `count` units.
    pub fn add(self, time: i64, count: f64) -> i64 {
        match self {
            Self::Micros(length) => time.saturating_add((count * length as f64) as i64).clamp(EARLIEST, LATEST),
            Self::Months(months) => add_months(time, (count as i64).saturating_mul(months)),
        }
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
fn add_months(time: i64, months: i64) -> i64 {
    let (year, month, day) = Timestamp(time).date();
    let total = year
        .saturating_mul(12)
        .saturating_add(i64::from(month) - 1)
        .saturating_add(months)
        .clamp(-1_199_988, 1_199_999);
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
pub(crate) fn whole_months(from: i64, to: i64) -> i64 {
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

/// Reads `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM[:SS[.mmm]][Z|±HH:MM]` and `M/D/YYYY [H:MM[:SS]]`.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let (day, clock) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let date = parse_day(day)?;
    Some(Timestamp(date.0.checked_add(parse_clock(clock.trim())?)?))
}

fn parse_day(text: &str) -> Option<Timestamp> {
    let (first, second, third) = if text.contains('/') { three(text, '/')? } else { three(text, '-')? };
    let (year, month, day) = match (text.contains('/'), third) {
        (true, year @ 0..=68) => (2_000 + year, first, second),
        (true, year @ 69..100) => (1_900 + year, first, second),
        (true, year) => (year, first, second),
        (false, day) => (first, second, day),
    };
    if year > 99_999 || month > 12 || day > 31 {
        return None;
    }
    let time = Timestamp::from_date(year, month, day);
    (time.date() == (year, month as u32, day as u32)).then_some(time)
}

/// Three numbers with a sign between them.
fn three(text: &str, sign: char) -> Option<(i64, i64, i64)> {
    let mut parts = text.split(sign);
    let mut next = || parts.next()?.parse::<u32>().ok().map(i64::from);
    let three = (next()?, next()?, next()?);
    parts.next().is_none().then_some(three)
}

fn parse_clock(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let (clock, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at_checked(at)?,
        None => (text, ""),
    };
    let mut parts = clock.split(':');
    let hour: f64 = parts.next()?.parse().ok()?;
    let minute: f64 = parts.next()?.parse().ok()?;
    let second: f64 = parts.next().map_or(Some(0.0), |second| second.parse().ok())?;
    let whole = hour < 25.0 && minute < 60.0 && second < 61.0 && parts.next().is_none();
    let offset = match zone.split_at_checked(1) {
        None | Some(("Z", "")) => 0.0,
        Some((sign, rest)) => {
            let (hours, minutes) = rest.split_once(':')?;
            let minutes = hours.parse::<f64>().ok()? * 60.0 + minutes.parse::<f64>().ok()?;
            if sign == "-" { -minutes } else { minutes }
        }
    };
    let millis = ((hour * 3_600.0 + (minute - offset) * 60.0 + second) * 1_000.0).round() as i64;
    if whole { millis.checked_mul(1_000) } else { None }
}
