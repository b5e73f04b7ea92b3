//! The writer's connection.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::{CachedStatement, Connection, OpenFlags};

use super::{Sync, bind, connect};
use crate::batch::Batch;
use crate::store::Broken;
use crate::{Error, Row, RowRef, writer};

/// Pages of the write-ahead log after which the checkpointer copies them to the file, beside the writer.
const CHECKPOINT: usize = 1_000;
/// Pages after which the writer stops to do it itself. Only then does the log, which it would otherwise keep
/// ahead of the checkpointer, begin anew.
const FULL: usize = 8_000;

const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -8192;
    PRAGMA wal_autocheckpoint = 0;
";

pub(super) struct Session {
    connection: Connection,
    /// Pages in the log after the last commit.
    pages: Arc<AtomicUsize>,
    /// Pages at which the next checkpoint is due.
    due: usize,
    checkpointer: crossbeam_channel::Sender<()>,
    broken: Broken,
}

impl Session {
    pub(super) fn open(
        path: &Path,
        checkpointer: crossbeam_channel::Sender<()>,
        broken: Broken,
        sync: Sync,
    ) -> Result<Self, Error> {
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        connection.execute_batch(SETTINGS).map_err(bind::error)?;
        if sync == Sync::Never {
            connection.execute_batch("PRAGMA synchronous = OFF").map_err(bind::error)?;
        }
        let pages = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&pages);
        connection
            .wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
                counted.store(usize::try_from(pages).unwrap_or(0), Ordering::Relaxed);
                Ok(())
            }))
            .map_err(bind::error)?;
        Ok(Self { connection, pages, due: CHECKPOINT, checkpointer, broken })
    }

    /// After a write to disk has failed, nothing is written any more.
    fn error(&self, error: rusqlite::Error) -> Error {
        if bind::is_broken(&error) {
            let reason = self.broken.get_or_init(|| error.to_string()).clone();
            tracing::error!(error = %error, "the database cannot be written");
            return Error::ReadOnly { reason };
        }
        bind::error(error)
    }

    fn execute(&self, batch: &Batch) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::new();
        let mut statements = batch.iter().peekable();
        while let Some(mut item) = statements.next() {
            let mut statement = self.connection.prepare_cached(item.sql).map_err(|e| self.error(e))?;
            let places = bind::places(&statement);
            bind::bind(&mut statement, &places, (item.values, item.shared))?;
            // A run of the same statement, such as the rows of a bulk insert, is prepared once.
            loop {
                let wanted = batch.wants_rows && statements.peek().is_none();
                self.step(&mut statement, wanted.then_some(&mut rows))?;
                if item.must && self.connection.changes() == 0 {
                    return Err(Error::Missed);
                }
                let (width, shared) = (item.values.len(), item.shared);
                match statements.next_if(|next| std::ptr::eq(next.sql, item.sql)) {
                    Some(following) => item = following,
                    None => break,
                }
                if item.values.len() == width && std::ptr::eq(shared, item.shared) {
                    bind::rebind(&mut statement, &places, item.values)?;
                } else {
                    bind::bind(&mut statement, &places, (item.values, item.shared))?;
                }
            }
        }
        Ok(rows)
    }

    fn step(&self, statement: &mut CachedStatement<'_>, mut kept: Option<&mut Vec<Row>>) -> Result<(), Error> {
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|e| self.error(e))? {
            if let Some(kept) = &mut kept {
                kept.push(RowRef::sqlite(row).to_row()?);
            }
        }
        Ok(())
    }

    fn refuse_if_broken(&self) -> Result<(), Error> {
        match self.broken.get() {
            Some(reason) => Err(Error::ReadOnly { reason: reason.clone() }),
            None => Ok(()),
        }
    }
}

impl writer::Session for Session {
    const BEGIN: &'static str = "BEGIN IMMEDIATE";

    async fn run(&mut self, batch: &Batch) -> Result<Vec<Row>, Error> {
        if batch.is_rollback() {
            // SQLite may have rolled back by itself.
            return if self.connection.is_autocommit() { Ok(Vec::new()) } else { self.execute(batch) };
        }
        self.refuse_if_broken()?;
        self.execute(batch)
    }

    async fn script(&mut self, text: &str) -> Result<(), Error> {
        self.connection.execute_batch(text).map_err(|e| self.error(e))
    }

    fn rest(&mut self) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages + CHECKPOINT < self.due {
            // The log began anew.
            self.due = CHECKPOINT;
        }
        if pages < self.due {
            return;
        }
        self.due = pages + CHECKPOINT;
        if pages >= FULL {
            checkpoint(&self.connection);
        } else {
            // Full means that the checkpointer has been told already.
            let _ = self.checkpointer.try_send(());
        }
    }
}

/// Copies the log's pages to the file as far as readers allow, waiting for nobody.
pub(super) fn checkpoint(connection: &Connection) {
    if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
        tracing::warn!(error = %error, "a checkpoint failed and will be tried again");
    }
}
