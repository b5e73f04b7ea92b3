//! Cell values said in a request: "with status Open and due tomorrow", "the status of Apollo to Done".

use serde_json::{Map, Value, json};

use super::values::{text_of, value_of};
use super::{Refusal, is_writable, spoken_of};
use crate::planner::{
    book::{Book, Kind, Table},
    lexicon,
    mentions::{FieldMention, Reading},
    plan::Condition,
};

/// Cells to be set on the records that meet the conditions.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    pub table: usize,
    pub cells: Map<String, Value>,
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
    if let Some((from, to)) = title(reading, start, first) {
        if runs_on(reading, index, from, to) {
            let said = reading.slice(from, to);
            return Err(format!("I could not tell where the name in “{said}” ends; please put it in quotation marks."));
        }
        let beside = (start..from).chain(to..first).find(|at| !introduces(reading.text(*at)));
        if let Some(lost) = beside {
            return Err(format!("I could not place “{}”, so nothing was changed.", reading.slice(lost, lost + 1)));
        }
        let name = reading.slice(from, to).trim();
        let primary = table.fields.get(table.primary).ok_or("The table has no fields.")?;
        cells.insert(primary.name.clone(), json!(name));
    }
    for (position, mention) in named_fields.iter().enumerate() {
        let end = named_fields.get(position + 1).map_or(reading.words.len(), |m| m.start);
        let field = table.fields.get(mention.field).ok_or("That field is gone.")?;
        let value = value_of(book, field, reading, mention.end, end)?;
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
        }) || has_value(table, reading, m)
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

/// Words that may stand before a name without belonging to it.
const INTRODUCING: &[&str] =
    &["called", "named", "titled", "name", "with", "a", "an", "the", "new", "record", "is", "to", "title", "for"];

pub fn introduces(text: &str) -> bool {
    INTRODUCING.contains(&text) || lexicon::is_plain(text)
}

/// "born 1951-05-26", "selected 1978": the field is followed by a value of its kind.
fn has_value(table: &Table, reading: &Reading, mention: &FieldMention) -> bool {
    let lower = reading.words.get(mention.start).is_some_and(|w| !w.capital && !w.quoted);
    let next = mention.end + usize::from(reading.is(mention.end, &["is", "=", "of", "on", "in"]));
    let follows = match table.fields.get(mention.field).map(|f| f.kind) {
        Some(kind) if kind.is_number() => reading.amounts.iter().any(|a| a.start == next),
        Some(Kind::Date) => reading.dates.iter().any(|d| d.start <= next && d.end > next),
        _ => false,
    };
    lower && mention.quality > 0.9 && follows
}

/// Whether a name that is not quoted seems to go on with cells: a date, or the name of a field.
fn runs_on(reading: &Reading, index: usize, from: usize, to: usize) -> bool {
    let plain = |at: usize| reading.words.get(at).is_some_and(|w| !w.quoted && !w.capital);
    let inside = |start: usize, end: usize| start > from && end <= to && plain(start);
    let fields = reading.links.get(index).into_iter().flat_map(|l| &l.fields);
    reading.dates.iter().any(|d| inside(d.start, d.end) && d.bare_year.is_none())
        || fields.into_iter().any(|m| m.quality > 0.95 && inside(m.start, m.end))
}

/// Where the new record's name stands: quoted, or what stands before the first field.
fn title(reading: &Reading, start: usize, end: usize) -> Option<(usize, usize)> {
    let quoted: Vec<usize> =
        (start..reading.words.len()).filter(|at| reading.words.get(*at).is_some_and(|w| w.quoted)).collect();
    if let (Some(first), Some(last)) = (quoted.first(), quoted.last())
        && *first < end
    {
        return Some((*first, last + 1));
    }
    let mut from = start;
    while from < end && INTRODUCING.contains(&reading.text(from)) {
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
    (from < to && !reading.slice(from, to).trim().is_empty()).then_some((from, to))
}

/// Cells and records of "set F of R to V and G to W", "mark R as V", "clear F of R".
pub fn assignment(book: &Book, reading: &Reading, clears: bool, at: usize) -> Result<Assignment, Refusal> {
    let mut unfound = None;
    for index in tables_by_name(book, reading) {
        let Some(table) = book.tables.get(index) else { continue };
        let (mut cells, words) =
            if clears { (Map::new(), reading.words.len()) } else { also(book, index, reading, at)? };
        let split = if clears { Some(words) } else { split_at(reading, at, words) };
        let Some(split) = split else { continue };
        let target = target(book, table, index, reading, at + 1, (split, words), clears);
        let Some((field, mention)) = target else { continue };
        let Some(entry) = table.fields.get(field) else { continue };
        if !is_writable(entry.kind) {
            return Err(Refusal::why(format!("{} cannot be set this way.", entry.name)));
        }
        let mention = mention.map(|(from, to)| (from, to + usize::from(reading.is(to, TYPES))));
        let Some(conditions) = records_beside(book, index, reading, at + 1, split, mention) else {
            unfound = unfound.or_else(|| Some(left_of_value(at + 1, split, mention)));
            continue;
        };
        let value = if clears { Value::Null } else { value_of(book, entry, reading, split + 1, words)? };
        cells.insert(entry.name.clone(), value);
        return Ok(Assignment { table: index, cells, conditions });
    }
    Err(unfound.unwrap_or_else(|| Refusal::why("I could not tell what to change, so nothing was changed.")))
}

/// Words that say of what kind the field before them is.
const TYPES: &[&str] = &["date", "field", "value", "column", "cell"];

/// The words that should name records.
fn left_of_value(start: usize, split: usize, mention: Option<(usize, usize)>) -> Refusal {
    match mention {
        None => Refusal::unfound(start, split),
        Some((from, to)) if split - to > from - start => Refusal::unfound(to, split),
        Some((from, _)) => Refusal::unfound(start, from),
    }
}

/// "… and the budget to 5": cells after the first one, and where the words before them end.
fn also(book: &Book, index: usize, reading: &Reading, at: usize) -> Result<(Map<String, Value>, usize), String> {
    let mut cells = Map::new();
    let mut end = reading.words.len();
    while let Some(split) = split_at(reading, at, end) {
        let links = reading.links.get(index).into_iter().flat_map(|l| &l.fields);
        let named = links.filter(|m| m.end == split && m.quality > 0.8).max_by_key(|m| m.end - m.start);
        let Some(mention) = named else { break };
        let mut start = mention.start;
        while start > at && reading.is(start - 1, &["the", "its", "their"]) {
            start -= 1;
        }
        let joined = reading.is(start.saturating_sub(1), &["and", "&"]);
        let listed = reading.words.get(start.saturating_sub(1)).is_some_and(|w| w.stop);
        let before = start - usize::from(joined);
        if !(joined || listed) || split_at(reading, at, before).is_none() {
            break;
        }
        let Some(field) = book.field(index, mention.field) else { break };
        if !is_writable(field.kind) {
            return Err(format!("{} cannot be set this way.", field.name));
        }
        cells.insert(field.name.clone(), value_of(book, field, reading, split + 1, end)?);
        end = before;
    }
    Ok((cells, end))
}

/// Named tables first.
fn tables_by_name(book: &Book, reading: &Reading) -> Vec<usize> {
    let named = |table: usize| reading.tables.iter().any(|m| m.table == table && m.quality > 0.6);
    let mut all: Vec<usize> = (0..book.tables.len()).collect();
    all.sort_by_key(|t| !named(*t));
    all
}

/// The last "to", "as" or "=" before `end` that is not part of a value on its left.
fn split_at(reading: &Reading, at: usize, end: usize) -> Option<usize> {
    let quoted = |i: usize| reading.words.get(i).is_some_and(|w| w.quoted);
    (at + 1..end.saturating_sub(1)).rev().find(|i| reading.is(*i, &["to", "as", "=", "into"]) && !quoted(*i))
}

/// The field to set: named on the left, or the one whose values hold what is on the right.
fn target(
    book: &Book,
    table: &Table,
    index: usize,
    reading: &Reading,
    start: usize,
    (split, end): (usize, usize),
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
    let said = text_of(reading, split + 1, end).to_lowercase();
    let by_choice = table.fields.iter().position(|f| f.choices.iter().any(|c| c.to_lowercase() == said));
    let by_flag =
        || links.fields.iter().find(|m| m.start > split && m.quality > 0.6 && is_flag(table, m.field)).map(|m| m.field);
    let by_link = || {
        let linked = |v: &&crate::planner::mentions::ValueMention| v.exact && v.start > split && v.end == end;
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
        spoken_of(book, reading, (from, to), Some(index)).filter(|(table, _)| *table == index).map(|(_, c)| c)
    };
    match mention {
        None => without(start, split),
        Some((from, to)) => without(to, split).or_else(|| without(start, from)),
    }
}
