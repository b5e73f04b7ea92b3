//! A base as it was at one sequence, for those who follow the log.

use std::sync::Arc;

use events::Change;
use model::{
    Bits, CellRef, CellValue, Condition, Field, FieldKind, FieldNo, Ordinal, People, RecordId, Schema, Table, TableNo,
    Timestamp,
};
use tenancy::Scope;

use super::Records;
use crate::ask::{Wanted, selected};
use crate::error::Error;
use images::{Reach, View, looked, stored_column, users_of, watching};

/// A base at one sequence. It stays what it is while others write, until its holder moves it on.
#[derive(Clone)]
pub struct Picture(View);

impl Records {
    /// The base as it was at `sequence`.
    ///
    /// # Errors
    /// [`Error::TooOld`] when the log no longer reaches back that far.
    pub async fn picture(&self, scope: &Scope, sequence: i64) -> Result<Picture, Error> {
        let mut image = self.images.at(scope.tenant(), scope.base_no(), sequence).await?;
        // What a follower computes on its way is nothing that readers of the present look for.
        image.computed = Arc::default();
        Ok(Picture(self.seen(Arc::new(image), self.people(scope).await?)))
    }

    /// Reads from a picture. Columns that it misses are brought into memory, and it is read again.
    ///
    /// # Errors
    /// [`Error::ImageMemory`] when they do not fit; those of `look`.
    pub async fn look<T>(
        &self,
        scope: &Scope,
        picture: &mut Picture,
        look: impl Fn(&Picture) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.answer(scope, &mut picture.0, |view| look(&Picture(view.clone()))).await
    }
}

impl Picture {
    /// The last change in it.
    pub fn sequence(&self) -> i64 {
        self.0.image.sequence
    }

    /// The schema at this sequence.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.0.image.schema
    }

    /// Looks at it at this time: what formulas and filters compare with.
    pub fn set_time(&mut self, now: Timestamp) {
        self.0.now = now;
    }

    /// What a change reaches that comes next, or came last.
    pub fn reach(&self, change: &Change) -> Reach<'_> {
        Reach::new(&self.0, change)
    }

    /// The records of a table that a filter leaves, of all or of those `within`.
    ///
    /// # Errors
    /// As for [`Picture::cell`].
    pub fn members(&self, table: &Table, filter: Option<&Condition>, within: Option<&Bits>) -> Result<Bits, Error> {
        let wanted = Wanted { kept: filter, within, ..Wanted::default() };
        selected(&self.0, table, &self.0.image.table(table.no), &wanted)
    }

    /// Where a lookup or a rollup looks: through which link field, and at which field of which other table.
    pub fn looked(&self, table: &Table, field: &Field) -> Option<(FieldNo, &Arc<Table>, &Arc<Field>)> {
        looked(self.schema(), table, field)
    }

    /// True for a record that exists.
    pub fn is_live(&self, table: TableNo, ordinal: Ordinal) -> bool {
        self.0.image.table(table).is_live(ordinal)
    }

    /// Moves on by the next change.
    pub fn apply(&mut self, change: &Change) {
        Arc::make_mut(&mut self.0.image).apply(change);
    }

    /// The id of a record, deleted or not.
    pub fn id(&self, table: TableNo, ordinal: Ordinal) -> Option<RecordId> {
        self.0.image.table(table).ids.get(ordinal)
    }

    /// When a record was created.
    pub fn created(&self, table: TableNo, ordinal: Ordinal) -> Timestamp {
        match self.0.image.table(table).created.cell(ordinal.0 as usize) {
            CellRef::Time(time) => Timestamp(time),
            _ => Timestamp(0),
        }
    }

    /// The records that a link cell leads to, in their order; deleted ones included.
    pub fn links(&self, table: TableNo, field: FieldNo, ordinal: Ordinal) -> Vec<u32> {
        self.0.image.links(table, field, ordinal)
    }

    /// A cell, stored or computed.
    ///
    /// # Errors
    /// [`Error::NotLoaded`], which [`Records::look`] answers to; [`Error::TooDeep`] for a formula that nests too deeply.
    pub fn cell(&self, table: &Table, field: &Field, ordinal: Ordinal) -> Result<CellValue, Error> {
        let rows = self.0.image.table(table.no);
        if field.kind.is_derived() {
            return Ok(self.0.cell(table, &rows, field, ordinal)?);
        }
        if let FieldKind::CreatedBy | FieldKind::LastModifiedBy(_) = field.kind {
            self.0.image.need(table.no, watching(field))?;
            let user = users_of(&rows, field, ordinal).first().map(ToString::to_string);
            return Ok(user.map_or(CellValue::Empty, CellValue::Text));
        }
        if field.kind.link().is_none() {
            self.0.image.need(table.no, [field.no])?;
        }
        let column = stored_column(&rows, field.no, &field.kind);
        Ok(column.map_or(CellValue::Empty, |column| column.cell(ordinal.0 as usize).to_value()))
    }

    /// Who cells may name.
    pub fn people(&self) -> &People {
        &self.0.people
    }

    /// The name by which people know a record: the text of its primary field.
    ///
    /// # Errors
    /// As for [`Picture::cell`].
    pub fn title(&self, table: TableNo, ordinal: Ordinal) -> Result<String, Error> {
        let Some(found) = self.schema().table_by_no(table).cloned() else { return Ok(String::new()) };
        Ok(self.0.title(&found, &self.0.image.table(table), ordinal)?)
    }
}

#[cfg(test)]
mod tests;
