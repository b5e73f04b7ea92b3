//! Keys of any length: texts, lists, and what a caller makes.

use std::cmp::Ordering;

use model::Chunk;

use super::best::Ranked;
use crate::rows::{ERROR, by_chunk, item_word, row};
use crate::source::{Facet, Part, TextKey};

/// What stands in front of a text's key, so that blanks (no bytes) and errors (a smaller byte) precede it.
const TEXT: u8 = 2;

/// A record, the first 8 bytes of its key as a number, and where all of its key is.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// Already turned around where the order is.
    pub key: u64,
    pub ordinal: u32,
    pub start: usize,
    pub len: usize,
}

impl Ranked for Entry {
    fn ordinal(&self) -> u32 {
        self.ordinal
    }
}

impl Entry {
    /// The key as it was made.
    pub fn bytes<'a>(&self, arena: &'a [u8]) -> &'a [u8] {
        arena.get(self.start..self.start + self.len).unwrap_or_default()
    }

    /// Compares the keys of two entries.
    pub fn compare(&self, other: &Self, arena: &[u8], descending: bool) -> Ordering {
        compare((self.key, self.bytes(arena)), (other.key, other.bytes(arena)), descending)
    }
}

/// Compares two keys, each with its [`prefix`].
#[inline]
pub(super) fn compare(left: (u64, &[u8]), right: (u64, &[u8]), descending: bool) -> Ordering {
    left.0.cmp(&right.0).then_with(|| {
        let order = left.1.cmp(right.1);
        if descending { order.reverse() } else { order }
    })
}

/// The first 8 bytes as a number that compares as they do, turned around for a descending order.
pub(super) fn prefix(bytes: &[u8], descending: bool) -> u64 {
    let mut first = [0; 8];
    for (slot, byte) in first.iter_mut().zip(bytes) {
        *slot = *byte;
    }
    let key = u64::from_be_bytes(first);
    if descending { !key } else { key }
}

/// Hands out the keys of a column's cells.
pub(super) fn each(facet: Facet<'_>, text_key: TextKey, ordinals: &[u32], mut sink: impl FnMut(u32, &[u8])) {
    let mut key = Vec::new();
    for (chunk, range) in by_chunk(ordinals) {
        let part = facet.view.part(chunk);
        for ordinal in ordinals.get(range).unwrap_or_default() {
            key.clear();
            if let Some(part) = part {
                push_cell(facet, part, row(*ordinal), text_key, &mut key);
            }
            sink(*ordinal, &key);
        }
    }
}

fn push_cell(facet: Facet<'_>, part: Part<'_>, row: usize, text_key: TextKey, key: &mut Vec<u8>) {
    match part.values {
        Chunk::Text(_) if part.is_error(row) => key.push(ERROR as u8),
        Chunk::Text(texts) => {
            if let Some(text) = texts.get(row) {
                key.push(TEXT);
                text_key(text, key);
            }
        }
        _ if part.is_error(row) => key.extend_from_slice(&ERROR.to_be_bytes()),
        Chunk::Choices(lists) | Chunk::Links(lists) => {
            for item in lists.get(row) {
                key.extend_from_slice(&item_word(facet, *item).to_be_bytes());
            }
        }
        _ => {}
    }
}

/// Hands out the keys that the caller makes.
pub(super) fn each_made(make: &dyn Fn(u32, &mut Vec<u8>), ordinals: &[u32], mut sink: impl FnMut(u32, &[u8])) {
    let mut key = Vec::new();
    for ordinal in ordinals {
        key.clear();
        make(*ordinal, &mut key);
        sink(*ordinal, &key);
    }
}
