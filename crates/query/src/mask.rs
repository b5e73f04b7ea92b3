//! The rows of one chunk as bits.

use model::{Bits, CHUNK};

/// Words of a chunk.
pub(crate) const WORDS: usize = CHUNK / 64;

/// One bit per row of a chunk.
pub(crate) type Mask = [u64; WORDS];

/// No row.
pub(crate) const NONE: Mask = [0; WORDS];

/// The bits of chunk `chunk`; false past the end.
pub(crate) fn of_chunk(bits: &Bits, chunk: usize) -> Mask {
    let mut mask = NONE;
    let words = bits.words().get(chunk * WORDS..).unwrap_or_default();
    for (slot, word) in mask.iter_mut().zip(words) {
        *slot = *word;
    }
    mask
}

pub(crate) fn is_empty(mask: &Mask) -> bool {
    mask.iter().all(|word| *word == 0)
}

pub(crate) fn and(left: &mut Mask, right: &Mask) {
    for (slot, word) in left.iter_mut().zip(right) {
        *slot &= word;
    }
}

pub(crate) fn or(left: &mut Mask, right: &Mask) {
    for (slot, word) in left.iter_mut().zip(right) {
        *slot |= word;
    }
}

/// Takes the rows of `right` out of `left`.
pub(crate) fn without(left: &mut Mask, right: &Mask) {
    for (slot, word) in left.iter_mut().zip(right) {
        *slot &= !word;
    }
}

/// Keeps the rows of `mask` for which `test` holds. For tests that are dear.
pub(crate) fn keep(mask: &mut Mask, mut test: impl FnMut(usize) -> bool) {
    for (index, word) in mask.iter_mut().enumerate() {
        let mut rest = *word;
        while rest != 0 {
            let bit = rest.trailing_zeros();
            rest &= rest - 1;
            if !test(index * 64 + bit as usize) {
                *word &= !(1 << bit);
            }
        }
    }
}

/// The rows for whose value `test` holds. For tests that cost less than looking at a bit.
#[inline]
pub(crate) fn pack<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Mask {
    let mut mask = NONE;
    for (slot, rows) in mask.iter_mut().zip(values.chunks(64)) {
        let mut word = 0;
        for (bit, value) in rows.iter().enumerate() {
            word |= u64::from(test(*value)) << bit;
        }
        *slot = word;
    }
    mask
}
