//! The log's handle: heads and reading.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use db::{Db, Dialect, Group, Migration, Tx};
use events::Change;
use model::{BaseNo, FieldNo, Ordinal, TenantNo, Timestamp};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::watch;

use crate::base::{Base, Head, State};
use crate::error::Error;
use crate::linking;
use crate::store;
use crate::tx::BaseTx;

/// The tables of the log.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "2026_11_24_0100_changes", sql: include_str!("../migrations/2026_11_24_0100_changes.sql") },
    Migration {
        name: "2026_11_25_0200_changes_in_a_heap",
        sql: include_str!("../migrations/2026_11_25_0200_changes_in_a_heap.sql"),
    },
    Migration { name: "2026_11_28_0300_kept_since", sql: include_str!("../migrations/2026_11_28_0300_kept_since.sql") },
    Migration { name: "2026_11_28_0500_removed", sql: include_str!("../migrations/2026_11_28_0500_removed.sql") },
    Migration { name: "2026_11_29_0900_linking", sql: include_str!("../migrations/2026_11_29_0900_linking.sql") },
];

/// The change log of all bases. Copies are the same one.
#[derive(Clone)]
pub struct Changes {
    pub(crate) db: Db,
    bases: Arc<Mutex<FxHashMap<BaseNo, Arc<Base>>>>,
    wake: watch::Sender<u64>,
}

/// What the log has after a sequence.
#[derive(Debug, Clone)]
pub enum Since {
    /// The next changes, in order; perhaps not all of them.
    Changes(Vec<Arc<Change>>),
    /// Some of them are no longer kept.
    TooOld {
        /// The oldest that is.
        oldest: i64,
        /// Since when the base can be read as it was.
        kept_since: Timestamp,
    },
}

impl Changes {
    /// The log in this database.
    pub fn new(db: Db) -> Self {
        Self { db, bases: Arc::default(), wake: watch::Sender::new(0) }
    }

    /// Begins an operation on a base: waits for the writer, and on PostgreSQL for the base's head.
    ///
    /// # Errors
    /// [`Error::NoBase`] when the base has no head, belongs to another tenant or was removed.
    pub async fn begin(&self, tenant: TenantNo, base: BaseNo) -> Result<BaseTx, Error> {
        let tx = self.begin_even_removed(tenant, base).await?;
        if tx.head().removed { Err(Error::NoBase { base }) } else { Ok(tx) }
    }

    pub(crate) async fn begin_even_removed(&self, tenant: TenantNo, base: BaseNo) -> Result<BaseTx, Error> {
        let mut tx = self.db.begin(Group::Base(base.0)).await?;
        let known = self.base(base);
        let head = if let Some(head) = self.head_within(&known) {
            head
        } else {
            let head = store::head_locked(&mut tx, base).await?;
            known.state.lock().learn(head);
            head
        };
        if head.tenant != tenant {
            return Err(Error::NoBase { base });
        }
        Ok(BaseTx::new(tx, base, head, known, self.wake.clone()))
    }

    /// The head that memory knows to be the present one, seen from inside the writer. On PostgreSQL only an
    /// earlier operation of the same group can know it: its lock on the head is still held.
    fn head_within(&self, base: &Base) -> Option<Head> {
        let state = base.state.lock();
        state.pending_head().or(match self.db.dialect() {
            Dialect::Sqlite => state.committed,
            Dialect::Postgres => None,
        })
    }

    /// Adds the head of a new base.
    pub fn create_head(tx: &mut Tx, tenant: TenantNo, base: BaseNo, now: Timestamp) {
        store::create_head(tx, tenant, base, now);
    }

    /// The committed head, not older than the call. On PostgreSQL callers share a read that began after they
    /// had arrived.
    ///
    /// # Errors
    /// [`Error::NoBase`] when the base has no head or was removed.
    pub async fn head(&self, base: BaseNo) -> Result<Head, Error> {
        let head = self.head_even_removed(base).await?;
        if head.removed { Err(Error::NoBase { base }) } else { Ok(head) }
    }

    pub(crate) async fn head_even_removed(&self, base: BaseNo) -> Result<Head, Error> {
        let known = self.base(base);
        if self.db.dialect() == Dialect::Sqlite {
            let committed = known.state.lock().committed;
            if let Some(head) = committed {
                return Ok(head);
            }
        }
        let arrived = known.reads_begun.load(Ordering::Acquire);
        let mut last_read = known.last_read.lock().await;
        if let Some((number, head)) = *last_read
            && number > arrived
        {
            return Ok(head);
        }
        let number = known.reads_begun.fetch_add(1, Ordering::AcqRel) + 1;
        let read = store::head(&self.db, base).await?;
        let head = known.state.lock().learned(read);
        *last_read = Some((number, head));
        Ok(head)
    }

    /// The changes of a base after `sequence`: from memory, or as many from the log as are read at a time.
    /// Reaches at least to the head that this process knows, in several calls if need be.
    pub async fn since(&self, base: BaseNo, sequence: i64) -> Result<Since, Error> {
        self.since_to(base, sequence, 0).await
    }

    /// As [`Changes::since`], reaching to `last` too, which is committed: of changes that one sync committed this process
    /// counts one after the other as such.
    pub async fn since_to(&self, base: BaseNo, sequence: i64, last: i64) -> Result<Since, Error> {
        let head = self.known_head(base).await?;
        if sequence + 1 < head.oldest {
            return Ok(head.too_old());
        }
        let known = self.base(base);
        let last = last.max(head.sequence);
        let recent = known.state.lock().recent.between(sequence, last);
        if let Some(changes) = recent {
            return Ok(Since::Changes(changes));
        }
        let read = store::since(&self.db, base, sequence, i64::MAX).await?;
        let first = read.first().map(|(change, _)| change.sequence);
        if first.map_or(sequence < head.sequence, |first| first > sequence + 1) {
            // They were removed meanwhile, or by another process.
            let read = store::head(&self.db, base).await?;
            return Ok(known.state.lock().learned(read).too_old());
        }
        Ok(Since::Changes(self.remember(&known, last, read)))
    }

    async fn known_head(&self, base: BaseNo) -> Result<Head, Error> {
        let committed = self.base(base).state.lock().committed;
        match committed {
            Some(head) => Ok(head),
            None => self.head(base).await,
        }
    }

    /// Keeps changes read from the log when they reach the head, so that the next reader finds them.
    fn remember(&self, known: &Base, head: i64, read: store::Sized) -> Vec<Arc<Change>> {
        let mut state = known.state.lock();
        let reaches = read.last().is_some_and(|(change, _)| change.sequence >= head);
        let newer = read.last().map(|(change, _)| change.sequence) > state.recent.last();
        if reaches && newer && self.db.dialect() == Dialect::Postgres {
            for (change, bytes) in &read {
                state.recent.push(Arc::clone(change), *bytes);
            }
        }
        read.into_iter().map(|(change, _)| change).collect()
    }

    /// One change, if it is kept.
    pub async fn find(&self, base: BaseNo, sequence: i64) -> Result<Option<Arc<Change>>, Error> {
        let recent = self.base(base).state.lock().recent.get(sequence);
        if recent.is_some() {
            return Ok(recent);
        }
        let mut read = store::since(&self.db, base, sequence - 1, sequence).await?;
        Ok(read.pop().map(|(change, _)| change))
    }

    /// Bases after a number in the order of their numbers, with the last change of each; those in the trash too.
    pub async fn list_heads(&self, after: BaseNo, limit: i64) -> Result<Vec<(TenantNo, BaseNo, i64)>, Error> {
        store::heads(&self.db, after, limit).await
    }

    /// Hands out numbers and texts of the changes after a sequence up to and with another, oldest first, as many as are
    /// read at a time. Nothing is kept of them.
    pub async fn each_text<S: Send + 'static>(
        &self,
        base: BaseNo,
        (after, until): (i64, i64),
        state: S,
        add: impl Fn(&mut S, i64, &str) + Send + 'static,
    ) -> Result<S, Error> {
        store::bodies(&self.db, base, (after, until), state, add).await
    }

    /// The changes of a run after a sequence, oldest first, as many as are read at a time.
    pub async fn list_run(&self, base: BaseNo, run: &str, after: i64) -> Result<Vec<Arc<Change>>, Error> {
        Ok(only_changes(store::run(&self.db, base, run, after).await?))
    }

    /// The last change of each run whose id begins so, of those before a sequence (or all), newest first, as many as are
    /// read at a time.
    pub async fn list_ends(&self, base: BaseNo, runs: &str, before: Option<i64>) -> Result<Vec<Arc<Change>>, Error> {
        Ok(only_changes(store::ends(&self.db, base, runs, before.unwrap_or(i64::MAX)).await?))
    }

    /// Changes before a sequence (or all), newest first, at most `limit` or 256.
    pub async fn list_newest(&self, base: BaseNo, before: Option<i64>, limit: i64) -> Result<Vec<Arc<Change>>, Error> {
        Ok(only_changes(store::newest(&self.db, base, before.unwrap_or(i64::MAX), limit).await?))
    }

    /// The numbers of changes before one that link or unlink a record by a relation, newest first, at most `limit` or 256:
    /// `second` is the side of the field that was created last. Changes of very many links are always among them.
    pub async fn list_linking(
        &self,
        base: BaseNo,
        (relation, second, ordinal): (FieldNo, bool, Ordinal),
        before: i64,
        limit: i64,
    ) -> Result<Vec<i64>, Error> {
        linking::list(&self.db, base, (relation, second, ordinal), before, limit).await
    }

    /// The number of the last change up to a time; 0 when there was none, nothing when those are no longer kept.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn sequence_at(&self, base: BaseNo, time: Timestamp) -> Result<Option<i64>, Error> {
        let head = self.head(base).await?;
        if head.oldest > 1 && time < head.kept_since {
            return Ok(None);
        }
        Ok(Some(store::sequence_at(&self.db, base, time).await?.unwrap_or(head.oldest - 1)))
    }

    /// A signal that something was committed by this process. It only means that looking is worthwhile.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.wake.subscribe()
    }

    pub(crate) fn base(&self, base: BaseNo) -> Arc<Base> {
        Arc::clone(self.bases.lock().entry(base).or_default())
    }
}

impl State {
    /// Notes a head that was read and returns the newest that is known.
    fn learned(&mut self, head: Head) -> Head {
        self.learn(head);
        self.committed.unwrap_or(head)
    }
}

fn only_changes(read: store::Sized) -> Vec<Arc<Change>> {
    read.into_iter().map(|(change, _)| change).collect()
}
