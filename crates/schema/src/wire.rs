//! Tables and fields as Airtable's meta API writes them.

use model::{Field, FieldKind, Schema, Table};
use serde_json::{Map, Value, json};

/// A table; with `visible`, views list their visible fields.
pub fn table_json(schema: &Schema, table: &Table, visible: bool) -> Value {
    let fields: Vec<Value> = table.live_fields().map(|field| field_json(schema, field)).collect();
    let views: Vec<Value> = table
        .views
        .iter()
        .map(|view| {
            let mut out = json!({ "id": view.id, "name": view.name, "type": view.view_type });
            if visible {
                let ids: Vec<_> = table.live_fields().map(|field| field.id).collect();
                insert(&mut out, "visibleFieldIds", json!(ids));
            }
            out
        })
        .collect();
    let mut out = json!({
        "id": table.id, "name": table.name, "primaryFieldId": table.primary, "fields": fields, "views": views,
    });
    if let Some(description) = &table.description {
        insert(&mut out, "description", json!(description));
    }
    out
}

/// A field.
pub fn field_json(schema: &Schema, field: &Field) -> Value {
    let mut out = json!({ "id": field.id, "name": field.name, "type": fields::of(&field.kind).name() });
    if let Some(description) = &field.description {
        insert(&mut out, "description", json!(description));
    }
    if let Some(options) = options(schema, field) {
        insert(&mut out, "options", options);
    }
    out
}

fn options(schema: &Schema, field: &Field) -> Option<Value> {
    if let FieldKind::Formula(formula) = &field.kind {
        // The references are valid only while their fields live.
        let valid = formula.references.iter().all(|id| schema.table_of(*id).is_some());
        let mut options = fields::of(&field.kind).write_options(&field.kind)?;
        insert(&mut options, "isValid", json!(valid));
        return Some(options);
    }
    fields::of(&field.kind).write_options(&field.kind)
}

fn insert(value: &mut Value, key: &str, item: Value) {
    if let Value::Object(map) = value {
        let map: &mut Map<String, Value> = map;
        map.insert(key.to_owned(), item);
    }
}

#[cfg(test)]
mod tests;
