//! One bit for each row of a batch.

use model::{Bits, pack_flags};

/// Rows of a batch. Words that are not held are zero, so a mask of no rows holds none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mask {
    words: Vec<u64>,
}

impl Mask {
    /// The first `n` rows.
    pub fn all(n: usize) -> Self {
        let mut words = vec![u64::MAX; n.div_ceil(64)];
        if let Some(last) = words.last_mut().filter(|_| !n.is_multiple_of(64)) {
            *last = (1 << (n % 64)) - 1;
        }
        Self { words }
    }

    /// `n` bits from `start` on.
    pub fn slice(bits: &Bits, start: usize, n: usize) -> Self {
        let held = bits.words().get(start / 64..).unwrap_or_default();
        if held.is_empty() {
            return Self::default();
        }
        let shift = start % 64;
        let word = |index: usize| held.get(index).copied().unwrap_or(0);
        let words = (0..n.div_ceil(64)).map(|index| match shift {
            0 => word(index),
            shift => word(index) >> shift | word(index + 1) << (64 - shift),
        });
        let mut mask = Self { words: words.collect() };
        if let Some(last) = mask.words.last_mut().filter(|_| !n.is_multiple_of(64)) {
            *last &= (1 << (n % 64)) - 1;
        }
        mask
    }

    /// The places from `start` on, `n` of them, whose bit is not set.
    pub fn unset(bits: &Bits, start: usize, n: usize) -> Self {
        let words = bits.words().get(start / 64..).unwrap_or_default();
        let whole = n / 64;
        let full = start.is_multiple_of(64)
            && n.is_multiple_of(64)
            && words.get(..whole).is_some_and(|words| words.iter().all(|word| *word == u64::MAX));
        if full { Self::default() } else { Self::all(n).without(&Self::slice(bits, start, n)) }
    }

    /// The rows for whose value `test` holds: a loop that the compiler turns into vector instructions.
    #[inline]
    pub fn pack<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Self {
        let mut words = Vec::with_capacity(values.len().div_ceil(64));
        let (whole, rest) = values.as_chunks::<64>();
        for rows in whole {
            let mut flags = [0u8; 64];
            for (flag, value) in flags.iter_mut().zip(rows) {
                *flag = u8::from(test(*value));
            }
            words.push(pack_flags(&flags));
        }
        if !rest.is_empty() {
            words.push(rest.iter().rev().fold(0, |word, value| word << 1 | u64::from(test(*value))));
        }
        Self { words }
    }

    /// The rows for whose pair of values `test` holds.
    #[inline]
    pub fn pack_pairs<T: Copy, U: Copy>(left: &[T], right: &[U], test: impl Fn(T, U) -> bool) -> Self {
        let mut words = Vec::with_capacity(left.len().div_ceil(64));
        for (left, right) in left.chunks(64).zip(right.chunks(64)) {
            let mut flags = [0u8; 64];
            for ((flag, left), right) in flags.iter_mut().zip(left).zip(right) {
                *flag = u8::from(test(*left, *right));
            }
            words.push(pack_flags(&flags));
        }
        Self { words }
    }

    /// The bit of a row.
    #[inline]
    pub fn get(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Adds a row.
    #[inline]
    pub fn set(&mut self, row: usize) {
        let word = row / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        if let Some(slot) = self.words.get_mut(word) {
            *slot |= 1 << (row % 64);
        }
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// True when all rows of the other are in this one.
    pub fn covers(&self, other: &Self) -> bool {
        let held = self.words.iter().copied().chain(std::iter::repeat(0));
        other.words.iter().zip(held).all(|(word, held)| word & !held == 0)
    }

    /// The rows in both.
    pub fn and(&self, other: &Self) -> Self {
        Self { words: self.words.iter().zip(&other.words).map(|(left, right)| left & right).collect() }
    }

    /// The rows that are not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        self.clone().but(other)
    }

    /// The same, in place.
    #[must_use]
    pub fn but(mut self, other: &Self) -> Self {
        for (slot, word) in self.words.iter_mut().zip(&other.words) {
            *slot &= !word;
        }
        self
    }

    /// Adds the rows of another.
    pub fn add(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (slot, word) in self.words.iter_mut().zip(&other.words) {
            *slot |= word;
        }
    }

    /// Changes the membership of every row of the other.
    pub fn flip(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (slot, word) in self.words.iter_mut().zip(&other.words) {
            *slot ^= word;
        }
    }

    /// The rows, ascending.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
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

    /// The rows as bits of a column.
    pub fn into_bits(self) -> Bits {
        Bits::from_words(self.words)
    }
}
