//! `lastModifiedTime`.

use model::{CellRef, ChoiceId, FieldId, FieldKind, ModifiedOptions};
use serde_json::{Value, json};

use super::moment;
use crate::field_type::{FieldType, OptionsIn, Texting};
use crate::options::Options;
use crate::problem::OptionsError;

pub(crate) struct LastModifiedTime;

impl FieldType for LastModifiedTime {
    fn name(&self) -> &'static str {
        "lastModifiedTime"
    }

    fn description(&self) -> &'static str {
        "When somebody last changed a cell of the record, or one of some fields."
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
        options.only(&["result", "isValid", "error", "referencedFieldIds"])?;
        let (date_only, shown) = moment::read_result(&options, old)?;
        let watched = options.named_all("referencedFieldIds", old)?;
        let kind = FieldKind::LastModifiedTime(ModifiedOptions { date_only, shown, ..ModifiedOptions::default() });
        Ok(OptionsIn::Modified { kind, watched })
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let watched: Vec<FieldId> = kind.watched_fields().collect();
        let result = moment::write_result(kind);
        Some(json!({ "isValid": true, "referencedFieldIds": watched, "result": result }))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
        moment::push_computed(kind, cell, cx, out);
    }
}
