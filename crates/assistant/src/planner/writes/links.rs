//! "add Grace to the owners of Apollo", "remove Ada from the owners of Apollo".

use serde_json::json;

use super::{MOST, Refusal, Write, find, show, spoken_of};
use crate::planner::{
    book::{Book, Kind, string},
    desk::Desk,
    execute, lexicon,
    mentions::{Reading, ValueMention},
    plan::Condition,
    toolbox::ToolFailure,
    wording,
};

/// Records of another table to be linked or unlinked.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkChange {
    table: usize,
    field: usize,
    other: usize,
    adds: bool,
    /// Names of the records of the other table.
    names: Vec<String>,
    conditions: Vec<Condition>,
}

/// Reads names, "to" or "from", a link and the records that have it; none when the message says something else.
pub fn read(book: &Book, reading: &Reading, adds: bool, at: usize) -> Option<Result<LinkChange, Refusal>> {
    let joint = if adds { "to" } else { "from" };
    let split = (at + 1..reading.words.len()).rfind(|i| reading.is(*i, &[joint]))?;
    let named = split + 1 + usize::from(reading.is(split + 1, &["the"]));
    let (table, field, end) =
        book.tables.iter().zip(&reading.links).enumerate().find_map(|(index, (table, links))| {
            let link = |m: &&crate::planner::mentions::FieldMention| {
                m.start == named && m.quality > 0.6 && table.fields.get(m.field).is_some_and(|f| f.kind == Kind::Link)
            };
            let found = links.fields.iter().filter(link).max_by(|a, b| a.quality.total_cmp(&b.quality))?;
            Some((index, found.field, found.end))
        })?;
    let (spoken, conditions) = spoken_of(book, reading, (end, reading.words.len()), Some(table))?;
    if spoken != table {
        return None;
    }
    let other = book.linked(book.field(table, field)?)?;
    Some(match names(book, reading, other, at + 1, split) {
        Some(names) => Ok(LinkChange { table, field, other, adds, names, conditions }),
        None => Err(Refusal::unfound(at + 1, split)),
    })
}

/// Names of records of the table that words `start..end` consist of.
pub fn names(book: &Book, reading: &Reading, table: usize, start: usize, end: usize) -> Option<Vec<String>> {
    let primary = book.tables.get(table)?.primary;
    let mut all: Vec<&ValueMention> = reading.links.get(table)?.values.iter().collect();
    all.retain(|v| v.exact && v.field == primary && v.start >= start && v.end <= end);
    all.sort_by_key(|v| (v.start, std::cmp::Reverse(v.end)));
    let mut out = Vec::new();
    let mut next = start;
    for value in all {
        if value.start < next {
            continue;
        }
        if (next..value.start).any(|at| !lexicon::is_plain(reading.text(at))) {
            return None;
        }
        out.push(value.value.as_str()?.to_owned());
        next = value.end;
    }
    let rest = (next..end).all(|at| lexicon::is_plain(reading.text(at)));
    (rest && !out.is_empty()).then_some(out)
}

/// Shows the records with their links after the change.
///
/// # Errors
/// Whatever a tool answers.
pub async fn write(
    desk: &mut Desk<'_>,
    book: &Book,
    reading: &Reading,
    change: Result<LinkChange, Refusal>,
) -> Result<Write, ToolFailure> {
    let change = match change {
        Ok(change) => change,
        Err(refusal) => return refusal.told(desk, book, reading).await,
    };
    let gone = || Write::refused("That table is gone.");
    let (Some(field), Some(other)) = (book.field(change.table, change.field), book.tables.get(change.other)) else {
        return Ok(gone());
    };
    let Some(primary) = other.fields.get(other.primary).map(|f| f.name.clone()) else { return Ok(gone()) };
    let named = Condition::is(&primary, "is_any_of", json!(change.names));
    let (_, members) = match find(desk, book, change.other, vec![named]).await? {
        Ok(found) => found,
        Err(why) => return Ok(Write::refused(why)),
    };
    let (table, records) = match find(desk, book, change.table, change.conditions.clone()).await? {
        Ok(found) => found,
        Err(why) => return Ok(Write::refused(why)),
    };
    let mut changed = Vec::new();
    for (id, _) in &records {
        let arguments = json!({ "base": book.base, "table": table.name, "record": id });
        let record = desk.ask("get_record", arguments).await?;
        let held = execute::cell(&record, &field.name);
        let ids: Vec<String> =
            held.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|l| string(l, "id")).collect();
        let after = linked(&ids, &members, change.adds);
        if after != ids {
            changed.push(json!({ "id": id, "fields": { field.name.clone(): after } }));
        }
    }
    let who = wording::series(&change.names, 10);
    let names: Vec<String> = records.into_iter().map(|(_, name)| name).collect();
    let whose = format!("{} of {}", field.name, wording::series(&names, MOST as usize));
    if changed.is_empty() {
        let already = if change.adds { "already in" } else { "not in" };
        return Ok(Write::refused(format!("{who} is {already} {whose}, so nothing was changed.")));
    }
    let shown = if change.adds { format!("Add {who} to {whose}.") } else { format!("Remove {who} from {whose}.") };
    let arguments = json!({ "base": book.base, "table": table.name, "records": changed });
    show(desk, "update_records", arguments, shown, table).await
}

fn linked(held: &[String], members: &[(String, String)], adds: bool) -> Vec<String> {
    let is_member = |id: &String| members.iter().any(|(member, _)| member == id);
    let kept = held.iter().filter(|id| adds || !is_member(id)).cloned();
    let new = members.iter().map(|(id, _)| id.clone()).filter(|id| adds && !held.contains(id));
    kept.chain(new).collect()
}
