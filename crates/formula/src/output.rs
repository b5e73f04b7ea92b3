//! Lanes as the chunks of a computed column.

use model::{Bits, CellRef, Chunk, ComputedChunk, FormulaType, Kind, Numbers};

use crate::lane::{Lane, Values};
use crate::lists;
use crate::mask::Mask;
use crate::strings::{Builder, Made};
use crate::value::Val;

/// A chunk while its pieces come in.
pub(crate) struct Output {
    kind: Kind,
    result: FormulaType,
    n: usize,
    chunk: ComputedChunk,
}

impl Output {
    pub fn new(kind: Kind, result: FormulaType, n: usize) -> Self {
        Self { kind, result, n, chunk: ComputedChunk { values: Chunk::new(kind), errors: Bits::default() } }
    }

    /// Takes in `n` rows from `start` on.
    pub fn put(&mut self, start: usize, n: usize, lane: Lane<'_>) {
        if let Chunk::Values(lists) = &mut self.chunk.values {
            for row in 0..n {
                if lane.error.get(row) {
                    self.chunk.errors.set(start + row, true);
                } else {
                    lists::put(&lane, self.result, row, lists, start + row);
                }
            }
            return;
        }
        let part = column(self.kind, n, lane);
        if n == self.n {
            self.chunk = part;
            return;
        }
        for row in 0..n {
            if part.errors.get(row) {
                self.chunk.errors.set(start + row, true);
            } else {
                self.chunk.values.set(start + row, part.values.cell(row));
            }
        }
    }

    /// Bytes of the values so far.
    pub fn memory(&self) -> usize {
        self.chunk.values.memory()
    }

    pub fn finish(self) -> ComputedChunk {
        self.chunk
    }
}

fn column(kind: Kind, n: usize, lane: Lane<'_>) -> ComputedChunk {
    let mut none = lane.blank.clone();
    none.add(&lane.error);
    let values = match (kind, lane.values) {
        (Kind::Number, Values::Numbers(numbers)) => {
            let mut values = numbers.into_owned();
            clear(&mut values, &none, 0.0);
            Chunk::Number(Numbers { values, valid: Mask::all(n).but(&none).into_bits() })
        }
        (Kind::Number, Values::Flags(flags)) => {
            let values = (0..n).map(|row| f64::from(u8::from(flags.get(row)))).collect();
            Chunk::Number(Numbers { values, valid: Mask::all(n).but(&none).into_bits() })
        }
        (Kind::Text, Values::Texts(strings)) => Chunk::Text(strings.into_texts()),
        (Kind::Time, Values::Times(times, _)) => {
            let mut times = times.into_owned();
            clear(&mut times, &none, Chunk::NO_TIME);
            Chunk::Time(times)
        }
        (Kind::Text, values) => return texts(n, &Lane { values, ..lane }),
        (_, values) => return cells(kind, n, &Lane { values, ..lane }),
    };
    ComputedChunk { values, errors: lane.error.into_bits() }
}

fn clear<T: Copy>(values: &mut [T], rows: &Mask, empty: T) {
    for row in rows.rows() {
        if let Some(slot) = values.get_mut(row) {
            *slot = empty;
        }
    }
}

fn texts(n: usize, lane: &Lane<'_>) -> ComputedChunk {
    let mut builder = Builder::new(n);
    for row in 0..n {
        builder.row(row, |out| match lane.get(row) {
            Val::Error => Made::Error,
            Val::Blank => Made::Blank,
            value => {
                value.write(out);
                Made::Value
            }
        });
    }
    let (strings, _, error) = builder.finish();
    ComputedChunk { values: Chunk::Text(strings.into_texts()), errors: error.into_bits() }
}

/// Row by row: for values of another kind than the column.
fn cells(kind: Kind, n: usize, lane: &Lane<'_>) -> ComputedChunk {
    let mut out = ComputedChunk { values: Chunk::new(kind), errors: Bits::default() };
    for row in 0..n {
        match (kind, lane.get(row)) {
            (Kind::Number, Val::Number(number)) => out.values.set(row, CellRef::Number(number)),
            (Kind::Time, Val::Time(time, _)) => out.values.set(row, CellRef::Time(time)),
            (_, value) if value.is_blank() => out.values.set(row, CellRef::Empty),
            _ => out.errors.set(row, true),
        }
    }
    out
}
