//! The queue's handle.

use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, Ids};
use db::{Db, Dialect, Group, Migration, Tx};
use model::Timestamp;
use tokio::sync::{OnceCell, watch};

use crate::error::Error;
use crate::job::{ATTEMPTS, DeadJob, Job, NewJob, Outcome};
use crate::worker::Own;
use crate::{backoff, store};

/// The tables of outbox and queue.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "2026_11_24_0200_jobs", sql: include_str!("../migrations/2026_11_24_0200_jobs.sql") }];

/// Outbox and queue. Copies are the same one.
#[derive(Clone)]
pub struct Jobs {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    ids: Ids,
    /// Grows with each commit that adds work: every worker of the process hears of it.
    pub(crate) wake: watch::Sender<u64>,
    /// Filled once the leases of an earlier process were taken back.
    freed: Arc<OnceCell<()>>,
}

impl Jobs {
    /// The outbox and the queue in this database.
    pub fn new(db: Db, clock: Clock, ids: Ids) -> Self {
        Self { db, clock, ids, wake: watch::Sender::new(0), freed: Arc::default() }
    }

    /// Publishes an event (JSON) in the transaction of what it tells.
    pub fn publish(&self, tx: &mut Tx, topic: &str, payload: String) {
        let now = self.clock.now();
        let id = format!("{:016x}{:016x}", now.millis(), self.ids.chance());
        store::publish(tx, &id, topic, payload, now);
        self.wake_after(tx);
    }

    /// Adds a job, unless one of its kind and key is there.
    pub fn enqueue(&self, tx: &mut Tx, job: NewJob<'_>) {
        store::enqueue(tx, job);
        self.wake_after(tx);
    }

    fn wake_after(&self, tx: &mut Tx) {
        let wake = self.wake.clone();
        tx.on_commit(Box::new(move || wake.send_modify(|commits| *commits = commits.wrapping_add(1))));
    }

    /// Leases due jobs of a kind for `lease`, at most `limit`.
    pub(crate) async fn claim(&self, kind: &str, lease: Duration, limit: usize) -> Result<Vec<Job>, Error> {
        let now = self.clock.now();
        // Looking first keeps an idle queue from writing.
        if !store::is_job_due(&self.db, kind, now).await? {
            return Ok(Vec::new());
        }
        let mut tx = self.db.begin(Group::House).await?;
        let jobs = store::claim(&mut tx, kind, now, later(now, lease), self.ticket(), limit as i64).await?;
        tx.commit().await?;
        Ok(jobs)
    }

    /// Leases, of due jobs of a kind, those that are this process's own and those that their own has left for too long.
    pub(crate) async fn claim_own(
        &self,
        kind: &str,
        own: &Own,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Job>, Error> {
        let now = self.clock.now();
        let is_mine = |(since, key): &store::Place| later(*since, own.patience) <= now || (own.is_own)(key);
        let (mut keys, mut after, mut more) = (Vec::new(), None, true);
        // Those of others stay where they are, and may be many.
        while more && keys.len() < limit {
            let page;
            (page, more) = store::due_keys(&self.db, kind, now, after.as_ref()).await?;
            after = page.last().cloned();
            keys.extend(page.into_iter().filter(is_mine));
        }
        let mut jobs = Vec::new();
        if keys.is_empty() {
            return Ok(jobs);
        }
        let (mut tx, ticket) = (self.db.begin(Group::House).await?, self.ticket());
        for (_, key) in keys.iter().take(limit) {
            jobs.extend(store::claim_one(&mut tx, (kind, key), now, later(now, lease), ticket).await?);
        }
        tx.commit().await?;
        Ok(jobs)
    }

    /// True for a job that could be done now and that nobody has taken up.
    ///
    /// # Errors
    /// That of the database.
    pub async fn is_waiting(&self, kind: &str, key: &str) -> Result<bool, db::Error> {
        store::is_waiting(&self.db, (kind, key), self.clock.now()).await
    }

    /// Proves who leased a job.
    fn ticket(&self) -> i64 {
        // The sign bit is not needed, and 0 means that nobody has the job.
        (self.ids.chance() >> 1).max(1) as i64
    }

    /// Keeps a job for `lease` from now on, in the transaction of what was done for it, which fails with [`db::Error::Missed`]
    /// when somebody else has it by now.
    pub fn keep(&self, tx: &mut Tx, job: &Job, lease: Duration) {
        store::keep(tx, job, later(self.clock.now(), lease));
    }

    /// Keeps a job by itself; false when somebody else has it.
    pub(crate) async fn renew(&self, job: &Job, lease: Duration) -> Result<bool, Error> {
        let mut tx = self.db.begin(Group::House).await?;
        self.keep(&mut tx, job, lease);
        match tx.commit().await {
            Err(db::Error::Missed) => Ok(false),
            done => Ok(done.map(|()| true)?),
        }
    }

    /// Takes back the leases of an earlier process. A file belongs to one process at a time, so whoever held them is
    /// gone; a server has other processes, whose leases expire.
    pub(crate) async fn free(&self) -> Result<(), Error> {
        if self.db.dialect() != Dialect::Sqlite {
            return Ok(());
        }
        let free = async {
            let mut tx = self.db.begin(Group::House).await?;
            store::free(&mut tx, self.clock.now());
            Ok(tx.commit().await?)
        };
        self.freed.get_or_try_init(|| free).await.copied()
    }

    /// Ends an attempt. Whoever has lost the lease changes nothing.
    pub(crate) async fn settle(&self, job: &Job, outcome: Outcome) -> Result<(), Error> {
        let mut tx = self.db.begin(Group::House).await?;
        match outcome {
            Outcome::Ok => store::done(&mut tx, job),
            Outcome::Pause { after } => store::pause(&mut tx, job, later(self.clock.now(), after)),
            Outcome::Retry { after, reason } if job.attempt < ATTEMPTS => {
                let wait = after.unwrap_or_else(|| backoff::wait(job.attempt, self.ids.chance()));
                store::again(&mut tx, job, later(self.clock.now(), wait), &reason);
            }
            Outcome::Retry { reason, .. } | Outcome::Fail { reason } => {
                tracing::warn!(kind = job.kind, key = job.key, reason, "a job is dead");
                store::bury(&mut tx, job, &reason);
            }
        }
        Ok(tx.commit().await?)
    }

    /// Dead jobs, at most `limit`.
    pub async fn list_dead(&self, limit: i64) -> Result<Vec<DeadJob>, Error> {
        Ok(store::dead(&self.db, limit).await?)
    }

    /// Gives a dead job all its attempts again.
    ///
    /// # Errors
    /// [`Error::NotDead`] when there is no such dead job.
    pub async fn revive(&self, kind: &str, key: &str) -> Result<(), Error> {
        let mut tx = self.db.begin(Group::House).await?;
        if !store::revive(&mut tx, kind, key, self.clock.now()).await? {
            return Err(Error::NotDead { kind: kind.to_owned(), key: key.to_owned() });
        }
        self.wake_after(&mut tx);
        Ok(tx.commit().await?)
    }
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    Timestamp(now.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
}
