//! `singleCollaborator`.

use model::{CellRef, ChoiceId, Field, FieldKind};
use serde_json::Value;

use super::people;
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::options;
use crate::plain::plain_cell;
use crate::problem::{CellProblem, OptionsError};

pub(crate) struct SingleCollaborator;

impl FieldType for SingleCollaborator {
    fn name(&self) -> &'static str {
        "singleCollaborator"
    }

    fn description(&self) -> &'static str {
        "A person of the workspace."
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        _old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        options::none(given, FieldKind::SingleCollaborator)
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        people::read(field, value, cx, 1)
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        plain_cell(kind, cell, out);
    }
}
