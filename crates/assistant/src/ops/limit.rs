//! Cutting a tool's answer to what a model can take.

use serde_json::{Value, json};

/// Characters of a token, on average over JSON.
const CHARACTERS: usize = 4;

/// The value, cut with a marker when it is larger than about so many tokens.
///
/// A list inside loses its tail before anything else does, so that what is left is still whole.
pub(super) fn cut(value: Value, tokens: usize) -> Value {
    let limit = tokens * CHARACTERS;
    let size = size_of(&value);
    if size <= limit {
        return value;
    }
    shorten_list(&value, limit).unwrap_or_else(|| cut_text(&value, limit, size))
}

fn size_of(value: &Value) -> usize {
    value.to_string().len()
}

/// Shortens the longest list directly inside an object.
fn shorten_list(value: &Value, limit: usize) -> Option<Value> {
    let object = value.as_object()?;
    let lists = object.iter().filter_map(|(key, inner)| Some((key, inner.as_array()?)));
    let (key, list) = lists.max_by_key(|(_, list)| list.iter().map(size_of).sum::<usize>())?;
    let around = size_of(value) - list.iter().map(|item| size_of(item) + 1).sum::<usize>();
    let room = limit.checked_sub(around + 200)?;
    let mut used = 0;
    let kept: Vec<Value> = list
        .iter()
        .take_while(|item| {
            used += size_of(item) + 1;
            used <= room
        })
        .cloned()
        .collect();
    if kept.is_empty() {
        return None;
    }
    let note = format!(
        "{} of {} `{key}` shown; ask for fewer fields, a filter, an aggregate or the next page",
        kept.len(),
        list.len()
    );
    let mut out = object.clone();
    out.insert(key.clone(), Value::Array(kept));
    out.insert("truncated".to_owned(), json!(true));
    out.insert("truncated_note".to_owned(), json!(note));
    Some(Value::Object(out))
}

fn cut_text(value: &Value, limit: usize, size: usize) -> Value {
    let text: String = value.to_string().chars().take(limit / 2).collect();
    json!({ "truncated": true, "truncated_note": format!("the first part of {size} bytes"), "text": text })
}

#[cfg(test)]
mod tests;
