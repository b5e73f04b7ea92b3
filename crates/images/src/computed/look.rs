//! Looking through links: the values of lookups, and which records a change made stale.

use std::ops::Range;
use std::sync::Arc;

use model::{
    Bits, CHUNK, CellError, CellRef, Chunk, ComputedChunk, Field, FieldKind, FieldNo, Kind, Ordinal, Table, TableImage,
    TableNo, ValueLists,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::kept::{Form, MOST};
use super::pieces::too_many;
use super::programs::{Compiled, Through};
use super::{View, failed};
use crate::error::Error;
use crate::stored_column;

/// More stale records than this are not gathered.
const MANY: usize = 4_096;
/// The most bytes that the values of one cell take: with more it is an error.
pub(super) const CELL: usize = 8 << 20;

/// A search for stale records.
pub(super) struct Search<'s> {
    /// The records of a table where it begins: those that were touched; none when they are not known.
    pub touched: &'s dyn Fn(TableNo) -> Option<FxHashSet<u32>>,
    /// Whether a table is looked through where no field leads back, as when it links to itself.
    pub scans: bool,
    /// What was found on the way, by the field that is read in another table: it is not looked for again.
    pub found: Known,
}

/// Stale records of other tables, by the field that is read there; none when they are not known or too many.
pub(super) type Known = FxHashMap<(TableNo, FieldNo), Option<FxHashSet<u32>>>;

/// What a list has of a linked record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// Its values, without blank ones.
    Filled,
    /// All of them, and a blank where there is none.
    All,
    /// One: a record with several is an error.
    One,
}

/// The cells of a field that is looked at.
struct Looked<'o> {
    field: &'o Field,
    rows: &'o TableImage,
    /// The chunks of a computed field that the links lead to.
    chunks: FxHashMap<usize, Arc<ComputedChunk>>,
}

impl Looked<'_> {
    fn cell(&self, ordinal: u32) -> CellRef<'_> {
        let ordinal = ordinal as usize;
        if self.field.kind.is_evaluated() {
            return self.chunks.get(&(ordinal / CHUNK)).map_or(CellRef::Empty, |chunk| chunk.cell(ordinal % CHUNK));
        }
        stored_column(self.rows, self.field.no, &self.field.kind).map_or(CellRef::Empty, |column| column.cell(ordinal))
    }

    /// Adds the values of a linked record: choices by name, several values one by one.
    fn each<'c>(&'c self, ordinal: u32, held: Held, out: &mut Vec<CellRef<'c>>) {
        let name = |no: u32| self.field.kind.select()?.by_no(no).map(|choice| CellRef::Text(&choice.name));
        let before = out.len();
        match self.cell(ordinal) {
            CellRef::Empty | CellRef::Flag(false) | CellRef::Links(_) => {}
            CellRef::Choice(no) => out.extend(name(no)),
            CellRef::Choices(list) => out.extend(list.iter().filter_map(|no| name(*no))),
            CellRef::Values(items) => {
                out.extend(items.iter().filter(|item| held != Held::Filled || !item.is_empty()));
            }
            cell => out.push(cell),
        }
        if held == Held::One && out.len() > before + 1 {
            out.truncate(before);
            out.push(CellRef::Error(CellError::Failed));
        }
        if held != Held::Filled && out.len() == before {
            // An unchecked box is one that is not checked, and no blank.
            let is_box = matches!(self.field.kind, FieldKind::Checkbox(_));
            out.push(if is_box { CellRef::Flag(false) } else { CellRef::Empty });
        }
    }
}

/// The cells of a chunk that is being computed.
struct Gathered<'v> {
    view: &'v View,
    field: &'v Field,
    lists: ValueLists,
    errors: Bits,
    bytes: usize,
}

impl Gathered<'_> {
    /// Keeps the values of the next row, or an error where they are too many.
    fn put(&mut self, row: usize, values: &[CellRef<'_>]) -> Result<(), Error> {
        if self.view.is_over() {
            return Err(Error::TooSlow { field: Some(self.field.name.clone()) });
        }
        let bytes = size(values.iter());
        let fits = bytes <= CELL;
        self.errors.set(row, !fits);
        self.lists.set(row, values.iter().copied().filter(|_| fits));
        self.bytes += if fits { bytes } else { 0 };
        if self.bytes > MOST {
            return Err(too_many(self.field));
        }
        Ok(())
    }
}

/// About how many bytes values take.
fn size<'c>(values: impl Iterator<Item = &'c CellRef<'c>>) -> usize {
    let text = |value: &CellRef<'_>| if let CellRef::Text(text) = value { text.len() } else { 0 };
    values.map(|value| size_of::<u64>() + text(value)).sum()
}

impl View {
    /// The values of a field of the linked records.
    pub(super) fn look(
        &self,
        rows: &TableImage,
        through: &Through,
        held: Held,
        (chunk, range): (usize, Range<usize>),
        depth: usize,
    ) -> Result<ComputedChunk, Error> {
        let depth = depth.checked_sub(1).ok_or(Error::TooDeep)?;
        let table = self.image.schema.table_by_no(through.other);
        let Some((table, field)) = table.and_then(|table| Some((table, table.field_by_no(through.field)?))) else {
            return Ok(failed(Kind::Values, range.len()));
        };
        let other = self.image.table(through.other);
        let linked = |row: usize| match rows.cell(through.link, Ordinal((chunk * CHUNK + row) as u32)) {
            CellRef::Links(list) => list,
            _ => &[],
        };
        let mut gathered =
            Gathered { view: self, field, lists: ValueLists::default(), errors: Bits::default(), bytes: 0 };
        if field.kind.link().is_some() {
            for (at, row) in range.enumerate() {
                let (mut names, mut several, mut bytes) = (Vec::new(), Vec::new(), 0);
                for ordinal in linked(row) {
                    let before = names.len();
                    self.linked_names(&other, field, Ordinal(*ordinal), depth, &mut names)?;
                    if held == Held::One && names.len() > before + 1 {
                        names.truncate(before);
                        several.push(before);
                    }
                    if before == names.len() {
                        names.push(String::new());
                    }
                    bytes += names.iter().skip(before).map(String::len).sum::<usize>();
                    if bytes > CELL {
                        break;
                    }
                }
                let shown = names.iter().enumerate().filter(|(_, name)| held != Held::Filled || !name.is_empty());
                let cells = shown.map(|(place, name)| match name.as_str() {
                    "" if several.binary_search(&place).is_ok() => CellRef::Error(CellError::Failed),
                    "" => CellRef::Empty,
                    name => CellRef::Text(name),
                });
                gathered.put(at, &cells.collect::<Vec<_>>())?;
            }
        } else {
            let chunks = self.chunks_at((table, &other, field), range.clone().flat_map(linked), depth)?;
            let looked = Looked { field, rows: &other, chunks };
            let mut values = Vec::new();
            for (at, row) in range.enumerate() {
                values.clear();
                let mut bytes = 0;
                for ordinal in linked(row) {
                    let before = values.len();
                    looked.each(*ordinal, held, &mut values);
                    bytes += size(values.iter().skip(before));
                    if bytes > CELL {
                        break;
                    }
                }
                gathered.put(at, &values)?;
            }
        }
        Ok(ComputedChunk { values: Chunk::Values(gathered.lists), errors: gathered.errors })
    }

    /// The chunks of a computed field that these records are in; of a stored field none, but it has to be in memory.
    fn chunks_at<'l>(
        &self,
        (table, rows, field): (&Table, &TableImage, &Field),
        ordinals: impl Iterator<Item = &'l u32> + Clone,
        depth: usize,
    ) -> Result<FxHashMap<usize, Arc<ComputedChunk>>, Error> {
        let mut chunks = FxHashMap::default();
        if !field.kind.is_evaluated() {
            self.image.need(table.no, [field.no])?;
            return Ok(chunks);
        }
        let mut last = usize::MAX;
        for chunk in ordinals.clone().map(|ordinal| *ordinal as usize / CHUNK) {
            if chunk != last && !chunks.contains_key(&chunk) {
                let within = || ordinals.clone().filter(|ordinal| **ordinal as usize / CHUNK == chunk);
                let wanted = || within().map(|ordinal| *ordinal as usize % CHUNK).collect::<FxHashSet<_>>();
                chunks.insert(chunk, self.some((table, rows, field), Form::Whole, (chunk, &wanted), depth)?);
            }
            last = chunk;
        }
        Ok(chunks)
    }

    /// Adds the names of the records that a link cell leads to.
    pub(super) fn linked_names(
        &self,
        rows: &TableImage,
        field: &Field,
        ordinal: Ordinal,
        depth: usize,
        names: &mut Vec<String>,
    ) -> Result<(), Error> {
        let Some(link) = field.kind.link() else { return Ok(()) };
        let Some((table, primary)) = self.primary(link.linked_table_no) else { return Ok(()) };
        let other = self.image.table(link.linked_table_no);
        let CellRef::Links(list) = rows.cell(field.no, ordinal) else { return Ok(()) };
        for linked in list {
            let mut name = String::new();
            self.plain(&table, &other, &primary, Ordinal(*linked), depth, &mut name)?;
            names.push(name);
        }
        Ok(())
    }

    /// Hands out the cells at the end of a lookup, in order: each field with its table's records and an ordinal.
    pub fn each_looked(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        ordinal: Ordinal,
        sink: &mut dyn FnMut(&Field, &TableImage, Ordinal),
    ) {
        if !matches!(field.kind, FieldKind::MultipleLookupValues(_)) {
            return sink(field, rows, ordinal);
        }
        let Ok(Some(compiled)) = self.compiled(table, field, super::DEPTH) else { return };
        let Some(through) = compiled.through.first() else { return };
        let Some(linked) = self.image.schema.table_by_no(through.other) else { return };
        let Some(looked) = linked.field_by_no(through.field) else { return };
        let other = self.image.table(through.other);
        if let CellRef::Links(list) = rows.cell(through.link, ordinal) {
            for ordinal in list {
                self.each_looked(linked, &other, looked, Ordinal(*ordinal), sink);
            }
        }
    }

    /// The records of a table of which a field may have become another; none when they are not known or too many.
    pub(super) fn stale(
        &self,
        table: TableNo,
        compiled: Option<&Compiled>,
        search: &mut Search<'_>,
        depth: usize,
    ) -> Result<Option<FxHashSet<u32>>, Error> {
        let Some(mut stale) = (search.touched)(table) else { return Ok(None) };
        for through in compiled.map(|compiled| compiled.through.as_slice()).unwrap_or_default() {
            let depth = depth.checked_sub(1).ok_or(Error::TooDeep)?;
            let key = (through.other, through.field);
            if !search.found.contains_key(&key) {
                let inner = self.compiled_through(through, depth)?;
                let others = self.stale(through.other, inner.as_deref(), search, depth)?;
                search.found.insert(key, others);
            }
            let Some(Some(others)) = search.found.get(&key) else { return Ok(None) };
            if !others.is_empty() && !self.gather((table, through), others, search.scans, &mut stale) {
                return Ok(None);
            }
        }
        Ok(Some(stale))
    }

    /// Adds the records whose links lead to one of these; false when they are too many or cannot be found.
    fn gather(
        &self,
        (table, through): (TableNo, &Through),
        others: &FxHashSet<u32>,
        scans: bool,
        stale: &mut FxHashSet<u32>,
    ) -> bool {
        let most = stale.len() + MANY;
        if let Some(inverse) = self.inverse(table, through.link) {
            let rows = self.image.table(through.other);
            return others.iter().all(|ordinal| {
                if let CellRef::Links(list) = rows.cell(inverse, Ordinal(*ordinal)) {
                    stale.extend(list);
                }
                stale.len() <= most
            });
        }
        let rows = self.image.table(table);
        scans
            && rows.live.ones().all(|row| {
                let links = rows.cell(through.link, Ordinal(row as u32));
                if matches!(links, CellRef::Links(list) if list.iter().any(|ordinal| others.contains(ordinal))) {
                    stale.insert(row as u32);
                }
                stale.len() <= most
            })
    }

    /// The link field of the other table that leads back.
    fn inverse(&self, table: TableNo, link: FieldNo) -> Option<FieldNo> {
        let link = self.image.schema.table_by_no(table)?.field_by_no(link)?.kind.link()?;
        let other = self.image.schema.table_by_no(link.linked_table_no)?;
        other.fields.iter().find(|field| Some(field.id) == link.inverse).map(|field| field.no)
    }
}

/// One value for the values of each row: the text of all, or the first number or date. A row with an error is one.
pub(super) fn flatten(kind: &FieldKind, lists: &ComputedChunk, len: usize) -> ComputedChunk {
    let mut flat = ComputedChunk { values: Chunk::new(kind.column()), errors: lists.errors.clone() };
    let mut text = String::new();
    for row in 0..len {
        let cell = lists.values.cell(row);
        let CellRef::Values(items) = cell else { continue };
        if items.iter().any(|item| matches!(item, CellRef::Error(_))) {
            flat.errors.set(row, true);
        } else if kind.column() == Kind::Text {
            text.clear();
            fields::plain_cell(kind, cell, &mut text);
            flat.values.set(row, CellRef::Text(&text));
        } else if let Some(first) = items.iter().find(|item| !item.is_empty()) {
            flat.values.set(row, first);
        }
    }
    flat
}
