//! For how long changes, and what was deleted, are kept: the hand that removes what is older, base after base.
//!
//! Words: the *retention* is how long a change is kept; the *horizon* is the time before which changes may go; to *sweep* is
//! to clear away what is left of a base, or of a *part* of one (a table, a field or a view), that was removed from the trash.
//!
//! Invariants: without a retention no change of a base goes before its base does; what a cursor has not passed is kept a week
//! longer.

mod parts;
mod sweep;

use std::collections::BTreeSet;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use changes::{Changes, Horizon};
use clock::Clock;
use db::{Db, Group};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jobs::{Handler, Jobs, NewJob, Outcome, Worker};
use model::{BaseNo, TenantNo, Timestamp};
use schema::Schemas;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

/// The one job of all processes: whoever has it removes.
const JOB: &str = "records.compact";
/// How often is looked.
const EVERY: Duration = Duration::from_hours(1);
/// How long the job belongs to a process that does not renew it.
const LEASE: Duration = Duration::from_mins(1);
/// How much longer changes are kept that a cursor has not passed.
const GRACE: Duration = Duration::from_hours(7 * 24);
/// Between two steps: the writer belongs to others first.
const PAUSE: Duration = Duration::from_millis(20);
/// How often what is kept is counted.
const COUNT: Duration = Duration::from_mins(1);
/// Bases that are looked up at a time.
const BASES: i64 = 256;

const ENTRIES: &str = "history.entries";
const SINCE: &str = "history.kept.since";

/// The settings section `history`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HistoryConfig {
    /// For how many days changes are kept; for ever when absent.
    pub retention_days: Option<NonZeroU16>,
    /// For how many days deleted bases, tables, fields and views are kept in the trash; for ever when absent.
    pub trash_days: Option<NonZeroU16>,
}

impl HistoryConfig {
    /// For how long what is deleted is kept.
    pub fn trash(&self) -> Option<Duration> {
        self.trash_days.map(days)
    }
}

fn days(days: NonZeroU16) -> Duration {
    Duration::from_hours(24 * u64::from(days.get()))
}

/// Takes out of what a context keeps what it tells of parts of a base, by their ids.
pub type Forget =
    Arc<dyn Fn((TenantNo, BaseNo), Arc<BTreeSet<String>>) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The statements by which the contexts let go of what was removed from the trash.
pub struct Rows {
    /// Of a base, by [`sql::base_rows!`](../sql/macro.base_rows.html).
    pub of_base: Vec<&'static str>,
    /// Of a table.
    pub of_table: Vec<&'static str>,
    /// Of links, by the number of their field.
    pub of_links: Vec<&'static str>,
    /// Of a view, by its id.
    pub of_view: Vec<&'static str>,
    /// Payloads of webhooks.
    pub payloads: Forget,
}

/// Removes changes that are older than the retention and counts those that are kept; sweeps what was removed.
#[derive(Clone)]
pub struct Compaction {
    db: Db,
    changes: Changes,
    schemas: Schemas,
    rows: Arc<Rows>,
    jobs: Jobs,
    clock: Clock,
    retention: Option<Duration>,
}

impl Compaction {
    /// For the log and the trash of this database; `rows` is how the contexts let go of what was removed.
    pub fn new(
        (db, changes): (Db, Changes),
        (schemas, rows): (Schemas, Rows),
        jobs: Jobs,
        clock: Clock,
        config: &HistoryConfig,
    ) -> Self {
        Self { db, changes, schemas, rows: Arc::new(rows), jobs, clock, retention: config.retention_days.map(days) }
    }

    /// Works until `drain`.
    pub async fn run(self, drain: CancellationToken) {
        metrics::describe_gauge!(ENTRIES, "changes that the log keeps, of all bases");
        metrics::describe_gauge!(
            SINCE,
            metrics::Unit::Seconds,
            "since when every base can be read as it was; 0 for ever"
        );
        tokio::join!(self.keep_counting(&drain), self.worker(drain.clone()).run(drain.clone()));
    }

    /// Counts, and sees to it that there is the job.
    async fn keep_counting(&self, drain: &CancellationToken) {
        let mut there = false;
        while !drain.is_cancelled() {
            if !there {
                there = logged(self.enqueue().await, "the job that removes old changes could not be added").is_some();
            }
            if let Some(kept) =
                logged(self.changes.count_kept().await, "the changes that are kept could not be counted")
            {
                metrics::gauge!(ENTRIES).set(kept.changes as f64);
                metrics::gauge!(SINCE).set(kept.since.millis() as f64 / 1_000.0);
            }
            tokio::select! {
                () = drain.cancelled() => {}
                () = tokio::time::sleep(COUNT) => {}
            }
        }
    }

    async fn enqueue(&self) -> Result<(), db::Error> {
        let mut tx = self.db.begin(Group::House).await?;
        let job = NewJob { kind: JOB, key: "all", payload: "{}".to_owned(), run_at: self.clock.now() };
        self.jobs.enqueue(&mut tx, job);
        tx.commit().await
    }

    fn worker(&self, drain: CancellationToken) -> Worker {
        let this = self.clone();
        let handler: Handler = Arc::new(move |_| {
            let (this, drain) = (this.clone(), drain.clone());
            async move {
                if let Some(retention) = this.retention {
                    let _ = logged(this.compact(retention, &drain).await, "old changes could not be removed");
                }
                let _ = logged(this.empty_trash(&drain).await, "bases in the trash could not be removed");
                let _ = logged(this.empty_parts(&drain).await, "parts of bases in the trash could not be removed");
                Outcome::Pause { after: if drain.is_cancelled() { Duration::ZERO } else { EVERY } }
            }
            .boxed()
        });
        Worker::new(self.jobs.clone()).at_most(1).kept_job(JOB, LEASE, handler)
    }

    /// Removes all that may go, base after base.
    async fn compact(&self, retention: Duration, drain: &CancellationToken) -> Result<(), changes::Error> {
        let before = earlier(self.clock.now(), retention);
        let horizon = Horizon { before, at_latest: earlier(before, GRACE) };
        let mut after = BaseNo(0);
        loop {
            let bases = self.changes.list_kept(after, BASES).await?;
            let Some((_, last)) = bases.last() else { return Ok(()) };
            after = *last;
            for place in bases {
                let _ = logged(self.compact_base(place, horizon, drain).await, "the log of a base could not be cut");
                if drain.is_cancelled() {
                    return Ok(());
                }
            }
        }
    }

    async fn compact_base(
        &self,
        place: (TenantNo, BaseNo),
        horizon: Horizon,
        drain: &CancellationToken,
    ) -> Result<(), changes::Error> {
        let mut removed = 0;
        while !drain.is_cancelled() {
            let step = self.changes.compact(place, horizon).await?;
            if step == 0 {
                break;
            }
            removed += step;
            tokio::time::sleep(PAUSE).await;
        }
        if removed > 0 {
            tracing::info!(base = place.1.0, removed, "changes older than the retention were removed");
        }
        Ok(())
    }
}

fn earlier(now: Timestamp, by: Duration) -> Timestamp {
    Timestamp(now.0.saturating_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
}

fn logged<T, E: std::fmt::Display>(result: Result<T, E>, what: &'static str) -> Option<T> {
    result.inspect_err(|error| tracing::warn!(%error, "{what}")).ok()
}
