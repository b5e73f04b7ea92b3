//! `formula`.

use model::{CellRef, ChoiceId, FieldKind, FormulaType, Timestamp};
use serde_json::{Value, json};

use super::moment;
use crate::field_type::{FieldType, OptionsIn, Texting};
use crate::options::Options;
use crate::plain::plain_cell;
use crate::problem::OptionsError;

/// The most decimals that number options can name: a result is not rounded.
const PRECISION: u8 = 8;

pub(crate) struct Formula;

impl FieldType for Formula {
    fn name(&self) -> &'static str {
        "formula"
    }

    fn description(&self) -> &'static str {
        "Computed from other fields of the record."
    }

    fn can_be_primary(&self) -> bool {
        true
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
        const EXPECTED: &str = "the formula's text, such as `{Price} * 2`";
        let options = Options::new(given)?;
        // All but the text is answered by the API, given back by clients that copy a schema, and not read.
        options.only(&["formula", "isValid", "error", "referencedFieldIds", "result"])?;
        let held = if let Some(FieldKind::Formula(old)) = old { Some(&old.formula) } else { None };
        let text = options.formula("formula", EXPECTED, held)?;
        Ok(OptionsIn::Formula { text })
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::Formula(formula) = kind else { return None };
        Some(json!({
            "formula": formula.formula,
            "isValid": formula.valid,
            "referencedFieldIds": formula.references,
            "result": if formula.valid { result(formula.result) } else { Value::Null },
        }))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
        match (kind, cell) {
            (FieldKind::Formula(formula), CellRef::Time(time)) if formula.result == FormulaType::DateTime => {
                moment::push_time(&moment::result_time(), Timestamp(time), cx, out);
            }
            _ => plain_cell(kind, cell, out),
        }
    }
}

/// What a result is that the API tells so; text where it does not.
pub(super) fn told(result: Option<&Value>) -> FormulaType {
    let name = result.and_then(|result| result.get("type")?.as_str()).unwrap_or_default();
    match name {
        "number" | "percent" | "currency" | "duration" | "rating" | "count" | "autoNumber" | "checkbox" => {
            FormulaType::Number
        }
        "date" => FormulaType::Date,
        "dateTime" | "createdTime" | "lastModifiedTime" => FormulaType::DateTime,
        _ => FormulaType::Text,
    }
}

/// The type of a result as the API tells it.
pub(super) fn result(result: FormulaType) -> Value {
    match result {
        FormulaType::Number => json!({ "type": "number", "options": { "precision": PRECISION } }),
        FormulaType::Flag => json!({ "type": "number", "options": { "precision": 0 } }),
        FormulaType::Text => json!({ "type": "singleLineText" }),
        FormulaType::Date => {
            json!({ "type": "date", "options": { "dateFormat": moment::result_time().date_format } })
        }
        FormulaType::DateTime => json!({ "type": "dateTime", "options": moment::result_time() }),
    }
}
