//! What words mean as the value of a field.

use serde_json::{Value, json};

use super::cells::introduces;
use super::links;
use crate::planner::{
    book::{Book, Field, Kind},
    lexicon,
    mentions::Reading,
    plan, wording,
};

/// The plain text of words `start..end`, small words at the edges taken off.
pub fn text_of(reading: &Reading, start: usize, end: usize) -> String {
    let (mut from, mut to) = (start, end);
    while from < to
        && reading.is(from, &["is", "=", "to", "of", "as", "set", "be", "a", "an", "the", "by", "on"])
        && to - from > 1
    {
        from += 1;
    }
    to = end_of(reading, from, to);
    reading.slice(from, to).trim().to_owned()
}

/// Where the words `from..to` end without small words.
fn end_of(reading: &Reading, from: usize, mut to: usize) -> usize {
    while to > from
        && reading.is(to - 1, &["and", "with", "its", "the", "please", "thanks", "for", "a"])
        && to - from > 1
    {
        to -= 1;
    }
    to
}

/// What words `start..end` mean as a value of the field.
pub fn value_of(book: &Book, field: &Field, reading: &Reading, start: usize, end: usize) -> Result<Value, String> {
    let text = text_of(reading, start, end);
    if text.is_empty() {
        return Err(format!("What should {} be?", field.name));
    }
    let number = || only_number(reading, start, end);
    match field.kind {
        Kind::Number => number().map(plan::number).ok_or_else(|| misfit(field, &text, "a number")),
        Kind::Percent => number().map(|n| plan::number(n / 100.0)).ok_or_else(|| misfit(field, &text, "a percentage")),
        Kind::Checkbox => flag(field, &text),
        Kind::Date => day(field, reading, start, end).map(Value::from),
        Kind::Select => {
            // "on hold" may be a choice although it begins with a small word.
            let wider = (start..end).map(|from| reading.slice(from, end_of(reading, from, end)));
            let found = wider.filter(|said| said.len() >= text.len()).find_map(|said| choice(field, said).ok());
            found.map_or_else(|| choice(field, &text), Ok).map(|c| json!(c))
        }
        Kind::MultiSelect => {
            let parts = text.split([',', '&']).flat_map(|p| p.split(" and ")).map(str::trim).filter(|p| !p.is_empty());
            parts.map(|p| choice(field, p)).collect::<Result<Vec<_>, _>>().map(|all| json!(all))
        }
        Kind::Link => {
            let names = book.linked(field).and_then(|table| links::names(book, reading, table, start, end));
            names.map(|names| json!(names)).ok_or_else(|| {
                let other = field.linked_table.clone().unwrap_or_default();
                format!("There is no record “{text}” in {other} to link to, so nothing was changed.")
            })
        }
        Kind::Text | Kind::Duration => Ok(json!(text)),
    }
}

/// The number that words `start..end` are, when they are nothing else: a number of which a part would be cut is none.
fn only_number(reading: &Reading, start: usize, end: usize) -> Option<f64> {
    const UNITS: &[&str] = &[
        "hour", "hr", "minute", "min", "day", "second", "meter", "metre", "m", "km", "kg", "percent", "dollar", "euro",
        "usd", "eur", "pound", "point", "unit", "piece", "year", "mile", "foot", "feet",
    ];
    let mut within = reading.amounts.iter().filter(|a| a.at >= start && a.end <= end);
    let amount = within.next().filter(|_| within.next().is_none())?;
    let other = |at: usize| at < amount.start || at >= amount.end;
    let fits = |at: &usize| {
        let word = reading.words.get(*at);
        word.is_some_and(|w| {
            lexicon::is_plain(&w.text) || UNITS.contains(&w.stem.as_str()) || w.text == "%" || w.text == "="
        })
    };
    (start..end).filter(|at| other(*at)).all(|at| fits(&at)).then_some(amount.value)
}

/// The one day that words `start..end` say.
fn day(field: &Field, reading: &Reading, start: usize, end: usize) -> Result<String, String> {
    if let Some(unclear) = reading.unclear_days.iter().find(|d| d.start >= start && d.end <= end) {
        let [one, other] = &unclear.either;
        let said = reading.slice(unclear.start, unclear.end);
        return Err(format!("“{said}” may be {one} or {other}; please say which, so nothing was changed yet."));
    }
    let mut days = reading.dates.iter().filter(|d| d.end > start && d.end <= end);
    let only = days.next().filter(|d| d.bare_year.is_none() && days.next().is_none());
    let rest = |day: &&crate::planner::dates::Mention| {
        (start..end).filter(|at| *at < day.start || *at >= day.end).all(|at| introduces(reading.text(at)))
    };
    let said = only.filter(|day| day.span.is_day()).filter(rest).and_then(|d| d.span.from.clone());
    said.ok_or_else(|| misfit(field, &text_of(reading, start, end), "a date"))
}

fn misfit(field: &Field, text: &str, wanted: &str) -> String {
    format!("{} takes {wanted}, and “{text}” is none, so nothing was changed.", field.name)
}

fn flag(field: &Field, text: &str) -> Result<Value, String> {
    let lower = text.to_lowercase();
    match lower.as_str() {
        "yes" | "true" | "on" | "checked" | "done" | "complete" | "completed" | "1" => Ok(json!(true)),
        "no" | "false" | "off" | "unchecked" | "undone" | "0" => Ok(json!(false)),
        _ if lower.strip_prefix("not ").is_some_and(|rest| names(field, rest)) => Ok(json!(false)),
        _ if names(field, &lower) => Ok(json!(true)),
        _ => Err(misfit(field, text, "yes or no")),
    }
}

fn names(field: &Field, text: &str) -> bool {
    crate::planner::text::words(text)
        .iter()
        .filter(|w| !lexicon::is_plain(&w.text))
        .all(|said| field.words.iter().any(|w| crate::planner::text::alike(w, said) > 0.65))
}

fn choice(field: &Field, text: &str) -> Result<String, String> {
    let lower = text.trim().to_lowercase();
    field.choices.iter().find(|c| c.to_lowercase() == lower).cloned().ok_or_else(|| {
        let all = wording::series(&field.choices, 20);
        format!("{} has no choice “{text}”; there are {all}. Nothing was changed.", field.name)
    })
}
