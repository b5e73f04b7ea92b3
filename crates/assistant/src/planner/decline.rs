//! What is said when a question is not answered: what of it was understood, what was not, and what would work.

#[cfg(test)]
mod tests;

use serde_json::json;

use super::{
    Reply,
    asking::Understanding,
    book::{Book, items, string},
    desk::Desk,
    lexicon,
    mentions::Reading,
    plan::Ask,
    suggestions,
    toolbox::ToolFailure,
    wording,
};

/// How good a reading must be to be told.
const TOLD: f32 = 0.5;

/// Declines a question, with three requests that work.
///
/// # Errors
/// Whatever a tool answers.
pub async fn reply(
    desk: &mut Desk<'_>,
    book: &Book,
    reading: Option<&Reading>,
    found: Option<Understanding>,
) -> Result<Reply, ToolFailure> {
    let told = found.as_ref().filter(|f| f.score > TOLD);
    let suggestions = suggestions::three(desk, book, told.map(|f| f.table)).await?;
    let missing = reading.zip(found.as_ref()).and_then(|(reading, found)| missing(reading, book, found));
    let text = match (missing, told) {
        (Some(missing), _) => missing,
        (None, Some(found)) => partly(found),
        (None, None) => {
            let known = reading.map(|reading| known(reading, book)).unwrap_or_default();
            format!("I did not understand that. {known}{}", within(desk, book).await?)
        }
    };
    Ok(Reply { text, suggestions, ..Reply::default() })
}

/// What was read, and the words that were not.
fn partly(found: &Understanding) -> String {
    let read = format!("{}{}", found.plan.table, wording::conditions(&found.plan.conditions));
    match (found.unexplained.as_slice(), &found.plan.ask) {
        ([], _) => format!("I am not sure what is asked. I read: {read}."),
        ([word], Ask::Groups(groups)) => {
            format!("I read: {read}, by {}. I group by one field at a time and could not place: {word}.", groups.by)
        }
        (words, _) => format!("I read: {read}. I could not place: {}.", wording::series(words, 8)),
    }
}

/// The record or field that is asked for and does not exist.
fn missing(reading: &Reading, book: &Book, found: &Understanding) -> Option<String> {
    let table = book.tables.get(found.table)?;
    let lost = |at: usize| found.unexplained.iter().any(|word| word == reading.text(at));
    let numbered = |at: &usize| {
        let counts = reading.words.get(*at).is_some_and(|w| w.text.starts_with(|c: char| c.is_ascii_digit()));
        let before = at.checked_sub(1).and_then(|b| reading.words.get(b));
        counts && lost(*at) && before.is_some_and(|w| w.capital && !w.stop && !lexicon::is_plain(&w.text))
    };
    if let Some(at) = (1..reading.words.len()).find(numbered) {
        return Some(format!("There is no record called “{}” in {}.", reading.slice(at - 1, at + 1), table.name));
    }
    let opens = reading.is(0, &["what", "whats"]);
    let of = (1..reading.words.len()).find(|at| reading.is(*at, &["of", "for"]))?;
    let asked = (0..of).rfind(|at| !lexicon::is_plain(reading.text(*at)))?;
    if !opens || asked + 1 != of || !lost(asked) {
        return None;
    }
    let fields: Vec<String> = table.fields.iter().map(|f| f.name.clone()).collect();
    let said = reading.slice(asked, of);
    Some(format!("{} has no field called “{said}”; there are {}.", table.name, wording::series(&fields, 12)))
}

/// "I know Hours of Missions and “Apollo” in Program of Missions. "
fn known(reading: &Reading, book: &Book) -> String {
    let mut told: Vec<String> = Vec::new();
    for (table, links) in book.tables.iter().zip(&reading.links) {
        for value in links
            .values
            .iter()
            .filter(|v| v.exact && !lexicon::is_neutral(reading.text(v.start), reading.text(v.start)))
        {
            let Some(field) = table.fields.get(value.field) else { continue };
            told.push(format!("“{}” in {} of {}", wording::plain(&value.value), field.name, table.name));
        }
        for mention in links.fields.iter().filter(|m| m.quality > 0.8) {
            told.extend(table.fields.get(mention.field).map(|f| format!("{} of {}", f.name, table.name)));
        }
    }
    told.dedup();
    if told.is_empty() { String::new() } else { format!("I know {}. ", wording::series(&told, 4)) }
}

/// "This is the base Space program with Missions and Rockets."
async fn within(desk: &mut Desk<'_>, book: &Book) -> Result<String, ToolFailure> {
    let listed = desk.ask("list_bases", json!({})).await?;
    let name = items(&listed, "bases").find(|b| string(b, "id") == book.base).map(|b| string(b, "name"));
    let tables: Vec<String> = book.tables.iter().map(|t| t.name.clone()).collect();
    let base = name.unwrap_or_else(|| book.base.clone());
    Ok(match tables.as_slice() {
        [] => format!("The base {base} has no tables."),
        _ => format!("This is the base {base} with {}.", wording::series(&tables, 8)),
    })
}
