//! `aiText`. A cell holds what a model wrote, what it had been asked for it as a digest, and why it wrote nothing, with
//! separators between them.

use model::{CellRef, CellValue, ChoiceId, FieldKind, PromptPart};
use serde_json::{Value, json};

use super::textual::{BETWEEN, MAX_TEXT, shown_text};
use crate::field_type::{FieldType, OptionsIn, PromptIn, Texting};
use crate::options::Options;
use crate::problem::OptionsError;

/// Most parts of a prompt.
const PARTS: usize = 100;
/// Most characters of the words of a prompt.
const WORDS: usize = 20_000;

pub(crate) struct AiText;

/// What a cell of AI text holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What the model wrote.
    pub text: String,
    /// The digest of what it had been asked.
    pub asked: String,
    /// Why it wrote nothing: a word for programs.
    pub error: Option<String>,
}

impl Written {
    /// Reads a cell; none when it is empty.
    pub fn of(cell: CellRef<'_>) -> Option<Self> {
        let CellRef::Text(held) = cell else { return None };
        let mut parts = held.split(BETWEEN).map(str::to_owned);
        let (text, asked) = (parts.next()?, parts.next().unwrap_or_default());
        Some(Self { text, asked, error: parts.next() })
    }

    /// The cell that holds it; what is longer than a text may be is cut.
    pub fn to_cell(&self) -> CellValue {
        let mut held: String = self.text.chars().filter(|c| *c != BETWEEN && *c != '\0').take(MAX_TEXT).collect();
        for part in [Some(&self.asked), self.error.as_ref()].into_iter().flatten() {
            held.push(BETWEEN);
            held.push_str(part);
        }
        CellValue::Text(held)
    }
}

impl FieldType for AiText {
    fn name(&self) -> &'static str {
        "aiText"
    }

    fn description(&self) -> &'static str {
        "Text that a model writes when it is asked a prompt with values of the record."
    }

    fn is_computed(&self) -> bool {
        true
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        let options = Options::new(given)?;
        options.only(&["prompt", "referencedFieldIds"])?;
        let expected = "a text, or a list of texts and of `{\"field\":{\"fieldId\":…}}` with a field's id or name";
        match (options.get("prompt"), old) {
            (Some(prompt), _) => {
                let parts = read_prompt(prompt).filter(|parts| is_within_bounds(parts));
                let parts = parts.ok_or_else(|| {
                    let bounds = format!("{expected}; at most {PARTS} parts with {WORDS} characters, and not blank");
                    options.wrong("prompt", bounds, prompt)
                })?;
                Ok(OptionsIn::AiText { prompt: parts })
            }
            (None, Some(FieldKind::AiText(held))) => Ok(OptionsIn::Kind(FieldKind::AiText(held.clone()))),
            (None, _) => Err(options.missing("prompt", expected)),
        }
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::AiText(options) = kind else { return None };
        let part = |part: &PromptPart| match part {
            PromptPart::Text(text) => json!(text),
            PromptPart::Field(id) => json!({ "field": { "fieldId": id } }),
        };
        let prompt: Vec<Value> = options.prompt.iter().map(part).collect();
        Some(json!({ "prompt": prompt, "referencedFieldIds": options.references() }))
    }

    fn text(&self, _kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        if let CellRef::Text(held) = cell {
            out.push_str(shown_text(held));
        }
    }
}

fn read_prompt(prompt: &Value) -> Option<Vec<PromptIn>> {
    let part = |part: &Value| match part {
        Value::String(text) => Some(PromptIn::Text(text.clone())),
        Value::Object(_) => part.pointer("/field/fieldId")?.as_str().map(|field| PromptIn::Field(field.to_owned())),
        _ => None,
    };
    match prompt {
        Value::String(text) => Some(vec![PromptIn::Text(text.clone())]),
        Value::Array(parts) => parts.iter().map(part).collect(),
        _ => None,
    }
}

fn is_within_bounds(parts: &[PromptIn]) -> bool {
    let words: usize =
        parts.iter().map(|part| if let PromptIn::Text(text) = part { text.chars().count() } else { 0 }).sum();
    let says = |part: &PromptIn| match part {
        PromptIn::Text(text) => !text.trim().is_empty(),
        PromptIn::Field(_) => true,
    };
    parts.len() <= PARTS && words <= WORDS && parts.iter().any(says)
}

/// Appends the read form. A cell that nobody wrote yet has one too.
pub fn write_ai_text(written: Option<&Written>, is_stale: bool, out: &mut Vec<u8>) {
    let told = match written {
        None => json!({ "state": "empty", "isStale": is_stale, "value": null }),
        Some(Written { error: Some(error), .. }) => {
            json!({ "state": "error", "errorType": error, "isStale": is_stale, "value": null })
        }
        Some(Written { text, .. }) => json!({ "state": "generated", "isStale": is_stale, "value": text }),
    };
    out.extend_from_slice(told.to_string().as_bytes());
}
