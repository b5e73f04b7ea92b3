//! Cell values said in a request: "with status Open and due tomorrow", "the status of Apollo to Done".

use serde_json::{Map, Value, json};

use super::{is_writable, spoken_of};
use crate::planner::{
    book::{Book, Field, Kind, Table},
    lexicon,
    mentions::{FieldMention, Reading},
    plan::{self, Condition},
    wording,
};

/// One field to be set on the records that meet the conditions.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    pub table: usize,
    pub field: String,
    pub value: Value,
    pub conditions: Vec<Condition>,
}

/// The cells of a new record; the reason when a part was not understood.
pub fn of_new(book: &Book, index: usize, reading: &Reading, at: usize) -> Result<Map<String, Value>, String> {
    let table = book.tables.get(index).ok_or("That table is gone.")?;
    let mut start = at + 1;
    let named = reading.tables.iter().filter(|m| m.table == index && m.start >= start);
    if let Some(mention) = named.max_by(|a, b| a.quality.total_cmp(&b.quality).then(b.start.cmp(&a.start))) {
        start = mention.end;
    }
    let named_fields = fields_said(table, book, index, reading, start);
    let mut cells = Map::new();
    let first = named_fields.first().map_or(reading.words.len(), |m| m.start);
    if let Some(name) = title(reading, start, first) {
        let primary = table.fields.get(table.primary).ok_or("The table has no fields.")?;
        cells.insert(primary.name.clone(), json!(name));
    }
    for (position, mention) in named_fields.iter().enumerate() {
        let end = named_fields.get(position + 1).map_or(reading.words.len(), |m| m.start);
        let field = table.fields.get(mention.field).ok_or("That field is gone.")?;
        let value = value_of(field, reading, mention.end, end)?;
        cells.insert(field.name.clone(), value);
    }
    Ok(cells)
}

/// Mentions of fields after `start`, each field once, in order.
fn fields_said<'r>(
    table: &Table,
    book: &Book,
    index: usize,
    reading: &'r Reading,
    start: usize,
) -> Vec<&'r FieldMention> {
    let Some(links) = reading.links.get(index).filter(|_| index < book.tables.len()) else { return vec![] };
    let introduced = |m: &FieldMention| {
        m.start.checked_sub(1).is_some_and(|b| {
            reading.is(b, &["with", "and", "its", "the", "a", "an", "to", "as", "is", "for", "in", "at", "set"])
                || reading.words.get(b).is_some_and(|w| w.stop)
        })
    };
    let mut all: Vec<&FieldMention> = links
        .fields
        .iter()
        .filter(|m| {
            m.start >= start
                && m.quality > 0.45
                && !reading.words.get(m.start).is_some_and(|w| w.quoted)
                && introduced(m)
        })
        .filter(|m| table.fields.get(m.field).is_some_and(|f| f.kind != Kind::Text || m.quality > 0.8))
        .collect();
    all.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)).then(b.quality.total_cmp(&a.quality)));
    let mut out: Vec<&FieldMention> = Vec::new();
    for mention in all {
        let clear = out.iter().all(|m| m.end <= mention.start && m.field != mention.field);
        if clear {
            out.push(mention);
        }
    }
    out
}

/// The new record's name: quoted, or what stands before the first field.
fn title(reading: &Reading, start: usize, end: usize) -> Option<String> {
    let quoted: Vec<usize> =
        (start..reading.words.len()).filter(|at| reading.words.get(*at).is_some_and(|w| w.quoted)).collect();
    if let (Some(first), Some(last)) = (quoted.first(), quoted.last())
        && *first < end
    {
        return Some(reading.slice(*first, last + 1).to_owned());
    }
    let mut from = start;
    while reading.is(
        from,
        &["called", "named", "titled", "name", "with", "a", "an", "the", "new", "record", "is", "to", "title", "for"],
    ) && from < end
    {
        from += 1;
    }
    let mut to = end;
    while to > from
        && reading.is(
            to - 1,
            &[
                "with", "and", "its", "the", "a", "as", "for", "set", "in", "to", "at", "that", "is", "which", "has",
                "an",
            ],
        )
    {
        to -= 1;
    }
    if from >= to {
        return None;
    }
    let text = reading.slice(from, to).trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Field, value and records of "set F of R to V", "mark R as V", "clear F of R".
pub fn assignment(book: &Book, reading: &Reading, clears: bool, at: usize) -> Result<Assignment, String> {
    let words = reading.words.len();
    let unclear = || "I could not tell what to change, so nothing was changed.".to_owned();
    let split = if clears { words } else { split_at(reading, at).ok_or_else(unclear)? };
    for index in tables_by_name(book, reading) {
        let Some(table) = book.tables.get(index) else { continue };
        let target = target(book, table, index, reading, at + 1, split, clears);
        let Some((field, mention)) = target else { continue };
        let Some(entry) = table.fields.get(field) else { continue };
        if !is_writable(entry.kind) {
            return Err(format!("{} cannot be set this way.", entry.name));
        }
        let Some(conditions) = records_beside(book, index, reading, at + 1, split, mention) else { continue };
        let value = if clears { Value::Null } else { value_of(entry, reading, split + 1, words)? };
        return Ok(Assignment { table: index, field: entry.name.clone(), value, conditions });
    }
    Err(unclear())
}

/// Named tables first.
fn tables_by_name(book: &Book, reading: &Reading) -> Vec<usize> {
    let named = |table: usize| reading.tables.iter().any(|m| m.table == table && m.quality > 0.6);
    let mut all: Vec<usize> = (0..book.tables.len()).collect();
    all.sort_by_key(|t| !named(*t));
    all
}

/// The last "to", "as" or "=" that is not part of a value on its left.
fn split_at(reading: &Reading, at: usize) -> Option<usize> {
    let quoted = |i: usize| reading.words.get(i).is_some_and(|w| w.quoted);
    (at + 1..reading.words.len().saturating_sub(1))
        .rev()
        .find(|i| reading.is(*i, &["to", "as", "=", "into"]) && !quoted(*i))
}

/// The field to set: named on the left, or the one whose values hold what is on the right.
fn target(
    book: &Book,
    table: &Table,
    index: usize,
    reading: &Reading,
    start: usize,
    split: usize,
    clears: bool,
) -> Option<(usize, Option<(usize, usize)>)> {
    let links = reading.links.get(index)?;
    let named = links.fields.iter().filter(|m| m.start >= start && m.end <= split && m.quality > 0.6).max_by(|a, b| {
        (a.quality + 0.1 * (a.end - a.start) as f32).total_cmp(&(b.quality + 0.1 * (b.end - b.start) as f32))
    });
    if let Some(mention) = named {
        return Some((mention.field, Some((mention.start, mention.end))));
    }
    if clears {
        return None;
    }
    if reading.is(start.checked_sub(1)?, &["rename"]) {
        return Some((table.primary, None));
    }
    let said = text_of(reading, split + 1, reading.words.len()).to_lowercase();
    let by_choice = table.fields.iter().position(|f| f.choices.iter().any(|c| c.to_lowercase() == said));
    let by_flag =
        || links.fields.iter().find(|m| m.start > split && m.quality > 0.6 && is_flag(table, m.field)).map(|m| m.field);
    let by_link = || {
        let linked =
            |v: &&crate::planner::mentions::ValueMention| v.exact && v.start > split && v.end == reading.words.len();
        let mut hit = links.values.iter().filter(linked).map(|v| v.field);
        hit.rfind(|f| table.fields.get(*f).is_some_and(|f| f.kind == Kind::Link && book.linked(f).is_some()))
    };
    by_choice.or_else(by_flag).or_else(by_link).map(|field| (field, None))
}

fn is_flag(table: &Table, field: usize) -> bool {
    table.fields.get(field).is_some_and(|f| f.kind == Kind::Checkbox)
}

/// The records spoken of left of the value, without the name of the field to set.
fn records_beside(
    book: &Book,
    index: usize,
    reading: &Reading,
    start: usize,
    split: usize,
    mention: Option<(usize, usize)>,
) -> Option<Vec<Condition>> {
    let without = |from: usize, to: usize| {
        spoken_of(book, reading, from, to).filter(|(table, _)| *table == index).map(|(_, c)| c)
    };
    match mention {
        None => without(start, split),
        Some((from, to)) => without(to, split).or_else(|| without(start, from)),
    }
}

/// The plain text of words `start..end`, small words at the edges taken off.
fn text_of(reading: &Reading, start: usize, end: usize) -> String {
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
fn value_of(field: &Field, reading: &Reading, start: usize, end: usize) -> Result<Value, String> {
    let text = text_of(reading, start, end);
    if text.is_empty() {
        return Err(format!("What should {} be?", field.name));
    }
    let number = || reading.amounts.iter().find(|a| a.at >= start && a.end <= end);
    match field.kind {
        Kind::Number => number().map(|a| plan::number(a.value)).ok_or_else(|| misfit(field, &text, "a number")),
        Kind::Percent => {
            number().map(|a| plan::number(a.value / 100.0)).ok_or_else(|| misfit(field, &text, "a percentage"))
        }
        Kind::Checkbox => flag(field, &text),
        Kind::Date => {
            let day = reading.dates.iter().find(|d| d.end > start && d.end <= end && d.bare_year.is_none());
            day.and_then(|d| d.span.from.clone()).map(|d| json!(d)).ok_or_else(|| misfit(field, &text, "a date"))
        }
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
        Kind::Link => Ok(json!([text])),
        Kind::Text | Kind::Duration => Ok(json!(text)),
    }
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
