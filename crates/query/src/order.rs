//! The order of a selection.
//!
//! Keys are settled one after the other: the records are ordered by the first key, then each run of records that it
//! cannot tell apart by the next, and so on. When only the first few records are needed, what cannot be among them is
//! dropped while the first key is read, and later keys are read only for runs that reach the top.

mod best;
mod bytes;

#[cfg(test)]
mod tests;

use model::{Bits, Kind};

use crate::error::{Bound, QueryError};
use crate::rows::{each_word, ordinals};
use crate::source::{Facet, Source, TextKey};
use crate::tree::{Bucket, KeyKind, MAX_SORT_KEYS, SortKey};
use best::{Best, Ranked};
use bytes::{Entry, compare, prefix};

/// The ordinals of the selected records in order; the first `need` of them when that is given.
///
/// # Errors
/// [`QueryError`] when there are too many keys, or one names a field that is not there.
pub fn order(
    source: &Source<'_>,
    selection: &Bits,
    keys: &[SortKey<'_>],
    need: Option<usize>,
) -> Result<Vec<u32>, QueryError> {
    Bound::SortKeys.check(keys.len(), MAX_SORT_KEYS)?;
    let keys: Vec<Key<'_>> = keys.iter().map(|key| Key::new(source, *key)).collect::<Result<_, _>>()?;
    Ok(arrange(ordinals(source, selection), &keys, need.unwrap_or(usize::MAX)))
}

/// A sort key whose column was looked up.
struct Key<'a> {
    facet: Facet<'a>,
    kind: KeyKind<'a>,
    descending: bool,
    text: TextKey,
}

/// Orders ascending ordinals by `keys` and keeps the first `need`.
fn arrange(mut ordinals: Vec<u32>, keys: &[Key<'_>], need: usize) -> Vec<u32> {
    let Some((key, later)) = keys.split_first() else {
        ordinals.truncate(need);
        return ordinals;
    };
    if key.has_words() {
        settle(&key.by_words(&ordinals, need, !later.is_empty()), |left, right| left.key == right.key, later, need)
    } else {
        let (entries, arena) = key.by_bytes(&ordinals, need, !later.is_empty());
        settle(&entries, |left, right| left.compare(right, &arena, false).is_eq(), later, need)
    }
}

/// Settles each run of entries that are the `same` by the `later` keys.
fn settle<T: Ranked>(entries: &[T], same: impl Fn(&T, &T) -> bool, later: &[Key<'_>], need: usize) -> Vec<u32> {
    if later.is_empty() {
        return entries.iter().take(need).map(Ranked::ordinal).collect();
    }
    let mut settled = Vec::with_capacity(entries.len().min(need));
    for run in entries.chunk_by(same) {
        let left = need - settled.len();
        if left == 0 {
            break;
        }
        match run {
            [one] => settled.push(one.ordinal()),
            run => settled.extend(arrange(run.iter().map(Ranked::ordinal).collect(), later, left)),
        }
    }
    settled
}

impl<'a> Key<'a> {
    fn new(source: &'a Source<'_>, key: SortKey<'a>) -> Result<Self, QueryError> {
        Ok(Self { facet: source.facet(key.field)?, kind: key.key, descending: key.descending, text: source.text_key() })
    }

    /// True when a cell's word says all about its place.
    fn has_words(&self) -> bool {
        matches!(self.kind, KeyKind::Value)
            && matches!(self.facet.view.kind(), Kind::Number | Kind::Time | Kind::Flag | Kind::Choice)
    }

    fn by_words(&self, ordinals: &[u32], need: usize, ties: bool) -> Vec<Word> {
        let flip = if self.descending { u64::MAX } else { 0 };
        let in_order = |left: &Word, right: &Word| left.key.cmp(&right.key);
        let mut best = Best::new(need, ordinals.len(), ties);
        each_word(self.facet, Bucket::Value, ordinals, |position, word| {
            let key = word ^ flip;
            if best.admits(|edge: &Word| key.cmp(&edge.key)) {
                best.push(Word { key, ordinal: ordinals.get(position).copied().unwrap_or_default() }, in_order);
            }
        });
        best.sorted(in_order)
    }

    fn by_bytes(&self, ordinals: &[u32], need: usize, ties: bool) -> (Vec<Entry>, Vec<u8>) {
        let descending = self.descending;
        let mut arena = Vec::new();
        let mut best = Best::new(need, ordinals.len(), ties);
        let sink = |ordinal, bytes: &[u8]| {
            let key = prefix(bytes, descending);
            if best.admits(|edge: &Entry| compare((key, bytes), (edge.key, edge.bytes(&arena)), descending)) {
                let entry = Entry { key, ordinal, start: arena.len(), len: bytes.len() };
                arena.extend_from_slice(bytes);
                best.push(entry, |left, right| left.compare(right, &arena, descending));
            }
        };
        match self.kind {
            KeyKind::Made(make) => bytes::each_made(make, ordinals, sink),
            KeyKind::Value => bytes::each(self.facet, self.text, ordinals, sink),
        }
        (best.sorted(|left, right| left.compare(right, &arena, descending)), arena)
    }
}

/// A record and its key, already turned around where the order is.
#[derive(Clone, Copy)]
struct Word {
    key: u64,
    ordinal: u32,
}

impl Ranked for Word {
    fn ordinal(&self) -> u32 {
        self.ordinal
    }
}
