//! `barcode`. A cell holds the text and, behind a separator, what kind of barcode it is.

use model::{CellRef, CellValue, ChoiceId, Field, FieldKind};
use serde_json::{Value, json};

use super::textual::{self, BETWEEN, MAX_TEXT, shown_text};
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::options;
use crate::problem::{CellProblem, OptionsError};

/// Longest name of a kind, in characters.
const KIND: usize = 50;

pub(crate) struct Barcode;

impl FieldType for Barcode {
    fn name(&self) -> &'static str {
        "barcode"
    }

    fn description(&self) -> &'static str {
        "The text of a barcode, and what kind of barcode it is."
    }

    fn can_be_primary(&self) -> bool {
        true
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        _old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        options::none(given, FieldKind::Barcode)
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let (text, kind) = match value {
            Value::Object(parts) => {
                let part = |key: &str| match parts.get(key) {
                    None | Some(Value::Null) => Ok(""),
                    Some(Value::String(text)) => Ok(text.as_str()),
                    Some(_) => Err(CellProblem::rejected(field)),
                };
                if parts.keys().any(|key| key != "text" && key != "type") {
                    return Err(CellProblem::rejected(field));
                }
                (part("text")?, part("type")?)
            }
            Value::String(text) if cx.typecast => {
                let text = text.replace(BETWEEN, "");
                return textual::read(field, &Value::String(text), cx);
            }
            other if cx.typecast => return textual::read(field, other, cx),
            _ => return Err(CellProblem::rejected(field)),
        };
        if text.contains(BETWEEN) || kind.contains(BETWEEN) {
            return Err(CellProblem::unreadable(field, text));
        }
        textual::check(field, text, MAX_TEXT)?;
        textual::check(field, kind, KIND)?;
        Ok(match (text, kind) {
            ("", _) => Incoming::EMPTY,
            (text, "") => Incoming::Cell(CellValue::Text(text.to_owned())),
            (text, kind) => Incoming::Cell(CellValue::Text(format!("{text}{BETWEEN}{kind}"))),
        })
    }

    fn text(&self, _kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        if let CellRef::Text(held) = cell {
            out.push_str(shown_text(held));
        }
    }
}

/// The text and the kind; a text holds no separator.
fn parts(held: &str) -> (&str, Option<&str>) {
    held.split_once(BETWEEN).map_or((held, None), |(text, kind)| (text, Some(kind)))
}

/// What kind of barcode a cell is, where it says so.
pub fn barcode_kind(held: &str) -> Option<&str> {
    parts(held).1
}

/// Appends the read form.
pub(crate) fn write(held: &str, out: &mut Vec<u8>) {
    let told = match parts(held) {
        (text, Some(kind)) => json!({ "text": text, "type": kind }),
        (text, None) => json!({ "text": text }),
    };
    out.extend_from_slice(told.to_string().as_bytes());
}
