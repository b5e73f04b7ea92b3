//! The recent changes of a base, in memory.

use std::collections::VecDeque;
use std::sync::Arc;

use events::Change;

/// The most changes kept.
const COUNT: usize = 1_024;
/// The most bytes of their bodies, as written.
const BYTES: usize = 8 << 20;

/// The newest committed changes, contiguous.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    entries: VecDeque<(Arc<Change>, usize)>,
    bytes: usize,
}

impl Recent {
    /// Adds a change whose body took `bytes`. One that does not follow the newest replaces everything; one that
    /// is there already is not added again. Answers those that had to go: freeing large ones takes its time.
    pub(crate) fn push(&mut self, change: Arc<Change>, bytes: usize) -> Vec<Arc<Change>> {
        let mut gone = Vec::new();
        if let Some(last) = self.last() {
            if change.sequence <= last {
                return gone;
            }
            if change.sequence != last + 1 {
                gone.extend(self.entries.drain(..).map(|(change, _)| change));
                self.bytes = 0;
            }
        }
        self.entries.push_back((change, bytes));
        self.bytes += bytes;
        while self.entries.len() > COUNT || (self.bytes > BYTES && self.entries.len() > 1) {
            let Some((change, bytes)) = self.entries.pop_front() else { break };
            self.bytes -= bytes;
            gone.push(change);
        }
        gone
    }

    /// Forgets all: what the log says of them has become another.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    fn first(&self) -> Option<i64> {
        self.entries.front().map(|(change, _)| change.sequence)
    }

    pub(crate) fn last(&self) -> Option<i64> {
        self.entries.back().map(|(change, _)| change.sequence)
    }

    /// The changes after `sequence` up to and with `until`, when all of them are here.
    pub(crate) fn between(&self, sequence: i64, until: i64) -> Option<Vec<Arc<Change>>> {
        if sequence >= until {
            return Some(Vec::new());
        }
        let first = self.first()?;
        if sequence + 1 < first || self.last()? < until {
            return None;
        }
        let skipped = usize::try_from(sequence + 1 - first).ok()?;
        let count = usize::try_from(until - sequence).ok()?;
        Some(self.entries.iter().skip(skipped).take(count).map(|(change, _)| Arc::clone(change)).collect())
    }

    pub(crate) fn get(&self, sequence: i64) -> Option<Arc<Change>> {
        self.between(sequence - 1, sequence)?.pop()
    }
}

#[cfg(test)]
mod tests;
