//! Removing tables, fields and views from the trash for good.

use std::sync::Arc;

use model::{Field, FieldId, Schema, TableId, TableNo, Timestamp, ViewId};

use super::{Draft, not_in_trash, trashed_fields, trashed_views};
use crate::error::Error;

/// A part of a base that was removed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The action by which the trail tells it.
    pub action: &'static str,
    /// `table`, `field` or `view`.
    pub kind: &'static str,
    pub id: String,
    pub name: String,
    /// The table that it is, or was of.
    pub table: TableId,
}

impl Draft<'_> {
    /// Removes what has this id from the trash; of a link both sides, of a table also the links that lead to it.
    pub fn remove(&mut self, id: &str) -> Result<Vec<Part>, Error> {
        let table = id.parse().ok().and_then(|id: TableId| {
            self.schema
                .tables
                .iter()
                .find(|table| table.id == id && table.deleted && !table.removed)
                .map(|table| table.no)
        });
        if let Some(no) = table {
            return Ok(self.remove_table(no));
        }
        let field = id.parse().ok().and_then(|id: FieldId| {
            trashed_fields(&self.schema)
                .into_iter()
                .find(|(_, field)| field.id == id)
                .map(|(table, field)| (table.no, field))
        });
        if let Some((no, field)) = field {
            return Ok(self.remove_field(no, &field));
        }
        let view = id.parse().ok().and_then(|id: ViewId| {
            trashed_views(&self.schema)
                .into_iter()
                .find(|(_, view)| view.id == id)
                .map(|(table, view)| (table.no, view.id))
        });
        let removed = view.and_then(|(no, id)| self.remove_view(no, id));
        removed.map(|part| vec![part]).ok_or_else(|| not_in_trash(&id.chars().take(64).collect::<String>()))
    }

    /// Removes what was deleted before a time, and notes the time of what was deleted when that was not noted.
    pub fn remove_expired(&mut self, before: Timestamp) -> Vec<Part> {
        let mut removed = Vec::new();
        for no in self.schema.tables.iter().map(|table| table.no).collect::<Vec<_>>() {
            self.note_times(no);
            let is_due =
                |table: &Arc<model::Table>| table.deleted && !table.removed && is_before(table.deleted_at, before);
            if self.schema.table_by_no(no).is_some_and(is_due) {
                removed.extend(self.remove_table(no));
            }
        }
        for (table, field) in trashed_fields(&self.schema) {
            let held = self.schema.table_by_no(table.no).and_then(|table| table.field_by_no(field.no));
            // It may have gone with its other side.
            if held.is_some_and(|held| !held.removed) && is_before(field.deleted_at, before) {
                removed.extend(self.remove_field(table.no, &field));
            }
        }
        for (table, view) in trashed_views(&self.schema) {
            if is_before(view.deleted_at, before) {
                removed.extend(self.remove_view(table.no, view.id));
            }
        }
        removed
    }

    fn note_times(&mut self, no: TableNo) {
        let now = self.now;
        if !self.schema.table_by_no(no).is_some_and(|table| lacks_times(table)) {
            return;
        }
        let Some(table) = self.table_mut(no) else { return };
        if table.deleted {
            table.deleted_at.get_or_insert(now);
        }
        for field in table.fields.iter_mut().filter(|field| lacks_time(field)) {
            Arc::make_mut(field).deleted_at = Some(now);
        }
        for view in table.views.iter_mut().filter(|view| view.deleted) {
            view.deleted_at.get_or_insert(now);
        }
    }

    fn remove_table(&mut self, no: TableNo) -> Vec<Part> {
        let leading = self.links(|_, link| link.linked_table_no == no, true);
        let leading = leading.into_iter().filter(|(table, _)| *table != no);
        let mut removed: Vec<Part> = leading.filter_map(|(table, id)| self.leave_remains(table, id)).collect();
        if let Some(table) = self.table_mut(no) {
            *table = table.remains();
            let (id, name) = (table.id.to_string(), table.name.clone());
            removed.push(Part { action: "tables.remove", kind: "table", id, name, table: table.id });
        }
        removed
    }

    fn remove_field(&mut self, no: TableNo, field: &Field) -> Vec<Part> {
        let other = field.kind.link().and_then(|link| Some((link.linked_table_no, link.inverse?)));
        let sides = [Some((no, field.id)), other];
        sides.into_iter().flatten().filter_map(|(no, id)| self.leave_remains(no, id)).collect()
    }

    fn leave_remains(&mut self, no: TableNo, id: FieldId) -> Option<Part> {
        let table = self.table_mut(no)?;
        let of = table.id;
        let field = table.fields.iter_mut().find(|field| field.id == id && field.deleted)?;
        *field = Arc::new(field.remains());
        Some(Part { action: "fields.remove", kind: "field", id: id.to_string(), name: field.name.clone(), table: of })
    }

    fn remove_view(&mut self, no: TableNo, id: ViewId) -> Option<Part> {
        let table = self.table_mut(no)?;
        let of = table.id;
        let at = table.views.iter().position(|view| view.id == id && view.deleted)?;
        let name = table.views.remove(at).name;
        Some(Part { action: "views.remove", kind: "view", id: id.to_string(), name, table: of })
    }
}

/// True for a schema with something in its trash that was deleted before a time, or of which it is not known when.
pub(crate) fn is_due(schema: &Schema, before: Timestamp) -> bool {
    let due = |at: Option<Timestamp>| at.is_none_or(|at| at < before);
    schema.tables.iter().filter(|table| !table.removed).any(|table| {
        table.deleted && due(table.deleted_at)
            || table.fields.iter().any(|field| field.deleted && !field.removed && due(field.deleted_at))
            || table.views.iter().any(|view| view.deleted && due(view.deleted_at))
    })
}

fn is_before(time: Option<Timestamp>, before: Timestamp) -> bool {
    time.is_some_and(|time| time < before)
}

fn lacks_time(field: &Field) -> bool {
    field.deleted && !field.removed && field.deleted_at.is_none()
}

fn lacks_times(table: &model::Table) -> bool {
    let views = table.views.iter().any(|view| view.deleted && view.deleted_at.is_none());
    !table.removed
        && (table.deleted && table.deleted_at.is_none() || views || table.fields.iter().any(|f| lacks_time(f)))
}

#[cfg(test)]
mod tests;
