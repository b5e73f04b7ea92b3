//! `multipleLookupValues`.

use model::{CellRef, ChoiceId, FieldKind};
use serde_json::{Map, Value, json};

use super::{formula, through};
use crate::field_type::{FieldType, OptionsIn, Texting};
use crate::options::Options;
use crate::plain::plain_cell;
use crate::problem::OptionsError;
use crate::table::of;

pub(crate) struct MultipleLookupValues;

impl FieldType for MultipleLookupValues {
    fn name(&self) -> &'static str {
        "multipleLookupValues"
    }

    fn description(&self) -> &'static str {
        "The values of a field of the linked records, in the order of the links; empty ones are left out."
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
        // All but the two fields is answered by the API, given back by clients that copy a schema, and not read.
        options.only(&["recordLinkFieldId", "fieldIdInLinkedTable", "isValid", "error", "result"])?;
        let (link, field) = through::read(&options, old)?;
        Ok(OptionsIn::Lookup { link, field })
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::MultipleLookupValues(lookup) = kind else { return None };
        Some(json!({
            "isValid": true,
            "recordLinkFieldId": lookup.link,
            "fieldIdInLinkedTable": lookup.field,
            "result": result(&lookup.result),
        }))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
        each_text(kind, cell, cx, out);
    }
}

/// Appends what a person sees of each value, joined with `, `.
pub(super) fn each_text(kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
    let CellRef::Values(items) = cell else { return plain_cell(kind, cell, out) };
    let item = kind.item();
    for (index, value) in items.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        match value {
            // Names of choices and of linked records.
            CellRef::Text(name) if item.select().is_some() || item.link().is_some() => out.push_str(name),
            value if item.is_list() => plain_cell(item, value, out),
            value => of(item).text(item, value, cx, out),
        }
    }
}

/// The type of a value as the API tells it.
fn result(kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Formula(options) => formula::result(options.result),
        FieldKind::Rollup(options) => formula::result(options.result),
        FieldKind::Count(_) => json!({ "type": "number", "options": { "precision": 0 } }),
        kind => {
            let mut told = Map::new();
            told.insert("type".to_owned(), json!(of(kind).name()));
            told.extend(of(kind).write_options(kind).map(|options| ("options".to_owned(), options)));
            Value::Object(told)
        }
    }
}
