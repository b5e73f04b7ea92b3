//! Dates and times as people write them.

use std::fmt;

use model::Timestamp;
use serde::{Deserialize, Serialize};

/// The order of day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DateOrder {
    /// Year, month, day.
    Ymd,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

impl DateOrder {
    pub(crate) const ALL: [Self; 3] = [Self::Ymd, Self::Dmy, Self::Mdy];

    /// The name of the format that a field has whose days are written so.
    pub(crate) fn format(self) -> &'static str {
        match self {
            Self::Ymd => "iso",
            Self::Dmy => "european",
            Self::Mdy => "us",
        }
    }

    /// As fields are told.
    pub(crate) fn told(self) -> fields::guess::DateOrder {
        match self {
            Self::Ymd => fields::guess::DateOrder::YearFirst,
            Self::Dmy => fields::guess::DateOrder::DayFirst,
            Self::Mdy => fields::guess::DateOrder::MonthFirst,
        }
    }
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ymd => "year-month-day",
            Self::Dmy => "day-month-year",
            Self::Mdy => "month-day-year",
        })
    }
}

/// A point in time read from text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing about how the text was read")]
pub(crate) struct Moment {
    /// Microseconds since 1970 UTC.
    pub micros: i64,
    pub has_time: bool,
    pub zoned: bool,
    /// The year was written with two digits.
    pub short_year: bool,
    /// The text allows no other order.
    pub certain: bool,
}

/// Reads a date, with or without a time of day. `order` decides what the text leaves open.
pub(crate) fn parse(text: &str, order: DateOrder) -> Option<Moment> {
    split(text)?.read(order)
}

/// A text that is made up like a date; whether it is one depends on the order it is read in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Split {
    parts: [Part; 3],
    /// Microseconds since midnight and whether a zone was named.
    clock: Option<(i64, bool)>,
}

/// Splits a text that may be a date, whatever the order.
pub(crate) fn split(text: &str) -> Option<Split> {
    let text = text.trim();
    // Most cells are no dates: they are told by their first character or their length.
    if text.len() < 6 || text.len() > 40 || !begins(text) || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (parts, rest) = parts(text)?;
    let clock = if rest.is_empty() { None } else { Some(time(rest)?) };
    Some(Split { parts, clock })
}

impl Split {
    /// The moment in this order, if there is such a day.
    pub fn read(&self, order: DateOrder) -> Option<Moment> {
        let (year, month, day, certain) = arrange(self.parts, order)?;
        let short_year = year.digits == 2;
        let full = match (short_year, year.value) {
            (true, value @ 0..=68) => 2000 + value,
            (true, value) => 1900 + value,
            (false, value) => value,
        };
        let date = Timestamp::from_date(full, month, day);
        if date.date() != (full, month as u32, day as u32) {
            return None;
        }
        let (micros, zoned) = self.clock.unwrap_or((0, false));
        Some(Moment { micros: date.0 + micros, has_time: self.clock.is_some(), zoned, short_year, certain })
    }
}

#[derive(Debug, Clone, Copy)]
struct Part {
    value: i64,
    /// 0 for the name of a month.
    digits: usize,
}

/// True when the text begins as a date may: with a digit, or with three letters of a month or a weekday.
fn begins(text: &str) -> bool {
    const WORDS: [&[u8; 3]; 19] = [
        b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec", b"mon", b"tue",
        b"wed", b"thu", b"fri", b"sat", b"sun",
    ];
    let Some(&[a, b, c]) = text.as_bytes().first_chunk() else { return false };
    let head = [a, b, c].map(|byte| byte.to_ascii_lowercase());
    a.is_ascii_digit() || WORDS.contains(&&head)
}

/// The three parts of the date, and what follows.
fn parts(text: &str) -> Option<([Part; 3], &str)> {
    if let Some(parts) = iso(text) {
        return Some(parts);
    }
    let mut rest = skip_weekday(text);
    let mut found = [Part { value: 0, digits: 0 }; 3];
    let mut separator = None;
    let mut numeric = true;
    for (index, slot) in found.iter_mut().enumerate() {
        let (part, after) = part(rest)?;
        *slot = part;
        numeric &= part.digits > 0;
        rest = after;
        if index == 2 {
            break;
        }
        let length = rest.bytes().take_while(|byte| matches!(byte, b'-' | b'/' | b'.' | b' ' | b',')).count();
        let between = rest
            .get(..length)
            .filter(|between| matches!(*between, "-" | "/" | "." | " " | ". " | ", " | "," | " - "))?;
        if numeric && *separator.get_or_insert(between) != between {
            return None;
        }
        rest = rest.get(length..)?;
    }
    Some((found, rest))
}

/// The usual form, `YYYY-MM-DD`.
fn iso(text: &str) -> Option<([Part; 3], &str)> {
    let (date, rest) = text.split_at_checked(10)?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date.as_bytes() else { return None };
    let whole = |digits: &[u8]| digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2];
    if !digits.iter().all(u8::is_ascii_digit)
        || rest.starts_with(|next: char| next.is_ascii_alphanumeric() && !matches!(next, 'T' | 't'))
    {
        return None;
    }
    let part = |digits: &[u8]| Part { value: whole(digits), digits: digits.len() };
    Some(([part(&[y1, y2, y3, y4]), part(&[m1, m2]), part(&[d1, d2])], rest))
}

fn part(text: &str) -> Option<(Part, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        if digits > 4 || digits == 3 {
            return None;
        }
        let rest = text.get(digits..)?;
        let value = text.get(..digits)?.parse().ok()?;
        let rest = ["st", "nd", "rd", "th"].iter().find_map(|suffix| rest.strip_prefix(suffix)).unwrap_or(rest);
        return Some((Part { value, digits }, rest));
    }
    let letters = text.chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
    let value = month(text.get(..letters)?)?;
    Some((Part { value, digits: 0 }, text.get(letters..)?))
}

fn month(name: &str) -> Option<i64> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if name.len() < 3 {
        return None;
    }
    let same = |full: &str| full.eq_ignore_ascii_case(name);
    let found = NAMES
        .iter()
        .position(|full| same(full) || full.get(..3).is_some_and(same) || *full == "september" && same("sept"));
    found.map(|index| index as i64 + 1)
}

fn skip_weekday(text: &str) -> &str {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    if letters < 3 {
        return text;
    }
    let name = text.get(..letters).unwrap_or_default();
    let whole = letters == 3 || name.get(letters - 3..).is_some_and(|end| end.eq_ignore_ascii_case("day"));
    let is_day = whole && DAYS.iter().any(|day| name.get(..3).is_some_and(|head| head.eq_ignore_ascii_case(day)));
    if is_day { text.get(letters..).unwrap_or_default().trim_start_matches([',', '.', ' ']) } else { text }
}

/// Year, month, day, and whether the text leaves no choice.
fn arrange(parts: [Part; 3], order: DateOrder) -> Option<(Part, i64, i64, bool)> {
    let [a, b, c] = parts;
    let small = |part: Part| (1..=2).contains(&part.digits);
    let year = |part: Part| part.digits == 4 || part.digits == 2;
    match (a.digits, b.digits, c.digits) {
        (4, _, _) if small(c) => Some((a, b.value, c.value, true)),
        (0, _, _) if small(b) && year(c) => Some((c, a.value, b.value, true)),
        (_, 0, _) if small(a) && year(c) => Some((c, b.value, a.value, true)),
        (_, 0, 4) | (_, _, 0) => None,
        _ if !small(a) || !small(b) || !year(c) => None,
        _ => match order {
            DateOrder::Dmy => Some((c, b.value, a.value, false)),
            DateOrder::Mdy => Some((c, a.value, b.value, false)),
            DateOrder::Ymd if a.digits == 2 && small(c) => Some((a, b.value, c.value, false)),
            DateOrder::Ymd => None,
        },
    }
}

/// Microseconds since midnight UTC of what follows a date, and whether a zone was named.
fn time(text: &str) -> Option<(i64, bool)> {
    let text = text
        .strip_prefix(['T', 't'])
        .or_else(|| text.strip_prefix(", "))
        .or_else(|| text.strip_prefix(' '))?
        .trim_start();
    let (hour, rest) = two(text, 1)?;
    let (minute, rest) = rest.strip_prefix(':').map_or(Some((0, rest)), |rest| two(rest, 2))?;
    let (second, rest) = rest.strip_prefix(':').map_or(Some((0, rest)), |rest| two(rest, 2))?;
    let (fraction, rest) = rest.strip_prefix(['.', ',']).map_or(Some((0, rest)), fraction)?;
    let has_minutes = text.contains(':');
    let (half, rest) = half_day(rest.trim_start());
    let hour = match half {
        None if has_minutes && hour < 24 => hour,
        Some(afternoon) if (1..=12).contains(&hour) => hour % 12 + if afternoon { 12 } else { 0 },
        _ => return None,
    };
    let (offset, zoned) = zone(rest.trim_start())?;
    if minute > 59 || second > 59 {
        return None;
    }
    Some((((hour * 60 + minute - offset) * 60 + second) * 1_000_000 + fraction, zoned))
}

fn two(text: &str, least: usize) -> Option<(i64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits < least || digits > 2 {
        return None;
    }
    Some((text.get(..digits)?.parse().ok()?, text.get(digits..)?))
}

/// Whole milliseconds, in microseconds; finer is cut, as in all cells.
fn fraction(text: &str) -> Option<(i64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text.bytes().take(digits.min(3)).fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    (1..=9).contains(&digits).then_some(())?;
    Some((value * 10_i64.pow(6 - digits.min(3) as u32), text.get(digits..)?))
}

/// `Some(true)` after noon.
fn half_day(text: &str) -> (Option<bool>, &str) {
    for (name, afternoon) in [("am", false), ("a.m.", false), ("pm", true), ("p.m.", true)] {
        if let Some(head) = text.get(..name.len())
            && head.eq_ignore_ascii_case(name)
        {
            return (Some(afternoon), text.get(name.len()..).unwrap_or_default());
        }
    }
    (None, text)
}

/// Minutes east of UTC, and whether a zone was named.
fn zone(text: &str) -> Option<(i64, bool)> {
    match text {
        "" => return Some((0, false)),
        "Z" | "z" | "UTC" | "GMT" => return Some((0, true)),
        _ => {}
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let rest = text.strip_prefix(['+', '-'])?;
    let (hours, rest) = rest.split_at_checked(2)?;
    let minutes = rest.strip_prefix(':').unwrap_or(rest);
    let hours: i64 = hours.parse().ok()?;
    let minutes: i64 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    (hours <= 14 && minutes <= 59).then_some((sign * (hours * 60 + minutes), true))
}

#[cfg(test)]
mod tests;
