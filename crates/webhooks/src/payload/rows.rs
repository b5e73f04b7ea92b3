//! Records in payloads.

use model::{CellValue, FieldNo, Ordinal, Table};
use records::Error;
use serde_json::{Map, Value, json};

use super::{Facts, Tables};
use crate::cells;
use crate::happened::{ChangedRow, NewRow, Rows};
use crate::spec::{ChangeType, DataType, Scope, Specification};

/// Adds what happened to records, as far as it is wanted.
pub(super) fn records(facts: &Facts<'_>, spec: &Specification, scope: Scope, tables: &mut Tables) -> Result<(), Error> {
    if !spec.wants(DataType::TableData) {
        return Ok(());
    }
    for (no, rows) in facts.happened {
        let Some(table) = facts.after.schema().table_by_no(*no) else { continue };
        if table.deleted || !scope.has(table.id) || !spec.watches_data_of(table) {
            continue;
        }
        let parts = Writer { facts, spec, table }.parts(rows)?;
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

struct Writer<'w> {
    facts: &'w Facts<'w>,
    spec: &'w Specification,
    table: &'w Table,
}

impl Writer<'_> {
    fn parts(&self, rows: &Rows) -> Result<Map<String, Value>, Error> {
        let mut parts = Map::new();
        if self.spec.takes(ChangeType::Add) && !rows.created.is_empty() {
            let created = rows.created.values().map(|row| Ok((row.id.to_string(), self.created(row)?)));
            parts.insert("createdRecordsById".to_owned(), Value::Object(created.collect::<Result<_, Error>>()?));
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
            parts.insert("destroyedRecordIds".to_owned(), json!(rows.destroyed));
        }
        Ok(parts)
    }

    fn created(&self, row: &NewRow) -> Result<Value, Error> {
        let cells = row.cells.iter().map(|(no, cell)| (*no, cell));
        let cells = self.cells(cells, true)?;
        Ok(json!({ "createdTime": row.created.iso(), "cellValuesByFieldId": cells }))
    }

    /// A changed record, if a watched cell of it is different.
    fn changed(&self, ordinal: Ordinal, row: &ChangedRow) -> Result<Option<Value>, Error> {
        if !row.cells.keys().any(|no| self.is_watched(*no)) {
            return Ok(None);
        }
        let current = self.cells(row.cells.iter().map(|(no, (_, after))| (*no, after)), false)?;
        let mut told = json!({ "current": { "cellValuesByFieldId": current } });
        let Some(parts) = told.as_object_mut() else { return Ok(None) };
        if self.spec.includes_previous_cells() {
            let previous = self.cells(row.cells.iter().map(|(no, (before, _))| (*no, before)), false)?;
            parts.insert("previous".to_owned(), json!({ "cellValuesByFieldId": previous }));
        }
        if self.spec.includes_unchanged() {
            let unchanged = self.unchanged(ordinal, row)?;
            parts.insert("unchanged".to_owned(), json!({ "cellValuesByFieldId": unchanged }));
        }
        Ok(Some(told))
    }

    /// The cells of fields that are watched or included; empty ones as null, or left out.
    fn cells<'c>(
        &self,
        cells: impl Iterator<Item = (FieldNo, &'c CellValue)>,
        only_full: bool,
    ) -> Result<Map<String, Value>, Error> {
        let mut told = Map::new();
        for (no, cell) in cells {
            let Some(field) = self.table.field_by_no(no).filter(|field| !field.deleted) else { continue };
            if !self.spec.watches_data(field.id) && !self.spec.includes(field.id) {
                continue;
            }
            let value = cells::value(self.facts.after, field, cell)?;
            if !(only_full && value.is_null()) {
                told.insert(field.id.to_string(), value);
            }
        }
        Ok(told)
    }

    /// Cells that are included although the change left them as they were.
    fn unchanged(&self, ordinal: Ordinal, row: &ChangedRow) -> Result<Map<String, Value>, Error> {
        let mut told = Map::new();
        for field in self.table.live_fields() {
            if row.cells.contains_key(&field.no) || !self.spec.includes(field.id) {
                continue;
            }
            let value = cells::value(self.facts.after, field, &self.facts.after.cell(self.table, field, ordinal)?)?;
            if !value.is_null() {
                told.insert(field.id.to_string(), value);
            }
        }
        Ok(told)
    }

    fn is_watched(&self, no: FieldNo) -> bool {
        self.table.field_by_no(no).is_some_and(|field| !field.deleted && self.spec.watches_data(field.id))
    }
}
