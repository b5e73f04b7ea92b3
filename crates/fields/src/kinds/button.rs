//! `button`.

use model::{CellRef, ChoiceId, FieldKind};
use serde_json::{Value, json};

use super::textual::MAX_TEXT;
use crate::field_type::{FieldType, OptionsIn, Texting};
use crate::options::Options;
use crate::problem::OptionsError;

/// What stands on a button without a label.
const LABEL: &str = "Open";

pub(crate) struct Button;

impl FieldType for Button {
    fn name(&self) -> &'static str {
        "button"
    }

    fn description(&self) -> &'static str {
        "A label and an address to open, which a formula makes of the record."
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
        options.only(&["label", "formula", "isValid", "error", "referencedFieldIds"])?;
        let held = if let Some(FieldKind::Button(held)) = old { Some(held) } else { None };
        let text = |key: &str, expected: &str, held: Option<&String>, missing: &str| match options.get(key) {
            None => Ok(held.map_or_else(|| missing.to_owned(), Clone::clone)),
            Some(Value::String(text)) if text.chars().count() <= MAX_TEXT && !text.trim().is_empty() => {
                Ok(text.clone())
            }
            Some(value) => Err(options.wrong(key, expected, value)),
        };
        let label = text("label", "a text", held.map(|held| &held.label), LABEL)?;
        let formula = "the formula of an address, such as `\"https://example.org/\" & RECORD_ID()`";
        let text = text("formula", formula, held.map(|held| &held.formula), "BLANK()")?;
        Ok(OptionsIn::Button { label, text })
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::Button(button) = kind else { return None };
        Some(json!({
            "label": button.label,
            "formula": button.formula,
            "isValid": true,
            "referencedFieldIds": button.references,
        }))
    }

    fn text(&self, kind: &FieldKind, _cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        if let FieldKind::Button(button) = kind {
            out.push_str(&button.label);
        }
    }
}
