//! The hands that fetch and sweep.

use std::sync::Arc;
use std::time::Duration;

use db::Group;
use futures_util::FutureExt as _;
use jobs::{Handler, NewJob, Outcome, Worker};
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::ops::{Attachments, FETCH};

/// How many files are on their way at a time.
const ROOM: usize = 8;
/// How long a file belongs to the process that fetches it, unless that renews it.
const LEASE: Duration = Duration::from_mins(1);
/// The one job of all processes that sweeps.
const SWEEP: &str = "files.sweep";
/// When a sweep that failed is tried again.
const AGAIN: Duration = Duration::from_hours(1);
/// When it is tried again to add the job.
const SOON: Duration = Duration::from_mins(1);

impl Attachments {
    /// Fetches until `drain`.
    pub(crate) async fn keep_fetching(self, drain: CancellationToken) {
        self.worker().run(drain).await;
    }

    /// Removes what nothing names until `drain`; nothing at all without the setting.
    pub(crate) async fn keep_sweeping(self, drain: CancellationToken) {
        let Some(days) = self.parts.sweep_days else { return };
        Self::describe_sweeps();
        while let Err(error) = self.enqueue_sweep().await {
            tracing::warn!(error = telemetry::chain(&error), "the job that removes files could not be added");
            if drain.run_until_cancelled(tokio::time::sleep(SOON)).await.is_none() {
                return;
            }
        }
        let (files, ending) = (self.clone(), drain.clone());
        let handler: Handler = Arc::new(move |_| {
            let (files, ending) = (files.clone(), ending.clone());
            async move {
                let after = match ending.run_until_cancelled(files.sweep(days)).await {
                    Some(Ok(after)) => after,
                    Some(Err(error)) => {
                        tracing::warn!(
                            error = telemetry::chain(&error),
                            "files that nothing names could not be removed"
                        );
                        AGAIN
                    }
                    None => Duration::ZERO,
                };
                Outcome::Pause { after }
            }
            .boxed()
        });
        Worker::new(self.parts.jobs.clone()).at_most(1).kept_job(SWEEP, LEASE, handler).run(drain).await;
    }

    async fn enqueue_sweep(&self) -> Result<(), Error> {
        let mut tx = self.parts.db.begin(Group::House).await.map_err(changes::Error::from)?;
        let job = NewJob { kind: SWEEP, key: "all", payload: "{}".to_owned(), run_at: self.parts.clock.now() };
        self.parts.jobs.enqueue(&mut tx, job);
        Ok(tx.commit().await.map_err(changes::Error::from)?)
    }

    pub(crate) fn worker(&self) -> Worker {
        let files = self.clone();
        let handler: Handler = Arc::new(move |job| {
            let files = files.clone();
            async move { files.fetch(job).await }.boxed()
        });
        Worker::new(self.parts.jobs.clone()).at_most(ROOM).kept_job(FETCH, LEASE, handler)
    }
}
