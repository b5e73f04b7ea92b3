//! Deleting tables and fields, and bringing them back: both are marks, so the cells are still there. Removing them from the
//! trash for good leaves a name and numbers.

use std::sync::Arc;

use model::{Field, FieldId, LinkOptions, Table, TableId, TableNo, View};

use super::{Draft, FIELDS, TABLES, free_name};
use crate::error::Error;

/// A field that is in the trash, with its table.
pub(crate) type Trashed = (Arc<Table>, Arc<Field>);

impl Draft<'_> {
    /// Deletes a table, and the link fields of others that lead to it.
    pub fn delete_table(&mut self, no: TableNo) -> Result<(), Error> {
        if self.schema.live_tables().count() < 2 {
            return Err(Error::Invalid {
                reason: "a base keeps at least one table; delete the base instead".to_owned(),
            });
        }
        let leading = self.links(|_, link| link.linked_table_no == no, false);
        for (table, field) in leading.into_iter().filter(|(table, _)| *table != no) {
            self.mark(table, field, true);
        }
        let now = Some(self.now);
        if let Some(table) = self.table_mut(no) {
            (table.deleted, table.deleted_at) = (true, now);
        }
        Ok(())
    }

    /// Deletes a field; of a link both sides.
    pub fn delete_field(&mut self, no: TableNo, id: FieldId) -> Result<(), Error> {
        let Some(table) = self.schema.table_by_no(no).cloned() else { return Ok(()) };
        let Some(field) = table.field_by_id(id) else { return Ok(()) };
        if table.primary == id {
            let reason = format!("`{}` is the primary field of its table, which names the records", field.name);
            return Err(Error::Invalid { reason });
        }
        self.mark(no, id, true);
        if let Some((linked, inverse)) = other_side(field) {
            self.mark(linked, inverse, true);
        }
        Ok(())
    }

    /// Brings a table, a field or a view back.
    pub fn restore(&mut self, id: &str) -> Result<TableNo, Error> {
        let no = self.reviving(|draft| draft.bring_back(id))?;
        self.settle_results();
        Ok(no)
    }

    /// Brings these back as far as they are in the trash: one side of a link brings the other along.
    pub fn restore_all(&mut self, ids: &[String]) -> Result<(), Error> {
        self.reviving(|draft| {
            ids.iter().try_for_each(|id| match draft.bring_back(id) {
                Ok(_) | Err(Error::NotInTrash { .. }) => Ok(()),
                Err(error) => Err(error),
            })
        })?;
        self.settle_results();
        Ok(())
    }

    fn bring_back(&mut self, id: &str) -> Result<TableNo, Error> {
        match (id.parse(), id.parse(), id.parse()) {
            (Ok(table), ..) => self.restore_table(table),
            (_, Ok(field), _) => self.restore_field(field),
            (.., Ok(view)) => self.restore_view(view),
            _ => Err(not_in_trash(&id.chars().take(64).collect::<String>())),
        }
    }

    /// Brings a deleted table back, with the link fields that went with it.
    pub(super) fn restore_table(&mut self, id: TableId) -> Result<TableNo, Error> {
        let found = self.schema.tables.iter().find(|table| table.id == id && table.deleted && !table.removed).cloned();
        let table = found.ok_or_else(|| not_in_trash(&id.to_string()))?;
        if self.schema.live_tables().count() >= TABLES {
            return Err(Error::TooMany { what: "the number of tables", bound: TABLES });
        }
        let name = free_name(&table.name, |name| !self.has_table(name, None));
        if let Some(table) = self.table_mut(table.no) {
            (table.deleted, table.deleted_at, table.name) = (false, None, name);
        }
        // A link that was deleted by itself has taken its other side along; one that went with the table has not.
        let went = self.links(|draft, link| link.linked_table_no == table.no && draft.is_live(other(link)), true);
        for (no, field) in went.into_iter().filter(|(no, _)| *no != table.no) {
            if self.schema.table_by_no(no).is_some_and(|table| table.live_fields().count() >= FIELDS) {
                return Err(Error::TooMany { what: "the number of fields", bound: FIELDS });
            }
            self.mark(no, field, false);
        }
        let nowhere = |draft: &Draft<'_>, link: &LinkOptions| {
            draft.schema.table_by_no(link.linked_table_no).is_none_or(|linked| linked.deleted)
        };
        for (no, field) in self.links(nowhere, false).into_iter().filter(|(no, _)| *no == table.no) {
            self.mark(no, field, true);
        }
        Ok(table.no)
    }

    /// Brings a deleted field back; of a link both sides.
    pub(super) fn restore_field(&mut self, id: FieldId) -> Result<TableNo, Error> {
        let found = trashed_fields(&self.schema).into_iter().find(|(_, field)| field.id == id);
        let (table, field) = found.ok_or_else(|| not_in_trash(&id.to_string()))?;
        let sides = [Some((table.no, id)), other_side(&field)];
        for (no, _) in sides.into_iter().flatten() {
            let held = self.schema.table_by_no(no).cloned();
            if held.as_ref().is_some_and(|table| table.deleted) {
                let name = held.map_or_else(String::new, |table| table.name.clone());
                return Err(Error::Invalid { reason: format!("table `{name}` is in the trash: restore it first") });
            }
            if held.is_some_and(|table| table.live_fields().count() >= FIELDS) {
                return Err(Error::TooMany { what: "the number of fields", bound: FIELDS });
            }
        }
        for (no, side) in sides.into_iter().flatten() {
            self.mark(no, side, false);
        }
        Ok(table.no)
    }

    /// The link fields for which this is so, live ones of live tables or deleted ones.
    pub(super) fn links(&self, wanted: impl Fn(&Self, &LinkOptions) -> bool, deleted: bool) -> Vec<(TableNo, FieldId)> {
        let tables = self.schema.tables.iter().filter(|table| deleted || !table.deleted);
        tables
            .flat_map(|table| table.fields.iter().map(|field| (table.no, field)))
            .filter(|(_, field)| field.deleted == deleted && field.kind.link().is_some_and(|link| wanted(self, link)))
            .map(|(no, field)| (no, field.id))
            .collect()
    }

    fn is_live(&self, side: Option<(TableNo, FieldId)>) -> bool {
        side.and_then(|(no, id)| self.schema.table_by_no(no)?.field_by_id(id)).is_some()
    }

    /// Marks a field or takes the mark away; its name may have been given to another one meanwhile.
    fn mark(&mut self, no: TableNo, id: FieldId, deleted: bool) {
        let held = self.schema.table_by_no(no).and_then(|table| table.fields.iter().find(|field| field.id == id));
        let Some(name) = held.filter(|field| field.deleted != deleted).map(|field| field.name.clone()) else { return };
        let name = if deleted { name } else { self.free_field_name(no, &name) };
        let time = deleted.then_some(self.now);
        let field = self.table_mut(no).and_then(|table| table.fields.iter_mut().find(|field| field.id == id));
        if let Some(field) = field.map(Arc::make_mut) {
            (field.deleted, field.deleted_at, field.name) = (deleted, time, name);
        }
    }
}

/// The deleted fields of live tables. A link that went with the table that it leads to comes back with that.
pub(crate) fn trashed_fields(schema: &model::Schema) -> Vec<Trashed> {
    let went = |field: &Field| {
        let linked = field.kind.link().and_then(|link| schema.table_by_no(link.linked_table_no));
        linked.is_some_and(|table| table.deleted)
            && other_side(field)
                .is_some_and(|(no, id)| schema.table_by_no(no).is_some_and(|table| table.field_by_id(id).is_some()))
    };
    let fields = schema.live_tables().flat_map(|table| table.fields.iter().map(move |field| (table, field)));
    let deleted = fields.filter(move |(_, field)| field.deleted && !field.removed && !went(field));
    deleted.map(|(table, field)| (Arc::clone(table), Arc::clone(field))).collect()
}

/// A view that is in the trash, with its table.
pub(crate) type TrashedView = (Arc<Table>, View);

/// The deleted views of live tables.
pub(crate) fn trashed_views(schema: &model::Schema) -> Vec<TrashedView> {
    let views = schema.live_tables().flat_map(|table| table.views.iter().map(move |view| (table, view)));
    let deleted = views.filter(|(_, view)| view.deleted);
    deleted.map(|(table, view)| (Arc::clone(table), view.clone())).collect()
}

fn other_side(field: &Field) -> Option<(TableNo, FieldId)> {
    field.kind.link().and_then(other)
}

fn other(link: &LinkOptions) -> Option<(TableNo, FieldId)> {
    Some((link.linked_table_no, link.inverse?))
}

pub(crate) fn not_in_trash(id: &str) -> Error {
    Error::NotInTrash { id: id.to_owned() }
}

#[cfg(test)]
mod tests;
