//! Several values in a cell, and how columns hold them.

use super::{Bits, Chunk, Kind};
use crate::cell::{CellError, CellRef};

/// Lists of values of one kind in one arena, as [`super::Lists`]: what lookups show.
#[derive(Debug, Clone)]
pub struct ValueLists {
    /// Start and length per row.
    spans: Vec<(u32, u32)>,
    items: Box<Chunk>,
    errors: Bits,
    /// True once a value has said of what kind the items are.
    typed: bool,
    /// Items held, wasted ones included.
    len: u32,
    waste: u32,
}

impl Default for ValueLists {
    fn default() -> Self {
        let items = Box::new(Chunk::new(Kind::Text));
        Self { spans: Vec::new(), items, errors: Bits::default(), typed: false, len: 0, waste: 0 }
    }
}

impl ValueLists {
    /// Where the values of `row` are among the items.
    #[inline]
    pub fn range(&self, row: usize) -> std::ops::Range<usize> {
        let (start, len) = self.spans.get(row).copied().unwrap_or_default();
        start as usize..start as usize + len as usize
    }

    /// All values, those of rows one after the other.
    pub fn items(&self) -> &Chunk {
        &self.items
    }

    /// The items that are errors.
    pub fn errors(&self) -> &Bits {
        &self.errors
    }

    /// One of the items.
    #[inline]
    pub fn item(&self, index: usize) -> CellRef<'_> {
        if self.errors.get(index) { CellRef::Error(CellError::Failed) } else { self.items.cell(index) }
    }

    /// Start and length in items of each row's values.
    pub fn spans(&self) -> &[(u32, u32)] {
        &self.spans
    }

    /// Writes the row, growing as needed; empty values and errors count. All others are of the kind of the first one:
    /// those of another kind are left out.
    pub fn set<'v>(&mut self, row: usize, values: impl Iterator<Item = CellRef<'v>>) {
        if row >= self.spans.len() {
            self.spans.resize(row + 1, (0, 0));
        }
        let start = self.len;
        for value in values {
            if self.put(self.len as usize, value) {
                self.len += 1;
            }
        }
        if let Some(slot) = self.spans.get_mut(row) {
            self.waste += slot.1;
            *slot = (start, self.len - start);
        }
        if self.waste > 16_384 && self.waste > self.len / 2 {
            self.fold();
        }
    }

    fn put(&mut self, at: usize, value: CellRef<'_>) -> bool {
        if let Some(kind) = value.kind().filter(|kind| *kind != self.items.kind()) {
            if self.typed {
                return false;
            }
            let mut items = Chunk::new(kind);
            if let Some(last) = at.checked_sub(1) {
                items.set(last, CellRef::Empty);
            }
            *self.items = items;
        }
        self.typed |= value.kind().is_some();
        self.errors.set(at, matches!(value, CellRef::Error(_)));
        self.items.set(at, value);
        true
    }

    fn fold(&mut self) {
        let mut folded = Self::default();
        for row in 0..self.spans.len() {
            folded.set(row, self.range(row).map(|index| self.item(index)));
        }
        *self = folded;
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.spans.capacity() * 8 + self.items.memory() + self.errors.memory()
    }

    /// Gives back what was reserved and not used.
    pub fn shrink(&mut self) {
        self.spans.shrink_to_fit();
        self.items.shrink();
    }
}
