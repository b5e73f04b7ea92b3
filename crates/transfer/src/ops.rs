//! The handle and its operations.

mod admit;
mod cancel;
mod days;
mod fields;
mod look;
mod place;
mod receive;
mod sync;
mod syncs;
mod work;
mod write;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, Ids};
use db::{Db, Dialect, Group};
use futures_util::FutureExt;
use jobs::{Handler, Jobs, NewJob, Worker};
use model::{Caller, TenantNo};
use records::{Export, Records};
use schema::Schemas;
use tenancy::Access;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::model::{Import, State, Waits};
use crate::store;

pub use sync::SYNC_BYTES;
pub use syncs::NewSync;

/// Largest file, in bytes.
pub const MAX_FILE: u64 = 4 << 30;

/// Jobs that carry imports out, and that take them back.
const RUN: &str = "imports.run";
const UNDO: &str = "imports.undo";
/// How long a process keeps an import that it does not renew: what a killed one was at waits for so long.
const LEASE: Duration = Duration::from_secs(15);
/// How long an import waits for the server that has its file, which may be busy with others or not be running.
const ELSEWHERE: Duration = Duration::from_hours(24);
/// How many imports a process carries out at a time.
const ROOM: usize = 2;

/// What the handle is made of.
pub struct Parts {
    /// Where imports are kept.
    pub db: Db,
    /// The queue that they wait in.
    pub jobs: Jobs,
    /// The access check.
    pub access: Access,
    /// Bases, tables and fields.
    pub schemas: Schemas,
    /// Records.
    pub records: Records,
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// The folder for uploaded files; processes that share it take over from each other.
    pub folder: PathBuf,
}

/// Brings tables in and out. Cheap to clone.
#[derive(Clone)]
pub struct Transfers {
    pub(crate) parts: Arc<Parts>,
}

impl Transfers {
    /// Makes the handle.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    fn file(&self, id: &str) -> PathBuf {
        self.parts.folder.join(format!("{id}.csv"))
    }

    async fn discard(&self, id: &str) {
        // It may never have been made, or another process has it.
        let _ = tokio::fs::remove_file(self.file(id)).await;
    }

    fn enqueue(&self, tx: &mut db::Tx, kind: &'static str, import: &Import) {
        let payload = import.tenant.0.to_string();
        self.parts.jobs.enqueue(tx, NewJob { kind, key: &import.id, payload, run_at: self.parts.clock.now() });
    }

    /// Moves an import on from the state it was in; false when somebody else has moved it.
    async fn change(&self, import: &mut Import, to: State) -> Result<bool, Error> {
        let from = std::mem::replace(&mut import.state, to);
        let mut tx = self.parts.db.begin(Group::House).await?;
        if !store::change(&mut tx, import, from).await? {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// The import of this id, if the caller asked for it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn find(&self, caller: &Caller, id: &str) -> Result<Import, Error> {
        let found = store::find(&self.parts.db, caller.tenant, id).await?;
        found
            .filter(|import| Some(import.owner) == caller.user())
            .ok_or_else(|| Error::NotFound { id: id.chars().take(64).collect() })
    }

    /// The caller's imports of a file with this fingerprint, the newest first, at most fifty.
    ///
    /// # Errors
    /// That of the database.
    pub async fn of_file(&self, caller: &Caller, fingerprint: &str) -> Result<Vec<Import>, Error> {
        let mut found = store::of_file(&self.parts.db, caller.tenant, fingerprint).await?;
        found.retain(|import| Some(import.owner) == caller.user());
        Ok(found)
    }

    /// What an import waits for; none while somebody works on it, and once it is over.
    ///
    /// # Errors
    /// That of the database.
    pub async fn waits(&self, import: &Import) -> Result<Option<Waits>, Error> {
        let kind = match import.state {
            State::Reading | State::Writing => RUN,
            State::Cancelling => UNDO,
            State::Checked | State::Done | State::Failed | State::Cancelled => return Ok(None),
        };
        if !self.parts.jobs.is_waiting(kind, &import.id).await? {
            return Ok(None);
        }
        // Whoever comes first takes back what was written: that needs no file.
        let is_here = kind == UNDO || self.file(&import.id).exists();
        Ok(Some(if is_here { Waits::Turn } else { Waits::Server }))
    }

    /// A table to read out.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::Records`] when there is no such table or view.
    pub async fn export(&self, caller: &Caller, base: &str, table: &str, view: Option<&str>) -> Result<Export, Error> {
        let base = match base.parse() {
            Ok(id) => id,
            Err(_) => self.parts.schemas.find_base(caller, base).await?.id,
        };
        Ok(self.parts.records.export(caller, base, table, view).await?)
    }

    /// Works on imports until `drain`.
    pub(crate) async fn work(self, drain: CancellationToken) {
        let (run, undo, stop) = (self.clone(), self.clone(), drain.clone());
        let running: Handler = Arc::new(move |job| {
            let (transfers, stop) = (run.clone(), stop.clone());
            async move { transfers.run(job, stop).await }.boxed()
        });
        let stop = drain.clone();
        let undoing: Handler = Arc::new(move |job| {
            let (transfers, stop) = (undo.clone(), stop.clone());
            async move { transfers.undo(job, stop).await }.boxed()
        });
        let worker = Worker::new(self.parts.jobs.clone()).at_most(ROOM);
        let worker = worker.kept_job(RUN, LEASE, running).kept_job(UNDO, LEASE, undoing);
        // `SQLite` has one process: what it lacks nobody has.
        let patience = if self.parts.db.dialect() == Dialect::Sqlite { Duration::ZERO } else { ELSEWHERE };
        worker.own(RUN, patience, move |import| self.file(import).exists()).run(drain).await;
    }

    /// The import that a job is about; none when there is nothing to do for it.
    async fn import_of(&self, job: &jobs::Job) -> Result<Option<Import>, Error> {
        let tenant = job.payload.parse().map(TenantNo).map_err(|_| Error::Stored)?;
        store::find(&self.parts.db, tenant, &job.key).await
    }
}
