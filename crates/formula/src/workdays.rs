//! Working days: Monday to Friday without holidays.

use datetime::{in_range, parse_time};

use crate::eval::{Context, STEP};
use crate::lane::{Lane, Values};
use crate::text::Text;

const DAY: i64 = 86_400_000_000;
/// Most working days that one day is moved by: three thousand years.
const MOST: f64 = 1_000_000.0;

/// The holidays of the rows, read again only where they become others.
pub(crate) struct Holidays<'l, 'b> {
    cx: &'l Context<'b>,
    text: Text<'l>,
    /// Their number is kept where the text is the same for all.
    same: bool,
    last: Option<(String, Option<Vec<i64>>)>,
}

impl<'l, 'b> Holidays<'l, 'b> {
    pub fn new(cx: &'l Context<'b>, lane: &'l Lane<'_>) -> Self {
        Self { cx, text: Text::new(lane), same: matches!(lane.values, Values::Same(_)), last: None }
    }

    /// The days that work falls on otherwise, each once and in order; none where a text names something else, or the batch is
    /// given up.
    pub fn at(&mut self, row: usize) -> Option<&[i64]> {
        if self.last.is_none() || !self.same {
            let text = self.text.at(row);
            if self.last.as_ref().is_none_or(|(last, _)| last != text) {
                self.cx.work(STEP * text.len()).then_some(())?;
                self.last = Some((text.to_owned(), read(text)));
            }
        }
        self.last.as_ref().and_then(|(_, days)| days.as_deref())
    }
}

/// The first of some days with commas between them that is none.
pub(crate) fn no_day(text: &str) -> Option<&str> {
    parts(text).find(|part| parse_time(part).is_none())
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn read(text: &str) -> Option<Vec<i64>> {
    let mut days = parts(text).map(|part| parse_time(part).map(|time| day_of(time.0))).collect::<Option<Vec<i64>>>()?;
    days.retain(|day| is_weekday(*day));
    days.sort_unstable();
    days.dedup();
    Some(days)
}

/// The number of the day, 0 on the first of January 1970.
fn day_of(time: i64) -> i64 {
    time.div_euclid(DAY)
}

/// 0 on Mondays: the first of January 1970 was a Thursday.
fn day_of_week(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

fn is_weekday(day: i64) -> bool {
    day_of_week(day) < 5
}

/// How many weekdays there are up to and with a day, counted from some Monday long ago.
fn weekdays_until(day: i64) -> i64 {
    let since = day + 3;
    since.div_euclid(7) * 5 + since.rem_euclid(7).min(4) + 1
}

/// The weekday that so many are counted to.
fn weekday(count: i64) -> i64 {
    let index = count - 1;
    index.div_euclid(5) * 7 + index.rem_euclid(5) - 3
}

/// Midnight of the day that is `days` working days after a time, before it when they are negative; whole ones count. None
/// when that is too far.
pub(crate) fn after(time: i64, days: f64, holidays: &[i64]) -> Option<i64> {
    if days.is_nan() || days.abs() > MOST {
        return None;
    }
    let (start, days) = (day_of(time), days as i64);
    if days == 0 {
        return Some(start * DAY);
    }
    let forward = days > 0;
    // Before the start of a weekend the last weekday counts, after it none of it does.
    let counted = if forward || !is_weekday(start) { weekdays_until(start) } else { weekdays_until(start) - 1 };
    let mut target = if forward { counted + days } else { counted + days + 1 };
    if forward {
        for day in holidays.iter().filter(|day| **day > start) {
            target += i64::from(*day <= weekday(target));
        }
    } else {
        for day in holidays.iter().rev().filter(|day| **day < start) {
            target -= i64::from(*day >= weekday(target));
        }
    }
    in_range(weekday(target) * DAY).map(|day| day.0)
}

/// The working days from one time to another, both counted; negative when the other is before.
pub(crate) fn between(from: i64, to: i64, holidays: &[i64]) -> i64 {
    let (from, to) = (day_of(from), day_of(to));
    let (first, last, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
    let holidays = holidays.partition_point(|day| *day <= last) - holidays.partition_point(|day| *day < first);
    sign * (weekdays_until(last) - weekdays_until(first - 1) - holidays as i64)
}
