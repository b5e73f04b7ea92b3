//! Weeks and the years that they belong to, by the day that they start on and by which one is a year's first.

use model::Timestamp;

const DAY: i64 = 86_400_000_000;

/// The day that weeks start on, from Sunday, and a number that is 7 more than the latest day of January before which
/// a week of the year before can end.
pub type Rule = (i64, i64);

/// Weeks start on Monday; the first one has the fourth of January.
pub(crate) const ISO: Rule = (1, 4);

/// The day of the week, 0 for Sunday.
pub fn weekday(day: Timestamp) -> i64 {
    // 1970-01-01 was a Thursday.
    (day.0.div_euclid(DAY) + 4).rem_euclid(7)
}

/// From 1.
pub(crate) fn day_of_year(day: Timestamp) -> i64 {
    (day.day().0 - Timestamp::from_date(day.date().0, 1, 1).0) / DAY + 1
}

/// The first day of a year's first week.
fn first(year: i64, (start, until): Rule) -> i64 {
    let within = Timestamp::from_date(year, 1, 7 + start - until);
    within.0 - (7 + weekday(within) - start).rem_euclid(7) * DAY
}

/// The year that a day's week belongs to, and the week's number in it.
pub fn week_of(day: Timestamp, rule: Rule) -> (i64, i64) {
    let year = day.date().0;
    let year = (year - 1..=year + 1).rev().find(|year| first(*year, rule) <= day.0).unwrap_or(year);
    (year, (day.day().0 - first(year, rule)) / (7 * DAY) + 1)
}

/// Midnight of a weekday, 0 for Sunday, of a week; none where the year has no such week.
pub(crate) fn day_of(year: i64, week: i64, weekday: i64, rule: Rule) -> Option<Timestamp> {
    let start = first(year, rule) + (week - 1) * 7 * DAY;
    let exists = (1..=53).contains(&week) && start < first(year + 1, rule);
    exists.then(|| Timestamp(start + (7 + weekday - rule.0).rem_euclid(7) * DAY))
}
