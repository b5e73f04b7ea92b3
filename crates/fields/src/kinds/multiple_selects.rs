//! `multipleSelects`.

use model::{CellRef, ChoiceId, Field, FieldKind};
use serde_json::Value;

use super::select;
use crate::field_type::{ChoiceIn, FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::list::split_names;
use crate::plain::plain_cell;
use crate::problem::{CellProblem, OptionsError};

pub(crate) struct MultipleSelects;

impl FieldType for MultipleSelects {
    fn name(&self) -> &'static str {
        "multipleSelects"
    }

    fn description(&self) -> &'static str {
        "Any of the field's choices, in the order written."
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        old: Option<&FieldKind>,
        ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        Ok(OptionsIn::Kind(FieldKind::MultipleSelects(select::read_options(given, old, ids)?)))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        select::write_options(kind)
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let names = match value {
            Value::Array(items) => items.iter().map(|item| select::named(item, cx)).collect(),
            Value::String(text) if cx.typecast => Some(names_in(field, text)),
            _ if cx.typecast => select::named(value, cx).map(|name| vec![name]),
            _ => None,
        };
        let mut choices: Vec<ChoiceIn> = Vec::new();
        for name in names.ok_or_else(|| CellProblem::rejected(field))? {
            if let Some(choice) = select::find(field, &name, cx)?
                && !choices.contains(&choice)
            {
                choices.push(choice);
            }
        }
        Ok(if choices.is_empty() { Incoming::EMPTY } else { Incoming::Choices(choices) })
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        plain_cell(kind, cell, out);
    }
}

/// One name when the whole text is a choice, else the names between commas.
fn names_in(field: &Field, text: &str) -> Vec<String> {
    let whole = field.kind.select().is_some_and(|select| select.choices.iter().any(|choice| choice.name == text));
    if whole { vec![text.to_owned()] } else { split_names(text) }
}
