//! Days that are told by how far they are from today, named as Airtable names them. They are days of a time zone: the one
//! that is given, else the field's own, else UTC. Weeks begin on Monday unless another day is given.

use fields::{Shape, own_zone, shape};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use model::{Field, FormulaType, Timestamp};
use query::{Op, TimeRange};
use serde_json::{Map, Value};

use super::{ConditionError, wrong};

/// The most days from today.
const MOST: i64 = 36_500;
/// What an object may hold.
const KEYS: [&str; 4] = ["mode", "numberOfDays", "timeZone", "startDayOfWeek"];

/// What a mode looks at.
struct Today {
    day: Date,
    /// `numberOfDays`, where the mode has one.
    days: i64,
    week_begins: Weekday,
}

impl Today {
    fn at(&self, span: Span) -> Option<Date> {
        self.day.checked_add(span).ok()
    }

    /// From this far from today through today, or the other way round.
    fn through(&self, span: Span) -> Option<(Date, Date)> {
        let other = self.at(span)?;
        Some((other.min(self.day), other.max(self.day)))
    }

    fn week(&self) -> Option<(Date, Date)> {
        let first = self.at((-i64::from(self.day.weekday().since(self.week_begins))).days())?;
        Some((first, first.checked_add(6.days()).ok()?))
    }
}

/// A word for days.
struct Mode {
    name: &'static str,
    /// Whether it needs `numberOfDays`.
    counts: bool,
    /// The first and the last day.
    days: fn(&Today) -> Option<(Date, Date)>,
}

const fn mode(name: &'static str, days: fn(&Today) -> Option<(Date, Date)>) -> Mode {
    Mode { name, counts: false, days }
}

const fn counted(name: &'static str, days: fn(&Today) -> Option<(Date, Date)>) -> Mode {
    Mode { name, counts: true, days }
}

fn one(day: Option<Date>) -> Option<(Date, Date)> {
    day.map(|day| (day, day))
}

/// Single days, for comparisons.
const DAYS: [Mode; 9] = [
    mode("today", |today| one(today.at(Span::new()))),
    mode("tomorrow", |today| one(today.at(1.day()))),
    mode("yesterday", |today| one(today.at((-1).day()))),
    mode("oneWeekAgo", |today| one(today.at((-1).week()))),
    mode("oneWeekFromNow", |today| one(today.at(1.week()))),
    mode("oneMonthAgo", |today| one(today.at((-1).month()))),
    mode("oneMonthFromNow", |today| one(today.at(1.month()))),
    counted("daysAgo", |today| one(today.at((-today.days).days()))),
    counted("daysFromNow", |today| one(today.at(today.days.days()))),
];

/// Spans of days, for `is_within`. Those that are past or to come have today in them.
const SPANS: [Mode; 11] = [
    mode("pastWeek", |today| today.through((-1).week())),
    mode("pastMonth", |today| today.through((-1).month())),
    mode("pastYear", |today| today.through((-1).year())),
    mode("nextWeek", |today| today.through(1.week())),
    mode("nextMonth", |today| today.through(1.month())),
    mode("nextYear", |today| today.through(1.year())),
    counted("pastNumberOfDays", |today| today.through((-today.days).days())),
    counted("nextNumberOfDays", |today| today.through(today.days.days())),
    mode("thisCalendarWeek", Today::week),
    mode("thisCalendarMonth", |today| Some((today.day.first_of_month(), today.day.last_of_month()))),
    mode("thisCalendarYear", |today| Some((today.day.first_of_year(), today.day.last_of_year()))),
];

/// The span of time that a value tells by its distance from today; nothing when it is told in another way.
///
/// # Errors
/// [`ConditionError::Wrong`], which names the part.
pub(super) fn relative(
    field: &Field,
    op: Op,
    value: &Value,
    (at, now): (&str, Timestamp),
) -> Result<Option<TimeRange>, ConditionError> {
    let whole = Map::new();
    let (name, parts) = match value {
        Value::String(name) if DAYS.iter().chain(&SPANS).any(|mode| mode.name == name.trim()) => (name.trim(), &whole),
        Value::Object(parts) => (parts.get("mode").and_then(Value::as_str).unwrap_or_default(), parts),
        _ => return Ok(None),
    };
    let modes = if op == Op::IsWithin { &SPANS[..] } else { &DAYS[..] };
    let mode = modes.iter().find(|mode| mode.name == name).ok_or_else(|| no_mode(op, modes, name, at))?;
    if let Some(key) = parts.keys().find(|key| !KEYS.contains(&key.as_str())) {
        let given: String = key.chars().take(64).collect();
        return Err(wrong(at, format!("`{given}` is nothing that days have: they have {}", KEYS.join(", "))));
    }
    let zone = match parts.get("timeZone") {
        None => own_zone(&field.kind),
        Some(name) => zone(name).ok_or_else(|| {
            let expected = "a name of the IANA database such as `Europe/Berlin`";
            wrong(&format!("{at}/timeZone"), format!("a time zone is {expected}, not {}", short(name)))
        })?,
    };
    let today = Today {
        day: day_of(now, &zone),
        days: number_of_days(mode, parts, at)?,
        week_begins: week_begins(parts.get("startDayOfWeek"), at)?,
    };
    let range = (mode.days)(&today).and_then(|days| range(field, days, &zone));
    Ok(Some(range.ok_or_else(|| wrong(at, "the calendar does not reach that far"))?))
}

fn no_mode(op: Op, modes: &[Mode], name: &str, at: &str) -> ConditionError {
    let names: Vec<&str> = modes.iter().map(|mode| mode.name).collect();
    let given: String = name.chars().take(64).collect();
    wrong(at, format!("`{}` has no days named `{given}`: there are {}", op.name(), names.join(", ")))
}

fn number_of_days(mode: &Mode, parts: &Map<String, Value>, at: &str) -> Result<i64, ConditionError> {
    let at = format!("{at}/numberOfDays");
    match (parts.get("numberOfDays"), mode.counts) {
        (None, false) => Ok(0),
        (Some(_), false) => Err(wrong(&at, format!("`{}` has no number of days", mode.name))),
        (given, true) => given.and_then(Value::as_i64).filter(|days| (0..=MOST).contains(days)).ok_or_else(|| {
            let given = given.map_or_else(|| "nothing".to_owned(), short);
            wrong(&at, format!("`{}` needs a whole number from 0 to {MOST}, not {given}", mode.name))
        }),
    }
}

fn week_begins(given: Option<&Value>, at: &str) -> Result<Weekday, ConditionError> {
    match given.map(Value::as_str) {
        None | Some(Some("Monday")) => Ok(Weekday::Monday),
        Some(Some("Sunday")) => Ok(Weekday::Sunday),
        Some(_) => {
            let given = given.map(short).unwrap_or_default();
            Err(wrong(&format!("{at}/startDayOfWeek"), format!("a week begins on `Monday` or `Sunday`, not {given}")))
        }
    }
}

fn zone(name: &Value) -> Option<TimeZone> {
    TimeZone::get(name.as_str()?).ok()
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(64).collect()
}

fn day_of(now: Timestamp, zone: &TimeZone) -> Date {
    let now = jiff::Timestamp::from_microsecond(now.0).unwrap_or_default();
    zone.to_datetime(now).date()
}

/// A day of the field's own time zone, `2026-03-01`, or a moment, `2026-03-01T09:00:00Z`.
pub(super) fn told(field: &Field, value: &Value) -> Option<TimeRange> {
    let text = value.as_str()?.trim();
    if let Some(day) = fields::guess::parse_iso_day(text) {
        let day = day_of(day, &TimeZone::UTC);
        return range(field, (day, day), &own_zone(&field.kind));
    }
    fields::guess::parse_iso_time(text, &TimeZone::UTC).map(|time| TimeRange::at(time.0))
}

/// The moments of these days. A field of days holds them as they begin in UTC, whatever the zone.
fn range(field: &Field, (first, last): (Date, Date), zone: &TimeZone) -> Option<TimeRange> {
    let is_day = matches!(shape(&field.kind), Shape::Date | Shape::List(FormulaType::Date));
    let zone = if is_day { &TimeZone::UTC } else { zone };
    let begin = |day: Date| {
        let midnight = zone.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible().ok()?;
        Some(midnight.as_microsecond())
    };
    Some(TimeRange { from: begin(first)?, until: begin(last.tomorrow().ok()?)? })
}

#[cfg(test)]
mod tests;
