//! What all texts have in common.

use model::{CellValue, Field, push_number};
use serde_json::Value;

use crate::field_type::{Incoming, Reading};
use crate::list::join_names;
use crate::problem::CellProblem;

/// How many characters a text cell holds at most.
pub const MAX_TEXT: usize = 100_000;
/// Between a text and what else its cell holds (the unit separator of ASCII).
pub(crate) const BETWEEN: char = '\u{1F}';

/// The text of a cell that holds something behind it: a barcode, or what a model wrote.
pub fn shown_text(held: &str) -> &str {
    held.split(BETWEEN).next().unwrap_or_default()
}

pub(super) fn read(field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
    let text = match value {
        Value::String(text) => text.clone(),
        other if cx.typecast => to_text(other),
        _ => return Err(CellProblem::rejected(field)),
    };
    check(field, &text, MAX_TEXT)?;
    Ok(if text.is_empty() { Incoming::EMPTY } else { Incoming::Cell(CellValue::Text(text)) })
}

/// Refuses what no text may hold.
pub(super) fn check(field: &Field, text: &str, most: usize) -> Result<(), CellProblem> {
    if text.as_bytes().contains(&0) {
        return Err(CellProblem::Nul { field: field.name.clone() });
    }
    if text.len() <= most {
        return Ok(());
    }
    let length = text.chars().count();
    if length > most { Err(CellProblem::TooLong { field: field.name.clone(), length, most }) } else { Ok(()) }
}

/// Any JSON as text: texts in a list are joined, objects stay JSON.
pub(super) fn to_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            let mut out = String::new();
            push_number(number.as_f64().unwrap_or_default(), &mut out);
            out
        }
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let mut out = String::new();
            join_names(items.iter().filter_map(Value::as_str), &mut out);
            out
        }
        other => other.to_string(),
    }
}
