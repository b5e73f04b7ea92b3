//! Tables and fields in payloads.

use events::SchemaChange;
use model::{Field, Table};
use serde_json::{Map, Value, json};

use super::{Facts, Tables};
use crate::spec::{ChangeType, DataType, Scope, Specification};

/// What happened to tables and fields, as far as it is wanted: tables that are new or gone come back, what became
/// different in a table is added to `tables`.
pub(super) fn schema(facts: &Facts<'_>, spec: &Specification, scope: Scope, tables: &mut Tables) -> Map<String, Value> {
    let (mut created, mut destroyed) = (Map::new(), Vec::new());
    for part in &facts.change.body.schema {
        let SchemaChange::Table { before, after } = part else { continue };
        if !scope.has(after.id) {
            continue;
        }
        let before = before.as_ref().filter(|before| !before.deleted);
        match before {
            None if after.deleted => {}
            None if spec.takes(ChangeType::Add) => {
                created.extend(new_table(facts, spec, scope, after).map(|told| (after.id.to_string(), told)));
            }
            None => {}
            Some(_) if after.deleted => {
                let wanted = spec.takes(ChangeType::Remove) && wants_table(spec, after);
                destroyed.extend(wanted.then(|| json!(after.id)));
            }
            Some(before) => {
                let parts = changed_table(spec, before, after);
                if let (false, Some(out)) = (parts.is_empty(), super::table(tables, &after.id.to_string())) {
                    out.extend(parts);
                }
            }
        }
    }
    // An empty part is left out, and so is a table without parts.
    tables.retain(|_, parts| parts.as_object().is_some_and(|parts| !parts.is_empty()));
    let mut told = Map::new();
    if !created.is_empty() {
        told.insert("createdTablesById".to_owned(), Value::Object(created));
    }
    if !destroyed.is_empty() {
        told.insert("destroyedTableIds".to_owned(), Value::Array(destroyed));
    }
    told
}

/// A table is told of to whoever wants to know tables, or fields of which it has some.
pub(super) fn wants_table(spec: &Specification, table: &Table) -> bool {
    let mut fields = table.live_fields();
    let is_watched = spec.wants(DataType::TableFields) && fields.any(|field| spec.watches_schema(field.id));
    is_watched || spec.wants(DataType::TableMetadata)
}

fn new_table(facts: &Facts<'_>, spec: &Specification, scope: Scope, table: &Table) -> Option<Value> {
    if !wants_table(spec, table) {
        return None;
    }
    let mut told = Map::new();
    if spec.wants(DataType::TableMetadata) {
        told.insert("metadata".to_owned(), metadata(table));
    }
    if spec.wants(DataType::TableFields) {
        let watched = table.live_fields().filter(|field| spec.watches_schema(field.id));
        let fields = watched.map(|field| (field.id.to_string(), definition(field)));
        told.insert("fieldsById".to_owned(), Value::Object(fields.collect()));
    }
    if spec.wants(DataType::TableData) && scope.has_all_of(table.id) {
        let records = super::rows::of_new_table(facts, spec, table).map(Value::Object);
        told.extend(records.map(|records| ("recordsById".to_owned(), records)));
    }
    Some(Value::Object(told))
}

fn changed_table(spec: &Specification, before: &Table, after: &Table) -> Map<String, Value> {
    let mut told = Map::new();
    let renamed = before.name != after.name || before.description != after.description;
    if renamed && spec.wants(DataType::TableMetadata) && spec.takes(ChangeType::Update) {
        let both = json!({ "current": metadata(after), "previous": metadata(before) });
        told.insert("changedMetadata".to_owned(), both);
    }
    if spec.wants(DataType::TableFields) {
        told.extend(changed_fields(spec, before, after));
    }
    told
}

fn changed_fields(spec: &Specification, before: &Table, after: &Table) -> Map<String, Value> {
    let (mut created, mut changed, mut destroyed) = (Map::new(), Map::new(), Vec::new());
    for field in after.live_fields().filter(|field| spec.watches_schema(field.id)) {
        match before.field_by_id(field.id) {
            None => drop(created.insert(field.id.to_string(), definition(field))),
            Some(held) if held != field => drop(changed.insert(field.id.to_string(), both(spec, held, field))),
            Some(_) => {}
        }
    }
    for field in before.live_fields().filter(|field| spec.watches_schema(field.id)) {
        if after.field_by_id(field.id).is_none() {
            destroyed.push(json!(field.id));
        }
    }
    let mut told = Map::new();
    if !created.is_empty() && spec.takes(ChangeType::Add) {
        told.insert("createdFieldsById".to_owned(), Value::Object(created));
    }
    if !changed.is_empty() && spec.takes(ChangeType::Update) {
        told.insert("changedFieldsById".to_owned(), Value::Object(changed));
    }
    if !destroyed.is_empty() && spec.takes(ChangeType::Remove) {
        told.insert("destroyedFieldIds".to_owned(), Value::Array(destroyed));
    }
    told
}

fn both(spec: &Specification, before: &Field, after: &Field) -> Value {
    if spec.includes_previous_fields() {
        return json!({ "current": definition(after), "previous": definition(before) });
    }
    json!({ "current": definition(after) })
}

fn metadata(table: &Table) -> Value {
    json!({ "name": table.name, "description": table.description })
}

fn definition(field: &Field) -> Value {
    json!({ "name": field.name, "type": fields::of(&field.kind).name() })
}
