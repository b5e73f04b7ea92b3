//! Rows of webhooks.

pub(crate) mod payloads;

use db::{Db, Row, Tx, Value, params};
use model::{BaseNo, TenantNo, Timestamp, WebhookId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tenancy::Permit;

use crate::error::Error;
use crate::model::{PingResult, Webhook};

const INSERT: &str = "INSERT INTO webhooks (tenant, base, id, base_id, url, specification, expires_at, after_change, \
     next_payload, notifies, pinged, failures, last_success, last_result) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, NULL)";
const LIST: &str = "SELECT tenant, base, id, base_id, url, specification, expires_at, after_change, next_payload, \
     notifies, pinged, failures, last_success, last_result FROM webhooks WHERE tenant = $1 AND base = $2 ORDER BY id";
const FIND: &str = "SELECT tenant, base, id, base_id, url, specification, expires_at, after_change, next_payload, \
     notifies, pinged, failures, last_success, last_result FROM webhooks WHERE tenant = $1 AND base = $2 AND id = $3";
const COUNT: &str = "SELECT COUNT(*) FROM webhooks WHERE tenant = $1 AND base = $2";
const LIVE: &str = "SELECT COUNT(*) FROM webhooks WHERE tenant = $1 AND base = $2 AND expires_at > $3";
const DELETE: &str = "DELETE FROM webhooks WHERE tenant = $1 AND base = $2 AND id = $3 RETURNING id";
const NOTIFY: &str = "UPDATE webhooks SET notifies = $4, failures = 0 WHERE tenant = $1 AND base = $2 AND id = $3 \
     RETURNING id";
const EXTEND: &str = "UPDATE webhooks SET expires_at = $4 WHERE tenant = $1 AND base = $2 AND id = $3";
const REVIVE: &str = "UPDATE webhooks SET expires_at = $4, after_change = $5 \
     WHERE tenant = $1 AND base = $2 AND id = $3";
const TAKE: &str = "UPDATE webhooks SET next_payload = next_payload + $4 \
     WHERE tenant = $1 AND base = $2 AND id = $3 RETURNING next_payload - $4";
const PINGED: &str = "UPDATE webhooks SET pinged = $4, failures = 0, last_success = $5, last_result = $6 \
     WHERE tenant = $1 AND base = $2 AND id = $3 AND pinged <= $4";
const FAILED: &str = "UPDATE webhooks SET failures = $4, notifies = (notifies AND $5), last_result = $6 \
     WHERE tenant = $1 AND base = $2 AND id = $3";
const UNPINGED: &str = "SELECT tenant, base, id FROM webhooks WHERE pinged < next_payload AND failures = 0 \
     AND notifies = TRUE AND url IS NOT NULL AND expires_at > $1 ORDER BY base, id LIMIT 1000";
const EXPIRED: &str = "SELECT tenant, base, id FROM webhooks WHERE expires_at <= $1 ORDER BY expires_at LIMIT 100";

/// What removes the rows of a base that was removed, by [`sql::base_rows!`].
pub const BASE_ROWS: [&str; 2] =
    [sql::base_rows!("webhooks", "id"), sql::base_rows!("webhook_payloads", "webhook, number")];

/// Every text, so that a test can show each to both databases.
#[cfg(test)]
const TEXTS: [&str; 14] =
    [INSERT, LIST, FIND, COUNT, LIVE, DELETE, NOTIFY, EXTEND, REVIVE, TAKE, PINGED, FAILED, UNPINGED, EXPIRED];

/// Which webhook.
pub(crate) type Key = (TenantNo, BaseNo, WebhookId);

fn json(value: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_string(value).map(Value::Json).map_err(|_| Error::Stored)
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| Error::Stored)
}

pub(crate) fn insert(tx: &mut Tx, permit: &Permit, webhook: &Webhook) -> Result<(), Error> {
    let specification = json(&webhook.specification)?;
    tx.queue(
        INSERT,
        params![
            permit.tenant(),
            permit.base_no(),
            webhook.id,
            permit.base(),
            webhook.url.clone(),
            specification,
            webhook.expires,
            webhook.after,
            webhook.next,
            webhook.notifies,
            webhook.pinged,
            webhook.failures,
        ],
    );
    Ok(())
}

/// The webhooks of a base, the oldest first.
pub(crate) async fn list(db: &Db, (tenant, base): (TenantNo, BaseNo)) -> Result<Vec<Webhook>, Error> {
    db.read(LIST, params![tenant, base]).await?.iter().map(webhook).collect()
}

pub(crate) async fn find(db: &Db, (tenant, base, id): Key) -> Result<Option<Webhook>, Error> {
    db.read(FIND, params![tenant, base, id]).await?.first().map(webhook).transpose()
}

/// The same inside a transaction.
pub(crate) async fn find_in(tx: &mut Tx, (tenant, base, id): Key) -> Result<Option<Webhook>, Error> {
    tx.query(FIND, params![tenant, base, id]).await?.first().map(webhook).transpose()
}

pub(crate) async fn count(tx: &mut Tx, (tenant, base): (TenantNo, BaseNo)) -> Result<i64, Error> {
    one(&tx.query(COUNT, params![tenant, base]).await?)
}

/// How many webhooks of the base have not expired.
pub(crate) async fn live(tx: &mut Tx, (tenant, base): (TenantNo, BaseNo), now: Timestamp) -> Result<i64, Error> {
    one(&tx.query(LIVE, params![tenant, base, now]).await?)
}

fn one(rows: &[Row]) -> Result<i64, Error> {
    Ok(rows.first().ok_or(Error::Stored)?.get(0)?)
}

/// False when there is no such webhook.
pub(crate) async fn delete(tx: &mut Tx, (tenant, base, id): Key) -> Result<bool, Error> {
    Ok(!tx.query(DELETE, params![tenant, base, id]).await?.is_empty())
}

/// False when there is no such webhook.
pub(crate) async fn set_notifies(tx: &mut Tx, (tenant, base, id): Key, notifies: bool) -> Result<bool, Error> {
    Ok(!tx.query(NOTIFY, params![tenant, base, id, notifies]).await?.is_empty())
}

pub(crate) fn extend(tx: &mut Tx, (tenant, base, id): Key, expires: Timestamp) {
    tx.queue(EXTEND, params![tenant, base, id, expires]);
}

/// Lets an expired webhook watch again, from the change after `after` on.
pub(crate) fn revive(tx: &mut Tx, (tenant, base, id): Key, expires: Timestamp, after: i64) {
    tx.queue(REVIVE, params![tenant, base, id, expires, after]);
}

/// Takes numbers for payloads: the first of them, or nothing when the webhook is gone.
pub(crate) async fn take(tx: &mut Tx, (tenant, base, id): Key, count: i64) -> Result<Option<i64>, Error> {
    let rows = tx.query(TAKE, params![tenant, base, id, count]).await?;
    Ok(rows.first().map(|row| row.get(0)).transpose()?)
}

/// Notes that a ping arrived which tells of every payload before `next`.
pub(crate) fn pinged(
    tx: &mut Tx,
    (tenant, base, id): Key,
    next: i64,
    told: (Timestamp, &PingResult),
) -> Result<(), Error> {
    let result = json(told.1)?;
    tx.queue(PINGED, params![tenant, base, id, next, told.0, result]);
    Ok(())
}

/// Notes that a ping failed, for so many times in a row; without another try, pings are turned off.
pub(crate) fn failed(
    tx: &mut Tx,
    (tenant, base, id): Key,
    failures: i64,
    again: bool,
    result: &PingResult,
) -> Result<(), Error> {
    let result = json(result)?;
    tx.queue(FAILED, params![tenant, base, id, failures, again, result]);
    Ok(())
}

/// Webhooks with payloads that no ping has told of and none is being retried for.
pub(crate) async fn unpinged(db: &Db, now: Timestamp) -> Result<Vec<Key>, Error> {
    db.read(UNPINGED, params![now]).await?.iter().map(key).collect()
}

/// Webhooks that expired at `until` or before.
pub(crate) async fn expired(db: &Db, until: Timestamp) -> Result<Vec<Key>, Error> {
    db.read(EXPIRED, params![until]).await?.iter().map(key).collect()
}

fn key(row: &Row) -> Result<Key, Error> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn webhook(row: &Row) -> Result<Webhook, Error> {
    let result: Option<&str> = row.get(13)?;
    Ok(Webhook {
        tenant: row.get(0)?,
        base: row.get(1)?,
        id: row.get(2)?,
        base_id: row.get(3)?,
        url: row.get(4)?,
        specification: parse(row.get(5)?)?,
        expires: row.get(6)?,
        after: row.get(7)?,
        next: row.get(8)?,
        notifies: row.get(9)?,
        pinged: row.get(10)?,
        failures: row.get(11)?,
        last_success: row.get(12)?,
        last_result: result.map(parse).transpose()?,
    })
}

#[cfg(test)]
mod tests;
