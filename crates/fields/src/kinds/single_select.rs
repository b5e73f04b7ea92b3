//! `singleSelect`.

use model::{CellRef, ChoiceId, Field, FieldKind};
use serde_json::Value;

use super::select;
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::plain::plain_cell;
use crate::problem::{CellProblem, OptionsError};

pub(crate) struct SingleSelect;

impl FieldType for SingleSelect {
    fn name(&self) -> &'static str {
        "singleSelect"
    }

    fn description(&self) -> &'static str {
        "At most one of the field's choices."
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        old: Option<&FieldKind>,
        ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        Ok(OptionsIn::Kind(FieldKind::SingleSelect(select::read_options(given, old, ids)?)))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        select::write_options(kind)
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let item = match value {
            Value::Array(items) if cx.typecast => match items.as_slice() {
                [item] => item,
                _ => value,
            },
            _ => value,
        };
        let name = select::named(item, cx).ok_or_else(|| CellProblem::rejected(field))?;
        let choice = select::find(field, &name, cx)?;
        Ok(choice.map_or(Incoming::EMPTY, |choice| Incoming::Choices(vec![choice])))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        plain_cell(kind, cell, out);
    }
}
