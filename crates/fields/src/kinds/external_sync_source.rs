//! `externalSyncSource`.

use model::{CellRef, ChoiceId, FieldKind};
use serde_json::Value;

use super::select;
use crate::field_type::{FieldType, OptionsIn, Texting};
use crate::plain::plain_cell;
use crate::problem::OptionsError;

pub(crate) struct ExternalSyncSource;

impl FieldType for ExternalSyncSource {
    fn name(&self) -> &'static str {
        "externalSyncSource"
    }

    fn description(&self) -> &'static str {
        "Which source a record was synced from."
    }

    fn is_computed(&self) -> bool {
        true
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        old: Option<&FieldKind>,
        ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        Ok(OptionsIn::Kind(FieldKind::ExternalSyncSource(select::read_options(given, old, ids)?)))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        select::write_options(kind)
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        plain_cell(kind, cell, out);
    }
}
