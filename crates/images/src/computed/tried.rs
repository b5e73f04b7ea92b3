//! Formulas that belong to no field, tried out.

use formula::{Program, Reference, Shape};
use model::{Bits, CHUNK, Chunk, ComputedChunk, FieldId, FieldNo, Keeper, Kind, Ordinal, Table, TableImage, TableNo};

use super::look::Held;
use super::programs::Through;
use super::{DEPTH, Form, View, failed, stored_column};
use crate::error::Error;
use crate::watch::time_of;

impl View {
    /// What a formula reads of a record: the first row of a chunk.
    ///
    /// # Errors
    /// [`Error::NotLoaded`] when the cell is not in memory; [`Error::TooDeep`].
    pub fn input(
        &self,
        (table, rows): (&Table, &TableImage),
        reference: &Reference,
        ordinal: Ordinal,
    ) -> Result<ComputedChunk, Error> {
        let Some(field) = table.field_by_no(reference.no) else { return Ok(failed(Kind::Text, 1)) };
        if field.kind.is_evaluated() || field.kind.link().is_some() {
            let form = if let Shape::Places(_) = reference.shape { Form::Places } else { Form::Whole };
            let row = ordinal.0 as usize % CHUNK;
            return self.compute((table, rows, field), form, (ordinal.0 as usize / CHUNK, row..row + 1), DEPTH);
        }
        self.image.need(table.no, [field.no])?;
        let mut values = Chunk::new(field.kind.column());
        if let Some(column) = stored_column(rows, field.no, &field.kind) {
            values.set(0, column.cell(ordinal.0 as usize));
        }
        Ok(ComputedChunk { values, errors: Bits::default() })
    }

    /// What a rollup reads of a record: of the records behind a link the values of a field of their table, in the first row of a chunk.
    ///
    /// # Errors
    /// As [`View::input`].
    pub fn rolled_up(
        &self,
        rows: &TableImage,
        link: FieldNo,
        (other, field): (TableNo, FieldNo),
        ordinal: Ordinal,
    ) -> Result<ComputedChunk, Error> {
        let row = ordinal.0 as usize % CHUNK;
        self.look(rows, &Through { link, other, field }, Held::All, (ordinal.0 as usize / CHUNK, row..row + 1), DEPTH)
    }

    /// When one of the fields of each of these lists was last changed in a record, in the first row of a chunk for each. Some field of
    /// the table must watch each ([`schema::unkept`] tells): else it is the last change of the record.
    ///
    /// # Errors
    /// [`Error::NotLoaded`] when the cell is not in memory.
    pub fn last_change(
        &self,
        (table, rows): (&Table, &TableImage),
        lists: &[Vec<FieldId>],
        ordinal: Ordinal,
    ) -> Result<Vec<Chunk>, Error> {
        let keepers = self.keepers((table, None), lists)?;
        let time = |keepers: &Vec<Keeper>| {
            let mut time = Chunk::new(Kind::Time);
            time.set(0, time_of(rows, keepers, ordinal));
            time
        };
        Ok(keepers.iter().map(time).collect())
    }

    /// Runs a formula over the first records of a table, a chunk at most; what comes out is dropped.
    ///
    /// # Errors
    /// [`Error::NotLoaded`] when cells are not in memory; [`Error::TooDeep`], [`Error::TooSlow`].
    pub fn try_out(&self, program: &Program, table: &Table, rows: &TableImage, most: usize) -> Result<usize, Error> {
        let n = rows.len().min(CHUNK).min(most);
        self.with_batch(program, table, rows, 0, 0..n, DEPTH, |batch| drop(program.eval(batch)))?;
        Ok(n)
    }
}
