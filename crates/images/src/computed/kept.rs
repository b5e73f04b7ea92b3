//! Computed chunks that are kept for whoever asks next.

use std::sync::Arc;

use model::{ComputedChunk, FieldNo, TableNo};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use super::programs::Programs;

/// The most bytes that the values of one field take in a chunk.
pub(super) const MOST: usize = 64 << 20;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub table: TableNo,
    pub field: FieldNo,
    pub form: Form,
    pub chunk: u32,
}

/// How the cells of a field are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// As they are.
    Whole,
    /// One value for several: what they are ordered and filtered by.
    Flat,
    /// Of a lookup one value for each linked record, be it blank.
    Places,
}

/// What a chunk was computed from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The version of the records in the chunk.
    pub records: u64,
    /// The schema, and what the time is as far as it counts.
    pub fixed: u64,
    /// The tables that links lead to.
    pub through: u64,
}

pub(super) struct Entry {
    pub stamp: Stamp,
    /// The sequence of the picture that it was computed from.
    pub sequence: i64,
    /// None where the values take more than they may.
    pub chunk: Option<Arc<ComputedChunk>>,
}

impl Entry {
    fn memory(&self) -> usize {
        self.chunk.as_ref().map_or(0, |chunk| memory(chunk))
    }
}

/// What is kept of a chunk.
pub(super) enum Found {
    /// What is asked for; none where it takes more than it may.
    Now(Option<Arc<ComputedChunk>>),
    /// An earlier state, which is no longer kept.
    Earlier(Entry),
    Nothing,
}

#[derive(Default)]
struct Kept {
    entries: FxHashMap<Key, Entry>,
    bytes: usize,
}

impl Kept {
    fn remove(&mut self, key: &Key) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.bytes = self.bytes.saturating_sub(entry.memory());
        Some(entry)
    }
}

/// The computed chunks and compiled formulas of a base.
pub struct Computed {
    kept: Mutex<Kept>,
    most: usize,
    pub(super) programs: Programs,
}

impl Default for Computed {
    fn default() -> Self {
        Self::within(MOST)
    }
}

impl Computed {
    /// Keeps chunks of so many bytes at most.
    pub fn within(most: usize) -> Self {
        Self { kept: Mutex::default(), most, programs: Programs::default() }
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.kept.lock().bytes
    }

    /// Drops the chunks; they are computed again when somebody asks.
    pub fn clear(&self) {
        *self.kept.lock() = Kept::default();
    }

    /// The most bytes that the values of a field may take together.
    pub(super) fn most(&self) -> usize {
        self.most.max(MOST)
    }

    pub(super) fn find(&self, key: &Key, stamp: &Stamp) -> Found {
        let mut kept = self.kept.lock();
        match kept.entries.get(key) {
            Some(entry) if entry.stamp == *stamp => Found::Now(entry.chunk.clone()),
            _ => kept.remove(key).map_or(Found::Nothing, Found::Earlier),
        }
    }

    /// True where the chunk is kept as it is now.
    pub(super) fn holds(&self, key: &Key, stamp: &Stamp) -> bool {
        self.kept.lock().entries.get(key).is_some_and(|entry| entry.stamp == *stamp)
    }

    /// Keeps a chunk; the others are dropped where they would take too much together.
    pub(super) fn keep(&self, key: Key, entry: Entry) {
        let bytes = entry.memory();
        let mut kept = self.kept.lock();
        kept.remove(&key);
        if bytes > self.most {
            return;
        }
        if kept.bytes.saturating_add(bytes) > self.most {
            *kept = Kept::default();
        }
        kept.bytes += bytes;
        kept.entries.insert(key, entry);
    }
}

/// Bytes on the heap.
pub(super) fn memory(chunk: &ComputedChunk) -> usize {
    chunk.values.memory() + chunk.errors.memory()
}
