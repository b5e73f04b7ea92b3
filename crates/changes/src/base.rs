//! What a process remembers of one base.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use events::Change;
use model::{TenantNo, Timestamp};
use parking_lot::Mutex;

use crate::log::Since;
use crate::recent::Recent;

/// Where a base stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Whose base it is.
    pub tenant: TenantNo,
    /// The newest change; 0 before the first.
    pub sequence: i64,
    /// The oldest change that is kept.
    pub oldest: i64,
    /// When the newest change was made that is no longer kept; 0 when all are. Since then the base can be read as it was.
    pub kept_since: Timestamp,
    /// Grows with each change of the schema.
    pub schema_revision: i64,
    /// Grows whenever somebody's rights change.
    pub access_revision: i64,
    /// When the newest change was made.
    pub changed: Timestamp,
    /// Whether the base was removed: it takes no more changes, and its number is nobody's for ever.
    pub removed: bool,
}

impl Head {
    /// What is said of changes before the oldest one.
    pub(crate) const fn too_old(&self) -> Since {
        Since::TooOld { oldest: self.oldest, kept_since: self.kept_since }
    }
}

/// A base's place in memory.
#[derive(Debug, Default)]
pub(crate) struct Base {
    pub(crate) state: Mutex<State>,
    /// How many shared reads of the head have begun.
    pub(crate) reads_begun: AtomicU64,
    /// The number of the last shared read, and what it found.
    pub(crate) last_read: tokio::sync::Mutex<Option<(u64, Head)>>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    /// The committed head. On SQLite it is always the present one once it is known.
    pub(crate) committed: Option<Head>,
    pub(crate) recent: Recent,
    /// Operations that are released and wait for the commit of their group, oldest first.
    pub(crate) pending: Vec<Pending>,
}

/// What a released operation did.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) head: Head,
    /// Its changes, and how many bytes their bodies took.
    pub(crate) changes: Vec<(Arc<Change>, usize)>,
}

impl State {
    /// The head as the next operation of the group finds it, if an earlier one has left one.
    pub(crate) fn pending_head(&self) -> Option<Head> {
        self.pending.last().map(|pending| pending.head)
    }

    /// Notes a head that was read from the database; an older one than is known changes nothing.
    pub(crate) fn learn(&mut self, head: Head) {
        let newer = self.committed.is_none_or(|known| {
            let place = |head: &Head| (head.sequence, head.access_revision, head.oldest, head.removed);
            place(&head) >= place(&known)
        });
        if newer {
            self.committed = Some(head);
        }
    }

    /// The oldest pending operation was committed. Answers the changes that are remembered no more.
    pub(crate) fn commit(&mut self) -> Vec<Arc<Change>> {
        if self.pending.is_empty() {
            return Vec::new();
        }
        let Pending { head, changes } = self.pending.remove(0);
        self.committed = Some(head);
        changes.into_iter().flat_map(|(change, bytes)| self.recent.push(change, bytes)).collect()
    }

    /// The newest pending operation was taken back.
    pub(crate) fn abort(&mut self) {
        self.pending.pop();
    }

    /// The changes after `sequence` up to and with `until`, committed or pending, when all of them are here.
    pub(crate) fn between(&self, sequence: i64, until: i64) -> Option<Vec<Arc<Change>>> {
        let pending = self.pending.iter().flat_map(|pending| &pending.changes).map(|(change, _)| change);
        let pending: Vec<_> =
            pending.filter(|change| change.sequence > sequence && change.sequence <= until).cloned().collect();
        let committed = pending.first().map_or(until, |change| change.sequence - 1);
        let mut changes = self.recent.between(sequence, committed)?;
        changes.extend(pending);
        Some(changes)
    }
}

#[cfg(test)]
mod tests;
