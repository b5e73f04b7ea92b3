//! SQLite: one writer on a thread of its own, a few readers, a checkpointer.

mod bind;
mod files;
mod session;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread::JoinHandle;

use parking_lot::{Mutex, RwLock};
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{mpsc, oneshot};

use crate::store::Broken;
use crate::writer::{self, Operation};
use crate::{Error, RowRef, Value};

/// How many queries are answered at a time.
const READERS: usize = 3;
/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 256;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// When what was written must have reached the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sync {
    /// Before each commit is told.
    Each,
    /// When the operating system likes.
    Never,
}

/// The open file.
pub(crate) struct Store {
    /// Absent once closed.
    doors: RwLock<Option<Doors>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Held until the last thread has ended.
    lock: Mutex<Option<files::Lock>>,
}

struct Doors {
    operations: mpsc::UnboundedSender<Operation>,
    queries: crossbeam_channel::Sender<Job>,
}

impl Store {
    pub(crate) fn open(path: &Path, broken: &Broken, sync: Sync) -> Result<Self, Error> {
        let lock = files::Lock::take(path)?;
        let mut threads = Vec::with_capacity(READERS + 2);
        let (wake, wakes) = crossbeam_channel::bounded(1);
        let session = session::Session::open(path, wake, broken.clone(), sync)?;
        if sync == Sync::Each {
            files::allocate_wal(path)?;
        }
        let (operations, waiting) = mpsc::unbounded_channel();
        threads.push(spawn("db-writer", move || write(session, waiting))?);
        let checkpointer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        threads.push(spawn("db-checkpoint", move || wakes.iter().for_each(|()| session::checkpoint(&checkpointer)))?);
        let (queries, jobs) = crossbeam_channel::unbounded::<Job>();
        for _ in 0..READERS {
            let (jobs, connection) = (jobs.clone(), reader(path)?);
            threads.push(spawn("db-reader", move || read(&connection, &jobs))?);
        }
        Ok(Self {
            doors: RwLock::new(Some(Doors { operations, queries })),
            threads: Mutex::new(threads),
            lock: Mutex::new(Some(lock)),
        })
    }

    pub(crate) fn begin(&self, operation: Operation) -> Result<(), Error> {
        let doors = self.doors.read();
        let doors = doors.as_ref().ok_or(Error::Closed)?;
        doors.operations.send(operation).map_err(|_| Error::Closed)
    }

    pub(crate) async fn each<S, F>(
        &self,
        sql: &'static str,
        params: Vec<Value>,
        mut state: S,
        mut f: F,
    ) -> Result<S, Error>
    where
        S: Send + 'static,
        F: FnMut(&mut S, &RowRef<'_>) -> Result<(), Error> + Send + 'static,
    {
        self.with_reader(move |connection| {
            let mut statement = connection.prepare_cached(sql).map_err(bind::error)?;
            let places = bind::places(&statement);
            bind::bind(&mut statement, &places, (&params, &[]))?;
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next().map_err(bind::error)? {
                f(&mut state, &RowRef::sqlite(row))?;
            }
            Ok(state)
        })
        .await
    }

    pub(crate) async fn check(&self, sql: &'static str) -> Result<(), Error> {
        self.with_reader(move |connection| connection.prepare(sql).map(drop).map_err(bind::error)).await
    }

    async fn with_reader<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        // The caller may have gone away; then nobody needs the answer.
        let job: Job = Box::new(move |connection| drop(reply.send(f(connection))));
        let sent = self.doors.read().as_ref().is_some_and(|doors| doors.queries.send(job).is_ok());
        if !sent {
            return Err(Error::Closed);
        }
        answer.await.map_err(|_| Error::internal("the function given rows panicked"))?
    }

    pub(crate) async fn close(&self) {
        self.doors.write().take();
        let threads = std::mem::take(&mut *self.threads.lock());
        let joined = tokio::task::spawn_blocking(move || threads.into_iter().for_each(|thread| drop(thread.join())));
        drop(joined.await);
        self.lock.lock().take();
    }
}

fn spawn(name: &str, f: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Error> {
    std::thread::Builder::new().name(name.to_owned()).spawn(f).map_err(Error::unavailable)
}

/// The writer's thread. The loop is the one of both databases, hence a runtime of its own.
fn write(mut session: session::Session, mut waiting: mpsc::UnboundedReceiver<Operation>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else {
        return;
    };
    runtime.block_on(async {
        while let Some(first) = waiting.recv().await {
            writer::group(&mut session, first, &mut waiting).await;
        }
    });
}

fn read(connection: &Connection, jobs: &crossbeam_channel::Receiver<Job>) {
    for job in jobs {
        // A panic belongs to whoever asked; the reader serves on.
        drop(catch_unwind(AssertUnwindSafe(|| job(connection))));
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(bind::error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;").map_err(bind::error)?;
    Ok(connection)
}

fn reader(path: &Path) -> Result<Connection, Error> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -2048;").map_err(bind::error)?;
    Ok(connection)
}
