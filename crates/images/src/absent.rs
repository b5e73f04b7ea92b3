//! What of a picture is not in memory: columns that were dropped for want of it, and the records of such columns
//! whose cells were fetched one by one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::{CellRef, CellValue, FieldNo, Kind, Ordinal, TableNo};
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{BaseImage, Computed};
use crate::error::Error;

/// A column of a base.
pub type ColumnKey = (TableNo, FieldNo);

/// The stored cells of a record, fetched by its ordinal.
pub struct StoredCells {
    pub ordinal: Ordinal,
    pub cells: Vec<(FieldNo, CellValue)>,
}

/// The columns that a picture does not hold. Ids, times, what lives and links are always held.
#[derive(Clone, Default)]
pub(super) struct Absent {
    columns: Arc<FxHashSet<ColumnKey>>,
    /// Records that are whole nevertheless, by table.
    filled: Arc<FxHashMap<TableNo, FxHashSet<u32>>>,
    /// Only these records are read from the picture.
    only_filled: bool,
}

impl Absent {
    pub fn new(columns: FxHashSet<ColumnKey>) -> Self {
        Self { columns: Arc::new(columns), ..Self::default() }
    }

    pub fn has(&self, table: TableNo, field: FieldNo) -> bool {
        !self.columns.is_empty() && self.columns.contains(&(table, field))
    }

    pub fn has_of(&self, table: TableNo) -> bool {
        self.columns.iter().any(|(of, _)| *of == table)
    }

    fn insert(&mut self, column: ColumnKey) {
        Arc::make_mut(&mut self.columns).insert(column);
    }

    fn remove(&mut self, column: ColumnKey) {
        Arc::make_mut(&mut self.columns).remove(&column);
    }
}

/// When columns were last used.
#[derive(Default)]
pub(super) struct Usage {
    used: Mutex<FxHashMap<FieldNo, u64>>,
}

/// Counts uses, of all bases together.
static USES: AtomicU64 = AtomicU64::new(1);

pub(super) fn next_use() -> u64 {
    USES.fetch_add(1, Ordering::Relaxed)
}

impl Usage {
    pub fn last(&self, field: FieldNo) -> u64 {
        self.used.lock().get(&field).copied().unwrap_or(0)
    }
}

impl BaseImage {
    /// True when every column is in memory.
    pub fn is_whole(&self) -> bool {
        self.absent.columns.is_empty()
    }

    /// True when a stored column is not in memory.
    pub fn lacks(&self, (table, field): ColumnKey) -> bool {
        self.absent.has(table, field)
    }

    /// Refuses to be read where stored columns are not in memory, naming all of them.
    pub fn need(&self, table: TableNo, fields: impl IntoIterator<Item = FieldNo>) -> Result<(), Error> {
        if self.is_whole() || self.absent.only_filled {
            return Ok(());
        }
        let columns: Vec<ColumnKey> =
            fields.into_iter().map(|field| (table, field)).filter(|column| self.lacks(*column)).collect();
        if columns.is_empty() { Ok(()) } else { Err(Error::NotLoaded { columns }) }
    }

    /// Refuses to be written from where a record's cells are not all in memory.
    pub fn need_record(&self, table: TableNo, ordinal: Ordinal) -> Result<(), Error> {
        let filled = || self.absent.filled.get(&table).is_some_and(|filled| filled.contains(&ordinal.0));
        if self.is_whole() || !self.absent.has_of(table) || filled() {
            return Ok(());
        }
        Err(Error::NotLoaded { columns: self.absent.columns.iter().filter(|(of, _)| *of == table).copied().collect() })
    }

    /// Notes that a query looks at columns.
    pub fn used(&self, fields: impl IntoIterator<Item = FieldNo>) {
        let now = next_use();
        let mut used = self.usage.used.lock();
        used.extend(fields.into_iter().map(|field| (field, now)));
    }

    /// Notes that every column was just read.
    pub(super) fn used_all(&self) {
        self.used(self.columns().map(|((_, field), ..)| field));
    }

    /// Takes a column out of memory.
    pub(super) fn drop_column(&mut self, column: ColumnKey) {
        self.table_mut(column.0).columns.remove(&column.1);
        self.absent.insert(column);
    }

    /// Lets go of a column that no field has any more.
    pub(super) fn forget_column(&mut self, column: ColumnKey) {
        if self.tables.get(&column.0).is_some_and(|table| table.columns.contains_key(&column.1)) {
            self.table_mut(column.0).columns.remove(&column.1);
        }
        if self.absent.has(column.0, column.1) {
            self.absent.remove(column);
        }
    }

    /// Puts a column into memory.
    pub(super) fn put_column(&mut self, column: ColumnKey, values: model::Column) {
        self.table_mut(column.0).columns.insert(column.1, values);
        self.absent.remove(column);
    }

    /// True when the cells of a record must be fetched.
    pub fn wants(&self, table: TableNo, ordinal: Ordinal) -> bool {
        self.need_record(table, ordinal).is_err()
    }

    /// A picture of which only single records will be read, those that it is filled with. What is computed for
    /// others along with them, by chunk, is not looked at.
    #[must_use]
    pub fn to_page(&self) -> Self {
        let mut page = self.clone();
        page.absent.only_filled = true;
        page
    }

    /// Puts the cells of single records in.
    pub fn fill(&mut self, table: TableNo, records: Vec<StoredCells>) {
        // Whole chunks cannot be computed from it, so it shares no computed chunks.
        self.computed = Arc::new(Computed::default());
        let absent = self.absent.clone();
        let rows = self.table_mut(table);
        for record in &records {
            for (field, cell) in record.cells.iter().filter(|(field, _)| absent.has(table, *field)) {
                if let Some(kind) = cell.view().kind() {
                    rows.set(*field, kind, record.ordinal, cell.view());
                }
            }
        }
        let filled = Arc::make_mut(&mut self.absent.filled).entry(table).or_default();
        filled.extend(records.iter().map(|record| record.ordinal.0));
    }

    /// The columns in memory, with what they hold and how many bytes.
    pub fn columns(&self) -> impl Iterator<Item = (ColumnKey, Kind, usize)> + '_ {
        self.tables.iter().flat_map(|(no, table)| {
            table.columns.iter().map(|(field, column)| ((*no, *field), column.kind(), column.memory()))
        })
    }

    pub(super) fn last_use(&self, field: FieldNo) -> u64 {
        self.usage.last(field)
    }

    /// Says that a column is in memory, be it that it has no cells.
    pub(super) fn forget_absence(&mut self, column: ColumnKey) {
        self.absent.remove(column);
    }

    /// The records that these records are linked to and by whose names they are read: all, or only those that make
    /// up the records' own names.
    pub(super) fn linked(&self, table: TableNo, ordinals: &[Ordinal], all: bool) -> Vec<(TableNo, Vec<Ordinal>)> {
        let Some(schema) = self.schema.table_by_no(table) else { return Vec::new() };
        let looks = || schema.live_fields().any(|field| field.kind.looks_through().is_some());
        if !all && schema.primary_field().is_none_or(|primary| !primary.kind.is_derived()) && !looks() {
            return Vec::new();
        }
        let rows = self.table(table);
        let links = schema.live_fields().filter_map(|field| Some((field.no, field.kind.link()?.linked_table_no)));
        let lists = links.map(|(field, other)| {
            let mut list: Vec<Ordinal> = Vec::new();
            for ordinal in ordinals {
                if let CellRef::Links(linked) = rows.cell(field, *ordinal) {
                    list.extend(linked.iter().map(|no| Ordinal(*no)));
                }
            }
            list.sort_unstable();
            list.dedup();
            (other, list)
        });
        lists.filter(|(_, list)| !list.is_empty()).collect()
    }
}
