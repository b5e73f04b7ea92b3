//! One field's values for the records of a table, in chunks.

mod values;

use std::sync::Arc;

use crate::cell::{CellError, CellRef, CellValue, Items};

pub use values::ValueLists;

/// Records per chunk.
pub const CHUNK: usize = 4_096;

/// What kind of value a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// [`CellValue::Text`].
    Text,
    /// [`CellValue::Number`].
    Number,
    /// [`CellValue::Flag`].
    Flag,
    /// [`CellValue::Time`].
    Time,
    /// [`CellValue::Choice`].
    Choice,
    /// [`CellValue::Choices`].
    Choices,
    /// [`CellValue::Links`].
    Links,
    /// [`CellValue::Values`].
    Values,
}

/// A growing set of bits; positions past the end are false.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// Bits given 64 at a time, lowest index first.
    pub fn from_words(mut words: Vec<u64>) -> Self {
        let held = words.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        words.truncate(held);
        Self { words }
    }

    /// The bit at `index`.
    #[inline]
    pub fn get(&self, index: usize) -> bool {
        self.words.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Sets the bit at `index`, growing as needed.
    #[inline]
    pub fn set(&mut self, index: usize, value: bool) {
        let word = index / 64;
        if word >= self.words.len() {
            if !value {
                return;
            }
            self.words.resize(word + 1, 0);
        }
        if let Some(slot) = self.words.get_mut(word) {
            let mask = 1u64 << (index % 64);
            if value { *slot |= mask } else { *slot &= !mask }
        }
    }

    /// How many bits are true.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The words, 64 bits each, lowest index first.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The positions of true bits, ascending.
    pub fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(index * 64 + bit)
            })
        })
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.words.capacity() * 8
    }
}

/// The lowest bits of 64 bytes as a word, the first byte's lowest: eight bytes at a time, whose bits one multiplication
/// moves together.
#[inline]
pub fn pack_flags(flags: &[u8; 64]) -> u64 {
    const TOGETHER: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = flags.as_chunks::<8>();
    let byte = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(TOGETHER) >> 56;
    eights.iter().rev().fold(0, |word, eight| word << 8 | byte(eight))
}

/// Numbers with validity.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    /// Values; 0.0 where not valid.
    pub values: Vec<f64>,
    /// Which rows have a value.
    pub valid: Bits,
}

/// Checkboxes: a length and the true ones.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// Rows held.
    pub len: usize,
    /// The true rows.
    pub set: Bits,
}

/// Texts in one arena. A changed text is appended and its old bytes become waste until the chunk is folded.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    arena: String,
    /// Start and length per row; length 0 is empty.
    spans: Vec<(u32, u32)>,
    waste: u32,
}

impl Texts {
    /// Rows by their spans (start and length in bytes) of one text.
    pub fn from_parts(arena: String, spans: Vec<(u32, u32)>) -> Self {
        Self { arena, spans, waste: 0 }
    }

    /// The text that all rows lie in; it may hold more than they show.
    pub fn arena(&self) -> &str {
        &self.arena
    }

    /// Start and length in bytes of each row's text in [`Texts::arena`]; length 0 is empty.
    pub fn spans(&self) -> &[(u32, u32)] {
        &self.spans
    }

    /// The text at `row`.
    #[inline]
    pub fn get(&self, row: usize) -> Option<&str> {
        let &(start, len) = self.spans.get(row)?;
        if len == 0 {
            return None;
        }
        self.arena.get(start as usize..(start + len) as usize)
    }

    /// Rows held.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// True when no row is held.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Appends a row.
    pub fn push(&mut self, text: Option<&str>) {
        let row = self.spans.len();
        self.set(row, text);
    }

    /// Writes the row, growing as needed.
    pub fn set(&mut self, row: usize, text: Option<&str>) {
        if row >= self.spans.len() {
            self.spans.resize(row + 1, (0, 0));
        }
        let span = text.filter(|t| !t.is_empty()).map_or((0, 0), |t| {
            let start = self.arena.len() as u32;
            self.arena.push_str(t);
            (start, t.len() as u32)
        });
        if let Some(slot) = self.spans.get_mut(row) {
            self.waste += slot.1;
            *slot = span;
        }
        if self.waste as usize > 65_536 && self.waste as usize > self.arena.len() / 2 {
            self.fold();
        }
    }

    fn fold(&mut self) {
        let mut arena = String::with_capacity(self.arena.len().saturating_sub(self.waste as usize));
        for span in &mut self.spans {
            let start = arena.len() as u32;
            arena.push_str(self.arena.get(span.0 as usize..(span.0 + span.1) as usize).unwrap_or_default());
            span.0 = start;
        }
        self.arena = arena;
        self.waste = 0;
    }
}

/// Lists of numbers (choices or ordinals) in one arena, as [`Texts`].
#[derive(Debug, Clone, Default)]
pub struct Lists {
    arena: Vec<u32>,
    spans: Vec<(u32, u32)>,
    waste: u32,
}

impl Lists {
    /// The list at `row`; empty when there is none.
    #[inline]
    pub fn get(&self, row: usize) -> &[u32] {
        let Some(&(start, len)) = self.spans.get(row) else { return &[] };
        self.arena.get(start as usize..(start + len) as usize).unwrap_or_default()
    }

    /// Rows held.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// True when no row is held.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Writes the row, growing as needed.
    pub fn set(&mut self, row: usize, list: &[u32]) {
        if row >= self.spans.len() {
            self.spans.resize(row + 1, (0, 0));
        }
        let start = self.arena.len() as u32;
        self.arena.extend_from_slice(list);
        if let Some(slot) = self.spans.get_mut(row) {
            self.waste += slot.1;
            *slot = (start, list.len() as u32);
        }
        if self.waste > 16_384 && self.waste as usize > self.arena.len() / 2 {
            let old = std::mem::take(&mut self.arena);
            for span in &mut self.spans {
                let start = self.arena.len() as u32;
                self.arena.extend_from_slice(old.get(span.0 as usize..(span.0 + span.1) as usize).unwrap_or_default());
                span.0 = start;
            }
            self.waste = 0;
        }
    }
}

/// The values of at most [`CHUNK`] records. Rows past the held length are empty.
#[derive(Debug, Clone)]
pub enum Chunk {
    /// Texts.
    Text(Texts),
    /// Numbers.
    Number(Numbers),
    /// Checkboxes.
    Flag(Flags),
    /// Microseconds; [`Chunk::NO_TIME`] where empty.
    Time(Vec<i64>),
    /// Choice numbers; 0 where empty.
    Choice(Vec<u32>),
    /// Lists of choice numbers.
    Choices(Lists),
    /// Lists of ordinals.
    Links(Lists),
    /// Lists of values.
    Values(ValueLists),
}

impl Chunk {
    /// The empty time.
    pub const NO_TIME: i64 = i64::MIN;

    /// An empty chunk of `kind`.
    pub fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(Texts::default()),
            Kind::Number => Self::Number(Numbers::default()),
            Kind::Flag => Self::Flag(Flags::default()),
            Kind::Time => Self::Time(Vec::new()),
            Kind::Choice => Self::Choice(Vec::new()),
            Kind::Choices => Self::Choices(Lists::default()),
            Kind::Links => Self::Links(Lists::default()),
            Kind::Values => Self::Values(ValueLists::default()),
        }
    }

    /// What it holds.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Number(_) => Kind::Number,
            Self::Flag(_) => Kind::Flag,
            Self::Time(_) => Kind::Time,
            Self::Choice(_) => Kind::Choice,
            Self::Choices(_) => Kind::Choices,
            Self::Links(_) => Kind::Links,
            Self::Values(_) => Kind::Values,
        }
    }

    /// Rows held.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(texts) => texts.len(),
            Self::Number(numbers) => numbers.values.len(),
            Self::Flag(flags) => flags.len,
            Self::Time(times) => times.len(),
            Self::Choice(choices) => choices.len(),
            Self::Choices(lists) | Self::Links(lists) => lists.len(),
            Self::Values(lists) => lists.spans().len(),
        }
    }

    /// True when no row is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cell at `row` (0 to [`CHUNK`] − 1).
    #[inline]
    pub fn cell(&self, row: usize) -> CellRef<'_> {
        match self {
            Self::Text(texts) => texts.get(row).map_or(CellRef::Empty, CellRef::Text),
            Self::Number(numbers) if numbers.valid.get(row) => {
                numbers.values.get(row).map_or(CellRef::Empty, |n| CellRef::Number(*n))
            }
            Self::Flag(flags) if flags.set.get(row) => CellRef::Flag(true),
            Self::Number(_) | Self::Flag(_) => CellRef::Empty,
            Self::Time(times) => match times.get(row) {
                None | Some(&Self::NO_TIME) => CellRef::Empty,
                Some(time) => CellRef::Time(*time),
            },
            Self::Choice(choices) => match choices.get(row) {
                None | Some(0) => CellRef::Empty,
                Some(choice) => CellRef::Choice(*choice),
            },
            Self::Choices(lists) => match lists.get(row) {
                [] => CellRef::Empty,
                list => CellRef::Choices(list),
            },
            Self::Links(lists) => match lists.get(row) {
                [] => CellRef::Empty,
                list => CellRef::Links(list),
            },
            Self::Values(lists) if lists.range(row).is_empty() => CellRef::Empty,
            Self::Values(lists) => CellRef::Values(Items::Held(lists, row)),
        }
    }

    /// Writes the cell at `row`, growing as needed. A value of another kind clears the cell.
    pub fn set(&mut self, row: usize, cell: CellRef<'_>) {
        fn grow<T: Copy>(items: &mut Vec<T>, row: usize, empty: T, value: T) {
            if row >= items.len() {
                items.resize(row + 1, empty);
            }
            if let Some(slot) = items.get_mut(row) {
                *slot = value;
            }
        }
        match self {
            Self::Text(texts) => texts.set(row, if let CellRef::Text(text) = cell { Some(text) } else { None }),
            Self::Number(numbers) => {
                let value = if let CellRef::Number(number) = cell { Some(number) } else { None };
                grow(&mut numbers.values, row, 0.0, value.unwrap_or(0.0));
                numbers.valid.set(row, value.is_some());
            }
            Self::Flag(flags) => {
                flags.len = flags.len.max(row + 1);
                flags.set.set(row, cell == CellRef::Flag(true));
            }
            Self::Time(times) => {
                grow(times, row, Self::NO_TIME, if let CellRef::Time(time) = cell { time } else { Self::NO_TIME });
            }
            Self::Choice(choices) => grow(choices, row, 0, if let CellRef::Choice(choice) = cell { choice } else { 0 }),
            Self::Choices(lists) => lists.set(row, if let CellRef::Choices(list) = cell { list } else { &[] }),
            Self::Links(lists) => lists.set(row, if let CellRef::Links(list) = cell { list } else { &[] }),
            Self::Values(lists) => match cell {
                CellRef::Values(items) => lists.set(row, items.iter()),
                _ => lists.set(row, std::iter::empty()),
            },
        }
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        match self {
            Self::Text(texts) => texts.arena.capacity() + texts.spans.capacity() * 8,
            Self::Number(numbers) => numbers.values.capacity() * 8 + numbers.valid.memory(),
            Self::Flag(flags) => flags.set.memory(),
            Self::Time(times) => times.capacity() * 8,
            Self::Choice(choices) => choices.capacity() * 4,
            Self::Choices(lists) | Self::Links(lists) => lists.arena.capacity() * 4 + lists.spans.capacity() * 8,
            Self::Values(lists) => lists.memory(),
        }
    }

    /// Drops the rows and keeps the room, so that the next chunk can be gathered in it.
    pub fn clear(&mut self) {
        match self {
            Self::Text(texts) => {
                texts.arena.clear();
                texts.spans.clear();
                texts.waste = 0;
            }
            Self::Number(numbers) => {
                numbers.values.clear();
                numbers.valid.words.clear();
            }
            Self::Flag(flags) => {
                flags.len = 0;
                flags.set.words.clear();
            }
            Self::Time(times) => times.clear(),
            Self::Choice(choices) => choices.clear(),
            Self::Choices(lists) | Self::Links(lists) => {
                lists.arena.clear();
                lists.spans.clear();
                lists.waste = 0;
            }
            Self::Values(lists) => *lists = ValueLists::default(),
        }
    }

    /// Gives back what was reserved and not used.
    pub fn shrink(&mut self) {
        match self {
            Self::Text(texts) => {
                texts.arena.shrink_to_fit();
                texts.spans.shrink_to_fit();
            }
            Self::Number(numbers) => numbers.values.shrink_to_fit(),
            Self::Flag(_) => {}
            Self::Time(times) => times.shrink_to_fit(),
            Self::Choice(choices) => choices.shrink_to_fit(),
            Self::Choices(lists) | Self::Links(lists) => {
                lists.arena.shrink_to_fit();
                lists.spans.shrink_to_fit();
            }
            Self::Values(lists) => lists.shrink(),
        }
    }
}

/// The computed values of one chunk: a chunk and which rows are errors instead.
#[derive(Debug, Clone)]
pub struct ComputedChunk {
    /// The values. A number may be NaN or infinite here.
    pub values: Chunk,
    /// Rows that are errors; their value is empty.
    pub errors: Bits,
}

impl ComputedChunk {
    /// The cell at `row`.
    #[inline]
    pub fn cell(&self, row: usize) -> CellRef<'_> {
        if self.errors.get(row) { CellRef::Error(CellError::Failed) } else { self.values.cell(row) }
    }
}

/// One field's values for the records of a table; row = ordinal.
#[derive(Debug, Clone)]
pub struct Column {
    kind: Kind,
    chunks: Arc<Vec<Arc<Chunk>>>,
}

impl Column {
    /// An empty column.
    pub fn new(kind: Kind) -> Self {
        Self { kind, chunks: Arc::default() }
    }

    /// What it holds.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The chunks; missing ones at the end are empty.
    pub fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    /// Chunk number `index`, if held.
    pub fn chunk(&self, index: usize) -> Option<&Arc<Chunk>> {
        self.chunks.get(index)
    }

    /// The cell of the record with this ordinal.
    #[inline]
    pub fn cell(&self, ordinal: usize) -> CellRef<'_> {
        self.chunks.get(ordinal / CHUNK).map_or(CellRef::Empty, |chunk| chunk.cell(ordinal % CHUNK))
    }

    /// Writes one cell. Chunks that a reader still holds are copied first.
    pub fn set(&mut self, ordinal: usize, cell: CellRef<'_>) {
        let index = ordinal / CHUNK;
        if index >= self.chunks.len() && cell.is_empty() {
            return;
        }
        if let Some(chunk) = self.chunk_mut(index) {
            chunk.set(ordinal % CHUNK, cell);
        }
    }

    /// Chunk number `index` to write many cells to. It is made when it is missing, and copied when a reader holds it.
    pub fn chunk_mut(&mut self, index: usize) -> Option<&mut Chunk> {
        let kind = self.kind;
        let chunks = Arc::make_mut(&mut self.chunks);
        while chunks.len() <= index {
            chunks.push(Arc::new(Chunk::new(kind)));
        }
        chunks.get_mut(index).map(Arc::make_mut)
    }

    /// Appends a whole chunk (used while an image is built).
    pub fn push_chunk(&mut self, mut chunk: Chunk) {
        chunk.shrink();
        Arc::make_mut(&mut self.chunks).push(Arc::new(chunk));
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.memory()).sum()
    }
}

impl From<CellRef<'_>> for CellValue {
    fn from(cell: CellRef<'_>) -> Self {
        cell.to_value()
    }
}
