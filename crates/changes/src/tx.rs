//! An operation on a base.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use db::{Committing, Tx};
use events::{Body, Change};
use model::{Actor, BaseNo, Door, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::base::{Base, Head, Pending};
use crate::error::Error;
use crate::log::Since;
use crate::store;

/// Records of a change that the writer does not stay to free.
const MANY: usize = 100;

/// A change to append.
#[derive(Debug, Clone)]
pub struct NewChange {
    /// The larger piece of work it belongs to.
    pub run: Option<String>,
    /// Who did it.
    pub actor: Actor,
    /// Through which door.
    pub door: Door,
    /// When: one clock reading in the writer.
    pub time: Timestamp,
    /// What it did.
    pub body: Body,
    /// Whether the schema became another one.
    pub schema_changed: bool,
}

/// A [`Tx`] on one base, with the base's head as this operation finds it: earlier operations of the group
/// included. Rows are written through it as through a `Tx`.
pub struct BaseTx {
    tx: Tx,
    base: BaseNo,
    /// As found.
    found: Head,
    /// With what this operation has appended.
    head: Head,
    appended: store::Sized,
    known: Arc<Base>,
    wake: watch::Sender<u64>,
}

impl BaseTx {
    pub(crate) fn new(tx: Tx, base: BaseNo, head: Head, known: Arc<Base>, wake: watch::Sender<u64>) -> Self {
        Self { tx, base, found: head, head, appended: Vec::new(), known, wake }
    }

    /// Which base.
    pub const fn base(&self) -> BaseNo {
        self.base
    }

    /// The head, with what this operation has appended.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// Every change after `sequence` up to the head that this operation found: committed by whomever, or
    /// pending in the group. What this operation has appended is not among them.
    pub async fn changes_after(&mut self, sequence: i64) -> Result<Since, Error> {
        if sequence + 1 < self.found.oldest {
            return Ok(self.found.too_old());
        }
        let remembered = self.known.state.lock().between(sequence, self.found.sequence);
        if let Some(changes) = remembered {
            return Ok(Since::Changes(changes));
        }
        let mut changes: Vec<Arc<Change>> = Vec::new();
        let mut reached = sequence;
        while reached < self.found.sequence {
            let read = store::since_within(&mut self.tx, self.base, reached, self.found.sequence).await?;
            let Some((last, _)) = read.last() else { break };
            reached = last.sequence;
            changes.extend(read.into_iter().map(|(change, _)| change));
        }
        Ok(Since::Changes(changes))
    }

    /// Appends a change under the next sequence.
    pub fn append(&mut self, new: NewChange) -> Arc<Change> {
        let encoded = new.body.encode();
        self.append_encoded(new, encoded)
    }

    /// As [`append`](Self::append), of a body that is text already.
    pub fn append_encoded(&mut self, new: NewChange, encoded: String) -> Arc<Change> {
        self.head.sequence += 1;
        self.head.schema_revision += i64::from(new.schema_changed);
        self.head.changed = self.head.changed.max(new.time);
        let NewChange { run, actor, door, time, body, .. } = new;
        let change = Arc::new(Change { sequence: self.head.sequence, run, actor, door, time, body });
        let bytes = store::append(&mut self.tx, self.base, self.head.tenant, &change, encoded);
        self.appended.push((Arc::clone(&change), bytes));
        change
    }

    /// Removes the changes up to and with `last`, the newest of which was made at `time`.
    pub(crate) fn remove_until(&mut self, last: i64, time: Timestamp) {
        store::remove_until(&mut self.tx, self.base, last);
        self.head.oldest = last + 1;
        self.head.kept_since = self.head.kept_since.max(time);
    }

    /// Removes the base: from the commit on it takes no more changes, and [`Changes::sweep`](crate::Changes::sweep)
    /// clears its log away.
    pub const fn remove_base(&mut self) {
        self.head.removed = true;
    }

    /// Says that somebody's rights on the base become others with this operation.
    pub const fn change_access(&mut self) {
        self.head.access_revision = self.found.access_revision + 1;
    }

    /// Commits; returns after the sync, with what was appended.
    pub async fn commit(mut self) -> Result<Vec<Arc<Change>>, Error> {
        self.follow();
        let appended = std::mem::take(&mut self.appended);
        self.tx.commit().await?;
        Ok(appended.into_iter().map(|(change, _)| change).collect())
    }

    /// As [`commit`](Self::commit), without waiting for the sync.
    pub fn end(mut self) -> Result<Committing, Error> {
        self.follow();
        Ok(self.tx.end()?)
    }

    /// Moves the head, and lets memory follow.
    fn follow(&mut self) {
        if self.head != self.found {
            store::move_head(&mut self.tx, self.base, &self.head);
            self.publish();
        }
    }

    /// Lets memory follow: pending when released, recent when committed, nothing when aborted.
    fn publish(&mut self) {
        let pending = Pending { head: self.head, changes: self.appended.clone() };
        let (known, wake) = (Arc::clone(&self.known), self.wake.clone());
        // INVARIANT: a base's operations are released, committed and aborted in the order of their group, so each
        // hook meets its own entry: the oldest when committing, the newest when aborting.
        self.tx.on_release(Box::new(move || known.state.lock().pending.push(pending)));
        let known = Arc::clone(&self.known);
        self.tx.on_commit(Box::new(move || {
            let gone = known.state.lock().commit();
            if gone.iter().any(|change| change.body.records() >= MANY)
                && let Ok(threads) = Handle::try_current()
            {
                drop(threads.spawn_blocking(move || drop(gone)));
            }
            wake.send_modify(|commits| *commits = commits.wrapping_add(1));
        }));
        let known = Arc::clone(&self.known);
        self.tx.on_abort(Box::new(move || known.state.lock().abort()));
    }
}

impl Deref for BaseTx {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for BaseTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}
