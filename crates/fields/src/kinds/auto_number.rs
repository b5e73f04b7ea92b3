//! `autoNumber`.

use model::{CellRef, ChoiceId, FieldKind};
use serde_json::Value;

use crate::field_type::{FieldType, OptionsIn, Texting};
use crate::options;
use crate::plain::plain_cell;
use crate::problem::OptionsError;

pub(crate) struct AutoNumber;

impl FieldType for AutoNumber {
    fn name(&self) -> &'static str {
        "autoNumber"
    }

    fn description(&self) -> &'static str {
        "1, 2, 3 and so on in the order in which records were created; never used again."
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
        _old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        options::none(given, FieldKind::AutoNumber)
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        plain_cell(kind, cell, out);
    }
}
