//! Windows by key, never more of them than a bound.

use std::collections::HashMap;
use std::hash::Hash;

/// Most windows of a kind. Beyond it the quarter that was not touched for the longest time is forgotten, which lets its
/// owners send a little more than their share.
const MOST: usize = 65_536;

/// What counts the requests of one key.
pub(super) trait Window: Default {
    /// True when a new window would decide the same.
    fn is_over(&self, now: i64) -> bool;
    /// When it last counted, in milliseconds since 1970.
    fn touched(&self) -> i64;
}

pub(super) struct Windows<K, W> {
    held: HashMap<K, W>,
    most: usize,
}

impl<K, W> Default for Windows<K, W> {
    fn default() -> Self {
        Self { held: HashMap::new(), most: MOST }
    }
}

impl<K: Eq + Hash, W: Window> Windows<K, W> {
    #[cfg(test)]
    pub(super) fn bounded(most: usize) -> Self {
        Self { held: HashMap::new(), most }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// The window of a key, a new one if there is none.
    pub(super) fn window(&mut self, key: K, now: i64) -> &mut W {
        if self.held.len() >= self.most && !self.held.contains_key(&key) {
            self.make_room(now);
        }
        self.held.entry(key).or_default()
    }

    fn make_room(&mut self, now: i64) {
        self.held.retain(|_, window| !window.is_over(now));
        if self.held.len() < self.most - self.most / 4 {
            return;
        }
        let mut times: Vec<i64> = self.held.values().map(Window::touched).collect();
        let quarter = times.len() / 4;
        let (_, oldest_kept, _) = times.select_nth_unstable(quarter);
        let mut leaving = quarter.max(1);
        // Of those that were touched in the same moment as the oldest kept, only as many leave as must.
        let oldest_kept = *oldest_kept;
        self.held.retain(|_, window| {
            let leaves = leaving > 0 && window.touched() <= oldest_kept;
            leaving -= usize::from(leaves);
            !leaves
        });
    }
}
