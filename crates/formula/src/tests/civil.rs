//! Points in time for the reference: days counted by years and months, texts read by patterns.

use std::sync::LazyLock;

use datetime::{Unit, parse_time};
use proptest::prelude::*;
use regex::{Captures, Regex};

const DAY: i64 = 86_400_000_000;
/// The years that there are.
const LAST: i64 = 99_999;

fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

fn length(year: i64, month: i64) -> i64 {
    [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1]
}

/// The day that a year begins with, counted from the first of January 1970.
fn start(year: i64) -> i64 {
    let leaps = |before: i64| (before - 1).div_euclid(4) - (before - 1).div_euclid(100) + (before - 1).div_euclid(400);
    365 * (year - 1970) + leaps(year) - leaps(1970)
}

/// The number of a day that exists.
fn number(year: i64, month: i64, day: i64) -> Option<i64> {
    let exists = year.abs() <= LAST && (1..=12).contains(&month) && (1..=length(year, month)).contains(&day);
    exists.then(|| start(year) + (1..month).map(|month| length(year, month)).sum::<i64>() + day - 1)
}

/// Year, month and day of a time.
fn date(time: i64) -> (i64, i64, i64) {
    let day = time.div_euclid(DAY);
    let mut year = 1970 + day.div_euclid(366).min(day.div_euclid(365)) - 1;
    while start(year + 1) <= day {
        year += 1;
    }
    let (mut month, mut left) = (1, day - start(year));
    while left >= length(year, month) {
        left -= length(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

/// The months of a unit, or else its days or its milliseconds.
#[derive(Clone, Copy)]
enum Steps {
    Months(f64),
    Days(f64),
    Millis(f64),
}

fn steps(unit: &str) -> Steps {
    let name = if unit.len() == 1 { unit.to_owned() } else { unit.to_lowercase() };
    match name.trim_end_matches('s') {
        "year" | "y" | "Y" => Steps::Months(12.0),
        "quarter" | "Q" => Steps::Months(3.0),
        "month" | "M" => Steps::Months(1.0),
        "week" | "w" | "W" => Steps::Days(7.0),
        "day" | "d" => Steps::Days(1.0),
        "hour" | "h" | "H" => Steps::Millis(3_600_000.0),
        "minute" if name != "ms" => Steps::Millis(60_000.0),
        "m" if name == "m" => Steps::Millis(60_000.0),
        "second" | "S" => Steps::Millis(1_000.0),
        "" if name == "s" => Steps::Millis(1_000.0),
        _ => Steps::Millis(1.0),
    }
}

fn counted(time: i64) -> Option<i64> {
    (date(time).0.abs() <= LAST).then_some(time)
}

/// The nearest whole number, of two the one farther from 0.
fn whole(number: f64) -> f64 {
    let below = number.abs().floor();
    (if number.abs() - below >= 0.5 { below + 1.0 } else { below }).copysign(number)
}

fn months_on(time: i64, months: i64) -> Option<i64> {
    let (year, month, day) = date(time);
    let months = year * 12 + month - 1 + months;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    number(year, month, day.min(length(year, month))).map(|day| day * DAY + time.rem_euclid(DAY))
}

/// A time moved by so much of a unit.
pub(super) fn moved(time: i64, count: f64, unit: &str) -> Option<i64> {
    match steps(unit) {
        Steps::Months(months) => Some(whole(count * months)).filter(|months| months.abs() < 1e7),
        Steps::Days(days) => {
            let days = Some(whole(count * days)).filter(|days| days.abs() < 1e8)?;
            return counted(time + days as i64 * DAY);
        }
        Steps::Millis(millis) => {
            let millis = Some(time.div_euclid(1_000) as f64 + count * millis).filter(|millis| millis.abs() < 4e15)?;
            return counted(millis.trunc() as i64 * 1_000);
        }
    }
    .and_then(|months| months_on(time, months as i64))
}

/// Whole units from one time to another, as `moment` has it: parts of a month are those of the month that they are in.
pub(super) fn apart(to: i64, from: i64, unit: &str) -> f64 {
    match steps(unit) {
        Steps::Months(months) => (months_apart(to, from) / months).trunc() + 0.0,
        Steps::Days(days) => ((to - from) / (days as i64 * DAY)) as f64,
        Steps::Millis(millis) => ((to - from) / (millis as i64 * 1_000)) as f64,
    }
}

fn months_apart(to: i64, from: i64) -> f64 {
    let ((year, month, day), (from_year, from_month, from_day)) = (date(to), date(from));
    if day < from_day {
        return -months_apart(from, to);
    }
    let months = (from_year - year) * 12 + from_month - month;
    let anchor = months_on(to, months).unwrap();
    let next = months_on(to, if from < anchor { months - 1 } else { months + 1 }).unwrap();
    -(months as f64 + (from - anchor) as f64 / (next - anchor).abs() as f64)
}

/// Whether two times are within the same one of a unit.
pub(super) fn is_same(one: i64, other: i64, unit: &str) -> bool {
    let of = |time: i64| match steps(unit) {
        Steps::Months(months) => {
            let (year, month, _) = date(time);
            (year * 12 + month - 1).div_euclid(months as i64)
        }
        // The fourth of January 1970 was a Sunday.
        Steps::Days(7.0) => (time.div_euclid(DAY) - 3).div_euclid(7),
        Steps::Days(_) => time.div_euclid(DAY),
        Steps::Millis(millis) => time.div_euclid(millis as i64 * 1_000),
    };
    of(one) == of(other)
}

/// A time that a text names without a format.
pub(super) fn read(text: &str) -> Option<i64> {
    static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        let whole = |pattern: &String| Regex::new(&format!("^(?:{pattern})$")).unwrap();
        patterns().iter().map(whole).collect()
    });
    PATTERNS.iter().find_map(|pattern| pattern.captures(text.trim()).and_then(|captures| said(&captures)))
}

fn patterns() -> Vec<String> {
    const CLOCK: &str =
        r"(?:(?<H>\d\d)(?::(?<M>\d\d)(?::(?<S>\d\d)(?:[.,](?<f>\d+))?)?)?(?<z>\s*[Zz]|[+-]\d\d(?::?\d\d)?)?)";
    const LOOSE: &str = r"(?:[\s,]+(?<H>\d{1,2}):(?<M>\d{1,2})(?::(?<S>\d{1,2})(?:\.(?<f>\d+))?)?(?<z>\s*[Zz]|\s*[+-]\d\d(?::?\d\d)?)?(?:\s[\s,]*(?<a>(?i)am|pm))?)?";
    let mut patterns = vec![
        format!(r"(?<y>[+-]\d{{6}}|\d{{4}})-(?<m>\d\d)-(?<d>\d\d)(?:[Tt ]{CLOCK})?"),
        format!(r"(?<y>[+-]\d{{6}}|\d{{4}})(?<m>\d\d)(?<d>\d\d)(?:[Tt ]{})?", CLOCK.replace("?::(", "?:(")),
        format!(r"(?<y>\d{{4}})-(?<o>\d{{3}})(?:[Tt ]{CLOCK})?"),
        r"(?<y>\d{4})(?<o>\d{3})".to_owned(),
        r"(?<y>\d{4})(?:-?(?<m>\d\d))?".to_owned(),
        format!(r"(?<n>[A-Za-z]{{3,9}})\.?[\s,]+(?<d>\d\d?)[\s,]+(?<Y>\d{{1,6}}){LOOSE}"),
        format!(r"(?<d>\d\d?)[\s,]+(?<n>[A-Za-z]{{3,9}})\.?[\s,]+(?<Y>\d{{1,6}}){LOOSE}"),
    ];
    for sign in ["/", "-", r"\.\s*"] {
        patterns.push(format!(r"(?<F>\d{{1,6}}){sign}(?<m>\d{{1,6}}){sign}(?<d>\d{{1,6}}){LOOSE}"));
        patterns.push(format!(r"(?<m>\d{{1,6}}){sign}(?<d>\d{{1,6}}){sign}(?<Y>\d{{1,6}}){LOOSE}"));
    }
    patterns
}

fn said(captures: &Captures<'_>) -> Option<i64> {
    let part = |name: &str| captures.name(name).map(|part| part.as_str());
    let value = |name: &str| part(name).and_then(|digits| digits.parse::<i64>().ok());
    // A day of a month is no year that stands first.
    let people = value("Y").or(value("F").filter(|first| *first > 31));
    let year = match (value("y"), people) {
        (Some(year), _) => year,
        // Two digits are a year of the last century or of this one.
        (_, Some(year @ 0..=49)) => year + 2000,
        (_, Some(year @ 50..=99)) => year + 1900,
        (_, year) => year?,
    };
    let day = match (value("o"), part("n")) {
        (Some(day), _) => {
            Some(day).filter(|day| *day > 0 && start(year) + day <= start(year + 1)).map(|day| start(year) + day - 1)
        }
        (_, Some(name)) => {
            const MONTHS: &str =
                "january february march april may june july august september october november december";
            let month = MONTHS.split(' ').position(|month| month.starts_with(&name.to_lowercase()))?;
            number(year, month as i64 + 1, value("d")?)
        }
        _ => number(year, value("m").unwrap_or(1), value("d").unwrap_or(1)),
    }?;
    let [mut hour, minute, second] = ["H", "M", "S"].map(|name| value(name).unwrap_or(0));
    let millis: i64 = format!("{:0<3}", part("f").unwrap_or("")).get(..3)?.parse().ok()?;
    if let Some(half) = part("a") {
        hour = Some(hour).filter(|hour| *hour < 13)? % 12 + if half.to_lowercase() == "pm" { 12 } else { 0 };
    }
    let time = ((hour * 60 + minute) * 60 + second) * 1_000 + millis;
    if minute > 59 || second > 59 || time > 86_400_000 {
        return None;
    }
    counted(day * DAY + time * 1_000 - ahead(part("z").unwrap_or("").trim())? * 60_000_000)
}

/// How many minutes a zone's clocks are ahead.
fn ahead(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let digits: String = zone.chars().filter(char::is_ascii_digit).chain("00".chars()).take(4).collect();
    let (hours, minutes) = (digits[..2].parse::<i64>().ok()?, digits[2..].parse::<i64>().ok()?);
    let (sign, most) = if zone.starts_with('-') { (-1, 12 * 60) } else { (1, 14 * 60) };
    (minutes < 60 && hours * 60 + minutes <= most).then_some(sign * (hours * 60 + minutes))
}

/// Texts that are dates, or nearly.
const TEXT: &str = concat!(
    r"[0-9]{1,5}[/-][0-9]{1,3}[/-][0-9]{1,5}( [0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\.[0-9]{1,4})?)?( [AaPp]m)?)?",
    r"|[012][0-9]\.[01][0-9]\.(19|20)[0-9]{2}",
    r"|[+-]?[0-9]{4,6}-[01][0-9]-[0-3][0-9]([T ][012][0-9](:[0-6][0-9](:[0-6][0-9](\.[0-9]{1,4})?)?)?(Z|[+-][01][0-9](:?[0-6][0-9])?)?)?",
    r"|[12][0-9]{3}[01][0-9][0-3][0-9](T[012][0-9]([0-6][0-9]([0-6][0-9])?)?Z?)?|[12][0-9]{3}-?[0-3][0-9]{2}",
    r"|(Jan|febr?|MARCH|June|Sept|foo) [0-3]?[0-9],? [0-9]{2,5}( [012]?[0-9]:[0-6][0-9])?|[0-3]?[0-9] (Jan|Dec)\.? [0-9]{4}",
);

proptest! {
    #[test]
    fn texts_are_read_as_the_reference_reads_them(
        text in TEXT,
    ) {
        prop_assert_eq!(parse_time(&text).map(|time| time.0), read(&text), "{}", text);
    }

    #[test]
    fn times_move_as_those_of_the_reference_do(
        millis in -3_218_000_000_000_000i64..3_093_000_000_000_000,
        count in prop_oneof![(-1e4f64..1e4), (-2e5f64..2e5).prop_map(f64::round), (-4e4f64..4e4).prop_map(|n| n.round() / 2.0), -1e18f64..1e18],
        unit in prop::sample::select(&["ms", "s", "Seconds", "m", "minutes", "hour", "H", "d", "days", "weeks", "w", "M", "month", "quarters", "Q", "YEAR", "y", "what"][..]),
        other in -3_218_000_000_000_000i64..3_093_000_000_000_000,
        near in -400_000_000_000i64..400_000_000_000,
    ) {
        let (time, found) = (millis * 1_000, Unit::named(unit));
        prop_assert_eq!(found.add(time, count), moved(time, count, unit), "{} {}", count, unit);
        for other in [other * 1_000, (time + near * 1_000).clamp(-3_217_830_796_800_000_000, 3_093_527_980_799_999_000)] {
            prop_assert_eq!(found.between(time, other) as f64, apart(time, other, unit), "{} {} {}", time, other, unit);
            prop_assert_eq!(found.index(time) == found.index(other), is_same(time, other, unit), "{} {} {}", time, other, unit);
        }
    }
}
