//! Numbers by chance that can be had again.

/// Gives the same numbers whenever it begins with the same one, which is not 0.
#[derive(Debug)]
pub struct Chance(pub u64);

impl Chance {
    /// A number that no other run is likely to begin with.
    #[must_use]
    pub fn seed() -> u64 {
        use std::hash::{BuildHasher, Hasher, RandomState};
        RandomState::new().build_hasher().finish() | 1
    }

    /// A number under `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    /// One of these, if there are any.
    pub fn of<'i, T>(&mut self, items: &'i [T]) -> Option<&'i T> {
        if items.is_empty() { None } else { items.get(self.below(items.len())) }
    }
}
