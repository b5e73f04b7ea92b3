//! `rollup`.

use model::{CellRef, ChoiceId, FieldKind, FormulaType, Timestamp};
use serde_json::{Value, json};

use super::{formula, moment, multiple_lookup_values, through};
use crate::field_type::{FieldType, OptionsIn, RollupIn, Texting};
use crate::options::Options;
use crate::plain::plain_cell;
use crate::problem::OptionsError;

pub(crate) struct Rollup;

impl FieldType for Rollup {
    fn name(&self) -> &'static str {
        "rollup"
    }

    fn description(&self) -> &'static str {
        "A formula over `values`, the values of a field of the linked records, such as `SUM(values)`."
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
        // The last four are answered by the API and given back by clients that copy a schema.
        options.only(&[
            "recordLinkFieldId",
            "fieldIdInLinkedTable",
            "formula",
            "isValid",
            "error",
            "referencedFieldIds",
            "result",
        ])?;
        let (link, field) = through::read(&options, old)?;
        let held = if let Some(FieldKind::Rollup(old)) = old { old.formula.as_ref() } else { None };
        let by = if held.is_some() || options.get("formula").is_some() {
            RollupIn::Formula(options.formula("formula", RollupIn::EXPECTED, held)?)
        } else {
            RollupIn::Untold(formula::told(options.get("result")))
        };
        Ok(OptionsIn::Rollup { link, field, by })
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::Rollup(rollup) = kind else { return None };
        Some(json!({
            "isValid": rollup.formula.is_some(),
            "recordLinkFieldId": rollup.link,
            "fieldIdInLinkedTable": rollup.field,
            "formula": rollup.formula,
            "referencedFieldIds": [],
            "result": formula::result(rollup.result),
        }))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
        match (kind, cell) {
            (_, CellRef::Values(_)) => multiple_lookup_values::each_text(kind, cell, cx, out),
            (FieldKind::Rollup(rollup), CellRef::Time(time)) if rollup.result == FormulaType::DateTime => {
                moment::push_time(&moment::result_time(), Timestamp(time), cx, out);
            }
            _ => plain_cell(kind, cell, out),
        }
    }
}
