//! `multipleCollaborators`.

use model::{CellRef, ChoiceId, Field, FieldKind};
use serde_json::Value;

use super::people;
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::options;
use crate::plain::plain_cell;
use crate::problem::{CellProblem, OptionsError};

pub(crate) struct MultipleCollaborators;

impl FieldType for MultipleCollaborators {
    fn name(&self) -> &'static str {
        "multipleCollaborators"
    }

    fn description(&self) -> &'static str {
        "People of the workspace, in the order written."
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        _old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        options::none(given, FieldKind::MultipleCollaborators)
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        people::read(field, value, cx, people::MOST)
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        plain_cell(kind, cell, out);
    }
}
