//! `lastModifiedBy`.

use model::{CellRef, ChoiceId, FieldKind, Watched};
use serde_json::{Value, json};

use crate::field_type::{FieldType, OptionsIn, Texting};
use crate::options::Options;
use crate::plain::plain_cell;
use crate::problem::OptionsError;

pub(crate) struct LastModifiedBy;

impl FieldType for LastModifiedBy {
    fn name(&self) -> &'static str {
        "lastModifiedBy"
    }

    fn description(&self) -> &'static str {
        "Who last changed a cell of the record, or one of some fields."
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
        options.only(&["isValid", "error", "referencedFieldIds"])?;
        let watched = options.named_all("referencedFieldIds", old)?;
        Ok(OptionsIn::Modified { kind: FieldKind::LastModifiedBy(Watched::default()), watched })
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        // Airtable tells none of a field that watches every one.
        let FieldKind::LastModifiedBy(watched) = kind else { return None };
        if watched.is_empty() {
            return None;
        }
        Some(json!({ "isValid": true, "referencedFieldIds": watched }))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        plain_cell(kind, cell, out);
    }
}
