//! Deleting tables and fields, the trash, and the way back.

use std::sync::Arc;
use std::time::Duration;

use model::{BaseId, Caller, FieldId, Schema, TableId, Timestamp};

use super::bases::micros;
use super::{Schemas, find_table};
use crate::edit::{Draft, Trashed, TrashedView, trashed_fields, trashed_views};
use crate::error::Error;

/// What the trash of a base holds.
pub struct Trash {
    /// The schema, in which it is marked.
    pub schema: Arc<Schema>,
    /// Fields of tables that are not deleted themselves.
    pub fields: Vec<Trashed>,
    /// Views of tables that are not deleted themselves.
    pub views: Vec<TrashedView>,
    /// For how long all that is kept; for ever without it.
    pub kept: Option<Duration>,
}

impl Trash {
    /// When what was deleted then is removed by itself, if ever.
    pub fn expires(&self, deleted: Option<Timestamp>) -> Option<Timestamp> {
        deleted.zip(self.kept).map(|(deleted, kept)| Timestamp(deleted.0.saturating_add(micros(kept))))
    }
}

/// What came out of the trash.
pub struct Restored {
    /// Its id.
    pub id: String,
    /// Its name, which is another one where that was taken meanwhile.
    pub name: String,
}

impl Schemas {
    /// Moves a table to the trash, with the link fields of others that lead to it.
    ///
    /// # Errors
    /// [`Error::TableNotFound`]; [`Error::Invalid`] for the last one; [`Error::Denied`] without the right.
    pub async fn delete_table(&self, caller: &Caller, base: BaseId, table: &str) -> Result<TableId, Error> {
        let deleted = self.edit(caller, base, (0, 0), |draft| {
            let table = Arc::clone(find_table(&draft.schema, table)?);
            draft.delete_table(table.no)?;
            Ok(table.id)
        });
        Ok(deleted.await?.1)
    }

    /// Moves a field to the trash; of a link both sides.
    ///
    /// # Errors
    /// [`Error::TableNotFound`], [`Error::FieldNotFound`]; [`Error::Invalid`] for the primary field; [`Error::Denied`]
    /// without the right.
    pub async fn delete_field(
        &self,
        caller: &Caller,
        base: BaseId,
        (table, field): (&str, &str),
    ) -> Result<FieldId, Error> {
        let deleted = self.edit(caller, base, (0, 0), |draft| {
            let table = Arc::clone(find_table(&draft.schema, table)?);
            let field = table.field(field).ok_or_else(|| Error::FieldNotFound {
                name: field.chars().take(64).collect(),
                table: table.name.clone(),
            })?;
            draft.delete_field(table.no, field.id)?;
            Ok(field.id)
        });
        Ok(deleted.await?.1)
    }

    /// What is in the trash.
    ///
    /// # Errors
    /// [`Error::Denied`] when the base does not exist for the caller.
    pub async fn list_trash(&self, caller: &Caller, base: BaseId) -> Result<Trash, Error> {
        let schema = self.describe(caller, base).await?;
        let fields = trashed_fields(&schema);
        let views = trashed_views(&schema);
        Ok(Trash { schema, fields, views, kept: self.trash })
    }

    /// Brings a table, a field or a view back from the trash, with its cells.
    ///
    /// # Errors
    /// [`Error::NotInTrash`]; [`Error::Invalid`] where something else must come first; [`Error::TooMany`];
    /// [`Error::Denied`] without the right.
    pub async fn restore(&self, caller: &Caller, base: BaseId, id: &str) -> Result<Restored, Error> {
        let (schema, no) = self.edit(caller, base, (0, 0), |draft| draft.restore(id)).await?;
        let table = schema.table_by_no(no);
        let field = id.parse().ok().and_then(|id| table?.field_by_id(id)).map(|field| &field.name);
        let view = id.parse().ok().and_then(|id| table?.live_views().find(|view| view.id == id)).map(|view| &view.name);
        let name = field.or(view).or(table.map(|table| &table.name)).cloned();
        Ok(Restored { id: id.to_owned(), name: name.unwrap_or_default() })
    }

    /// Brings tables and fields back from the trash in one change, in this order, as far as they are there.
    ///
    /// # Errors
    /// As for [`Schemas::restore`]; [`Error::NotInTrash`] is none.
    pub async fn restore_all(&self, caller: &Caller, base: BaseId, ids: &[String]) -> Result<Arc<Schema>, Error> {
        Ok(self.edit(caller, base, (0, 0), |draft| draft.restore_all(ids)).await?.0)
    }

    /// What [`Schemas::restore_all`] would make of a schema.
    ///
    /// # Errors
    /// As there, but for the right.
    pub fn with_restored(&self, schema: &Schema, ids: &[String]) -> Result<Schema, Error> {
        let mut draft = Draft::new(schema.clone(), (0, 0), &self.ids, self.clock.now());
        draft.only_airtable = self.only_airtable;
        draft.restore_all(ids)?;
        self.check(&draft)?;
        Ok(draft.schema)
    }
}
