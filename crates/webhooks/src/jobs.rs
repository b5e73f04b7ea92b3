//! The hand that pings.

use std::sync::Arc;

use futures_util::FutureExt;
use jobs::{Handler, Worker};
use tokio_util::sync::CancellationToken;

use crate::ops::{PING, Webhooks};

/// How many pings are under way at a time: receivers that hang hold up only so many.
const ROOM: usize = 64;

impl Webhooks {
    /// Pings until `drain`.
    pub(crate) async fn keep_pinging(self, drain: CancellationToken) {
        self.worker().run(drain).await;
    }

    pub(crate) fn worker(&self) -> Worker {
        let webhooks = self.clone();
        let handler: Handler = Arc::new(move |job| {
            let webhooks = webhooks.clone();
            async move { webhooks.ping(job).await }.boxed()
        });
        Worker::new(self.parts.jobs.clone()).at_most(ROOM).job(PING, handler)
    }
}
