//! Which base a message is about.

#[cfg(test)]
mod tests;

use model::Timestamp;
use serde_json::json;

use super::{
    Reply, Session,
    book::{Book, items, string},
    desk::Desk,
    lexicon,
    mentions::Reading,
    text,
    toolbox::ToolFailure,
    wording,
};

/// Most bases that are looked into for what a message names.
const LOOKED_INTO: usize = 8;

/// The base to look at, or a reply that asks for it.
///
/// # Errors
/// Whatever a tool answers.
pub async fn base(
    desk: &mut Desk<'_>,
    session: &Session,
    base: Option<&str>,
    message: &str,
    now: Timestamp,
) -> Result<Result<String, Reply>, ToolFailure> {
    if let Some(base) = base.map(str::to_owned).or_else(|| session.base.clone()) {
        return Ok(Ok(base));
    }
    let listed = desk.ask("list_bases", json!({})).await?;
    let bases: Vec<(String, String)> = items(&listed, "bases").map(|b| (string(b, "id"), string(b, "name"))).collect();
    let folded = text::fold(message);
    let mut named = bases.iter().filter(|(_, name)| !name.is_empty() && folded.contains(&text::fold(name)));
    let only = if bases.len() == 1 { bases.first() } else { None };
    if let Some((id, _)) = only.or_else(|| named.next()) {
        return Ok(Ok(id.clone()));
    }
    if let Some(id) = fitting(desk, &bases, message, now).await? {
        return Ok(Ok(id));
    }
    let names: Vec<String> = bases.into_iter().map(|(_, name)| name).collect();
    let text = match names.len() {
        0 => "There is no base you can see yet.".to_owned(),
        _ => format!("Which base do you mean: {}?", wording::series(&names, 20)),
    };
    Ok(Err(Reply { text, value: Some(json!(names)), ..Reply::default() }))
}

/// The one base that has the tables, fields or values that the message names.
async fn fitting(
    desk: &mut Desk<'_>,
    bases: &[(String, String)],
    message: &str,
    now: Timestamp,
) -> Result<Option<String>, ToolFailure> {
    let mut scores: Vec<(f32, &String)> = Vec::new();
    for (id, _) in bases.iter().take(LOOKED_INTO) {
        let book = Book::read(desk, id).await?;
        let reading = Reading::of(desk, &book, message, now).await?;
        scores.push((named(&reading), id));
    }
    scores.sort_by(|a, b| b.0.total_cmp(&a.0));
    let second = scores.get(1).map_or(0.0, |(score, _)| *score);
    let best = scores.first().filter(|(score, _)| *score > second && bases.len() <= LOOKED_INTO);
    Ok(best.map(|(_, id)| (*id).clone()))
}

/// How much of a base the message names.
fn named(reading: &Reading) -> f32 {
    let table = if reading.tables.iter().any(|m| m.quality > 0.9) { 2.0 } else { 0.0 };
    let telling = |at: usize| !lexicon::is_neutral(reading.text(at), reading.text(at));
    let value = |v: &super::mentions::ValueMention| v.exact && (v.start..v.end).any(telling);
    let field = |m: &super::mentions::FieldMention| m.quality > 0.95 && telling(m.start);
    let values = reading.links.iter().any(|l| l.values.iter().any(value));
    let fields = reading.links.iter().any(|l| l.fields.iter().any(field));
    table + if values { 1.0 } else { 0.0 } + if fields { 0.5 } else { 0.0 }
}

/// Says that the base that was named does not exist.
pub fn unknown(base: &str) -> Reply {
    Reply { text: format!("There is no base called “{base}” that you can see."), ..Reply::default() }
}
