//! The hand that fetches.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use jobs::{Handler, Worker};
use tokio_util::sync::CancellationToken;

use crate::ops::{Attachments, FETCH};

/// How many files are on their way at a time.
const ROOM: usize = 8;
/// How long a file belongs to the process that fetches it, unless that renews it.
const LEASE: Duration = Duration::from_mins(1);

impl Attachments {
    /// Fetches until `drain`.
    pub(crate) async fn keep_fetching(self, drain: CancellationToken) {
        self.worker().run(drain).await;
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
