//! `phoneNumber`.

use model::{CellRef, ChoiceId, Field, FieldKind};
use serde_json::Value;

use super::textual;
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::options;
use crate::problem::{CellProblem, OptionsError};

pub(crate) struct PhoneNumber;

impl FieldType for PhoneNumber {
    fn name(&self) -> &'static str {
        "phoneNumber"
    }

    fn description(&self) -> &'static str {
        "A phone number, kept as written."
    }

    fn can_be_primary(&self) -> bool {
        true
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        _old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        options::none(given, FieldKind::PhoneNumber)
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        textual::read(field, value, cx)
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        crate::plain::plain_cell(kind, cell, out);
    }
}
