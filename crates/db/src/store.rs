//! The database that everybody holds.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::sqlite::Sync;
use crate::writer::{Operation, TURN_TIME};
use crate::{Dialect, Error, Row, RowRef, Tx, Value, postgres, sqlite};

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Target {
    /// A file; it and its folder are made when they are missing.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// A file as above that nobody needs once this process has ended: nothing waits for the disk.
    Unsynced {
        /// The file.
        path: PathBuf,
    },
    /// A server.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: String,
        /// The most connections.
        pool: usize,
    },
}

/// Which operations may be committed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// Everything outside a base. On PostgreSQL each such operation is a transaction of its own.
    House,
    /// One base, by its number.
    Base(i64),
}

/// A database. Copies are the same one.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    engine: Engine,
    broken: Broken,
}

enum Engine {
    Sqlite(sqlite::Store),
    Postgres(postgres::Store),
}

/// Why nothing is written any more, once a write to disk has failed.
pub(crate) type Broken = Arc<OnceLock<String>>;

impl Db {
    /// Opens the database. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process has the file open, [`Error::Unavailable`] when the server does not
    /// answer or does not sync.
    pub async fn open(target: Target) -> Result<Self, Error> {
        let broken = Broken::default();
        let engine = match target {
            Target::Sqlite { path } => Engine::Sqlite(sqlite::Store::open(&path, &broken, Sync::Each)?),
            Target::Unsynced { path } => Engine::Sqlite(sqlite::Store::open(&path, &broken, Sync::Never)?),
            Target::Postgres { url, pool } => Engine::Postgres(postgres::Store::open(&url, pool).await?),
        };
        Ok(Self(Arc::new(Inner { engine, broken })))
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        match self.0.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Why it is read-only, if it is.
    pub fn is_read_only(&self) -> Option<String> {
        self.0.broken.get().cloned()
    }

    /// Waits for the writer and begins an operation.
    pub async fn begin(&self, group: Group) -> Result<Tx, Error> {
        self.begin_for(group, TURN_TIME).await
    }

    /// As [`begin`](Self::begin), with another limit for the turn.
    pub(crate) async fn begin_for(&self, group: Group, limit: Duration) -> Result<Tx, Error> {
        if let Some(reason) = self.is_read_only() {
            return Err(Error::ReadOnly { reason });
        }
        let (turn, starts) = oneshot::channel();
        let operation = Operation { limit, turn };
        match &self.0.engine {
            Engine::Sqlite(store) => store.begin(operation)?,
            Engine::Postgres(store) => store.begin(group, operation)?,
        }
        Ok(Tx::new(starts.await.map_err(|_| Error::Closed)??, self.dialect()))
    }

    /// The committed rows of a query.
    pub async fn read(&self, sql: &'static str, params: impl IntoIterator<Item = Value>) -> Result<Vec<Row>, Error> {
        self.each(sql, params, Vec::new(), |rows, row| {
            rows.push(row.to_row()?);
            Ok(())
        })
        .await
    }

    /// Calls `f` with each row of a query as it streams, and returns the state that `f` worked on. On SQLite `f`
    /// runs on a reader's thread.
    pub async fn each<S, F>(
        &self,
        sql: &'static str,
        params: impl IntoIterator<Item = Value>,
        state: S,
        f: F,
    ) -> Result<S, Error>
    where
        S: Send + 'static,
        F: FnMut(&mut S, &RowRef<'_>) -> Result<(), Error> + Send + 'static,
    {
        let params = params.into_iter().collect();
        match &self.0.engine {
            Engine::Sqlite(store) => store.each(sql, params, state, f).await,
            // Whatever awaits a query is moved with it, most often before it turns out that memory knows the answer.
            Engine::Postgres(store) => Box::pin(store.each(sql, params, state, f)).await,
        }
    }

    /// Asks the database whether it understands a statement.
    pub async fn check(&self, sql: &'static str) -> Result<(), Error> {
        match &self.0.engine {
            Engine::Sqlite(store) => store.check(sql).await,
            Engine::Postgres(store) => Box::pin(store.check(sql)).await,
        }
    }

    /// Asks the database to answer.
    ///
    /// # Errors
    /// [`Error::Unavailable`] and the like when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.read("SELECT 1", Vec::new()).await.map(drop)
    }

    /// Lets what has begun end, and closes the database for every copy.
    pub async fn close(self) {
        match &self.0.engine {
            Engine::Sqlite(store) => store.close().await,
            Engine::Postgres(store) => store.close().await,
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("dialect", &self.dialect()).field("read_only", &self.is_read_only()).finish()
    }
}
