//! Reading one record.

use std::sync::Arc;

use model::{BaseId, Caller, Ordinal, RecordId, Table, TableNo};
use tenancy::Scope;

use super::past::was_there;
use super::{At, Records, find_table};
use crate::counts::Counted;
use crate::error::Error;
use crate::json::{RecordWriter, Shape};
use images::{BaseImage, View};

/// Where a record is in its base. No other record ever comes to be there, and the record comes back to it when its
/// deletion is undone, so others may keep what they know of a record by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The table.
    pub table: TableNo,
    /// The record.
    pub ordinal: Ordinal,
}

/// Records that were found, ready to be written as JSON.
pub struct Found {
    /// The base that they were found in.
    pub view: View,
    /// Their table.
    pub table: Arc<Table>,
    /// They, in the order asked for.
    pub ordinals: Vec<Ordinal>,
}

impl Found {
    /// Appends one record object.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when a formula nests too deeply.
    pub fn write_one(&self, shape: &Shape, out: &mut Vec<u8>) -> Result<(), Error> {
        let rows = self.view.image.table(self.table.no);
        let writer = RecordWriter::new(&self.view, &self.table, &rows, shape, &self.ordinals);
        writer.write(self.ordinals.get(..1).unwrap_or_default(), out)
    }

    /// Appends the records as a JSON array.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when a formula nests too deeply.
    pub fn write_all(&self, shape: &Shape, out: &mut Vec<u8>) -> Result<(), Error> {
        let rows = self.view.image.table(self.table.no);
        let writer = RecordWriter::new(&self.view, &self.table, &rows, shape, &self.ordinals);
        out.push(b'[');
        writer.write(&self.ordinals, out)?;
        out.push(b']');
        Ok(())
    }

    /// Appends the records as a JSON array, each with its number of comments.
    pub(crate) fn write_counted(&self, shape: &Shape, counts: &Counted, out: &mut Vec<u8>) -> Result<(), Error> {
        let rows = self.view.image.table(self.table.no);
        let writer = RecordWriter::new(&self.view, &self.table, &rows, shape, &self.ordinals).with_counts(counts);
        out.push(b'[');
        writer.write(&self.ordinals, out)?;
        out.push(b']');
        Ok(())
    }

    /// The ids of the records.
    pub fn ids(&self) -> Vec<RecordId> {
        let rows = self.view.image.table(self.table.no);
        self.ordinals.iter().filter_map(|ordinal| rows.ids.get(*ordinal)).collect()
    }
}

impl Records {
    /// Gets one record.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::TableNotFound`], [`Error::RecordNotFound`].
    pub async fn get(&self, caller: &Caller, base: BaseId, table: &str, record: &str) -> Result<Found, Error> {
        self.get_at(caller, base, (table, record), None).await
    }

    /// Gets one record, as it was at a moment when one is given.
    ///
    /// # Errors
    /// As [`Records::get`], and [`Error::TooOld`].
    pub async fn get_at(
        &self,
        caller: &Caller,
        base: BaseId,
        (table, record): (&str, &str),
        at: Option<At>,
    ) -> Result<Found, Error> {
        let (scope, mut view) = self.view(caller, base).await?;
        if let Some(at) = at {
            let past = Box::pin(self.as_of(&scope, &view, at)).await?;
            was_there(&view.image.schema, &past.image.schema, table)?;
            view = past;
        }
        let table = Arc::clone(find_table(caller, &view.image.schema, table)?);
        let ordinal = find(&view.image, &table, record)?;
        self.told(scope.tenant(), Found { view, table, ordinals: vec![ordinal] }).await
    }

    /// Finds where a record is.
    ///
    /// # Errors
    /// [`Error::TableNotFound`], [`Error::RecordNotFound`].
    pub async fn locate(&self, scope: &Scope, table: &str, record: &str) -> Result<Place, Error> {
        let image = self.images.current(scope.tenant(), scope.base_no()).await?;
        let not_found = || Error::TableNotFound { name: table.chars().take(255).collect(), hint: String::new() };
        let table = image.schema.table(table).ok_or_else(not_found)?;
        Ok(Place { table: table.no, ordinal: find(&image, table, record)? })
    }
}

/// An existing record of a table by its id.
fn find(image: &BaseImage, table: &Table, record: &str) -> Result<Ordinal, Error> {
    let not_found = || Error::RecordNotFound { id: record.chars().take(64).collect() };
    let id: RecordId = record.parse().map_err(|_| not_found())?;
    image.table(table.no).find(id).ok_or_else(not_found)
}
