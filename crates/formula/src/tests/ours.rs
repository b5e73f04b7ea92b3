//! The functions that Airtable does not have, as simply as they can be said: see `reference`.

use std::cmp::Ordering;

use datetime::Unit;
use model::Timestamp;

use super::reference::Plain::{self, Blank, Error, Number, Text};
use super::reference::{bounded, compare, equal};
use crate::functions::date_format;

/// A function of a list and one more value, or of any number of them.
pub(super) fn ours(name: &str, held: &[Plain], second: &Plain) -> Plain {
    let given: Vec<f64> = held.iter().filter_map(number).collect();
    if given.iter().any(|number| number.is_nan()) && matches!(name, "MEDIAN" | "STDEV" | "PERCENTILE") {
        return Number(f64::NAN);
    }
    let chosen: Vec<&Plain> = held.iter().filter(|value| fits(value, second)).collect();
    let numbers: Vec<f64> = chosen.iter().filter_map(|value| number(value)).collect();
    let sum = numbers.iter().fold(0.0, |sum, number| sum + number);
    match name {
        "MEDIAN" => percentile(given, 0.5),
        "PERCENTILE" => match second.number() {
            share if (0.0..=1.0).contains(&share) => percentile(given, share),
            _ => Error,
        },
        "STDEV" if given.len() < 2 => Blank,
        "STDEV" => {
            // In order of size, as sums depend on it.
            let mut given = given;
            given.sort_by(f64::total_cmp);
            let mean = given.iter().sum::<f64>() / given.len() as f64;
            let squares: f64 = given.iter().map(|number| (number - mean) * (number - mean)).sum();
            Number((squares / (given.len() as f64 - 1.0)).sqrt())
        }
        "COUNTIF" => Number(chosen.len() as f64),
        "SUMIF" => Number(sum),
        "AVERAGEIF" if numbers.is_empty() => Blank,
        "AVERAGEIF" => Number(sum / numbers.len() as f64),
        _ => panic!("the reference does not know {name}"),
    }
}

fn number(value: &Plain) -> Option<f64> {
    if let Number(number) = value { Some(*number) } else { None }
}

/// By counting how many are below.
fn percentile(mut given: Vec<f64>, share: f64) -> Plain {
    if given.is_empty() {
        return Blank;
    }
    given.sort_by(f64::total_cmp);
    let place = share * (given.len() - 1) as f64;
    let (below, part) = (given[place as usize], place - place.floor());
    Number(if part > 0.0 { below + (given[place as usize + 1] - below) * part } else { below })
}

fn fits(value: &Plain, condition: &Plain) -> bool {
    let Text(text) = condition else { return plainly(value, "=", condition) };
    for sign in ["<=", ">=", "!=", "<>", "=", "<", ">"] {
        if let Some(rest) = text.strip_prefix(sign) {
            return plainly(value, sign, &read(rest.trim()));
        }
    }
    plainly(value, "=", &read(text.trim()))
}

fn read(text: &str) -> Plain {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Number(number),
        _ if text.is_empty() => Blank,
        _ => Text(text.to_owned()),
    }
}

fn plainly(value: &Plain, sign: &str, what: &Plain) -> bool {
    let different = matches!(sign, "!=" | "<>");
    let read = match (what, value) {
        (Number(_), Text(text)) if different || sign == "=" => read(text.trim()),
        _ => Blank,
    };
    let value = if let Number(_) = read { &read } else { value };
    let alike = match what {
        what if *what == Blank || *what == Text(String::new()) => *value == Blank || *value == Text(String::new()),
        Number(_) => matches!(value, Number(_)),
        _ => *value != Blank && *value != Text(String::new()),
    };
    let order = |test: fn(Ordering) -> bool| compare(value, what).is_some_and(test);
    match sign {
        _ if !alike => different,
        "=" => equal(value, what),
        "!=" | "<>" => !equal(value, what),
        "<" => order(Ordering::is_lt),
        "<=" => order(Ordering::is_le),
        ">" => order(Ordering::is_gt),
        _ => order(Ordering::is_ge),
    }
}

/// All texts with one between them.
pub(super) fn text_join(separator: &Plain, skip: bool, values: &[Plain]) -> Plain {
    let kept = values.iter().map(Plain::text).filter(|text| !(skip && text.is_empty()));
    bounded(kept.collect::<Vec<_>>().join(&separator.text()))
}

pub(super) fn split(text: &str, separator: &str) -> Vec<Plain> {
    let (mut parts, mut rest) = (Vec::new(), text);
    if text.is_empty() {
        return parts;
    }
    while let Some(at) = rest.find(separator).filter(|_| !separator.is_empty()) {
        parts.push(Text(rest[..at].to_owned()));
        rest = &rest[at + separator.len()..];
    }
    parts.push(Text(rest.to_owned()));
    parts
}

pub(super) fn similarity(one: &str, other: &str) -> Plain {
    if one.len() > 1_000 || other.len() > 1_000 { Error } else { Number(strsim::jaro_winkler(one, other)) }
}

pub(super) fn format_date(values: &[Plain]) -> Plain {
    let format = values.get(1).map_or_else(String::new, Plain::text);
    match (values[0].time(), date_format(&format)) {
        _ if values[0].is_blank() => Blank,
        (Some(time), Some(pattern)) => {
            let mut out = String::new();
            pattern.write(time, None, &mut out);
            bounded(out)
        }
        _ => Error,
    }
}

pub(super) fn apart(name: &str, a: i64, b: i64, unit: &str) -> Plain {
    let known = match (name, unit) {
        ("DATEDIFF", "") => Some(Unit::named("days")),
        _ => Unit::known(unit),
    };
    let (from, to) = if name == "DATEDIFF" { (b, a) } else { (a, b) };
    if let ("DATEDIF", "D" | "M" | "Y" | "MD" | "YM" | "YD") = (name, unit.to_ascii_uppercase().as_str()) {
        return Number(beside(unit, from, to) as f64);
    }
    known.map_or(Error, |unit| Number(unit.between(to, from) as f64))
}

/// Whole units, or what is left beside them, on days: month by month until the day is not reached any more.
pub(super) fn beside(unit: &str, from: i64, to: i64) -> i64 {
    let sign = if to < from { -1 } else { 1 };
    let [from, to] = [from.min(to), from.max(to)].map(|time| Timestamp(time).day().0);
    let after = |months: i64| Unit::named("months").add(from, months as f64).unwrap();
    let day = |time: i64| Timestamp(time).date().2;
    let is_reached = |months: &i64| after(*months) < to || after(*months) == to && day(to) == day(from);
    let whole = |step: i64| step * (0..i64::MAX).take_while(|count| is_reached(&((count + 1) * step))).count() as i64;
    let days = |start: i64| Unit::named("days").between(to, start);
    sign * match unit.to_ascii_uppercase().as_str() {
        "D" => days(from),
        "M" => whole(1),
        "Y" => whole(12) / 12,
        "MD" => days(after(whole(1))),
        "YD" => days(after(whole(12))),
        _ => whole(1) - whole(12),
    }
}

/// By a tree of the whole text.
pub(super) fn json_extract(text: &str, path: &str) -> Plain {
    let Some(path) = crate::json::path(path) else { return Error };
    if text.is_empty() {
        return Blank;
    }
    let Ok(tree) = serde_json::from_str::<serde_json::Value>(text) else { return Error };
    let found = path.iter().try_fold(&tree, |held, step| match step {
        crate::json::Step::Key(key) => held.get(key),
        crate::json::Step::Index(index) => held.get(*index),
    });
    match found {
        None | Some(serde_json::Value::Null) => Blank,
        Some(serde_json::Value::String(text)) => bounded(text.clone()),
        // As it is written, which a tree does not know.
        Some(_) if path.is_empty() => Text(text.trim().to_owned()),
        Some(other) => Text(other.to_string()),
    }
}
