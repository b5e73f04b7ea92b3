//! Computed columns: formulas and the texts of links, evaluated chunk by chunk when somebody asks, and kept for as
//! long as the versions they were computed from last.

mod programs;
mod titles;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use formula::{Batch, Input, Program};
use model::{
    CHUNK, CellRef, Chunk, Column, ComputedChunk, Field, FieldKind, FieldNo, Kind, Ordinal, Table, TableImage, TableNo,
    Timestamp,
};
use parking_lot::Mutex;
use programs::{Compiled, Programs};
use rustc_hash::FxHashMap;

use super::{BaseImage, stored_column};
use crate::error::Error;

/// How deep formulas may refer to formulas and links to linked tables.
const DEPTH: usize = 128;

/// More stale rows of a chunk than this are not worth computing one by one.
const PATCH: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    table: TableNo,
    field: FieldNo,
    chunk: u32,
}

/// What a chunk was computed from.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    /// The version of the records in the chunk.
    records: u64,
    /// The schema, the time for `NOW`, and the tables that links lead to.
    rest: u64,
}

struct Entry {
    stamp: Stamp,
    /// The sequence of the picture that it was computed from.
    sequence: i64,
    chunk: Arc<ComputedChunk>,
}

/// The computed chunks and compiled formulas of a base.
#[derive(Default)]
pub(crate) struct Computed {
    chunks: Mutex<FxHashMap<Key, Entry>>,
    programs: Programs,
}

impl Computed {
    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        let memory = |entry: &Entry| entry.chunk.values.memory() + entry.chunk.errors.memory();
        self.chunks.lock().values().map(memory).sum()
    }

    /// Drops the chunks; they are computed again when somebody asks.
    pub fn clear(&self) {
        self.chunks.lock().clear();
    }
}

/// A base's picture with the time at which it is looked at: what queries and replies read.
#[derive(Clone)]
pub(crate) struct View {
    pub image: Arc<BaseImage>,
    pub now: Timestamp,
    /// When a query that is still at work ends in an error.
    pub until: Option<Instant>,
}

/// A field's values: stored, or computed for as many chunks as the table has.
pub(crate) enum Values<'t> {
    Stored(&'t Column),
    Computed { kind: Kind, chunks: Vec<Arc<ComputedChunk>> },
    Missing,
}

impl View {
    pub fn new(image: Arc<BaseImage>, now: Timestamp) -> Self {
        Self { image, now, until: None }
    }

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
            self.image.need(table.no, [field.no])?;
            return Ok(stored_column(rows, field.no, &field.kind).map_or(Values::Missing, Values::Stored));
        }
        let kind = if linked { Kind::Text } else { field.kind.column() };
        let chunks = (0..rows.len().div_ceil(CHUNK))
            .map(|chunk| self.chunk(table, rows, field, chunk, DEPTH))
            .collect::<Result<_, _>>()?;
        Ok(Values::Computed { kind, chunks })
    }

    /// True when cells of the table may become others without a change of the base, as time goes by.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when a formula nests too deeply.
    pub fn is_fleeting(&self, table: &Table) -> Result<bool, Error> {
        for field in table.live_fields() {
            // What is read through a link may be a formula of the other table.
            let compiled = self.compiled(table, field, DEPTH)?;
            if compiled.is_some_and(|compiled| compiled.volatile || !compiled.links.is_empty()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The computed values of one chunk.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when a formula nests too deeply.
    pub fn chunk_of(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        chunk: usize,
    ) -> Result<Arc<ComputedChunk>, Error> {
        self.chunk(table, rows, field, chunk, DEPTH)
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
        let compiled = self.compiled(table, field, depth)?;
        let stamp = self.stamp(table, rows, field, compiled.as_deref(), (chunk, depth))?;
        let held = {
            let mut chunks = self.image.computed.chunks.lock();
            match chunks.get(&key) {
                Some(entry) if entry.stamp == stamp => return Ok(Arc::clone(&entry.chunk)),
                _ => chunks.remove(&key),
            }
        };
        let patched = match (held, compiled) {
            (Some(held), Some(compiled)) if compiled.links.is_empty() && held.stamp.rest == stamp.rest => {
                self.patch((table, rows, field), held, chunk, depth)?
            }
            _ => None,
        };
        let computed = if let Some(patched) = patched {
            patched
        } else {
            let len = CHUNK.min(rows.len().saturating_sub(chunk * CHUNK));
            Arc::new(self.compute(table, rows, field, chunk, 0..len, depth)?)
        };
        let entry = Entry { stamp, sequence: self.image.sequence, chunk: Arc::clone(&computed) };
        self.image.computed.chunks.lock().insert(key, entry);
        Ok(computed)
    }

    /// Brings an earlier state of a chunk forward: only records that were changed since are computed, in place when
    /// no reader holds the chunk. None when that is not possible or not worth it.
    fn patch(
        &self,
        (table, rows, field): (&Table, &TableImage, &Field),
        held: Entry,
        chunk: usize,
        depth: usize,
    ) -> Result<Option<Arc<ComputedChunk>>, Error> {
        let Some(Chunk::Time(changed)) = rows.changed.chunk(chunk).map(AsRef::as_ref) else { return Ok(None) };
        let is_stale = |time: &&i64| **time > held.sequence;
        if self.image.sequence <= held.sequence || changed.iter().filter(is_stale).count() > PATCH {
            return Ok(None);
        }
        let mut computed = held.chunk;
        let stale = changed.iter().enumerate().filter(|(_, time)| is_stale(time));
        for (row, _) in stale {
            let one = self.compute(table, rows, field, chunk, row..row + 1, depth)?;
            let target = Arc::make_mut(&mut computed);
            let is_error = one.errors.get(0);
            target.errors.set(row, is_error);
            target.values.set(row, if is_error { CellRef::Empty } else { one.values.cell(0) });
        }
        Ok(Some(computed))
    }

    /// Names everything that the chunk is computed from.
    fn stamp(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        compiled: Option<&Compiled>,
        (chunk, depth): (usize, usize),
    ) -> Result<Stamp, Error> {
        let mut rest = self.image.schema.revision as u64;
        if field.kind.link().is_some() {
            rest = mix(rest, self.link_stamp(field, depth)?);
        }
        if let Some(compiled) = compiled {
            if compiled.volatile {
                rest = mix(rest, self.now.0 as u64);
            }
            for no in &compiled.links {
                let Some(link) = table.field_by_no(*no) else { continue };
                rest = mix(rest, self.link_stamp(link, depth)?);
            }
        }
        Ok(Stamp { records: rows.versions.get(chunk).copied().unwrap_or(0), rest })
    }

    /// Names what the texts of the linked records are made from.
    fn link_stamp(&self, field: &Field, depth: usize) -> Result<u64, Error> {
        let depth = depth.checked_sub(1).ok_or(Error::TooDeep)?;
        let Some(link) = field.kind.link() else { return Ok(0) };
        let other = self.image.table(link.linked_table_no);
        let mut stamp = other.versions.iter().fold(0, |stamp, version| mix(stamp, *version));
        if let Some((linked, primary)) = self.primary(link.linked_table_no)
            && primary.kind.is_derived()
        {
            let compiled = self.compiled(&linked, &primary, depth)?;
            stamp = mix(stamp, self.stamp(&linked, &other, &primary, compiled.as_deref(), (0, depth))?.rest);
        }
        Ok(stamp)
    }

    fn primary(&self, table: TableNo) -> Option<(Arc<Table>, Arc<Field>)> {
        let table = self.image.schema.table_by_no(table)?;
        Some((Arc::clone(table), Arc::clone(table.primary_field()?)))
    }

    /// The compiled formula of a field, if it is one that can be compiled.
    fn compiled(&self, table: &Table, field: &Field, depth: usize) -> Result<Option<Arc<Compiled>>, Error> {
        self.image.computed.programs.of_field(table, field, self.image.schema.revision, depth)
    }

    /// The compiled formula that a caller sent to filter records.
    pub fn filter_program(&self, table: &Table, text: &str) -> Result<Arc<Program>, Error> {
        self.image.computed.programs.of_text(table, text, self.image.schema.revision)
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
        if let FieldKind::Count(count) = &field.kind {
            let counted = table.field_by_no(count.link_no).is_some_and(|link| !link.deleted);
            let len = range.len();
            return Ok(if counted { counts(rows, count.link_no, chunk, range) } else { failed(Kind::Number, len) });
        }
        let Some(compiled) = self.compiled(table, field, depth)? else {
            return Ok(failed(field.kind.column(), range.len()));
        };
        let program = &compiled.program;
        self.with_batch(program, table, rows, chunk, range, depth, |batch| program.eval(batch))
    }

    /// Which rows of the table a formula is true for, dead rows included.
    pub fn matching(&self, program: &Program, table: &Table, rows: &TableImage) -> Result<model::Bits, Error> {
        self.image.used(program.references().iter().map(|reference| reference.no));
        let mut words = Vec::with_capacity(rows.len().div_ceil(64));
        for chunk in 0..rows.len().div_ceil(CHUNK) {
            let len = CHUNK.min(rows.len() - chunk * CHUNK);
            let bits = self.with_batch(program, table, rows, chunk, 0..len, DEPTH, |batch| program.filter(batch))?;
            words.resize(chunk * CHUNK / 64, 0);
            words.extend_from_slice(bits.words());
        }
        Ok(model::Bits::from_words(words))
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
        self.image.need(table.no, program.references().iter().map(|reference| reference.no))?;
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
        let batch = Batch {
            rows: range,
            inputs: &inputs,
            ids: &ids,
            created: rows.created.chunk(chunk).map(AsRef::as_ref),
            modified: rows.modified.chunk(chunk).map(AsRef::as_ref),
            now: self.now,
            until: self.until,
        };
        let values = run(&batch);
        if batch.is_over() { Err(Error::TooSlow) } else { Ok(values) }
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

/// How many records each link cell holds. A record that is deleted is taken out of all of them.
fn counts(rows: &TableImage, link: FieldNo, chunk: usize, range: std::ops::Range<usize>) -> ComputedChunk {
    let mut values = Chunk::new(Kind::Number);
    for (at, row) in range.enumerate() {
        let count = match rows.cell(link, Ordinal((chunk * CHUNK + row) as u32)) {
            CellRef::Links(list) => list.len(),
            _ => 0,
        };
        values.set(at, CellRef::Number(count as f64));
    }
    ComputedChunk { values, errors: model::Bits::default() }
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
