//! `lastModifiedTime`.

use model::{CellRef, ChoiceId, FieldKind, ModifiedOptions};
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
        "When somebody last changed a cell of the record."
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
        options.only(&["result", "isValid", "referencedFieldIds"])?;
        refuse_watched(&options)?;
        let date_only = moment::read_result(&options, old.is_some_and(date_only))?;
        Ok(OptionsIn::Kind(FieldKind::LastModifiedTime(ModifiedOptions { date_only })))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let result = moment::write_result(date_only(kind));
        Some(json!({ "isValid": true, "referencedFieldIds": [], "result": result }))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
        moment::push_computed(date_only(kind), cell, cx, out);
    }
}

/// The time is that of every field: watching some of them would be silently wrong.
fn refuse_watched(options: &Options<'_>) -> Result<(), OptionsError> {
    match options.get("referencedFieldIds") {
        Some(value) if value.as_array().is_none_or(|ids| !ids.is_empty()) => {
            Err(options.wrong("referencedFieldIds", "left out or empty: every field is watched", value))
        }
        _ => Ok(()),
    }
}

fn date_only(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::LastModifiedTime(options) if options.date_only)
}
