//! Copies of tables and bases. They are made in the trash, where somebody else fills them, and come out when they are whole:
//! nobody meets half of one.

use std::sync::Arc;

use model::{BaseId, Caller, Schema, WorkspaceId, same_name};
use tenancy::{Action, Permit, WorkspacePermit};

use super::{Schemas, find_table};
use crate::edit::{Copied, Wanted, copy_name, numbers_to_copy};
use crate::error::Error;
use crate::names::valid_name;
use crate::store;

impl Schemas {
    /// Makes a copy of a table, without its records, in the trash. None when the schema is no longer this one.
    ///
    /// # Errors
    /// [`Error::TableNotFound`], [`Error::TableName`], [`Error::TooMany`]; [`Error::Denied`] without the right.
    pub async fn begin_table_copy(
        &self,
        caller: &Caller,
        base: BaseId,
        (schema, table): (&Schema, &str),
        name: Option<&str>,
    ) -> Result<Option<(Arc<Schema>, Copied)>, Error> {
        let table = Arc::clone(find_table(schema, table)?);
        let numbers = numbers_to_copy(std::slice::from_ref(&table));
        let begun = self.edit(caller, base, numbers, |draft| {
            if draft.schema.revision != schema.revision {
                return Ok(None);
            }
            let name = draft.table_copy_name(&table, name)?;
            let copied = draft.copy_tables(&[(table, name)])?;
            for (_, copy) in &copied.tables {
                draft.delete_table(*copy)?;
            }
            Ok(Some(copied))
        });
        let (after, copied) = begun.await?;
        Ok(copied.map(|copied| (after, copied)))
    }

    /// Makes a copy of a base, without its records, in the trash of a workspace; the permit is to fill it.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right to create bases there.
    pub async fn begin_base_copy(
        &self,
        caller: &Caller,
        source: &Schema,
        (workspace, name): (WorkspaceId, Option<&str>),
    ) -> Result<(Arc<Schema>, Copied, Permit), Error> {
        let permit = self.access.workspace_permit(caller, Action::CreateBase, workspace).await?;
        let name = match name {
            Some(name) => valid_name("base", name)?,
            None => self.base_copy_name(&permit, &source.name).await?,
        };
        let wanted: Vec<Wanted> = source.live_tables().map(|table| (Arc::clone(table), table.name.clone())).collect();
        let tables: Vec<_> = wanted.iter().map(|(table, _)| Arc::clone(table)).collect();
        let numbers = numbers_to_copy(&tables);
        let made = self.make_base((caller, &permit), (None, name), numbers, true, |draft| draft.copy_tables(&wanted));
        let (schema, copied) = made.await?;
        let filling = permit.filling(schema.base, schema.base_no);
        Ok((schema, copied, filling))
    }

    /// The name of a base's copy, free among the bases of the workspace.
    async fn base_copy_name(&self, permit: &WorkspacePermit, name: &str) -> Result<String, Error> {
        let bases = store::list_bases(&self.db, permit.tenant(), false).await?;
        let is_taken = |name: &str| {
            let mut there = bases.iter().filter(|base| base.workspace == permit.workspace());
            there.any(|base| same_name(&base.name, name))
        };
        Ok(copy_name(name, |name| !is_taken(name)))
    }
}
