//! Reading one record.

use std::sync::Arc;

use model::{BaseId, Caller, Ordinal, RecordId, Table};

use super::{Records, find_table};
use crate::error::Error;
use crate::image::View;
use crate::json::{RecordWriter, Shape};

/// Records that were found, ready to be written as JSON.
pub struct Found {
    pub(crate) view: View,
    pub(crate) table: Arc<Table>,
    pub(crate) ordinals: Vec<Ordinal>,
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
        let (scope, view) = self.view(caller, base).await?;
        let table = Arc::clone(find_table(&view.image.schema, table)?);
        let not_found = || Error::RecordNotFound { id: record.chars().take(64).collect() };
        let id: RecordId = record.parse().map_err(|_| not_found())?;
        let ordinal = view.image.table(table.no).find(id).ok_or_else(not_found)?;
        self.told(scope.tenant(), Found { view, table, ordinals: vec![ordinal] }).await
    }
}
