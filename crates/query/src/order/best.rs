//! The smallest of many, while they pass by.

use std::cmp::Ordering;

/// A record with its key.
pub(super) trait Ranked: Copy {
    /// The record.
    fn ordinal(&self) -> u32;
}

/// Keeps at least the `need` smallest of the entries pushed, in no order. Entries must come by ascending ordinal.
pub(super) struct Best<T> {
    entries: Vec<T>,
    need: usize,
    /// Keep all that tie with the last one needed, because something else decides between them.
    ties: bool,
    /// The last entry that is needed, as far as is known.
    edge: Option<T>,
    /// Clean up at this length.
    full: usize,
}

/// Cleaning up pays off only for so many entries.
pub(super) const LEAST: usize = 2_048;

impl<T: Ranked> Best<T> {
    pub fn new(need: usize, most: usize, ties: bool) -> Self {
        let full = need.saturating_mul(2).max(LEAST);
        Self { entries: Vec::with_capacity(full.min(most)), need, ties, edge: None, full }
    }

    /// True when an entry may be among those needed that compares with the present edge as `compare` says.
    #[inline]
    pub fn admits(&self, compare: impl FnOnce(&T) -> Ordering) -> bool {
        self.edge.as_ref().is_none_or(|edge| match compare(edge) {
            Ordering::Less => true,
            Ordering::Equal => self.ties,
            Ordering::Greater => false,
        })
    }

    /// Takes an entry in; `compare` compares keys.
    #[inline]
    pub fn push(&mut self, entry: T, compare: impl Fn(&T, &T) -> Ordering) {
        self.entries.push(entry);
        if self.entries.len() >= self.full {
            self.clean(compare);
            self.full = self.full.max(self.entries.len().saturating_mul(2));
        }
    }

    /// The entries in order.
    pub fn sorted(mut self, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
        self.clean(&compare);
        self.entries
            .sort_unstable_by(|left, right| compare(left, right).then_with(|| left.ordinal().cmp(&right.ordinal())));
        self.entries
    }

    fn clean(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let Some(last) = self.need.checked_sub(1) else {
            self.entries.clear();
            return;
        };
        if self.entries.len() <= self.need {
            return;
        }
        let in_order = |left: &T, right: &T| compare(left, right).then_with(|| left.ordinal().cmp(&right.ordinal()));
        let edge = *self.entries.select_nth_unstable_by(last, in_order).1;
        if self.ties {
            self.entries.retain(|entry| compare(entry, &edge).is_le());
        } else {
            self.entries.truncate(self.need);
        }
        self.edge = Some(edge);
    }
}
