//! Computed columns: formulas, what is looked up through links, and the texts of links. They are evaluated chunk by
//! chunk when somebody asks, and brought forward by the records that the changes since then touch.

mod kept;
mod look;
mod pieces;
mod programs;
mod prompts;
mod reach;
mod titles;
mod tried;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use formula::{Ages, Batch, Input, Program};
use model::{
    Bits, CHUNK, CellRef, Chunk, Column, ComputedChunk, Field, FieldId, FieldKind, FieldNo, Keeper, Kind, Ordinal,
    People, Table, TableImage, TableNo, Timestamp,
};
pub use reach::Reach;
pub use titles::{users_of, watching};

pub use kept::Computed;
pub use programs::looked;
use programs::{Compiled, Through, needed};
pub use prompts::{Asked, is_stale};

use kept::{Entry, Form, Found, Key, MOST, Stamp, memory};
use look::{Held, Known, Search, flatten};
use pieces::{PIECE, found, joined, put, too_many};

use super::{BaseImage, stored_column};
use crate::addresses::Addresses;
use crate::error::Error;
use crate::tick::tick;
use crate::watch;

/// How deep formulas may refer to formulas and links to linked tables.
const DEPTH: usize = 128;

/// More stale rows of a chunk than this are not worth computing one by one.
const PATCH: usize = 64;

/// A field of a table with the table's records.
type Of<'o> = (&'o Table, &'o TableImage, &'o Field);

/// A base's picture with the time at which it is looked at: what queries and replies read.
#[derive(Clone)]
pub struct View {
    pub image: Arc<BaseImage>,
    /// Who cells may name.
    pub people: Arc<People>,
    /// How files are reached.
    pub addresses: Option<Addresses>,
    /// When it is looked at. Formulas and filters are told [`View::tick`].
    pub now: Timestamp,
    /// When a query that is still at work ends in an error.
    pub until: Option<Instant>,
    /// Whether filters have only the functions that Airtable has.
    pub only_airtable: bool,
}

/// A field's values: stored, or computed for as many chunks as the table has.
pub enum Values<'t> {
    Stored(&'t Column),
    Computed { kind: Kind, chunks: Vec<Arc<ComputedChunk>> },
    Missing,
}

impl View {
    /// A picture as nobody in particular looks at it.
    pub fn new(image: Arc<BaseImage>, now: Timestamp) -> Self {
        Self { image, people: Arc::default(), addresses: None, now, until: None, only_airtable: false }
    }

    /// With people, for cells that name them.
    #[must_use]
    pub fn with_people(self, people: Arc<People>) -> Self {
        Self { people, ..self }
    }

    /// With addresses of files, for whoever reads them.
    #[must_use]
    pub fn with_addresses(self, addresses: Option<Addresses>) -> Self {
        Self { addresses, ..self }
    }

    /// With formulas of functions that Airtable has only, or of all.
    #[must_use]
    pub fn with_formulas_of_airtable(self, only_airtable: bool) -> Self {
        Self { only_airtable, ..self }
    }

    /// The address of a file for whoever reads it.
    pub fn address(&self, key: &str, media_type: &str, filename: &str) -> Option<String> {
        Some(self.addresses.as_ref()?.of(key, media_type, filename, self.now))
    }

    /// The values of a field of `table` as queries compare them. Links come as the texts of the linked primary fields
    /// when `text` is set; of several values the text of all, or the first number or date. With `within`, only the chunks
    /// that hold one of these records are computed.
    pub fn values<'t>(
        &self,
        table: &Table,
        rows: &'t TableImage,
        field: &Field,
        (text, within): (bool, Option<&Bits>),
    ) -> Result<Values<'t>, Error> {
        let linked = text && field.kind.link().is_some() || field.kind.is_shown();
        if !field.kind.is_derived() && !linked {
            self.image.need(table.no, [field.no])?;
            return Ok(stored_column(rows, field.no, &field.kind).map_or(Values::Missing, Values::Stored));
        }
        let kind = if linked { Kind::Text } else { field.kind.column() };
        let form = if field.kind.is_list() { Form::Flat } else { Form::Whole };
        let blank = Arc::new(ComputedChunk { values: Chunk::new(kind), errors: Bits::default() });
        let mut bytes = 0;
        let chunks = (0..rows.len().div_ceil(CHUNK)).map(|chunk| {
            if within.is_some_and(|within| !reaches(within, chunk)) {
                return Ok(Arc::clone(&blank));
            }
            let chunk = self.chunk((table, rows, field), form, chunk, DEPTH)?;
            bytes += memory(&chunk);
            if bytes > self.image.computed.most() { Err(too_many(field)) } else { Ok(chunk) }
        });
        Ok(Values::Computed { kind, chunks: chunks.collect::<Result<_, _>>()? })
    }

    /// True when the query takes too long.
    fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// What time it is for formulas and filters: that of the last tick.
    pub fn tick(&self) -> Timestamp {
        tick(self.now)
    }

    /// What time the cells of the table are computed as of; none where they do not become others as time goes by.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when a formula nests too deeply.
    pub fn as_of(&self, table: &Table) -> Result<Option<Timestamp>, Error> {
        let mut ages = Ages::Never;
        for field in table.live_fields() {
            ages = ages.max(self.compiled(table, field, DEPTH)?.map_or(Ages::Never, |compiled| compiled.ages));
        }
        Ok(self.time_for(ages))
    }

    /// The time as far as it counts for what ages so.
    fn time_for(&self, ages: Ages) -> Option<Timestamp> {
        match ages {
            Ages::Never => None,
            Ages::Daily => Some(self.tick().day()),
            Ages::Always => Some(self.tick()),
        }
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
        self.chunk((table, rows, field), Form::Whole, chunk, DEPTH)
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
        let place = (ordinal.0 as usize / CHUNK, row..row + 1);
        let chunk = self.compute((table, rows, field), Form::Whole, place, DEPTH)?;
        Ok(chunk.cell(0).to_value())
    }

    fn chunk(&self, of: Of<'_>, form: Form, chunk: usize, depth: usize) -> Result<Arc<ComputedChunk>, Error> {
        let (table, rows, field) = of;
        let key = Key { table: table.no, field: field.no, form, chunk: chunk as u32 };
        let compiled = self.compiled(table, field, depth)?;
        let stamp = self.stamp(rows, compiled.as_deref(), chunk);
        let held = match self.image.computed.find(&key, &stamp) {
            Found::Now(chunk) => return chunk.ok_or_else(|| too_many(field)),
            Found::Earlier(entry) => entry.chunk.map(|chunk| (chunk, entry.stamp, entry.sequence)),
            Found::Nothing => None,
        };
        self.ready(of, chunk, depth)?;
        let patched = match (held, compiled) {
            (Some(held), Some(compiled)) if held.1.fixed == stamp.fixed => {
                self.patch(of, form, (held, &stamp), &compiled, (chunk, depth))?
            }
            _ => None,
        };
        // What edits have made larger than it may be is computed anew, and without what they left.
        let computed = patched.filter(|patched| memory(patched) <= MOST).map_or_else(
            || {
                let len = CHUNK.min(rows.len().saturating_sub(chunk * CHUNK));
                self.compute(of, form, (chunk, 0..len), depth).map(Arc::new)
            },
            Ok,
        );
        let kept = match &computed {
            Ok(chunk) => Some(Arc::clone(chunk)),
            Err(Error::TooManyValues { .. }) => None,
            Err(_) => return computed,
        };
        self.image.computed.keep(key, Entry { stamp, sequence: self.image.sequence, chunk: kept });
        computed
    }

    /// Computes what a formula needs of its table that is not kept, the deepest first: so a chain of formulas may be of any length.
    fn ready(&self, (table, rows, field): Of<'_>, chunk: usize, depth: usize) -> Result<(), Error> {
        let holds = |field: &Field| {
            let key = Key { table: table.no, field: field.no, form: Form::Whole, chunk: chunk as u32 };
            let compiled = self.compiled(table, field, depth);
            compiled
                .is_ok_and(|compiled| self.image.computed.holds(&key, &self.stamp(rows, compiled.as_deref(), chunk)))
        };
        for needed in needed(table, field, &holds) {
            match self.chunk((table, rows, &needed), Form::Whole, chunk, depth) {
                Ok(_) | Err(Error::TooManyValues { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Brings an earlier state of a chunk forward: only records that may have become others since are computed, in
    /// place when no reader holds the chunk. None when that is not possible or not worth it.
    fn patch(
        &self,
        of: Of<'_>,
        form: Form,
        ((held, was, sequence), stamp): ((Arc<ComputedChunk>, Stamp, i64), &Stamp),
        compiled: &Compiled,
        (chunk, depth): (usize, usize),
    ) -> Result<Option<Arc<ComputedChunk>>, Error> {
        let (table, rows, _) = of;
        if self.image.sequence <= sequence {
            return Ok(None);
        }
        let stale = if compiled.linked || was.through != stamp.through {
            let count = usize::try_from(self.image.sequence - sequence).unwrap_or(usize::MAX);
            let touched = |table| self.image.recent.touched(table, count);
            let mut search = Search { touched: &touched, scans: false, found: Known::default() };
            self.stale(table.no, Some(compiled), &mut search, depth)?.map(|stale| {
                let within = |row: &u32| *row as usize / CHUNK == chunk && (*row as usize) < rows.len();
                stale.into_iter().filter(within).map(|row| row as usize % CHUNK).collect()
            })
        } else {
            changed_since(rows, chunk, sequence)
        };
        let Some(stale) = stale.filter(|stale: &Vec<usize>| stale.len() <= PATCH) else { return Ok(None) };
        let mut computed = held;
        for row in stale {
            let one = self.compute(of, form, (chunk, row..row + 1), depth)?;
            put(Arc::make_mut(&mut computed), row, &one, 0);
        }
        Ok(Some(computed))
    }

    /// Names everything that the chunk is computed from.
    fn stamp(&self, rows: &TableImage, compiled: Option<&Compiled>, chunk: usize) -> Stamp {
        let revision = self.image.schema.revision as u64;
        let time = compiled.and_then(|compiled| self.time_for(compiled.ages));
        let people = compiled.is_some_and(|compiled| compiled.people);
        let fixed = time.map_or(revision, |time| mix(revision, time.0 as u64));
        let addresses = self.addresses.as_ref().filter(|_| compiled.is_some_and(|compiled| compiled.files));
        let fixed = addresses.map_or(fixed, |addresses| mix(fixed, addresses.stamp(self.now)));
        let tables = compiled.map_or(&[][..], |compiled| compiled.tables.as_slice());
        Stamp {
            records: rows.versions.get(chunk).copied().unwrap_or(0),
            fixed: if people { mix(fixed, self.people.revision as u64) } else { fixed },
            through: tables.iter().fold(0, |stamp, table| mix(stamp, self.image.table(*table).version)),
        }
    }

    fn compiled_through(&self, through: &Through, depth: usize) -> Result<Option<Arc<Compiled>>, Error> {
        let Some(other) = self.image.schema.table_by_no(through.other) else { return Ok(None) };
        let Some(field) = other.field_by_no(through.field) else { return Ok(None) };
        self.compiled(other, field, depth)
    }

    fn primary(&self, table: TableNo) -> Option<(Arc<Table>, Arc<Field>)> {
        let table = self.image.schema.table_by_no(table)?;
        Some((Arc::clone(table), Arc::clone(table.primary_field()?)))
    }

    /// How a field comes about, if it is computed and can be.
    fn compiled(&self, table: &Table, field: &Field, depth: usize) -> Result<Option<Arc<Compiled>>, Error> {
        self.image.computed.programs.of_field(&self.image.schema, table, field, depth)
    }

    /// The compiled formula that a caller sent to filter records.
    pub fn filter_program(&self, table: &Table, text: &str) -> Result<Arc<Program>, Error> {
        let revision = self.image.schema.revision;
        self.image.computed.programs.of_text(table, text, revision, self.only_airtable, self.until)
    }

    fn compute(
        &self,
        of: Of<'_>,
        form: Form,
        place: (usize, Range<usize>),
        depth: usize,
    ) -> Result<ComputedChunk, Error> {
        self.computed(of, form, place, depth).map_err(|error| match error {
            Error::TooSlow { field: None } => Error::TooSlow { field: Some(of.2.name.clone()) },
            error => error,
        })
    }

    fn computed(
        &self,
        of: Of<'_>,
        form: Form,
        (chunk, range): (usize, Range<usize>),
        depth: usize,
    ) -> Result<ComputedChunk, Error> {
        let (table, rows, field) = of;
        let depth = depth.checked_sub(1).ok_or(Error::TooDeep)?;
        if let Form::Flat = form {
            return joined(field, range, |range| {
                let lists = if range.len() > PIECE {
                    self.chunk(of, Form::Whole, chunk, depth)?
                } else {
                    Arc::new(self.compute(of, Form::Whole, (chunk, range.clone()), depth)?)
                };
                Ok(flatten(&field.kind, &lists, range.len()))
            });
        }
        if let Some(link) = field.kind.link() {
            return self.link_texts(rows, field, link.linked_table_no, chunk, range, depth);
        }
        if field.kind.is_shown() {
            return self.shown(of, chunk, range);
        }
        let kind = if field.kind.is_list() { Kind::Values } else { field.kind.column() };
        let Some(compiled) = self.compiled(table, field, depth)? else { return Ok(failed(kind, range.len())) };
        match (&field.kind, &compiled.program, compiled.through.first()) {
            (FieldKind::AutoNumber, ..) => Ok(numbers(chunk, range)),
            (FieldKind::LastModifiedTime(_), ..) => {
                let keepers = self.keepers((table, Some(field.no)), field.kind.watched().iter().map(|list| &list.0))?;
                let values = watched_times(rows, &keepers.concat(), chunk, range.clone(), range.start);
                Ok(ComputedChunk { values, errors: Bits::default() })
            }
            (FieldKind::Count(count), ..) => Ok(counts(rows, count.link_no, chunk, range)),
            (FieldKind::MultipleLookupValues(_), _, Some(through)) => {
                let held = if form == Form::Places { Held::One } else { Held::Filled };
                self.look(rows, through, held, (chunk, range), depth)
            }
            (FieldKind::Rollup(_), Some(program), Some(through)) => joined(field, range, |range| {
                let lists = self.look(rows, through, Held::All, (chunk, range.clone()), depth)?;
                let n = range.len();
                let inputs: Vec<Input<'_>> = program.references().iter().map(|_| Input::Computed(&lists)).collect();
                let first = (chunk * CHUNK + range.start, None);
                self.run(rows, first, (0..n, &inputs), |batch| program.eval_within(batch, MOST))?
                    .ok_or_else(|| too_many(field))
            }),
            (FieldKind::Formula(_) | FieldKind::Button(_), Some(program), _) => {
                let keepers = self.keepers((table, Some(field.no)), program.watched())?;
                let watched: Vec<Chunk> =
                    keepers.iter().map(|keepers| watched_times(rows, keepers, chunk, range.clone(), 0)).collect();
                joined(field, range, |range| {
                    let values = self.with_batch(program, table, rows, chunk, range, depth, |batch| {
                        let batch = Batch { rows: batch.rows.clone(), watched: &watched, ..*batch };
                        program.eval_within(&batch, MOST)
                    })?;
                    values.ok_or_else(|| too_many(field))
                })
            }
            _ => Ok(failed(kind, range.len())),
        }
    }

    /// What knows when fields of each of these lists were last changed, with its cells in memory.
    pub(super) fn keepers<'l>(
        &self,
        (table, first): (&Table, Option<FieldNo>),
        lists: impl IntoIterator<Item = &'l Vec<FieldId>>,
    ) -> Result<Vec<Vec<Keeper>>, Error> {
        let keepers: Vec<_> = lists.into_iter().map(|fields| table.keepers_of(fields, first)).collect();
        self.image.need(table.no, keepers.iter().flatten().map(|keeper| keeper.field))?;
        Ok(keepers)
    }

    /// Which rows of the table a formula is true for, dead rows included.
    pub fn matching(&self, program: &Program, table: &Table, rows: &TableImage) -> Result<Bits, Error> {
        self.image.used(program.references().iter().map(|reference| reference.no));
        let keepers = self.keepers((table, None), program.watched())?;
        let mut words = Vec::with_capacity(rows.len().div_ceil(64));
        for chunk in 0..rows.len().div_ceil(CHUNK) {
            let len = CHUNK.min(rows.len() - chunk * CHUNK);
            let watched: Vec<Chunk> =
                keepers.iter().map(|keepers| watched_times(rows, keepers, chunk, 0..len, 0)).collect();
            let bits = found(0..len, |range| {
                self.with_batch(program, table, rows, chunk, range, DEPTH, |batch| {
                    program.filter(&Batch { rows: batch.rows.clone(), watched: &watched, ..*batch })
                })
            })?;
            words.resize(chunk * CHUNK / 64, 0);
            words.extend_from_slice(bits.words());
        }
        Ok(Bits::from_words(words))
    }

    #[expect(clippy::too_many_arguments, reason = "one call site's worth of context for the closure")]
    fn with_batch<T>(
        &self,
        program: &Program,
        table: &Table,
        rows: &TableImage,
        chunk: usize,
        range: Range<usize>,
        depth: usize,
        run: impl FnOnce(&Batch<'_>) -> T,
    ) -> Result<T, Error> {
        self.image.need(table.no, program.references().iter().map(|reference| reference.no))?;
        let mut computed: Vec<Option<Arc<ComputedChunk>>> = Vec::new();
        for reference in program.references() {
            let field = table.field_by_no(reference.no);
            let is_computed = |field: &&Arc<Field>| field.kind.is_evaluated() || field.kind.link().is_some();
            let derived = field.filter(is_computed);
            let form = if let formula::Shape::Places(_) = reference.shape { Form::Places } else { Form::Whole };
            let of = |field| {
                let of = (table, rows, field);
                if range.len() > PIECE {
                    return self.chunk(of, form, chunk, depth);
                }
                self.some(of, form, (chunk, &|| range.clone().collect()), depth)
            };
            computed.push(derived.map(|field| of(field)).transpose()?);
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
        self.run(rows, (chunk * CHUNK, Some(chunk)), (range, &inputs), run)
    }

    /// Runs a program over rows of which the first of its inputs has this ordinal; `times` is the chunk of the system
    /// times that begin there.
    fn run<T>(
        &self,
        rows: &TableImage,
        (first, times): (usize, Option<usize>),
        (range, inputs): (Range<usize>, &[Input<'_>]),
        run: impl FnOnce(&Batch<'_>) -> T,
    ) -> Result<T, Error> {
        let ids = |row: usize| rows.ids.get(Ordinal((first + row) as u32));
        let batch = Batch {
            rows: range,
            inputs,
            ids: &ids,
            created: times.and_then(|chunk| rows.created.chunk(chunk)).map(AsRef::as_ref),
            modified: times.and_then(|chunk| rows.modified.chunk(chunk)).map(AsRef::as_ref),
            watched: &[],
            now: self.tick(),
            until: self.until,
        };
        let values = run(&batch);
        if batch.is_over() { Err(Error::TooSlow { field: None }) } else { Ok(values) }
    }
}

/// True when one of these is in the chunk.
fn reaches(rows: &Bits, chunk: usize) -> bool {
    rows.words().iter().skip(chunk * CHUNK / 64).take(CHUNK / 64).any(|word| *word != 0)
}

/// The rows of a chunk that were changed since.
fn changed_since(rows: &TableImage, chunk: usize, since: i64) -> Option<Vec<usize>> {
    let Some(Chunk::Time(changed)) = rows.changed.chunk(chunk).map(AsRef::as_ref) else { return None };
    Some(changed.iter().enumerate().filter(|(_, time)| **time > since).map(|(row, _)| row).collect())
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

/// The place of each record in the order of creation, from 1: places are never given out again.
fn numbers(chunk: usize, range: Range<usize>) -> ComputedChunk {
    let mut values = Chunk::new(Kind::Number);
    for (at, row) in range.enumerate() {
        values.set(at, CellRef::Number((chunk * CHUNK + row + 1) as f64));
    }
    ComputedChunk { values, errors: Bits::default() }
}

/// When one of the fields of a list was last changed, from the record of the chunk on that is `first`.
fn watched_times(rows: &TableImage, keepers: &[Keeper], chunk: usize, range: Range<usize>, first: usize) -> Chunk {
    let mut times = Chunk::new(Kind::Time);
    for row in range {
        times.set(row - first, watch::time_of(rows, keepers, Ordinal((chunk * CHUNK + row) as u32)));
    }
    times
}

/// How many records each link cell holds. A record that is deleted is taken out of all of them.
fn counts(rows: &TableImage, link: FieldNo, chunk: usize, range: Range<usize>) -> ComputedChunk {
    let mut values = Chunk::new(Kind::Number);
    for (at, row) in range.enumerate() {
        let count = match rows.cell(link, Ordinal((chunk * CHUNK + row) as u32)) {
            CellRef::Links(list) => list.len(),
            _ => 0,
        };
        values.set(at, CellRef::Number(count as f64));
    }
    ComputedChunk { values, errors: Bits::default() }
}

fn failed(kind: Kind, len: usize) -> ComputedChunk {
    let mut errors = Bits::default();
    (0..len).for_each(|row| errors.set(row, true));
    ComputedChunk { values: Chunk::new(kind), errors }
}

/// Folds a number into a stamp (the finish of `MurmurHash3`, Austin Appleby).
fn mix(stamp: u64, value: u64) -> u64 {
    let mut hash = stamp.rotate_left(5) ^ value.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53)
}
