//! Constants that name something: a time zone, a locale, a unit, a pattern. One that names nothing is a mistake, which is told when
//! the formula is written; a formula that is kept already goes on with what it makes of it.

use datetime::{LONGEST, Locale, Pattern, Unit, Zone};
use jiff::tz;

use crate::expr::Expr;
use crate::functions::{Function, counted, date_format, is_strftime, marks};
use crate::json::path;
use crate::mistakes::{Mistake, closest};
use crate::regex;
use crate::value::Scalar;
use crate::wrong::not_counted;

const UNITS: &str = "units are milliseconds, seconds, minutes, hours, days, weeks, months, quarters and years";

/// What an argument names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    Zone,
    Locale,
    Unit,
    /// The same where none is usual.
    NeededUnit,
    /// The same where Airtable takes what is none, too.
    CountedUnit,
    /// The same as spreadsheets name them.
    SpreadsheetUnit,
    /// The day that weeks start on.
    WeekStart,
    /// How dates are shown.
    Format,
    /// The same, also in the words of strftime.
    DateFormat,
    /// A regular expression.
    Pattern,
    /// A place in a text of JSON.
    Path,
    /// A part of a whole, from 0 to 1.
    Share,
    /// How many, or at which place: an error where it is no number.
    Count,
    /// The same where nothing comes of it but `NaN`.
    Number,
}

/// What an argument of a function names; most are just values.
pub(crate) fn named_by(function: &Function, argument: usize) -> Option<Names> {
    Some(match (function.name, argument) {
        ("SET_TIMEZONE", 1) => Names::Zone,
        ("SET_LOCALE", 1) | ("DATETIME_PARSE", 2) => Names::Locale,
        ("DATEADD", 2) => Names::NeededUnit,
        ("DATEDIFF" | "IS_SAME", 2) => Names::Unit,
        ("DATETIME_DIFF", 2) => Names::CountedUnit,
        ("DATEDIF", 2) => Names::SpreadsheetUnit,
        ("WEEKDAY" | "WEEKNUM", 1) => Names::WeekStart,
        ("DATETIME_FORMAT" | "DATETIME_PARSE", 1) => Names::Format,
        ("FORMATDATE", 1) => Names::DateFormat,
        ("REGEX_EXTRACT" | "REGEX_MATCH" | "REGEX_REPLACE", 1) => Names::Pattern,
        ("JSON_EXTRACT", 1) => Names::Path,
        ("PERCENTILE", 1) => Names::Share,
        ("DATEADD" | "LEFT" | "REPT" | "RIGHT" | "WORKDAY", 1) | ("FIND" | "SEARCH", 2) | ("SUBSTITUTE", 3) => {
            Names::Count
        }
        ("ARRAYSLICE" | "MID" | "REPLACE" | "SUBSTRING", 1 | 2) => Names::Count,
        ("CEILING" | "FLOOR" | "LOG" | "ROUND" | "ROUNDDOWN" | "ROUNDUP", 1) => Names::Number,
        _ => return None,
    })
}

/// What is wrong with a constant that should name something; a blank stands for what is usual, where something is.
pub(crate) fn mistake(names: Names, argument: &Expr) -> Option<Mistake> {
    let Expr::Constant(scalar) = argument else { return None };
    match scalar {
        Scalar::Error => return None,
        scalar if scalar.view().is_blank() => {
            return (names == Names::NeededUnit).then(|| ("the unit of time is empty".to_owned(), UNITS.to_owned()));
        }
        _ => {}
    }
    let mut scratch = String::new();
    let name = scalar.view().text(&mut scratch);
    let told = |what: &str, advice: String| Some((format!("`{}` is no {what}", shortened(name)), advice));
    match names {
        Names::Zone if Zone::named(name).is_none() => told("time zone", zone_advice(name)),
        Names::Locale if Locale::named(name).is_none() => {
            told("locale", "a locale is named as `de` or `en-gb`".to_owned())
        }
        Names::Unit | Names::NeededUnit if Unit::known(name).is_none() => told("unit of time", UNITS.to_owned()),
        Names::CountedUnit if Unit::known(name).is_none() => {
            told("unit of time, so milliseconds are counted", UNITS.to_owned())
        }
        Names::SpreadsheetUnit if counted(name).is_none() => told(
            "unit of time",
            "units are \"D\", \"M\", \"Y\", \"MD\", \"YM\" and \"YD\", or those of DATEDIFF".to_owned(),
        ),
        Names::WeekStart if !["sunday", "monday"].contains(&name.to_ascii_lowercase().as_str()) => {
            told("day that weeks start on", "they start on \"Sunday\" or \"Monday\"".to_owned())
        }
        Names::Format if Pattern::new(name, Locale::english()).is_none() => Some(too_long()),
        Names::DateFormat if !is_strftime(name) => {
            told("format of strftime", format!("its marks are {}, and `%%` for the sign", marks()))
        }
        Names::DateFormat if date_format(name).is_none() => Some(too_long()),
        Names::Pattern => regex::mistake(name),
        Names::Path if path(name).is_none() => {
            told("path into JSON", "a path is written as `a.b[0].c` or `$[\"a key\"]`".to_owned())
        }
        Names::Share if matches!(scalar, Scalar::Text(_)) => Some((
            format!("the text `{}` is no share", shortened(name)),
            "a share is a number from 0 to 1, as 0.9 for ninety of a hundred; VALUE reads one from a text".to_owned(),
        )),
        Names::Share if !(0.0..=1.0).contains(&scalar.view().number()) => {
            told("share", "a share is a number from 0 to 1, as 0.9 for ninety of a hundred".to_owned())
        }
        Names::Count | Names::Number if scalar.view().number().is_nan() => Some(not_counted(scalar.view())),
        _ => None,
    }
}

fn too_long() -> Mistake {
    ("this format is too long".to_owned(), format!("a format has at most {LONGEST} bytes"))
}

fn zone_advice(name: &str) -> String {
    let zones: Vec<String> = tz::db().available().map(|zone| zone.as_str().to_owned()).collect();
    match closest(name, zones.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {near}?"),
        None => "a time zone is named as `Europe/Berlin`".to_owned(),
    }
}

/// Not more of a name than tells which one is meant.
pub(crate) fn shortened(name: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = name.chars().take(SHOWN).collect();
    if shown.len() < name.len() {
        shown.push('…');
    }
    shown
}
