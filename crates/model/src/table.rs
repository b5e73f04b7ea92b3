//! A table in memory: its record ids, which records live, and its columns.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;
use rustc_hash::FxHashMap;

use crate::cell::CellRef;
use crate::column::{Bits, CHUNK, Column, Kind};
use crate::id::{FieldNo, Ordinal, RecordId, TableNo, UserId};

/// Record ids by ordinal, and back. The way back is shared by all pictures of the table and only ever grows:
/// an answer is checked against this picture's own list.
#[derive(Debug, Clone, Default)]
pub struct RecordIds {
    chunks: Vec<Arc<Vec<RecordId>>>,
    len: usize,
    back: Arc<RwLock<FxHashMap<RecordId, u32>>>,
}

impl RecordIds {
    /// How many ordinals were given out.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when no record was ever made.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The id at this ordinal.
    #[inline]
    pub fn get(&self, ordinal: Ordinal) -> Option<RecordId> {
        let ordinal = ordinal.0 as usize;
        self.chunks.get(ordinal / CHUNK)?.get(ordinal % CHUNK).copied()
    }

    /// The ordinal of this id.
    pub fn find(&self, id: RecordId) -> Option<Ordinal> {
        let ordinal = Ordinal(*self.back.read().get(&id)?);
        (self.get(ordinal) == Some(id)).then_some(ordinal)
    }

    /// Makes room for this many more.
    pub fn reserve(&mut self, count: usize) {
        self.back.write().reserve(count);
    }

    /// Appends the id of the next ordinal.
    pub fn push(&mut self, id: RecordId) {
        let ordinal = self.len;
        if ordinal.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::new(Vec::new()));
        }
        if let Some(last) = self.chunks.last_mut() {
            Arc::make_mut(last).push(id);
        }
        self.len += 1;
        self.back.write().insert(id, ordinal as u32);
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.capacity() * 14).sum::<usize>() + self.back.read().capacity() * 20
    }
}

/// Which ordinals are records that exist, counted: a list tells how many there are.
#[derive(Debug, Clone, Default)]
pub struct Live {
    bits: Bits,
    count: usize,
}

impl Live {
    /// Says whether the record at `index` exists.
    pub fn set(&mut self, index: usize, value: bool) {
        match (self.bits.get(index), value) {
            (false, true) => self.count += 1,
            (true, false) => self.count -= 1,
            _ => return,
        }
        self.bits.set(index, value);
    }

    /// How many records exist.
    pub fn count(&self) -> usize {
        self.count
    }
}

impl Deref for Live {
    type Target = Bits;

    fn deref(&self) -> &Bits {
        &self.bits
    }
}

/// The number of the next content of a chunk.
static VERSION: AtomicU64 = AtomicU64::new(1);

/// A table's records at one sequence. Cloning is cheap; writing copies only what a clone still holds.
#[derive(Debug, Clone)]
pub struct TableImage {
    /// The table.
    pub table: TableNo,
    /// Ids by ordinal.
    pub ids: RecordIds,
    /// Which ordinals are records that exist.
    pub live: Arc<Live>,
    /// When each record was created, in microseconds.
    pub created: Column,
    /// When each record was last changed, in microseconds.
    pub modified: Column,
    /// The sequence of each record's last change.
    pub changed: Column,
    /// Who created each record: the place in [`TableImage::users`], from 1.
    pub created_by: Column,
    /// Who last changed each record, in the same way.
    pub modified_by: Column,
    /// The users who did.
    pub users: Arc<Vec<UserId>>,
    /// Columns by field number; a missing one is empty.
    pub columns: FxHashMap<FieldNo, Column>,
    /// A number for the present content of each chunk that no other content ever had: computed columns compare it.
    pub versions: Vec<u64>,
    /// The same for the whole table.
    pub version: u64,
}

impl TableImage {
    /// An empty table.
    pub fn new(table: TableNo) -> Self {
        Self {
            table,
            ids: RecordIds::default(),
            live: Arc::default(),
            created: Column::new(Kind::Time),
            modified: Column::new(Kind::Time),
            changed: Column::new(Kind::Time),
            created_by: Column::new(Kind::Choice),
            modified_by: Column::new(Kind::Choice),
            users: Arc::default(),
            columns: FxHashMap::default(),
            versions: Vec::new(),
            version: 0,
        }
    }

    /// How many ordinals were given out: every column's length.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True when no record was ever made.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// True when the record exists.
    #[inline]
    pub fn is_live(&self, ordinal: Ordinal) -> bool {
        self.live.get(ordinal.0 as usize)
    }

    /// The ordinal of an existing record.
    pub fn find(&self, id: RecordId) -> Option<Ordinal> {
        self.ids.find(id).filter(|ordinal| self.is_live(*ordinal))
    }

    /// The stored cell of a record.
    #[inline]
    pub fn cell(&self, field: FieldNo, ordinal: Ordinal) -> CellRef<'_> {
        self.columns.get(&field).map_or(CellRef::Empty, |column| column.cell(ordinal.0 as usize))
    }

    /// The number of a user in this table's columns, from 1.
    pub fn user_no(&mut self, user: UserId) -> u32 {
        // The one who wrote last is likely to write next.
        if let Some(at) = self.users.iter().rposition(|held| *held == user) {
            return at as u32 + 1;
        }
        Arc::make_mut(&mut self.users).push(user);
        self.users.len() as u32
    }

    /// The user with this number.
    pub fn user(&self, cell: CellRef<'_>) -> Option<UserId> {
        let CellRef::Choice(no) = cell else { return None };
        self.users.get(no.checked_sub(1)? as usize).copied()
    }

    /// Writes a cell and marks its chunk as changed.
    pub fn set(&mut self, field: FieldNo, kind: Kind, ordinal: Ordinal, cell: CellRef<'_>) {
        self.columns.entry(field).or_insert_with(|| Column::new(kind)).set(ordinal.0 as usize, cell);
        self.touch(ordinal);
    }

    /// Marks the chunk of a record as changed.
    pub fn touch(&mut self, ordinal: Ordinal) {
        let chunk = ordinal.0 as usize / CHUNK;
        if chunk >= self.versions.len() {
            self.versions.resize(chunk + 1, 0);
        }
        if let Some(version) = self.versions.get_mut(chunk) {
            // Pictures part ways, by a walk back or a change that is not kept: counting up in each would give two
            // contents one number.
            *version = VERSION.fetch_add(1, Ordering::Relaxed);
            self.version = *version;
        }
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.ids.memory()
            + self.live.memory()
            + self.created.memory()
            + self.modified.memory()
            + self.changed.memory()
            + self.created_by.memory()
            + self.modified_by.memory()
            + self.columns.values().map(Column::memory).sum::<usize>()
    }
}
