//! Points in time in the forms that people and programs write.

use jiff::tz::TimeZone;
use model::Timestamp;

use super::date::{DateOrder, parse_date};
use super::iso::{Civil, Offset, parse_iso_civil, parse_offset, take_fraction, time_of_day};
use crate::calendar::from_local;

/// The first and the last point in time that a cell holds: years 0 to 9999.
const FIRST: Timestamp = Timestamp::from_date(0, 1, 1);
const END: Timestamp = Timestamp::from_date(10_000, 1, 1);

/// A point in time: a day as [`parse_date`](super::parse_date) reads it, perhaps a time of day such as `15:04:05.123`
/// or `3:04 pm`, perhaps an offset; without an offset it is read in `zone`. Finer than milliseconds is cut.
pub fn parse_datetime(text: &str, order: DateOrder, zone: &TimeZone) -> Option<Timestamp> {
    instant(parse_civil(text.trim(), order)?, zone)
}

/// A point in time in ISO 8601, strictly: a day, perhaps `T` or a blank and a time of day, perhaps an offset.
pub fn parse_iso_time(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    instant(parse_iso_civil(text)?, zone)
}

/// A point in time, its day as [`parse_any_day`](super::parse_any_day) reads it.
pub fn parse_any_time(text: &str, order: DateOrder, zone: &TimeZone) -> Option<Timestamp> {
    order.and_others().into_iter().find_map(|order| parse_datetime(text, order, zone))
}

fn instant(civil: Civil, zone: &TimeZone) -> Option<Timestamp> {
    let time = match civil.offset {
        Offset::Ahead(offset) => Timestamp(civil.local.0 - offset),
        Offset::Unsaid => from_local(zone, civil.local)?,
    };
    (FIRST <= time && time < END).then_some(time)
}

pub(super) fn parse_civil(text: &str, order: DateOrder) -> Option<Civil> {
    let text = text.trim();
    if let Some(civil) = parse_iso_civil(text) {
        return Some(civil);
    }
    if let Some(day) = parse_date(text, order) {
        return Some(Civil { local: day, offset: Offset::Unsaid });
    }
    let hour = hour_at(text)?;
    let (day, clock) = text.split_at_checked(hour)?;
    let day = day.trim_end_matches(|c: char| c.is_whitespace() || c == ',');
    let day = parse_date(day.strip_suffix(['T', 't']).unwrap_or(day), order)?;
    let (time, offset) = parse_clock(clock)?;
    Some(Civil { local: Timestamp(day.0 + time), offset })
}

/// Where a time of day begins: with the digits before the first colon, or before the half of the day.
fn hour_at(text: &str) -> Option<usize> {
    let end = match text.find(':') {
        Some(colon) => colon,
        None => text.rfind(|c: char| c.is_ascii_digit())? + 1,
    };
    Some(text.get(..end)?.trim_end_matches(|c: char| c.is_ascii_digit()).len())
}

/// `H:MM`, perhaps `:SS` and `.fff`, perhaps `am` or `pm`, perhaps an offset or `UTC`; or `H am`.
fn parse_clock(text: &str) -> Option<(i64, Offset)> {
    let (hour, rest) = take_small(text)?;
    let (minute, rest) = match rest.strip_prefix(':') {
        Some(rest) => take_small(rest)?,
        None if take_half(rest.trim_start()).0.is_some() => (0, rest),
        None => return None,
    };
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => take_small(rest)?,
        None => (0, rest),
    };
    let (millis, rest) = match rest.strip_prefix('.') {
        Some(rest) => take_fraction(rest)?,
        None => (0, rest),
    };
    let (half, rest) = take_half(rest.trim_start());
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(pm) => hour % 12 + if pm { 12 } else { 0 },
    };
    Some((time_of_day(hour, minute, second, millis)?, parse_zone(rest.trim())?))
}

/// One or two digits and what follows.
fn take_small(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    if (1..=2).contains(&digits.len()) { Some((digits.parse().ok()?, rest)) } else { None }
}

/// True for `pm`, false for `am`, and what follows.
fn take_half(text: &str) -> (Option<bool>, &str) {
    for (word, pm) in [("a.m.", false), ("p.m.", true), ("am", false), ("pm", true)] {
        if let Some((start, rest)) = text.split_at_checked(word.len())
            && start.eq_ignore_ascii_case(word)
        {
            return (Some(pm), rest);
        }
    }
    (None, text)
}

/// An offset, perhaps after `UTC` or `GMT`; a name in brackets after it is left out.
fn parse_zone(text: &str) -> Option<Offset> {
    let text = text.split_once(" (").map_or(text, |(offset, _)| offset);
    let prefix = text.get(..3).filter(|start| start.eq_ignore_ascii_case("utc") || start.eq_ignore_ascii_case("gmt"));
    match prefix {
        Some(_) if text.len() == 3 => Some(Offset::Ahead(0)),
        Some(_) => parse_offset(text.get(3..)?),
        None => parse_offset(text),
    }
}
