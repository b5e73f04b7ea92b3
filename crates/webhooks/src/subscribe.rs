//! What webhooks do when bases change: follow the log, from a cursor of their own per base.

use std::time::Duration;

use model::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::model::earlier;
use crate::ops::{OVERTAKEN, SUBSCRIBER, Webhooks};

/// How often the log is looked at when nobody wakes us: other processes write too.
const POLL: Duration = Duration::from_secs(1);
/// How long to wait after a round, so that many commits are followed at once.
const PAUSE: Duration = Duration::from_millis(50);
/// How often what has passed its time is cleared away.
const SWEEP: Duration = Duration::from_hours(1);
/// Most bases of a round.
const BASES: i64 = 1_000;

impl Webhooks {
    /// Follows the log until `drain`.
    pub(crate) async fn follow_log(self, drain: CancellationToken) {
        metrics::describe_counter!(OVERTAKEN, "changes that retention removed before webhooks had followed them");
        // From the start, so that a first one can be told from none.
        metrics::counter!(OVERTAKEN).increment(0);
        let mut woken = self.parts.changes.subscribe();
        let (mut swept, mut looked) = (None, None);
        while !drain.is_cancelled() {
            let now = self.parts.clock.now();
            let faultless = self.round().await;
            if is_due(&mut looked, now, POLL) {
                logged(self.ping_missed().await, "pings that were missed could not be made up for");
            }
            if is_due(&mut swept, now, SWEEP) {
                logged(self.sweep().await, "what has passed its time could not be cleared away");
            }
            let pause = if faultless { PAUSE } else { POLL };
            tokio::select! {
                () = drain.cancelled() => {}
                () = tokio::time::sleep(pause) => tokio::select! {
                    () = drain.cancelled() => {}
                    _ = woken.changed() => {}
                    () = tokio::time::sleep(POLL) => {}
                },
            }
        }
    }

    /// Follows every base that has gone on; false when one could not be followed.
    pub(crate) async fn round(&self) -> bool {
        let behind = match self.parts.changes.list_followed(SUBSCRIBER, BASES).await {
            Ok(behind) => behind,
            Err(error) => {
                tracing::warn!(error = telemetry::chain(&error), "the log could not be looked at");
                return false;
            }
        };
        let mut faultless = true;
        for base in behind {
            let followed = self.catch_up((base.tenant, base.base)).await;
            if let Err(error) = followed {
                tracing::warn!(base = base.base.0, error = telemetry::chain(&error), "a base could not be followed");
                faultless = false;
            }
        }
        faultless
    }
}

/// True when `every` has passed since the time that is noted, which then is `now`.
fn is_due(last: &mut Option<Timestamp>, now: Timestamp, every: Duration) -> bool {
    let due = last.is_none_or(|last| last <= earlier(now, every));
    if due {
        *last = Some(now);
    }
    due
}

fn logged(result: Result<(), Error>, what: &'static str) {
    if let Err(error) = result {
        tracing::warn!(error = telemetry::chain(&error), "{what}");
    }
}
