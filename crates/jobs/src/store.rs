//! The SQL of outbox and queue.

use db::{Db, Error, Row, Tx, Value, params};
use model::Timestamp;

use crate::job::{DeadJob, Job, NewJob};

const PUBLISH: &str = "INSERT INTO outbox (id, topic, payload, published) VALUES ($1, $2, $3, $4)";
const WAITING: &str = "SELECT 1 FROM outbox LIMIT 1";
const TAKE: sql::Text = sql::skip_locked!(
    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT 100",
    ") RETURNING id, topic, payload"
);
const ENQUEUE: &str = "INSERT INTO jobs (kind, key, payload, run_at, attempts, lease, dead)
    VALUES ($1, $2, $3, $4, 0, 0, FALSE) ON CONFLICT (kind, key) DO NOTHING";
const DUE: &str = "SELECT 1 FROM jobs WHERE kind = $1 AND dead = FALSE AND run_at <= $2 LIMIT 1";
const CLAIM: sql::Text = sql::skip_locked!(
    "UPDATE jobs SET run_at = $3, lease = $4, attempts = attempts + 1 WHERE kind = $1 AND key IN (
        SELECT key FROM jobs WHERE kind = $1 AND dead = FALSE AND run_at <= $2 ORDER BY run_at LIMIT $5",
    ") RETURNING kind, key, payload, attempts, lease"
);
const DUE_KEYS: &str = "SELECT key, run_at FROM jobs WHERE kind = $1 AND dead = FALSE AND run_at <= $2
    AND (run_at, key) > ($3, $4) ORDER BY run_at, key LIMIT 1000";
const WAITING_JOB: &str = "SELECT 1 FROM jobs WHERE kind = $1 AND key = $2 AND dead = FALSE AND run_at <= $3";
const CLAIM_ONE: &str = "UPDATE jobs SET run_at = $4, lease = $5, attempts = attempts + 1
    WHERE kind = $1 AND key = $2 AND dead = FALSE AND run_at <= $3 RETURNING kind, key, payload, attempts, lease";
const KEEP: &str = "UPDATE jobs SET run_at = $4 WHERE kind = $1 AND key = $2 AND lease = $3";
const FREE: &str = "UPDATE jobs SET run_at = $1, lease = 0 WHERE lease <> 0 AND dead = FALSE";
const PAUSE: &str = "UPDATE jobs SET run_at = $4, lease = 0, attempts = attempts - 1
    WHERE kind = $1 AND key = $2 AND lease = $3";
const DONE: &str = "DELETE FROM jobs WHERE kind = $1 AND key = $2 AND lease = $3";
const AGAIN: &str = "UPDATE jobs SET run_at = $4, lease = 0, last_error = $5
    WHERE kind = $1 AND key = $2 AND lease = $3";
const BURY: &str = "UPDATE jobs SET dead = TRUE, lease = 0, last_error = $4
    WHERE kind = $1 AND key = $2 AND lease = $3";
const DEAD: &str = "SELECT kind, key, attempts, last_error FROM jobs WHERE dead = TRUE
    ORDER BY kind, key LIMIT $1";
const REVIVE: &str = "UPDATE jobs SET dead = FALSE, attempts = 0, run_at = $3
    WHERE kind = $1 AND key = $2 AND dead = TRUE RETURNING key";

/// How many places [`DUE_KEYS`] tells.
const PAGE: usize = 1_000;

/// Every text, so that a test can show each to both databases.
#[cfg(test)]
pub(crate) fn texts(dialect: db::Dialect) -> Vec<&'static str> {
    let (take, claim) = (TAKE.on(dialect), CLAIM.on(dialect));
    vec![
        PUBLISH,
        WAITING,
        take,
        ENQUEUE,
        DUE,
        claim,
        DUE_KEYS,
        WAITING_JOB,
        CLAIM_ONE,
        KEEP,
        FREE,
        PAUSE,
        DONE,
        AGAIN,
        BURY,
        DEAD,
        REVIVE,
    ]
}

pub(crate) fn publish(tx: &mut Tx, id: &str, topic: &str, payload: String, now: Timestamp) {
    tx.queue(PUBLISH, params![id, topic, Value::Json(payload), now]);
}

pub(crate) async fn is_event_waiting(db: &Db) -> Result<bool, Error> {
    Ok(!db.read(WAITING, []).await?.is_empty())
}

/// An event taken out of the outbox.
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) topic: String,
    pub(crate) payload: String,
}

/// Takes the oldest events that nobody else is taking.
pub(crate) async fn take_events(tx: &mut Tx) -> Result<Vec<Event>, Error> {
    let rows = tx.query(TAKE.on(tx.dialect()), []).await?;
    rows.iter().map(|row| Ok(Event { id: row.get(0)?, topic: row.get(1)?, payload: row.get(2)? })).collect()
}

pub(crate) fn enqueue(tx: &mut Tx, job: NewJob<'_>) {
    tx.queue(ENQUEUE, params![job.kind, job.key, Value::Json(job.payload), job.run_at]);
}

pub(crate) async fn is_job_due(db: &Db, kind: &str, now: Timestamp) -> Result<bool, Error> {
    Ok(!db.read(DUE, params![kind, now]).await?.is_empty())
}

/// A due job's key, behind the moment since when it is due: its place in the queue.
pub(crate) type Place = (Timestamp, String);

/// The places of due jobs of a kind behind `after`, the oldest first, and whether there are more.
pub(crate) async fn due_keys(
    db: &Db,
    kind: &str,
    now: Timestamp,
    after: Option<&Place>,
) -> Result<(Vec<Place>, bool), Error> {
    let (since, key) = after.map_or((Timestamp(i64::MIN), ""), |(since, key)| (*since, key));
    let rows = db.read(DUE_KEYS, params![kind, now, since, key]).await?;
    let places: Result<Vec<Place>, Error> = rows.iter().map(|row| Ok((Timestamp(row.get(1)?), row.get(0)?))).collect();
    Ok((places?, rows.len() == PAGE))
}

/// True for a job that is due and that nobody has.
pub(crate) async fn is_waiting(db: &Db, (kind, key): (&str, &str), now: Timestamp) -> Result<bool, Error> {
    Ok(!db.read(WAITING_JOB, params![kind, key, now]).await?.is_empty())
}

/// Leases a due job until `until`; none when somebody else has it by now.
pub(crate) async fn claim_one(
    tx: &mut Tx,
    (kind, key): (&str, &str),
    now: Timestamp,
    until: Timestamp,
    lease: i64,
) -> Result<Option<Job>, Error> {
    tx.query(CLAIM_ONE, params![kind, key, now, until, lease]).await?.first().map(job).transpose()
}

/// Leases due jobs of a kind until `until`, at most `limit`.
pub(crate) async fn claim(
    tx: &mut Tx,
    kind: &str,
    now: Timestamp,
    until: Timestamp,
    lease: i64,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    let rows = tx.query(CLAIM.on(tx.dialect()), params![kind, now, until, lease, limit]).await?;
    rows.iter().map(job).collect()
}

fn job(row: &Row) -> Result<Job, Error> {
    Ok(Job { kind: row.get(0)?, key: row.get(1)?, payload: row.get(2)?, attempt: row.get(3)?, lease: row.get(4)? })
}

/// Fails the transaction when somebody else has the job.
pub(crate) fn keep(tx: &mut Tx, job: &Job, until: Timestamp) {
    tx.queue_must(KEEP, params![&job.kind, &job.key, job.lease, until]);
}

/// Takes every lease back.
pub(crate) fn free(tx: &mut Tx, now: Timestamp) {
    tx.queue(FREE, params![now]);
}

pub(crate) fn pause(tx: &mut Tx, job: &Job, at: Timestamp) {
    tx.queue(PAUSE, params![&job.kind, &job.key, job.lease, at]);
}

pub(crate) fn done(tx: &mut Tx, job: &Job) {
    tx.queue(DONE, params![&job.kind, &job.key, job.lease]);
}

pub(crate) fn again(tx: &mut Tx, job: &Job, at: Timestamp, reason: &str) {
    tx.queue(AGAIN, params![&job.kind, &job.key, job.lease, at, reason]);
}

pub(crate) fn bury(tx: &mut Tx, job: &Job, reason: &str) {
    tx.queue(BURY, params![&job.kind, &job.key, job.lease, reason]);
}

pub(crate) async fn dead(db: &Db, limit: i64) -> Result<Vec<DeadJob>, Error> {
    let rows = db.read(DEAD, params![limit]).await?;
    rows.iter()
        .map(|row| {
            let reason: Option<String> = row.get(3)?;
            Ok(DeadJob {
                kind: row.get(0)?,
                key: row.get(1)?,
                attempts: row.get(2)?,
                reason: reason.unwrap_or_default(),
            })
        })
        .collect()
}

/// False when there is no such dead job.
pub(crate) async fn revive(tx: &mut Tx, kind: &str, key: &str, now: Timestamp) -> Result<bool, Error> {
    Ok(!tx.query(REVIVE, params![kind, key, now]).await?.is_empty())
}

#[cfg(test)]
mod tests;
