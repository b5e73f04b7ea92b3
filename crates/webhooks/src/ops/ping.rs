//! Pings: calls that say that there are payloads.

use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use db::Group;
use jobs::{Job, NewJob, Outcome};
use model::Timestamp;
use outbound::Error as CallError;
use serde_json::json;

use super::{Called, PING, Webhooks};
use crate::error::Error;
use crate::model::{PingError, PingResult, Webhook};
use crate::store::{self, Key};

/// The header with the signature.
const MAC: &str = "X-Airtable-Content-MAC";
/// How long a receiver may take.
const TIME: Duration = Duration::from_secs(15);
/// How much of its answer is read.
const SIZE: usize = 64 << 10;
/// The longest wait that a receiver may ask for.
const PATIENCE: Duration = Duration::from_hours(1);
/// How long a ping waits that could not be noted.
const SOON: Duration = Duration::from_secs(5);

/// Why a ping did not arrive, and how long its receiver asks to wait.
struct Missed {
    message: String,
    after: Option<Duration>,
}

impl Webhooks {
    /// Queues pings for payloads that no ping is under way for: one that was made while the last ping was being noted
    /// found that ping's job still there.
    pub(crate) async fn ping_missed(&self) -> Result<(), Error> {
        let missed = store::unpinged(&self.parts.db, self.parts.clock.now()).await?;
        if missed.is_empty() {
            return Ok(());
        }
        let mut tx = self.parts.db.begin(Group::House).await?;
        for key in missed {
            self.queue_ping(&mut tx, key)?;
        }
        Ok(tx.commit().await?)
    }

    /// Adds the job of a ping, unless the webhook's is there: however many payloads come meanwhile, one ping tells all.
    pub(crate) fn queue_ping(&self, tx: &mut db::Tx, (tenant, base, id): Key) -> Result<(), Error> {
        let payload = serde_json::to_string(&Called { tenant, base, id }).map_err(|_| Error::Stored)?;
        let run_at = self.parts.clock.now();
        self.parts.jobs.enqueue(tx, NewJob { kind: PING, key: &id.to_string(), payload, run_at });
        Ok(())
    }

    /// Pings for a job, if the webhook still has something to tell.
    pub(crate) async fn ping(&self, job: Job) -> Outcome {
        match self.attempt(&job).await {
            Ok(outcome) => outcome,
            // The receiver is not at fault, so it costs no attempt.
            Err(error) => {
                tracing::warn!(
                    webhook = job.key,
                    error = telemetry::chain(&error),
                    "a ping could not be made or noted"
                );
                Outcome::Pause { after: SOON }
            }
        }
    }

    async fn attempt(&self, job: &Job) -> Result<Outcome, Error> {
        let called: Called = serde_json::from_str(&job.payload).map_err(|_| Error::Stored)?;
        let key = (called.tenant, called.base, called.id);
        let now = self.parts.clock.now();
        let Some(webhook) = store::find(&self.parts.db, key).await? else { return Ok(Outcome::Ok) };
        let Some(url) = webhook.target(now).filter(|_| webhook.pinged < webhook.next) else { return Ok(Outcome::Ok) };
        let begun = Instant::now();
        let missed = self.call(&webhook, url, now).await.err();
        let again = missed.is_some() && !job.is_last_attempt();
        let result = PingResult {
            success: missed.is_none(),
            completion_timestamp: self.parts.clock.now().iso(),
            duration_ms: begun.elapsed().as_secs_f64() * 1_000.0,
            retry_number: job.attempt - 1,
            will_be_retried: missed.is_some().then_some(again),
            error: missed.as_ref().map(|missed| PingError { message: missed.message.clone() }),
        };
        let mut tx = self.parts.db.begin(Group::Base(called.base.0)).await?;
        if missed.is_some() {
            // What nobody hears any more is no longer said.
            let failures = if again { job.attempt } else { 0 };
            store::failed(&mut tx, key, failures, again, &result)?;
        } else {
            store::pinged(&mut tx, key, webhook.next, (self.parts.clock.now(), &result))?;
        }
        tx.commit().await?;
        Ok(match missed {
            Some(Missed { message, after }) if again => Outcome::Retry { after, reason: message },
            _ => Outcome::Ok,
        })
    }

    async fn call(&self, webhook: &Webhook, url: &str, now: Timestamp) -> Result<(), Missed> {
        let body = json!({
            "base": { "id": webhook.base_id }, "webhook": { "id": webhook.id }, "timestamp": now.iso(),
        });
        let body = body.to_string();
        let mac = mac(&self.secret(webhook.id), body.as_bytes());
        let call = self.parts.outbound.post(url).header(MAC, &mac).body("application/json", body);
        match call.time_limit(TIME).size_limit(SIZE).send().await {
            Ok(reply) if matches!(reply.status.as_u16(), 200 | 204) => Ok(()),
            // It took the ping and says more than anybody wants to hear.
            Err(CallError::TooLarge { .. }) => Ok(()),
            Ok(reply) => Err(Missed { message: wrong_status(reply.status.as_u16()), after: None }),
            Err(CallError::Status { status, retry_after, .. }) => {
                Err(Missed { message: wrong_status(status), after: retry_after.map(|after| after.min(PATIENCE)) })
            }
            Err(error) => Err(Missed { message: error.to_string(), after: None }),
        }
    }
}

/// The value of the header: the signature of the body as it is sent.
fn mac(secret: &[u8], body: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), body);
    tag.as_ref().iter().fold("hmac-sha256=".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn wrong_status(status: u16) -> String {
    format!("The HTTP request returned a {status} status code instead of 200 or 204")
}

#[cfg(test)]
mod tests;
