//! Values that take much memory, computed for a few records at a time.

use std::ops::Range;
use std::sync::Arc;

use model::{Bits, CellRef, Chunk, ComputedChunk, Field};
use rustc_hash::FxHashSet;

use super::kept::{MOST, memory};
use super::{Form, Of, View};
use crate::error::Error;

/// Records that are computed together where those of a chunk would take too much memory.
pub(super) const PIECE: usize = 16;

/// The values of a field take more memory than they may.
pub(super) fn too_many(field: &Field) -> Error {
    Error::TooManyValues { field: field.name.clone() }
}

/// What comes of all rows at once, or of a few at a time where what they are made of takes too much memory: each with its
/// distance from the first.
pub(super) fn in_pieces<T>(
    range: Range<usize>,
    mut run: impl FnMut(Range<usize>) -> Result<T, Error>,
) -> Result<Vec<(usize, T)>, Error> {
    match run(range.clone()) {
        Err(Error::TooManyValues { .. }) if range.len() > PIECE => {
            let pieces = range.clone().step_by(PIECE).map(|start| {
                let piece = start..range.end.min(start + PIECE);
                Ok((start - range.start, run(piece)?))
            });
            pieces.collect()
        }
        whole => Ok(vec![(0, whole?)]),
    }
}

/// The bits of pieces.
pub(super) fn joined_bits(mut pieces: Vec<(usize, Bits)>) -> Bits {
    if let (1, Some((0, _))) = (pieces.len(), pieces.first()) {
        return pieces.pop().map(|(_, bits)| bits).unwrap_or_default();
    }
    let mut all = Bits::default();
    for (start, bits) in pieces {
        bits.ones().for_each(|row| all.set(start + row, true));
    }
    all
}

/// A field's values for these rows, a few at a time where they or what they are made of take too much memory.
pub(super) fn joined(
    field: &Field,
    range: Range<usize>,
    run: impl FnMut(Range<usize>) -> Result<ComputedChunk, Error>,
) -> Result<ComputedChunk, Error> {
    let len = range.len();
    let mut pieces = in_pieces(range, run)?;
    if pieces.len() == 1 {
        return pieces.pop().map(|(_, chunk)| chunk).ok_or_else(|| too_many(field));
    }
    let kind = pieces.first().map_or_else(|| field.kind.column(), |(_, chunk)| chunk.values.kind());
    let mut all = ComputedChunk { values: Chunk::new(kind), errors: Bits::default() };
    for (start, piece) in pieces {
        (0..PIECE.min(len - start)).for_each(|row| put(&mut all, start + row, &piece, row));
        fits(field, &all)?;
    }
    Ok(all)
}

/// Puts a row of one chunk into another.
fn put(all: &mut ComputedChunk, row: usize, of: &ComputedChunk, from: usize) {
    let is_error = of.errors.get(from);
    all.errors.set(row, is_error);
    all.values.set(row, if is_error { CellRef::Empty } else { of.values.cell(from) });
}

fn fits(field: &Field, chunk: &ComputedChunk) -> Result<(), Error> {
    if memory(chunk) > MOST { Err(too_many(field)) } else { Ok(()) }
}

impl View {
    /// A chunk with the values of these rows at least: of only these where all of the chunk take too much memory.
    pub(super) fn some(
        &self,
        of: Of<'_>,
        form: Form,
        (chunk, rows): (usize, &dyn Fn() -> FxHashSet<usize>),
        depth: usize,
    ) -> Result<Arc<ComputedChunk>, Error> {
        let whole = self.chunk(of, form, chunk, depth);
        if !matches!(whole, Err(Error::TooManyValues { .. })) {
            return whole;
        }
        let mut some: Option<ComputedChunk> = None;
        for row in rows() {
            let one = self.compute(of, form, (chunk, row..row + 1), depth)?;
            let blank = || ComputedChunk { values: Chunk::new(one.values.kind()), errors: Bits::default() };
            let some = some.get_or_insert_with(blank);
            put(some, row, &one, 0);
            fits(of.2, some)?;
        }
        some.map(Arc::new).ok_or_else(|| too_many(of.2))
    }
}
