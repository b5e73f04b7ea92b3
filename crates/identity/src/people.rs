//! The people revision: a number that every write of users, tokens, members and roles raises.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use db::{Db, Dialect, Tx, params};
use model::TenantNo;
use parking_lot::RwLock;
use tokio::sync::Mutex;

use crate::error::Error;
use crate::ops::User;
use crate::store::{RAISE, REVISION, users};

/// The people revision of a database. Copies are the same one.
///
/// What was read of people may be kept with the revision at which reading began, and is good while that is the
/// current one. `SQLite` has one process, which counts its own commits; on `PostgreSQL` the row is read.
#[derive(Debug, Clone)]
pub struct People(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    /// `SQLite`: the commits of this process.
    committed: AtomicI64,
    /// `PostgreSQL`: the reads begun so far.
    begun: AtomicU64,
    /// `PostgreSQL`: the last read that ended, by its number.
    latest: Mutex<(u64, i64)>,
}

impl People {
    /// The revision of this database.
    pub fn new(db: Db) -> Self {
        let inner = Inner { db, committed: AtomicI64::new(1), begun: AtomicU64::new(0), latest: Mutex::new((0, 0)) };
        Self(Arc::new(inner))
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The revision now, or a later one. Requests that wait at the same time share one read, which begins after the
    /// last of them arrived.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn revision(&self) -> Result<i64, Error> {
        let inner = &*self.0;
        if inner.db.dialect() == Dialect::Sqlite {
            return Ok(inner.committed.load(Ordering::Acquire));
        }
        let arrived = inner.begun.load(Ordering::Acquire);
        let mut latest = inner.latest.lock().await;
        if latest.0 > arrived {
            return Ok(latest.1);
        }
        let number = inner.begun.fetch_add(1, Ordering::AcqRel) + 1;
        let rows = inner.db.read(REVISION, params![]).await?;
        let revision = rows.first().ok_or(Error::Stored)?.get(0)?;
        *latest = (number, revision);
        Ok(revision)
    }

    /// The users of a tenant, the oldest first.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn users(&self, tenant: TenantNo) -> Result<Vec<User>, Error> {
        users(self.db(), tenant).await
    }

    /// Raises the revision in the transaction of a write, so that it is visible exactly when the write is.
    pub fn raise(&self, tx: &mut Tx) {
        tx.queue(RAISE, params![]);
        let inner = Arc::clone(&self.0);
        tx.on_commit(Box::new(move || {
            inner.committed.fetch_add(1, Ordering::AcqRel);
        }));
    }

    /// Makes everything that this process keeps of people worthless.
    pub fn forget(&self) {
        self.0.committed.fetch_add(1, Ordering::AcqRel);
    }
}

impl From<Db> for People {
    fn from(db: Db) -> Self {
        Self::new(db)
    }
}

/// What was read at one people revision. A later revision empties it.
#[derive(Debug)]
pub struct Kept<T>(RwLock<(i64, T)>);

impl<T: Default> Default for Kept<T> {
    fn default() -> Self {
        Self(RwLock::new((0, T::default())))
    }
}

impl<T: Default> Kept<T> {
    /// Looks into what is kept, if that is of this revision.
    pub fn get<R>(&self, revision: i64, look: impl FnOnce(&T) -> Option<R>) -> Option<R> {
        let kept = self.0.read();
        if kept.0 == revision { look(&kept.1) } else { None }
    }

    /// Keeps what was read after the revision was; of an older revision than is kept, nothing.
    pub fn put(&self, revision: i64, put: impl FnOnce(&mut T)) {
        let mut kept = self.0.write();
        if kept.0 < revision {
            *kept = (revision, T::default());
        }
        if kept.0 == revision {
            put(&mut kept.1);
        }
    }
}
