//! Records in payloads.

use std::collections::BTreeMap;

use model::{Field, FieldId, FieldNo, Ordinal, Table};
use records::Error;
use serde_json::{Map, Value, json};

use super::{Facts, Tables};
use crate::cells;
use crate::happened::{ChangedRow, NewRow, Rows};
use crate::spec::{ChangeType, DataType, Scope, Specification};

/// False when more records move than are told at a time, and nothing else tells that they do.
pub(super) fn can_be_told(facts: &Facts<'_>, spec: &Specification, scope: Scope) -> bool {
    if !spec.wants(DataType::TableData) {
        return true;
    }
    if let Scope::View(_, view) = scope {
        return !matches!(facts.happened.views.get(&view), Some(None));
    }
    facts.happened.appeared.iter().all(|(no, records)| {
        let is_told = |table: &Table| !tells_new_table(spec, table) && scope.has(table.id);
        let table = facts.after.schema().table_by_no(*no);
        records.is_some() || !table.is_some_and(|table| is_told(table) && spec.watches_data_of(table))
    })
}

/// Whether the records of a table that appears are told with the table, or not at all.
fn tells_new_table(spec: &Specification, table: &Table) -> bool {
    !spec.takes(ChangeType::Add) || super::fields::wants_table(spec, table)
}

/// Adds what happened to records, as far as it is wanted.
pub(super) fn records(facts: &Facts<'_>, spec: &Specification, scope: Scope, tables: &mut Tables) -> Result<(), Error> {
    if !spec.wants(DataType::TableData) {
        return Ok(());
    }
    appeared(facts, spec, scope, tables);
    for (no, rows) in &facts.happened.tables {
        let Some(table) = facts.after.schema().table_by_no(*no) else { continue };
        if !scope.has(table.id) || !spec.watches_data_of(table) {
            continue;
        }
        let writer = Writer { facts, spec, table, hidden: hidden(table, scope) };
        let parts = match scope {
            Scope::View(_, view) => match facts.happened.views.get(&view) {
                Some(Some(seen)) => writer.parts(seen)?,
                _ => continue,
            },
            Scope::Base | Scope::Table(_) => writer.parts(rows)?,
        };
        if parts.is_empty() {
            continue;
        }
        let Some(out) = super::table(tables, &table.id.to_string()) else { continue };
        match scope {
            Scope::View(_, view) => {
                let views = Map::from_iter([(view.to_string(), Value::Object(parts))]);
                out.insert("changedViewsById".to_owned(), Value::Object(views));
            }
            Scope::Base | Scope::Table(_) => out.extend(parts),
        }
    }
    Ok(())
}

/// Tells the records of tables that have appeared to whoever is not told of these tables.
fn appeared(facts: &Facts<'_>, spec: &Specification, scope: Scope, tables: &mut Tables) {
    for no in facts.happened.appeared.keys() {
        let table = facts.after.schema().table_by_no(*no).filter(|table| scope.has_all_of(table.id));
        let Some(table) = table.filter(|table| !tells_new_table(spec, table)) else { continue };
        let rows = of_new_table(facts, spec, table).filter(|rows| !rows.is_empty());
        if let (Some(rows), Some(out)) = (rows, super::table(tables, &table.id.to_string())) {
            out.insert("createdRecordsById".to_owned(), Value::Object(rows));
        }
    }
}

/// The records of a table that has appeared; nothing where they are too many to be told.
pub(super) fn of_new_table(facts: &Facts<'_>, spec: &Specification, table: &Table) -> Option<Map<String, Value>> {
    if !spec.watches_data_of(table) {
        return Some(Map::new());
    }
    let rows = facts.happened.appeared.get(&table.no)?.as_ref()?;
    let writer = Writer { facts, spec, table, hidden: &[] };
    Some(rows.iter().map(|row| (row.id.to_string(), writer.created(row))).collect())
}

/// The fields that the view does not show which is looked at alone.
fn hidden(table: &Table, scope: Scope) -> &[FieldId] {
    let view = match scope {
        Scope::View(_, id) => table.live_views().find(|view| view.id == id),
        Scope::Base | Scope::Table(_) => None,
    };
    view.map(|view| view.hidden.as_slice()).unwrap_or_default()
}

struct Writer<'w> {
    facts: &'w Facts<'w>,
    spec: &'w Specification,
    table: &'w Table,
    hidden: &'w [FieldId],
}

impl Writer<'_> {
    fn parts(&self, rows: &Rows) -> Result<Map<String, Value>, Error> {
        let mut parts = Map::new();
        if self.spec.takes(ChangeType::Add) && !rows.created.is_empty() {
            let created = rows.created.values().map(|row| (row.id.to_string(), self.created(row)));
            parts.insert("createdRecordsById".to_owned(), Value::Object(created.collect()));
        }
        if self.spec.takes(ChangeType::Update) {
            let mut changed = Map::new();
            for (ordinal, row) in &rows.changed {
                if let Some(told) = self.changed(*ordinal, row)? {
                    changed.insert(row.id.to_string(), told);
                }
            }
            if !changed.is_empty() {
                parts.insert("changedRecordsById".to_owned(), Value::Object(changed));
            }
        }
        if self.spec.takes(ChangeType::Remove) && !rows.destroyed.is_empty() {
            parts.insert("destroyedRecordIds".to_owned(), rows.destroyed.values().map(|id| json!(id)).collect());
        }
        Ok(parts)
    }

    fn created(&self, row: &NewRow) -> Value {
        json!({ "createdTime": row.created.iso(), "cellValuesByFieldId": self.cells(&row.cells, |cell| cell) })
    }

    /// A changed record, if a watched cell of it is different.
    fn changed(&self, ordinal: Ordinal, row: &ChangedRow) -> Result<Option<Value>, Error> {
        if !row.cells.keys().any(|no| self.field(*no).is_some_and(|field| self.is_watched(field.id))) {
            return Ok(None);
        }
        let mut told = Map::new();
        let mut tell = |name: &str, cells| {
            told.insert(name.to_owned(), json!({ "cellValuesByFieldId": Value::Object(cells) }));
        };
        tell("current", self.cells(&row.cells, |(_, current)| current));
        if self.spec.includes_previous_cells() {
            tell("previous", self.cells(&row.cells, |(previous, _)| previous));
        }
        if self.spec.includes_unchanged() {
            tell("unchanged", self.unchanged(ordinal, row)?);
        }
        Ok(Some(Value::Object(told)))
    }

    /// The cells of fields that are watched or included.
    fn cells<C>(&self, cells: &BTreeMap<FieldNo, C>, value: impl Fn(&C) -> &Value) -> Map<String, Value> {
        let mut told = Map::new();
        for (no, cell) in cells {
            let field = self.field(*no).filter(|field| self.is_watched(field.id) || self.spec.includes(field.id));
            if let Some(field) = field {
                told.insert(field.id.to_string(), value(cell).clone());
            }
        }
        told
    }

    /// Cells that are included although the change left them as they were.
    fn unchanged(&self, ordinal: Ordinal, row: &ChangedRow) -> Result<Map<String, Value>, Error> {
        let mut told = Map::new();
        for field in self.table.live_fields() {
            if row.cells.contains_key(&field.no) || !self.spec.includes(field.id) {
                continue;
            }
            let value = cells::of(self.facts.after, self.table, field, ordinal)?;
            if !value.is_null() {
                told.insert(field.id.to_string(), value);
            }
        }
        Ok(told)
    }

    fn field(&self, no: FieldNo) -> Option<&Field> {
        self.table.field_by_no(no).map(AsRef::as_ref).filter(|field| !field.deleted)
    }

    /// Without names, a view watches what it shows.
    fn is_watched(&self, field: FieldId) -> bool {
        self.spec.names_data(field).unwrap_or_else(|| !self.hidden.contains(&field))
    }
}
