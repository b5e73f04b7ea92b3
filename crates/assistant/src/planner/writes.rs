//! Requests that change records. Nothing is changed here: a dry run is shown, and the next message decides.

mod cells;
mod links;
mod refusal;
#[cfg(test)]
mod tests;
mod values;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    book::{Book, Kind, Table, items, string},
    conditions::Draft,
    desk::Desk,
    execute, lexicon,
    mentions::Reading,
    plan,
    toolbox::ToolFailure,
    wording,
};

use refusal::Refusal;

/// A write that was shown and waits for a yes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    pub tool: String,
    pub arguments: Value,
    /// The token the dry run gave.
    pub confirm: String,
    /// What will happen, as it was shown.
    pub shown: String,
    pub table: String,
}

/// What came of reading a message as a write.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// Shown, to be confirmed.
    Shown(Pending),
    /// Understood as a write that cannot be made as it is said, with writes that could.
    Refused(String, Vec<String>),
}

impl Write {
    fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into(), vec![])
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Create,
    Update,
    Delete,
    Clear,
    Assign,
}

/// Most records one request changes; the tools take ten at a time.
const MOST: u64 = 10;

/// Reads the message as a write; none when it is not one.
///
/// # Errors
/// Whatever a tool answers to the dry run.
pub async fn read(desk: &mut Desk<'_>, book: &Book, reading: &Reading) -> Result<Option<Write>, ToolFailure> {
    let Some((verb, at)) = verb(reading) else { return Ok(None) };
    let exact = reading.exactly();
    if matches!(verb, Verb::Create | Verb::Delete)
        && let Some(change) = links::read(book, &exact, verb == Verb::Create, at)
    {
        return links::write(desk, book, reading, change).await.map(Some);
    }
    let written = match verb {
        Verb::Create => create(desk, book, &exact, at).await?,
        Verb::Delete => delete(desk, book, &exact, at).await?,
        Verb::Update | Verb::Clear | Verb::Assign => update(desk, book, &exact, verb, at).await?,
    };
    Ok(Some(match written {
        Ok(write) => write,
        Err(refusal) => refusal.told(desk, book, reading).await?,
    }))
}

/// The verb that opens the message, polite words aside.
fn verb(reading: &Reading) -> Option<(Verb, usize)> {
    const POLITE: &[&str] = &[
        "please", "pls", "can", "could", "would", "you", "now", "then", "and", "ok", "hey", "hi", "i", "want", "to",
        "d", "like", "need", "let", "us", "also", "so", "just",
    ];
    let at = (0..reading.words.len()).find(|at| !reading.is(*at, POLITE))?;
    let verb = match reading.text(at) {
        "add" | "create" | "insert" => Verb::Create,
        "new" if !reading.message.ends_with('?') => Verb::Create,
        "set" | "change" | "update" | "mark" | "rename" | "move" | "make" | "complete" | "close" | "reopen" | "put"
        | "edit" => Verb::Update,
        "assign" | "reassign" | "give"
            if reading.words.iter().any(|w| w.text == "to") && reading.text(at) != "give" =>
        {
            Verb::Assign
        }
        "delete" | "remove" | "drop" | "erase" => Verb::Delete,
        "clear" | "empty" | "unset" => Verb::Clear,
        _ => return None,
    };
    let up = matches!(verb, Verb::Create) && reading.is(at + 1, &["up"]);
    (!up).then_some((verb, at))
}

/// The table that was named, or the only one.
fn table_of(book: &Book, reading: &Reading) -> Option<usize> {
    let named = reading.tables.iter().filter(|m| m.quality > 0.6);
    let first = named.min_by(|a, b| a.start.cmp(&b.start).then(b.quality.total_cmp(&a.quality))).map(|m| m.table);
    first.or((book.tables.len() == 1).then_some(0))
}

type Written = Result<Write, Refusal>;

async fn create(desk: &mut Desk<'_>, book: &Book, reading: &Reading, at: usize) -> Result<Written, ToolFailure> {
    let Some(index) = table_of(book, reading) else {
        let names: Vec<String> = book.tables.iter().map(|t| t.name.clone()).collect();
        return Ok(Err(Refusal::why(format!("Add to which table: {}?", wording::series(&names, 20)))));
    };
    let Some(table) = book.tables.get(index) else { return Ok(Err(Refusal::why("That table is gone."))) };
    let fields = match cells::of_new(book, index, reading, at) {
        Ok(fields) if fields.is_empty() => {
            let why = format!("What should the new {} be called?", table.noun(1));
            return Ok(Err(Refusal::why(why)));
        }
        Ok(fields) => fields,
        Err(why) => return Ok(Err(Refusal::why(why))),
    };
    let shown = format!("Add to {}: {}.", table.name, cells_text(&fields));
    let arguments = json!({ "base": book.base, "table": table.name, "records": [{ "fields": fields }] });
    show(desk, "create_records", arguments, shown, table).await.map(Ok)
}

async fn delete(desk: &mut Desk<'_>, book: &Book, reading: &Reading, at: usize) -> Result<Written, ToolFailure> {
    let end = reading.words.len();
    let Some((index, conditions)) = spoken_of(book, reading, (at + 1, end), None) else {
        return Ok(Err(Refusal::unfound(at + 1, end)));
    };
    let (table, records) = match find(desk, book, index, conditions).await? {
        Ok(found) => found,
        Err(why) => return Ok(Err(Refusal::why(why))),
    };
    let ids: Vec<String> = records.iter().map(|(id, _)| id.clone()).collect();
    let names: Vec<String> = records.into_iter().map(|(_, name)| name).collect();
    let shown = format!("Delete from {}: {}.", table.name, wording::series(&names, 10));
    let arguments = json!({ "base": book.base, "table": table.name, "records": ids });
    show(desk, "delete_records", arguments, shown, table).await.map(Ok)
}

async fn update(
    desk: &mut Desk<'_>,
    book: &Book,
    reading: &Reading,
    verb: Verb,
    at: usize,
) -> Result<Written, ToolFailure> {
    let assignment = match cells::assignment(book, reading, verb == Verb::Clear, at) {
        Ok(assignment) => assignment,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (table, records) = match find(desk, book, assignment.table, assignment.conditions).await? {
        Ok(found) => found,
        Err(why) => return Ok(Err(Refusal::why(why))),
    };
    if verb == Verb::Assign
        && let Some(why) = replaces_links(desk, book, table, &records, &assignment.cells).await?
    {
        return Ok(Err(Refusal::why(why)));
    }
    let names: Vec<String> = records.iter().map(|(_, name)| name.clone()).collect();
    let cells = &assignment.cells;
    let shown = format!("Change in {}: {} of {}.", table.name, cells_text(cells), wording::series(&names, 10));
    let changed: Vec<Value> = records.iter().map(|(id, _)| json!({ "id": id, "fields": cells })).collect();
    let arguments = json!({ "base": book.base, "table": table.name, "records": changed });
    show(desk, "update_records", arguments, shown, table).await.map(Ok)
}

/// "assign X to Y" of a record with several links would take the others away, which nobody asked for.
async fn replaces_links(
    desk: &mut Desk<'_>,
    book: &Book,
    table: &Table,
    records: &[(String, String)],
    cells: &Map<String, Value>,
) -> Result<Option<String>, ToolFailure> {
    for field in cells.iter().filter(|(_, value)| value.is_array()).map(|(field, _)| field) {
        for (id, name) in records {
            let arguments = json!({ "base": book.base, "table": table.name, "record": id });
            let record = desk.ask("get_record", arguments).await?;
            let held = execute::cell(&record, field).as_array().map_or(0, Vec::len);
            if held > 1 {
                let why = format!("{name} has {held} {field} already; say “add … to the {field} of {name}”.");
                return Ok(Some(format!("{why} Nothing was changed.")));
            }
        }
    }
    Ok(None)
}

type Found<'a> = Result<(&'a Table, Vec<(String, String)>), String>;

/// Table and conditions of the records words `start..end` speak of; none when anything telling is left over.
fn spoken_of(
    book: &Book,
    reading: &Reading,
    (start, end): (usize, usize),
    only: Option<usize>,
) -> Option<(usize, Vec<plan::Condition>)> {
    let named = only.or_else(|| table_of(book, reading));
    let mut best: Option<(f32, usize, Vec<plan::Condition>)> = None;
    for index in 0..book.tables.len() {
        if named.is_some_and(|n| n != index) {
            continue;
        }
        let Some(mut draft) = Draft::new(reading, book, index) else { continue };
        draft.mark(0, start, super::conditions::Mark::Cue);
        draft.mark(end, reading.words.len(), super::conditions::Mark::Cue);
        draft.place_all();
        if draft.conditions.is_empty() || !draft.lost.is_empty() || left_over(&draft) {
            continue;
        }
        if best.as_ref().is_none_or(|(weight, ..)| draft.weight > *weight) {
            best = Some((draft.weight, index, draft.conditions));
        }
    }
    best.map(|(_, table, conditions)| (table, conditions))
}

/// Whether a telling word was not used.
fn left_over(draft: &Draft<'_>) -> bool {
    let named = |at: usize| draft.reading.tables.iter().any(|m| m.table == draft.index && m.start <= at && m.end > at);
    draft
        .reading
        .words
        .iter()
        .enumerate()
        .zip(&draft.marks)
        .any(|((at, word), mark)| *mark == super::conditions::Mark::Free && !says_nothing(&word.text) && !named(at))
}

/// Whether leaving the word out changes nothing about the records that are meant.
fn says_nothing(text: &str) -> bool {
    const ROWS: &[&str] = &["record", "records", "row", "rows", "entry", "entries", "item", "items", "whole"];
    lexicon::is_plain(text) && !matches!(text, "but" | "or" | "else" | "yet" | "still") || ROWS.contains(&text)
}

async fn find<'a>(
    desk: &mut Desk<'_>,
    book: &'a Book,
    index: usize,
    conditions: Vec<plan::Condition>,
) -> Result<Found<'a>, ToolFailure> {
    let Some(table) = book.tables.get(index) else { return Ok(Err("That table is gone.".to_owned())) };
    let primary = table.fields.get(table.primary).map(|f| f.name.clone()).unwrap_or_default();
    if conditions.is_empty() || conditions.iter().any(|c| c.via.is_some()) {
        return Ok(Err("I could not tell which records are meant, so nothing was changed.".to_owned()));
    }
    if conditions.iter().any(|c| matches!(c.test, plan::Test::Yearly { .. })) {
        return Ok(Err("Of which year? Please say it; nothing was changed.".to_owned()));
    }
    let filter = plan::all(conditions.iter().map(plan::Condition::filter).collect());
    let arguments =
        json!({ "base": book.base, "table": table.name, "filter": filter, "fields": [primary], "limit": MOST + 1 });
    let found = desk.ask("list_records", arguments).await?;
    let records: Vec<(String, String)> =
        items(&found, "records").map(|r| (string(r, "id"), wording::plain(&execute::cell(r, &primary)))).collect();
    let said = wording::conditions(&conditions);
    Ok(match records.len() as u64 {
        0 => Err(format!("I found no {}{said}, so nothing was changed.", table.noun(1))),
        n if n > MOST => Err(format!("More than {MOST} {}{said} match; please narrow it down.", table.noun(2))),
        _ => Ok((table, records)),
    })
}

/// Makes the dry run and keeps what would be done.
async fn show(
    desk: &mut Desk<'_>,
    tool: &str,
    arguments: Value,
    shown: String,
    table: &Table,
) -> Result<Write, ToolFailure> {
    let mut dry = arguments.clone();
    if let Some(map) = dry.as_object_mut() {
        map.insert("dry_run".to_owned(), json!(true));
    }
    let preview = desk.ask(tool, dry).await?;
    let confirm = string(&preview, "confirm");
    Ok(Write::Shown(Pending { tool: tool.to_owned(), arguments, confirm, shown, table: table.name.clone() }))
}

/// "Name: Paint, Status: Open"
fn cells_text(fields: &Map<String, Value>) -> String {
    fields.iter().map(|(name, value)| format!("{name}: {}", wording::plain(value))).collect::<Vec<_>>().join(", ")
}

/// Whether a field can be written.
fn is_writable(kind: Kind) -> bool {
    kind != Kind::Duration
}
