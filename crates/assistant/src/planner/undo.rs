//! Taking changes back: at once what this conversation wrote, anything else only after it was shown.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Reply, Session,
    book::{Book, items, string},
    desk::Desk,
    lexicon,
    mentions::Reading,
    said,
    toolbox::ToolFailure,
    wording,
    writes::Pending,
};

/// Most writes of a conversation that are remembered.
const REMEMBERED: usize = 50;

/// A change that this conversation made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Written {
    pub base: String,
    /// The number of the change in its base.
    pub change: i64,
    /// What it did, as it was shown.
    pub shown: String,
}

/// What a message asks to be done about changes made before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// The change of this number, or the newest.
    Undo(Option<i64>),
    Redo,
}

/// Reads "undo", "undo change 12", "redo"; none when the message says anything else.
pub fn asked(reading: &Reading) -> Option<Back> {
    let polite = ["please", "can", "could", "you", "now", "ok"];
    let first = reading.words.iter().find(|w| !polite.contains(&w.text.as_str()))?;
    let about = ["undo", "revert", "redo", "change", "edit", "last", "back", "write", "update"];
    let numbers: Vec<f64> = reading.words.iter().filter_map(|w| w.number).collect();
    let all = |w: &super::text::Word| {
        lexicon::is_plain(&w.text) || about.contains(&w.stem.as_str()) || w.number.is_some() || w.text == "#"
    };
    if !reading.words.iter().all(all) {
        return None;
    }
    let undoes = reading.words.iter().filter(|w| w.text == "undo").count();
    match (first.text.as_str(), numbers.as_slice()) {
        ("redo", []) => Some(Back::Redo),
        ("undo", []) if undoes > 1 => Some(Back::Redo),
        ("undo" | "revert", []) => Some(Back::Undo(None)),
        ("undo" | "revert", [number]) if number.fract() == 0.0 => Some(Back::Undo(Some(*number as i64))),
        _ => None,
    }
}

/// Does what was asked, or shows it and waits for a yes.
///
/// # Errors
/// Whatever the tool answers to an undo that was not made in this conversation.
pub async fn answer(desk: &mut Desk<'_>, session: &mut Session, book: &Book, back: Back) -> Result<Reply, ToolFailure> {
    let here = |written: &Written| written.base == book.base;
    match back {
        Back::Undo(None) => match session.done.pop_if(|written| here(written)) {
            Some(written) => take_back(desk, session, written, "Undo").await,
            None => show(desk, session, book, None).await,
        },
        Back::Undo(Some(change)) => show(desk, session, book, Some(change)).await,
        Back::Redo => match session.taken_back.pop_if(|written| here(written)) {
            Some(written) => take_back(desk, session, written, "Redo").await,
            None => Ok(Reply {
                text: "There is nothing to do again: no change was taken back in this conversation.".to_owned(),
                ..Reply::default()
            }),
        },
    }
}

/// Remembers a write of this conversation; what was taken back before it cannot be done again.
pub fn remember(session: &mut Session, pending: &Pending, done: &Value) {
    let base = string(&pending.arguments, "base");
    let Some(change) = done.get("change").and_then(Value::as_i64) else { return };
    if pending.tool == "undo" {
        let shown = format!("change {}.", pending.arguments.get("change").cloned().unwrap_or_default());
        session.taken_back.push(Written { base, change, shown });
        return;
    }
    let written = Written { base, change, shown: pending.shown.clone() };
    session.taken_back.clear();
    session.done.push(written);
    if session.done.len() > REMEMBERED {
        session.done.remove(0);
    }
}

/// Takes a change of this conversation back; an undo that is taken back is done again.
async fn take_back(
    desk: &mut Desk<'_>,
    session: &mut Session,
    written: Written,
    word: &str,
) -> Result<Reply, ToolFailure> {
    let arguments = json!({ "base": written.base, "change": written.change });
    let answer = match desk.ask("undo", arguments).await {
        Ok(answer) => answer,
        Err(failure) => {
            let text = format!("{word} was not possible for this change: {} {failure}.", written.shown);
            return Ok(Reply { text, ..Reply::default() });
        }
    };
    let change = answer.get("change").and_then(Value::as_i64).unwrap_or_default();
    let value = answer.get("undone").cloned();
    let text = match word {
        "Redo" => format!("Done again: {} “Undo” takes it back.", written.shown),
        _ => format!("Taken back: {} “Redo” does it again.", written.shown),
    };
    let next = Written { change, ..written };
    if word == "Redo" {
        session.done.push(next);
    } else {
        session.taken_back.push(next);
    }
    Ok(Reply { value, ..said(text) })
}

/// Shows what taking a change back would do.
async fn show(
    desk: &mut Desk<'_>,
    session: &mut Session,
    book: &Book,
    change: Option<i64>,
) -> Result<Reply, ToolFailure> {
    let told = desk.ask("undo", json!({ "base": book.base, "change": change, "dry_run": true })).await?;
    let Some(change) = told.get("change").and_then(Value::as_i64) else {
        return Ok(Reply { text: "I could not find out what the newest change did.".to_owned(), ..Reply::default() });
    };
    let made: Vec<String> = items(&told, "tables").flat_map(|part| effects(part, DID)).collect();
    let would: Vec<String> = items(&told, "tables").flat_map(|part| effects(part, WOULD)).collect();
    let time = string(&told, "time").get(..16).unwrap_or_default().replace('T', " at ");
    let by = if string(&told, "door") == "import" { "An import" } else { "A change" };
    let shown = format!("Take back change {change}: {}.", wording::series(&would, 6));
    let text = format!(
        "{by} of {time} {}. Taking it back would {}. Shall I do it? Answer yes or no.",
        wording::series(&made, 6),
        wording::series(&would, 6)
    );
    let pending = Pending {
        tool: "undo".to_owned(),
        arguments: json!({ "base": book.base, "change": change }),
        confirm: String::new(),
        shown,
        table: items(&told, "tables").next().map(|part| string(part, "table")).unwrap_or_default(),
    };
    session.pending = Some(pending.clone());
    Ok(Reply { pending: Some(pending), ..said(text) })
}

/// What a change did to records, and what taking it back would do, by what the tool counts.
const DID: [(&str, &str); 3] = [("created", "added"), ("updated", "changed"), ("deleted", "deleted")];
const WOULD: [(&str, &str); 3] = [("created", "delete"), ("updated", "put back"), ("deleted", "restore")];

fn effects(part: &Value, verbs: [(&str, &str); 3]) -> Vec<String> {
    let table = string(part, "table");
    let told = verbs.iter().filter_map(|(key, verb)| {
        let count = part.get(*key).and_then(Value::as_u64).filter(|count| *count > 0)?;
        let noun = if count == 1 { "record" } else { "records" };
        Some(format!("{verb} {count} {noun} of {table}"))
    });
    told.collect()
}
