//! How far apart two points in time are, as people say it.

use datetime::{add_months, whole_months};

/// The mean length of a month in days, over four hundred years.
const MONTH: f64 = 146_097.0 / 4_800.0;
const SECONDS: f64 = 1_000_000.0;

/// `a few seconds`, `25 days`, `a year`: as `moment` rounds it.
pub(crate) fn distance(one: i64, other: i64) -> String {
    let (early, late) = (one.min(other), one.max(other));
    let months = whole_months(early, late);
    let rest = late.saturating_sub(add_months(early, months));
    let (rest, months) = (rest as f64 / SECONDS, months as f64);
    let seconds = rest + (months * MONTH).round() * 86_400.0;
    let days = seconds / 86_400.0;
    let months = months + rest / 86_400.0 / MONTH;
    let (minutes, hours) = ((seconds / 60.0).round(), (seconds / 3_600.0).round());
    let (seconds, days, years, months) = (seconds.round(), days.round(), (months / 12.0).round(), months.round());
    match () {
        () if seconds <= 44.0 => "a few seconds".to_owned(),
        () if minutes <= 1.0 => "a minute".to_owned(),
        () if minutes < 45.0 => format!("{minutes} minutes"),
        () if hours <= 1.0 => "an hour".to_owned(),
        () if hours < 22.0 => format!("{hours} hours"),
        () if days <= 1.0 => "a day".to_owned(),
        () if days < 26.0 => format!("{days} days"),
        () if months <= 1.0 => "a month".to_owned(),
        () if months < 11.0 => format!("{months} months"),
        () if years <= 1.0 => "a year".to_owned(),
        () => format!("{years} years"),
    }
}
