//! One range of a table's rows, becoming columns.

use std::sync::Arc;

use model::{Bits, CHUNK, CellRef, Chunk, FieldNo, Kind, RecordId, TableNo, UserId, decode_cells};
use parking_lot::Mutex;
use rustc_hash::FxHashSet;

use super::StoredRecord;
use crate::absent::ColumnKey;
use crate::nobody;

/// An id, and the way back to its ordinal.
const ID_BYTES: usize = 40;

/// Which columns of the rows are read.
#[derive(Clone)]
pub(super) enum Wanted {
    /// All, with ids and times.
    All,
    /// These, and nothing else.
    Only(Arc<FxHashSet<FieldNo>>),
}

impl FromIterator<FieldNo> for Wanted {
    fn from_iter<T: IntoIterator<Item = FieldNo>>(fields: T) -> Self {
        Self::Only(Arc::new(fields.into_iter().collect()))
    }
}

/// The bytes of what is being read, over all streams, and the columns that had to go.
pub struct Meter {
    limit: usize,
    /// When over, columns are dropped one by one, or everything is given up.
    drops: bool,
    columns: Vec<(ColumnKey, Kind, usize)>,
    other: usize,
    pub absent: FxHashSet<ColumnKey>,
    over: bool,
}

impl Meter {
    /// Leaves columns out until the rest fits, texts first, the largest first.
    pub fn dropping(limit: usize) -> Self {
        Self { limit, drops: true, columns: Vec::new(), other: 0, absent: FxHashSet::default(), over: false }
    }

    /// Gives up when it does not fit.
    pub fn refusing(limit: usize) -> Self {
        Self { drops: false, ..Self::dropping(limit) }
    }

    pub fn is_over(&self) -> bool {
        self.over
    }

    pub fn bytes(&self) -> usize {
        self.other + self.columns.iter().map(|(.., bytes)| bytes).sum::<usize>()
    }

    fn add(&mut self, column: ColumnKey, kind: Kind, bytes: usize) {
        match self.columns.iter_mut().find(|(held, ..)| *held == column) {
            Some((.., held)) => *held += bytes,
            None => self.columns.push((column, kind, bytes)),
        }
    }

    fn settle(&mut self) {
        while self.bytes() > self.limit {
            self.over = true;
            let largest =
                self.columns.iter().enumerate().max_by_key(|(_, (_, kind, bytes))| (*kind == Kind::Text, *bytes));
            let Some((index, _)) = largest.filter(|_| self.drops) else { return };
            let (column, ..) = self.columns.swap_remove(index);
            self.absent.insert(column);
        }
    }
}

/// A field's chunks and the one that is being filled.
struct Growing {
    kind: Kind,
    done: Vec<Chunk>,
    open: Chunk,
}

/// The rows of an open chunk in exactly the room that they take. Growing and shrinking each chunk would leave the
/// allocator with holes as large as the image.
fn gathered(open: &mut Chunk) -> Chunk {
    let chunk = open.clone();
    open.clear();
    chunk
}

/// Rows from a border of chunks on.
pub(super) struct Part {
    pub table: TableNo,
    /// The number of its first chunk.
    pub first: usize,
    pub ids: Vec<RecordId>,
    pub live: Bits,
    pub created: Vec<Chunk>,
    pub modified: Vec<Chunk>,
    pub changed: Vec<Chunk>,
    pub created_by: Vec<Chunk>,
    pub modified_by: Vec<Chunk>,
    /// The users whose numbers, from 1, stand in the last two.
    pub users: Vec<UserId>,
    pub columns: Vec<(FieldNo, Kind, Vec<Chunk>)>,
    times: [Chunk; 3],
    by: [Chunk; 2],
    growing: Vec<Option<Growing>>,
    wanted: Wanted,
    meter: Arc<Mutex<Meter>>,
    /// How many chunks are done.
    chunks: usize,
}

/// The number of a user, from 1: the one before is likely to be the next, too.
fn number(users: &mut Vec<UserId>, user: UserId) -> u32 {
    let at = users.iter().rposition(|held| *held == user).unwrap_or_else(|| {
        users.push(user);
        users.len() - 1
    });
    at as u32 + 1
}

impl Part {
    pub fn new(table: TableNo, from: u32, wanted: Wanted, meter: Arc<Mutex<Meter>>) -> Self {
        let time = || Chunk::new(Kind::Time);
        Self {
            table,
            first: from as usize / CHUNK,
            ids: Vec::new(),
            live: Bits::default(),
            created: Vec::new(),
            modified: Vec::new(),
            changed: Vec::new(),
            created_by: Vec::new(),
            modified_by: Vec::new(),
            users: Vec::new(),
            columns: Vec::new(),
            times: [time(), time(), time()],
            by: [Chunk::new(Kind::Choice), Chunk::new(Kind::Choice)],
            growing: Vec::new(),
            wanted,
            meter,
            chunks: 0,
        }
    }

    /// Takes in a row; they come in the order of their ordinals.
    pub fn add(&mut self, row: &StoredRecord<'_>) {
        let index = row.ordinal.0 as usize - self.first * CHUNK;
        while index / CHUNK > self.chunks {
            self.close();
        }
        let at = index % CHUNK;
        if let Wanted::All = self.wanted {
            // A gap is left by rows that are gone for good.
            while self.ids.len() < index {
                self.ids.push(nobody(self.first * CHUNK + self.ids.len()));
            }
            self.ids.push(row.id);
            self.live.set(index, !row.deleted);
            for (chunk, time) in self.times.iter_mut().zip([row.created, row.modified, row.sequence]) {
                chunk.set(at, CellRef::Time(time));
            }
            for (chunk, by) in self.by.iter_mut().zip([row.created_by, row.modified_by]) {
                chunk.set(at, by.map_or(CellRef::Empty, |by| CellRef::Choice(number(&mut self.users, by))));
            }
        }
        let Self { growing, wanted, chunks, .. } = self;
        // A row that cannot be read is kept empty rather than hiding the table; the log names it.
        let read = decode_cells(row.cells, |field, cell| {
            if let Wanted::Only(fields) = wanted
                && !fields.contains(&field)
            {
                return;
            }
            let Some(kind) = cell.kind() else { return };
            let no = field.0 as usize;
            if no >= growing.len() {
                growing.resize_with(no + 1, || None);
            }
            let Some(slot) = growing.get_mut(no) else { return };
            let column = slot.get_or_insert_with(|| Growing {
                kind,
                done: (0..*chunks).map(|_| Chunk::new(kind)).collect(),
                open: Chunk::new(kind),
            });
            column.open.set(at, cell);
        });
        if let Err(error) = read {
            tracing::error!(record = %row.id, %error, "stored cells of record {} cannot be read", row.id);
        }
    }

    /// Ends a chunk, and lets go of columns that do not fit.
    fn close(&mut self) {
        let mut meter = self.meter.lock();
        for (no, slot) in self.growing.iter_mut().enumerate() {
            let Some(column) = slot else { continue };
            let key = (self.table, FieldNo(no as u32));
            let chunk = gathered(&mut column.open);
            if !meter.absent.contains(&key) {
                meter.add(key, column.kind, chunk.memory());
            }
            column.done.push(chunk);
        }
        if let Wanted::All = self.wanted {
            let rows = self.ids.len().saturating_sub(self.chunks * CHUNK);
            meter.other += rows * ID_BYTES;
            let [created, modified, changed] = &mut self.times;
            for (open, done) in
                [(created, &mut self.created), (modified, &mut self.modified), (changed, &mut self.changed)]
            {
                let chunk = gathered(open);
                meter.other += chunk.memory();
                done.push(chunk);
            }
            let [created_by, modified_by] = &mut self.by;
            for (open, done) in [(created_by, &mut self.created_by), (modified_by, &mut self.modified_by)] {
                let chunk = gathered(open);
                meter.other += chunk.memory();
                done.push(chunk);
            }
        }
        self.chunks += 1;
        meter.settle();
        for (no, slot) in self.growing.iter_mut().enumerate() {
            let gone = meter.is_given_up() || meter.absent.contains(&(self.table, FieldNo(no as u32)));
            if let Some(column) = slot.as_mut().filter(|_| gone) {
                column.done = (0..self.chunks).map(|_| Chunk::new(column.kind)).collect();
            }
        }
    }

    /// Closes the last chunk.
    pub fn end(mut self) -> Self {
        self.close();
        let growing = std::mem::take(&mut self.growing).into_iter().enumerate();
        let columns =
            growing.filter_map(|(no, slot)| slot.map(|column| (FieldNo(no as u32), column.kind, column.done)));
        self.columns = columns.collect();
        self
    }
}

impl Meter {
    fn is_given_up(&self) -> bool {
        self.over && !self.drops
    }
}
