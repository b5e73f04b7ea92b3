//! ISO 8601, strictly.

use model::Timestamp;

/// A day and a time of day that are not yet a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    /// What the clocks show, as if in UTC.
    pub(super) local: Timestamp,
    /// Where that is UTC, if the text says.
    pub(super) offset: Offset,
}

/// How far a text says its clocks are from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offset {
    /// It does not say.
    Unsaid,
    /// Microseconds ahead of UTC.
    Ahead(i64),
}

/// A day as `YYYY-MM-DD`.
pub fn parse_iso_day(text: &str) -> Option<Timestamp> {
    let (year, rest) = take(text, 4)?;
    let (month, rest) = take(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = take(rest.strip_prefix('-')?, 2)?;
    if rest.is_empty() { day_of(year, month, day) } else { None }
}

/// A day that exists; years from 0 to 9999.
pub(super) fn day_of(year: i64, month: i64, day: i64) -> Option<Timestamp> {
    if !(0..=9_999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let time = Timestamp::from_date(year, month, day);
    (time.date() == (year, month as u32, day as u32)).then_some(time)
}

/// `YYYY-MM-DD`, alone or with `T` or a blank and a time of day, and perhaps an offset.
pub(super) fn parse_iso_civil(text: &str) -> Option<Civil> {
    let day = parse_iso_day(text.get(..10)?)?;
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Some(Civil { local: day, offset: Offset::Unsaid });
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (hour, rest) = take(rest, 2)?;
    let (minute, rest) = take(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => take(rest, 2)?,
        None => (0, rest),
    };
    let (millis, rest) = match rest.strip_prefix(['.', ',']) {
        Some(rest) => take_fraction(rest)?,
        None => (0, rest),
    };
    let time = time_of_day(hour, minute, second, millis)?;
    Some(Civil { local: Timestamp(day.0 + time), offset: parse_offset(rest)? })
}

/// Microseconds since midnight; 24:00 is the end of the day and second 60 the last one.
pub(super) fn time_of_day(hour: i64, minute: i64, second: i64, millis: i64) -> Option<i64> {
    let end_of_day = hour == 24 && minute == 0 && second == 0 && millis == 0;
    if !(hour < 24 || end_of_day) || minute > 59 || second > 60 {
        return None;
    }
    Some((((hour * 60 + minute) * 60 + second.min(59)) * 1_000 + millis) * 1_000)
}

/// Exactly `count` digits and what follows.
fn take(text: &str, count: usize) -> Option<(i64, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { Some((digits.parse().ok()?, rest)) } else { None }
}

/// Whole milliseconds of a fraction of a second; further digits are cut.
pub(super) fn take_fraction(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let mut millis = 0;
    let mut power = 100;
    for byte in digits.bytes() {
        millis += i64::from(byte - b'0') * power;
        power /= 10;
    }
    if digits.is_empty() { None } else { Some((millis, rest)) }
}

/// `Z`, `+02:00`, `+0200`, `+02` or nothing.
pub(super) fn parse_offset(text: &str) -> Option<Offset> {
    if text.is_empty() {
        return Some(Offset::Unsaid);
    }
    if text.eq_ignore_ascii_case("z") {
        return Some(Offset::Ahead(0));
    }
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix(['-', '\u{2212}'])?),
    };
    let (hours, rest) = take(rest, 2)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let (minutes, rest) = if rest.is_empty() { (0, rest) } else { take(rest, 2)? };
    if !rest.is_empty() || hours > 23 || minutes > 59 {
        return None;
    }
    Some(Offset::Ahead(sign * (hours * 60 + minutes) * 60_000_000))
}
