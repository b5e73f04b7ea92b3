//! The relay: makes one job per subscriber out of each event.

use db::Group;

use crate::error::Error;
use crate::job::NewJob;
use crate::queue::Jobs;
use crate::store;

/// Who wants to know: jobs of this kind are made of events of this topic.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) topic: &'static str,
    pub(crate) kind: &'static str,
}

/// Relays some waiting events; false when none was there. An event leaves the outbox in the transaction that
/// adds its jobs.
pub(crate) async fn relay(jobs: &Jobs, subscriptions: &[Subscription]) -> Result<bool, Error> {
    if !store::is_event_waiting(&jobs.db).await? {
        return Ok(false);
    }
    let now = jobs.clock.now();
    let mut tx = jobs.db.begin(Group::House).await?;
    let events = store::take_events(&mut tx).await?;
    for event in &events {
        for Subscription { kind, .. } in subscriptions.iter().filter(|wanted| wanted.topic == event.topic) {
            let job = NewJob { kind, key: &event.id, payload: event.payload.clone(), run_at: now };
            jobs.enqueue(&mut tx, job);
        }
    }
    tx.commit().await?;
    Ok(!events.is_empty())
}
