//! Taking an import back.

use db::{Group, Tx};
use jobs::{Job, Outcome as JobOutcome};
use model::{Caller, Scope, TenantNo};
use records::Bulk;
use tenancy::Denied;
use tokio_util::sync::CancellationToken;

use super::work::{Ended, again};
use super::{LEASE, Transfers, UNDO};
use crate::error::Error;
use crate::model::{Import, Progress, State};
use crate::store;

impl Transfers {
    /// Stops an import and takes back the rows that it has written; those that somebody has changed since are left.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`]; [`Error::Over`] for one that was cancelled before; [`records::Error::TooOld`]
    /// when the log no longer tells all that it wrote.
    pub async fn cancel(&self, caller: &Caller, id: &str) -> Result<Import, Error> {
        Denied::lacking([Scope::RecordsWrite], &caller.scopes)?;
        loop {
            let mut import = self.find(caller, id).await?;
            let from = import.state;
            if matches!(from, State::Cancelling | State::Cancelled) {
                return Err(Error::Over { id: import.id, state: from.name() });
            }
            self.check_kept(caller, &import).await?;
            import.state = State::Cancelling;
            import.outcome.error = None;
            let mut tx = self.parts.db.begin(Group::House).await?;
            // It may move on between reading and writing; then it is read again.
            if store::change(&mut tx, &import, from).await? {
                self.enqueue(&mut tx, UNDO, &import);
                tx.commit().await?;
                return Ok(import);
            }
        }
    }

    /// Rows of which the log tells no longer cannot be told from those of others.
    async fn check_kept(&self, caller: &Caller, import: &Import) -> Result<(), Error> {
        let Some(target) = import.spec.targets.first() else { return Ok(()) };
        let Some(began) = store::created(&self.parts.db, import).await? else { return Ok(()) };
        match self.parts.records.check_kept(caller, target.base, began).await {
            Err(error @ records::Error::TooOld { .. }) => Err(error.into()),
            // Whoever has lost the base may still stop an import.
            _ => Ok(()),
        }
    }

    /// A turn at taking an import back, which may have been begun before.
    pub(super) async fn undo(&self, job: Job, stop: CancellationToken) -> JobOutcome {
        let mut import = match self.import_of(&job).await {
            Ok(Some(import)) if import.state == State::Cancelling => import,
            Ok(_) => return JobOutcome::Ok,
            Err(error) => return again(&job, &error),
        };
        match self.take_back(&mut import, &job, &stop).await {
            Ok(Ended::Over(state)) => self.end(&mut import, state, &job).await,
            Ok(Ended::Stopped) => JobOutcome::Pause { after: std::time::Duration::ZERO },
            Ok(Ended::Taken) => JobOutcome::Ok,
            Err(error) => again(&job, &error),
        }
    }

    async fn take_back(&self, import: &mut Import, job: &Job, stop: &CancellationToken) -> Result<Ended, Error> {
        let caller = import.caller();
        // All tables of a file go to one base.
        let Some(target) = import.spec.targets.first() else { return Ok(Ended::Over(State::Cancelled)) };
        let bulk = Bulk { base: target.base, table: target.table.clone(), run: import.id.clone() };
        loop {
            let changes = self.parts.records.list_run(&caller, &bulk, import.progress.undone).await?;
            if changes.is_empty() {
                return Ok(Ended::Over(State::Cancelled));
            }
            for change in changes {
                if stop.is_cancelled() {
                    return Ok(Ended::Stopped);
                }
                let (before, sequence) = (import.progress, change.sequence);
                let with = move |(removed, left): (u64, u64)| Progress {
                    undone: sequence,
                    removed: before.removed + removed,
                    left: before.left + left,
                    ..before
                };
                let also = self.undo_fence(import.tenant, job, with);
                let Some(counts) = self.parts.records.remove_rows(&caller, &bulk, &change, also).await? else {
                    return Ok(Ended::Taken);
                };
                import.progress = with(counts);
            }
        }
    }

    /// As for writing: the lease, the state and the progress, or nothing.
    fn undo_fence<W: FnOnce((u64, u64)) -> Progress + Send + 'static>(
        &self,
        tenant: TenantNo,
        job: &Job,
        with: W,
    ) -> impl FnOnce(&mut Tx, (u64, u64)) + Send + use<W> {
        let (jobs, job) = (self.parts.jobs.clone(), job.clone());
        move |tx: &mut Tx, counts| {
            jobs.keep(tx, &job, LEASE);
            store::advance(tx, (tenant, &job.key), State::Cancelling, &with(counts));
        }
    }
}
