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

/// Hands out what comes of all rows at once, or of a few at a time where what they are made of takes too much memory: each with
/// its rows, counted from the first of all.
fn in_pieces<T>(
    range: Range<usize>,
    mut run: impl FnMut(Range<usize>) -> Result<T, Error>,
    mut take: impl FnMut(Range<usize>, T) -> Result<(), Error>,
) -> Result<(), Error> {
    let (first, len) = (range.start, range.len());
    match run(range) {
        Err(Error::TooManyValues { .. }) if len > PIECE => (0..len).step_by(PIECE).try_for_each(|start| {
            let rows = start..len.min(start + PIECE);
            let piece = run(first + rows.start..first + rows.end)?;
            take(rows, piece)
        }),
        whole => take(0..len, whole?),
    }
}

/// Which of these rows are found, all at once or a few at a time.
pub(super) fn found(range: Range<usize>, run: impl FnMut(Range<usize>) -> Result<Bits, Error>) -> Result<Bits, Error> {
    let (mut all, len) = (Bits::default(), range.len());
    in_pieces(range, run, |rows, bits| {
        if rows.len() == len {
            all = bits;
        } else {
            bits.ones().for_each(|row| all.set(rows.start + row, true));
        }
        Ok(())
    })?;
    Ok(all)
}

/// A field's values for these rows, all at once or a few at a time.
pub(super) fn joined(
    field: &Field,
    range: Range<usize>,
    run: impl FnMut(Range<usize>) -> Result<ComputedChunk, Error>,
) -> Result<ComputedChunk, Error> {
    let (mut all, len) = (None, range.len());
    in_pieces(range, run, |rows, piece| {
        if rows.len() == len {
            all = Some(piece);
            return Ok(());
        }
        let all = all.get_or_insert_with(|| blank(&piece));
        rows.enumerate().for_each(|(from, row)| put(all, row, &piece, from));
        fits(field, all)
    })?;
    all.ok_or_else(|| too_many(field))
}

/// A chunk of the same kind without values.
fn blank(chunk: &ComputedChunk) -> ComputedChunk {
    ComputedChunk { values: Chunk::new(chunk.values.kind()), errors: Bits::default() }
}

/// Puts a row of one chunk into another.
pub(super) fn put(all: &mut ComputedChunk, row: usize, of: &ComputedChunk, from: usize) {
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
            let some = some.get_or_insert_with(|| blank(&one));
            put(some, row, &one, 0);
            fits(of.2, some)?;
        }
        some.map(Arc::new).ok_or_else(|| too_many(of.2))
    }
}
