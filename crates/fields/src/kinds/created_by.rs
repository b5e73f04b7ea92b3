//! `createdBy`.

use model::{CellRef, ChoiceId, FieldKind};
use serde_json::Value;

use crate::field_type::{FieldType, OptionsIn, Texting};
use crate::options;
use crate::plain::plain_cell;
use crate::problem::OptionsError;

pub(crate) struct CreatedBy;

impl FieldType for CreatedBy {
    fn name(&self) -> &'static str {
        "createdBy"
    }

    fn description(&self) -> &'static str {
        "Who created the record."
    }

    fn is_computed(&self) -> bool {
        true
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        _old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        options::none(given, FieldKind::CreatedBy)
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        plain_cell(kind, cell, out);
    }
}
