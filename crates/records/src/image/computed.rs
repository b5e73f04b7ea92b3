//! Computed columns: formulas and the texts of links, evaluated chunk by chunk when somebody asks, and kept for as
//! long as the versions they were computed from last.

use std::sync::Arc;

use formula::{Batch, Input, Program};
use model::{
    CHUNK, CellRef, Chunk, Column, ComputedChunk, Field, FieldId, FieldKind, FieldNo, Kind, Ordinal, Table, TableImage,
    TableNo, Texts, Timestamp,
};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use super::{BaseImage, stored_column};
use crate::error::Error;

/// How deep formulas may refer to formulas and links to linked tables.
const DEPTH: usize = 128;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    table: TableNo,
    field: FieldNo,
    chunk: u32,
}

struct Entry {
    stamp: u64,
    chunk: Arc<ComputedChunk>,
}

/// Compiled formulas by table, field and schema revision; none where one cannot be compiled any more.
type Programs = FxHashMap<(TableNo, FieldId, i64), Option<Arc<Program>>>;

/// The computed chunks and compiled formulas of a base.
#[derive(Default)]
pub(crate) struct Computed {
    chunks: Mutex<FxHashMap<Key, Entry>>,
    programs: Mutex<Programs>,
}

/// A base's picture with the time at which it is looked at: what queries and replies read.
#[derive(Clone)]
pub(crate) struct View {
    pub image: Arc<BaseImage>,
    pub now: Timestamp,
}

/// A field's values: stored, or computed for as many chunks as the table has.
pub(crate) enum Values<'t> {
    Stored(&'t Column),
    Computed { kind: Kind, chunks: Vec<Arc<ComputedChunk>> },
    Missing,
}

impl View {
    /// The values of a field of `table`; links come as the texts of the linked primary fields when `text` is set.
    pub fn values<'t>(
        &self,
        table: &Table,
        rows: &'t TableImage,
        field: &Field,
        text: bool,
    ) -> Result<Values<'t>, Error> {
        let linked = text && field.kind.link().is_some();
        if !field.kind.is_derived() && !linked {
            return Ok(stored_column(rows, field.no, &field.kind).map_or(Values::Missing, Values::Stored));
        }
        let kind = if linked { Kind::Text } else { field.kind.column() };
        let chunks = (0..rows.len().div_ceil(CHUNK))
            .map(|chunk| self.chunk(table, rows, field, chunk, DEPTH))
            .collect::<Result<_, _>>()?;
        Ok(Values::Computed { kind, chunks })
    }

    /// One computed cell.
    pub fn cell(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        ordinal: Ordinal,
    ) -> Result<model::CellValue, Error> {
        let row = ordinal.0 as usize % CHUNK;
        let chunk = self.compute(table, rows, field, ordinal.0 as usize / CHUNK, row..row + 1, DEPTH)?;
        Ok(chunk.cell(0).to_value())
    }

    fn chunk(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        chunk: usize,
        depth: usize,
    ) -> Result<Arc<ComputedChunk>, Error> {
        let key = Key { table: table.no, field: field.no, chunk: chunk as u32 };
        let stamp = self.stamp(table, rows, field, chunk, depth)?;
        if let Some(entry) = self.image.computed.chunks.lock().get(&key).filter(|entry| entry.stamp == stamp) {
            return Ok(Arc::clone(&entry.chunk));
        }
        let len = CHUNK.min(rows.len().saturating_sub(chunk * CHUNK));
        let computed = Arc::new(self.compute(table, rows, field, chunk, 0..len, depth)?);
        self.image.computed.chunks.lock().insert(key, Entry { stamp, chunk: Arc::clone(&computed) });
        Ok(computed)
    }

    /// Names everything that the chunk is computed from: versions, schema revision and, for `NOW`, the time.
    fn stamp(&self, table: &Table, rows: &TableImage, field: &Field, chunk: usize, depth: usize) -> Result<u64, Error> {
        let depth = depth.checked_sub(1).ok_or(Error::TooDeep)?;
        let mut stamp = mix(rows.versions.get(chunk).copied().unwrap_or(0), self.image.schema.revision as u64);
        match &field.kind {
            FieldKind::MultipleRecordLinks(link) => {
                let other = self.image.table(link.linked_table_no);
                stamp = other.versions.iter().fold(stamp, |stamp, version| mix(stamp, *version));
                if let Some((linked, primary)) = self.primary(link.linked_table_no)
                    && primary.kind.is_derived()
                {
                    stamp = mix(stamp, self.stamp(&linked, &other, &primary, 0, depth)?);
                }
            }
            FieldKind::Formula(_) => {
                let Some(program) = self.program(table, field) else { return Ok(stamp) };
                if program.is_volatile() {
                    stamp = mix(stamp, self.now.0 as u64);
                }
                for reference in program.references() {
                    let Some(inner) = table.field_by_no(reference.no) else { continue };
                    if inner.kind.is_derived() || inner.kind.link().is_some() {
                        stamp = mix(stamp, self.stamp(table, rows, inner, chunk, depth)?);
                    }
                }
            }
            _ => {}
        }
        Ok(stamp)
    }

    fn primary(&self, table: TableNo) -> Option<(Arc<Table>, Arc<Field>)> {
        let table = self.image.schema.table_by_no(table)?;
        Some((Arc::clone(table), Arc::clone(table.primary_field()?)))
    }

    /// The compiled formula of a field; compiled once per schema revision.
    fn program(&self, table: &Table, field: &Field) -> Option<Arc<Program>> {
        let FieldKind::Formula(formula) = &field.kind else { return None };
        let key = (table.no, field.id, self.image.schema.revision);
        let mut programs = self.image.computed.programs.lock();
        programs
            .entry(key)
            .or_insert_with(|| {
                formula::compile(&formula.formula, &|name| schema::reference(table, name)).ok().map(Arc::new)
            })
            .clone()
    }

    fn compute(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        chunk: usize,
        range: std::ops::Range<usize>,
        depth: usize,
    ) -> Result<ComputedChunk, Error> {
        let depth = depth.checked_sub(1).ok_or(Error::TooDeep)?;
        if let Some(link) = field.kind.link() {
            return self.link_texts(rows, field, link.linked_table_no, chunk, range, depth);
        }
        let Some(program) = self.program(table, field) else { return Ok(failed(field.kind.column(), range.len())) };
        self.run(&program, table, rows, chunk, range, depth)
    }

    /// Runs a formula over rows of one chunk.
    pub fn run(
        &self,
        program: &Program,
        table: &Table,
        rows: &TableImage,
        chunk: usize,
        range: std::ops::Range<usize>,
        depth: usize,
    ) -> Result<ComputedChunk, Error> {
        self.with_batch(program, table, rows, chunk, range, depth, |batch| program.eval(batch))
    }

    /// Which rows of the table a formula is true for, dead rows included.
    pub fn matching(&self, program: &Program, table: &Table, rows: &TableImage) -> Result<model::Bits, Error> {
        let mut out = model::Bits::default();
        for chunk in 0..rows.len().div_ceil(CHUNK) {
            let len = CHUNK.min(rows.len() - chunk * CHUNK);
            let bits = self.with_batch(program, table, rows, chunk, 0..len, DEPTH, |batch| program.filter(batch))?;
            bits.ones().for_each(|row| out.set(chunk * CHUNK + row, true));
        }
        Ok(out)
    }

    #[expect(clippy::too_many_arguments, reason = "one call site's worth of context for the closure")]
    fn with_batch<T>(
        &self,
        program: &Program,
        table: &Table,
        rows: &TableImage,
        chunk: usize,
        range: std::ops::Range<usize>,
        depth: usize,
        run: impl FnOnce(&Batch<'_>) -> T,
    ) -> Result<T, Error> {
        let mut computed: Vec<Option<Arc<ComputedChunk>>> = Vec::new();
        for reference in program.references() {
            let field = table.field_by_no(reference.no);
            let derived = field.filter(|field| field.kind.is_derived() || field.kind.link().is_some());
            computed.push(derived.map(|field| self.chunk(table, rows, field, chunk, depth)).transpose()?);
        }
        let inputs: Vec<Input<'_>> = program
            .references()
            .iter()
            .zip(&computed)
            .map(|(reference, computed)| match computed {
                Some(chunk) => Input::Computed(chunk),
                None => stored_input(table, rows, reference.no, chunk),
            })
            .collect();
        let ids = |row: usize| rows.ids.get(Ordinal((chunk * CHUNK + row) as u32));
        Ok(run(&Batch {
            rows: range,
            inputs: &inputs,
            ids: &ids,
            created: rows.created.chunk(chunk).map(AsRef::as_ref),
            modified: rows.modified.chunk(chunk).map(AsRef::as_ref),
            now: self.now,
        }))
    }

    /// The primary texts of the linked records, joined with `, `.
    fn link_texts(
        &self,
        rows: &TableImage,
        field: &Field,
        linked: TableNo,
        chunk: usize,
        range: std::ops::Range<usize>,
        depth: usize,
    ) -> Result<ComputedChunk, Error> {
        let mut texts = Texts::default();
        let other = self.image.table(linked);
        let Some((table, primary)) = self.primary(linked) else { return Ok(failed(Kind::Text, range.len())) };
        let mut text = String::new();
        for row in range {
            text.clear();
            if let CellRef::Links(list) = rows.cell(field.no, Ordinal((chunk * CHUNK + row) as u32)) {
                for (index, ordinal) in list.iter().enumerate() {
                    if index > 0 {
                        text.push_str(", ");
                    }
                    self.plain(&table, &other, &primary, Ordinal(*ordinal), depth, &mut text)?;
                }
            }
            texts.push(Some(text.as_str()));
        }
        Ok(ComputedChunk { values: Chunk::Text(texts), errors: model::Bits::default() })
    }

    /// Appends the plain text of a cell.
    pub fn plain(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        ordinal: Ordinal,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Error> {
        if field.kind.is_derived() || field.kind.link().is_some() {
            let index = ordinal.0 as usize;
            let chunk = self.chunk(table, rows, field, index / CHUNK, depth)?;
            fields::plain_cell(&field.kind, chunk.cell(index % CHUNK), out);
        } else if let Some(column) = stored_column(rows, field.no, &field.kind) {
            fields::plain_cell(&field.kind, column.cell(ordinal.0 as usize), out);
        }
        Ok(())
    }

    /// Appends the plain text of a cell, at any depth of formulas that is allowed.
    pub fn plain_cell(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        ordinal: Ordinal,
        out: &mut String,
    ) -> Result<(), Error> {
        self.plain(table, rows, field, ordinal, DEPTH, out)
    }

    /// The name by which people know a record: the plain text of its primary field.
    pub fn title(&self, table: &Table, rows: &TableImage, ordinal: Ordinal) -> Result<String, Error> {
        let mut out = String::new();
        if let Some(primary) = table.primary_field() {
            self.plain(table, rows, primary, ordinal, DEPTH, &mut out)?;
        }
        Ok(out)
    }
}

fn stored_input<'b>(table: &'b Table, rows: &'b TableImage, no: FieldNo, chunk: usize) -> Input<'b> {
    let Some(field) = table.field_by_no(no) else { return Input::Missing };
    let Some(chunk) = stored_column(rows, no, &field.kind).and_then(|column| column.chunk(chunk)) else {
        return Input::Missing;
    };
    match field.kind.select() {
        Some(select) => Input::Choice { chunk, select },
        None => Input::Stored(chunk),
    }
}

fn failed(kind: Kind, len: usize) -> ComputedChunk {
    let mut errors = model::Bits::default();
    (0..len).for_each(|row| errors.set(row, true));
    ComputedChunk { values: Chunk::new(kind), errors }
}

/// Folds a number into a stamp (the finish of `MurmurHash3`, Austin Appleby).
fn mix(stamp: u64, value: u64) -> u64 {
    let mut hash = stamp.rotate_left(5) ^ value.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53)
}
