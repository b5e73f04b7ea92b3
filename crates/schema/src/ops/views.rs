//! Operations on views.

use std::sync::Arc;

use model::{BaseId, Caller, Schema, Table, TableNo, ViewId, reads_alike};
use tenancy::Action;

use super::{Schemas, find_table};
use crate::closest::closest;
use crate::edit::ViewPart;
use crate::error::Error;

/// The numbers of tables and fields that an edit of views needs.
const NONE: (u32, u32) = (0, 0);

impl Schemas {
    /// The table whose views are listed, with the schema that it belongs to.
    ///
    /// # Errors
    /// [`Error::TableNotFound`]; [`Error::Denied`] when the base does not exist for the caller.
    pub async fn list_views(&self, caller: &Caller, base: BaseId, table: &str) -> Result<Arc<Table>, Error> {
        let schema = self.describe(caller, base).await?;
        find_table(&schema, table).cloned()
    }

    /// A view by its id, or by its name where only one view of the base has it; with its table.
    ///
    /// # Errors
    /// [`Error::ViewNotFound`]; [`Error::Invalid`] where several views have the name; [`Error::Denied`] when the base
    /// does not exist for the caller.
    pub async fn get_view(&self, caller: &Caller, base: BaseId, view: &str) -> Result<(Arc<Table>, ViewId), Error> {
        let schema = self.describe(caller, base).await?;
        let (no, id) = find_view(&schema, view)?;
        told((schema, (no, id)))
    }

    /// Adds a view to a table.
    ///
    /// # Errors
    /// [`Error::ViewName`], [`Error::View`], [`Error::TooMany`]; [`Error::Denied`] without the right.
    pub async fn create_view(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        part: &ViewPart,
    ) -> Result<(Arc<Table>, ViewId), Error> {
        let made = self.edit_as((caller, Action::EditViews), base, NONE, |draft| {
            let no = find_table(&draft.schema, table)?.no;
            Ok((no, draft.add_view(no, part)?))
        });
        told(made.await?)
    }

    /// Changes a view.
    ///
    /// # Errors
    /// [`Error::ViewNotFound`], [`Error::ViewName`], [`Error::View`]; [`Error::Denied`] without the right.
    pub async fn update_view(
        &self,
        caller: &Caller,
        base: BaseId,
        view: &str,
        part: &ViewPart,
    ) -> Result<(Arc<Table>, ViewId), Error> {
        let updated = self.edit_as((caller, Action::EditViews), base, NONE, |draft| {
            let (no, id) = find_view(&draft.schema, view)?;
            Ok((no, draft.update_view(no, id, part)?))
        });
        told(updated.await?)
    }

    /// Adds a view that is as another one, under this name or one made of the other's.
    ///
    /// # Errors
    /// [`Error::ViewNotFound`], [`Error::ViewName`], [`Error::TooMany`]; [`Error::Denied`] without the right.
    pub async fn duplicate_view(
        &self,
        caller: &Caller,
        base: BaseId,
        view: &str,
        name: Option<&str>,
    ) -> Result<(Arc<Table>, ViewId), Error> {
        let made = self.edit_as((caller, Action::EditViews), base, NONE, |draft| {
            let (no, id) = find_view(&draft.schema, view)?;
            Ok((no, draft.duplicate_view(no, id, name)?))
        });
        told(made.await?)
    }

    /// Moves a view to the trash.
    ///
    /// # Errors
    /// [`Error::ViewNotFound`]; [`Error::Invalid`] for the last one of its table; [`Error::Denied`] without the right.
    pub async fn delete_view(&self, caller: &Caller, base: BaseId, view: &str) -> Result<ViewId, Error> {
        let deleted = self.edit_as((caller, Action::EditViews), base, NONE, |draft| {
            let (no, id) = find_view(&draft.schema, view)?;
            draft.delete_view(no, id)?;
            Ok(id)
        });
        Ok(deleted.await?.1)
    }
}

fn told((schema, (no, id)): (Arc<Schema>, (TableNo, ViewId))) -> Result<(Arc<Table>, ViewId), Error> {
    let table = schema.table_by_no(no).cloned();
    table.map(|table| (table, id)).ok_or_else(|| Error::TableNotFound { name: no.to_string() })
}

fn find_view(schema: &Schema, text: &str) -> Result<(TableNo, ViewId), Error> {
    let all = || schema.live_tables().flat_map(|table| table.live_views().map(|view| (table.no, view)));
    let id = text.parse::<ViewId>().ok();
    if let Some((no, view)) = all().find(|(_, view)| Some(view.id) == id) {
        return Ok((no, view.id));
    }
    let called = |is: fn(&str, &str) -> bool| all().filter(move |(_, view)| is(&view.name, text)).collect::<Vec<_>>();
    let exactly = called(|name, text| name == text);
    let named = if exactly.is_empty() { called(reads_alike) } else { exactly };
    match named.as_slice() {
        [(no, view)] => Ok((*no, view.id)),
        [_, ..] => Err(Error::Invalid {
            reason: format!("several views of this base are called `{text}`: give the id of one, `viw…`"),
        }),
        [] => Err(Error::ViewNotFound {
            name: text.chars().take(64).collect(),
            hint: closest(text, all().map(|(_, view)| view.name.as_str())),
        }),
    }
}
