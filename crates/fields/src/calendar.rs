//! Named date and time formats, time zones, and how days and times are shown in English.

#[cfg(test)]
mod tests;

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};
use model::{DateFormat, FieldKind, TimeFormat, Timestamp};

use crate::guess::{DateOrder, parse_iso_time};
use crate::options::Options;
use crate::problem::OptionsError;

const DATE_FORMATS: [(&str, &str); 5] =
    [("local", "l"), ("friendly", "LL"), ("us", "M/D/YYYY"), ("european", "D/M/YYYY"), ("iso", "YYYY-MM-DD")];

const TIME_FORMATS: [(&str, &str); 2] = [("12hour", "h:mma"), ("24hour", "HH:mm")];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The date format with this name: `local`, `friendly`, `us`, `european` or `iso`.
pub fn date_format(name: &str) -> Option<DateFormat> {
    let (name, format) = find(&DATE_FORMATS, name)?;
    Some(DateFormat { name, format })
}

/// The time format with this name: `12hour` or `24hour`.
pub fn time_format(name: &str) -> Option<TimeFormat> {
    let (name, format) = find(&TIME_FORMATS, name)?;
    Some(TimeFormat { name, format })
}

fn find(table: &[(&str, &str)], name: &str) -> Option<(String, String)> {
    let (name, format) = table.iter().find(|(each, _)| *each == name)?;
    Some(((*name).to_owned(), (*format).to_owned()))
}

pub(crate) fn read_date_format(options: &Options<'_>, old: Option<&DateFormat>) -> Result<DateFormat, OptionsError> {
    let old = old.map(|old| (old.name.clone(), old.format.clone()));
    let (name, format) = read_format(options, "dateFormat", &DATE_FORMATS, old)?;
    Ok(DateFormat { name, format })
}

pub(crate) fn read_time_format(options: &Options<'_>, old: Option<&TimeFormat>) -> Result<TimeFormat, OptionsError> {
    let old = old.map(|old| (old.name.clone(), old.format.clone()));
    let (name, format) = read_format(options, "timeFormat", &TIME_FORMATS, old)?;
    Ok(TimeFormat { name, format })
}

fn read_format(
    options: &Options<'_>,
    key: &str,
    table: &[(&str, &str)],
    old: Option<(String, String)>,
) -> Result<(String, String), OptionsError> {
    let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
    let part = options.part(key)?;
    if !part.is_given() {
        let expected = format!("an object whose `name` is {}", crate::options::one_of(&names));
        return old.ok_or_else(|| options.missing(key, expected));
    }
    part.only(&["name", "format"])?;
    let name = part.one_of("name", &names, None)?;
    let found = find(table, &name).unwrap_or_default();
    match part.get("format") {
        Some(given) if given.as_str() != Some(&found.1) => {
            Err(part.wrong("format", format!("`{}`, the format of `{name}`", found.1), given))
        }
        _ => Ok(found),
    }
}

/// Reads `timeZone`: `utc`, `client` or an IANA name, which is answered in its usual spelling.
pub(crate) fn read_zone(options: &Options<'_>, old: Option<&str>) -> Result<String, OptionsError> {
    const EXPECTED: &str = "`utc`, `client` or an IANA time zone such as `Europe/Berlin`";
    let Some(value) = options.get("timeZone") else {
        return old.map(str::to_owned).ok_or_else(|| options.missing("timeZone", EXPECTED));
    };
    let name = value.as_str().unwrap_or_default();
    if let Some(special) = ["utc", "client"].into_iter().find(|special| special.eq_ignore_ascii_case(name)) {
        return Ok(special.to_owned());
    }
    let zone = TimeZone::get(name).ok().and_then(|zone| zone.iana_name().map(str::to_owned));
    zone.ok_or_else(|| options.wrong("timeZone", EXPECTED, value))
}

/// The zone of a field: its own, or `client`'s.
pub(crate) fn zone_of(name: &str, client: &TimeZone) -> TimeZone {
    match name {
        "utc" => TimeZone::UTC,
        "client" => client.clone(),
        name => TimeZone::get(name).unwrap_or(TimeZone::UTC),
    }
}

/// The zone of a field that holds points in time: its own, and UTC where it names none.
pub fn own_zone(kind: &FieldKind) -> TimeZone {
    kind.item().shown().map_or(TimeZone::UTC, |options| zone_of(&options.time_zone, &TimeZone::UTC))
}

/// How a field of days or times writes a day.
pub fn day_format(kind: &FieldKind) -> Option<&DateFormat> {
    match kind {
        FieldKind::Date(options) => Some(&options.date_format),
        kind => kind.shown().map(|options| &options.date_format),
    }
}

/// The order in which a field's format writes day, month and year; none where the format is the reader's own, or
/// leads with the year.
pub fn date_order(kind: &FieldKind) -> Option<DateOrder> {
    match day_format(kind)?.name.as_str() {
        "european" => Some(DateOrder::DayFirst),
        "us" => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// In microseconds.
const WEEK: i64 = 7 * 86_400_000_000;

/// What the clocks of a zone show at a point in time, as if that were UTC.
pub fn to_local(zone: &TimeZone, time: Timestamp) -> Timestamp {
    if *zone == TimeZone::UTC {
        return time;
    }
    // At its own ends `jiff` knows no offsets; those of a week before are the same.
    let (first, last) = (jiff::Timestamp::MIN.as_microsecond() + WEEK, jiff::Timestamp::MAX.as_microsecond() - WEEK);
    let Ok(instant) = jiff::Timestamp::from_microsecond(time.0.clamp(first, last)) else { return time };
    Timestamp(time.0.saturating_add(i64::from(zone.to_offset(instant).seconds()) * 1_000_000))
}

/// Makes the text of a cell that is a point in time, as a file holds it, what the clocks of its field's zone show then.
pub fn show_local(kind: &FieldKind, text: &mut String) {
    let zone = own_zone(kind);
    if zone != TimeZone::UTC
        && let Some(time) = parse_iso_time(text, &TimeZone::UTC)
    {
        let local = to_local(&zone, time).iso();
        text.clear();
        text.push_str(local.trim_end_matches('Z'));
    }
}

/// The point in time at which the clocks of a zone show `local`. A time that a clock change skips is moved by the
/// length of the gap; of a time that comes twice the first is meant.
pub fn from_local(zone: &TimeZone, local: Timestamp) -> Option<Timestamp> {
    if *zone == TimeZone::UTC {
        return Some(local);
    }
    let (year, month, day) = local.date();
    let (hour, minute, second, millis) = local.clock();
    let time = civil::DateTime::new(
        i16::try_from(year).ok()?,
        month as i8,
        day as i8,
        hour as i8,
        minute as i8,
        second as i8,
        millis as i32 * 1_000_000,
    )
    .ok()?;
    // The last days of all are past the instants that `jiff` knows, and not past its offsets.
    let offset = match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
    };
    Some(Timestamp(local.0 - i64::from(offset.seconds()) * 1_000_000))
}

/// Appends a day as a format shows it.
pub(crate) fn push_day(format: &DateFormat, day: Timestamp, locale: &str, out: &mut String) {
    let (year, month, date) = day.date();
    let text = match format.name.as_str() {
        "us" => format!("{month}/{date}/{year}"),
        "european" => format!("{date}/{month}/{year}"),
        "iso" => format!("{year:04}-{month:02}-{date:02}"),
        "friendly" => friendly(locale, year, month, date),
        _ => local(locale, year, month, date),
    };
    out.push_str(&text);
}

/// Appends a time of day as a format shows it.
pub(crate) fn push_time_of_day(format: &TimeFormat, time: Timestamp, out: &mut String) {
    let (hour, minute, ..) = time.clock();
    let text = if format.name == "24hour" {
        format!("{hour:02}:{minute:02}")
    } else {
        let half = if hour < 12 { "am" } else { "pm" };
        format!("{}:{minute:02}{half}", (hour + 11) % 12 + 1)
    };
    out.push_str(&text);
}

fn friendly(locale: &str, year: i64, month: u32, day: u32) -> String {
    let name = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
    if is_american(&locale.to_ascii_lowercase()) {
        format!("{name} {day}, {year}")
    } else {
        format!("{day} {name} {year}")
    }
}

/// The short date of a locale.
fn local(locale: &str, year: i64, month: u32, day: u32) -> String {
    let locale = locale.to_ascii_lowercase();
    let language = locale.split(['-', '_']).next().unwrap_or_default();
    if is_american(&locale) {
        return format!("{month}/{day}/{year}");
    }
    match language {
        _ if matches!(locale.as_str(), "en-ca" | "fr-ca") => format!("{year}-{month}-{day}"),
        "sv" | "lt" => format!("{year}-{month}-{day}"),
        "ja" | "zh" => format!("{year}/{month}/{day}"),
        "ko" | "hu" => format!("{year}.{month}.{day}"),
        "de" | "cs" | "sk" | "pl" | "ru" | "uk" | "fi" | "nb" | "nn" | "da" | "tr" | "ro" | "bg" | "et" | "lv" => {
            format!("{day}.{month}.{year}")
        }
        "nl" => format!("{day}-{month}-{year}"),
        _ => format!("{day}/{month}/{year}"),
    }
}

fn is_american(locale: &str) -> bool {
    matches!(locale, "" | "en" | "en-us" | "en_us")
}
