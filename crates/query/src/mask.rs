//! The rows of one chunk as bits.

#[cfg(test)]
mod tests;

use model::{Bits, CHUNK, pack_flags};

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

/// The rows for whose value `test` holds. For tests that cost less than looking at a bit: a loop that the compiler
/// turns into vector instructions.
#[inline]
pub(crate) fn pack<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Mask {
    let mut mask = NONE;
    let (whole, rest) = values.as_chunks::<64>();
    let mut words = mask.iter_mut();
    for (rows, slot) in whole.iter().zip(words.by_ref()) {
        let mut flags = [0u8; 64];
        for (flag, value) in flags.iter_mut().zip(rows) {
            *flag = u8::from(test(*value));
        }
        *slot = pack_flags(&flags);
    }
    if let Some(slot) = words.next() {
        *slot = rest.iter().rev().fold(0, |word, value| word << 1 | u64::from(test(*value)));
    }
    mask
}
