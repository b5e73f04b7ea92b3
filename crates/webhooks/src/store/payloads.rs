//! Rows of payloads.

use db::{Db, Tx, Value, params};
use model::{BaseNo, TenantNo, Timestamp};

use super::Key;
use crate::error::Error;
use crate::model::Page;

const INSERT: &str = "INSERT INTO webhook_payloads (tenant, base, webhook, number, made_at, body) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const READ: &str = "SELECT number, body FROM webhook_payloads \
     WHERE tenant = $1 AND base = $2 AND webhook = $3 AND number >= $4 ORDER BY number LIMIT $5";
const DELETE: &str = "DELETE FROM webhook_payloads WHERE tenant = $1 AND base = $2 AND webhook = $3";
const PRUNE: &str = "DELETE FROM webhook_payloads WHERE made_at < $1";

const EACH: &str = "SELECT webhook, number, body FROM webhook_payloads \
     WHERE tenant = $1 AND base = $2 AND (webhook, number) > ($3, $4) ORDER BY webhook, number LIMIT 64";
const REWRITE: &str = "UPDATE webhook_payloads SET body = $5 \
     WHERE tenant = $1 AND base = $2 AND webhook = $3 AND number = $4";

/// Every text, so that a test can show each to both databases.
#[cfg(test)]
pub(super) const TEXTS: [&str; 6] = [INSERT, READ, DELETE, PRUNE, EACH, REWRITE];

/// A page ends after so many bytes, however few payloads that are: one of an import may hold thousands of records.
const BYTES: usize = 8 << 20;

pub(crate) fn insert(tx: &mut Tx, (tenant, base, id): Key, number: i64, made: Timestamp, body: String) {
    tx.queue(INSERT, params![tenant, base, id, number, made, Value::Json(body)]);
}

/// The payloads from number `from` on, at most `limit`.
pub(crate) async fn read(db: &Db, (tenant, base, id): Key, from: i64, limit: i64) -> Result<Page, Error> {
    // One more than asked for says whether there are more.
    let values = params![tenant, base, id, from, limit + 1];
    let state = (Page { cursor: from, ..Page::default() }, 0);
    let (page, _) = db
        .each(READ, values, state, move |(page, bytes), row| {
            if page.more || page.payloads.len() as i64 >= limit || *bytes > BYTES {
                page.more = true;
                return Ok(());
            }
            let (number, body): (i64, String) = (row.get(0)?, row.get(1)?);
            *bytes += body.len();
            page.cursor = number + 1;
            page.payloads.push(body);
            Ok(())
        })
        .await?;
    Ok(page)
}

pub(crate) fn delete(tx: &mut Tx, (tenant, base, id): Key) {
    tx.queue(DELETE, params![tenant, base, id]);
}

/// A payload: its webhook, its number there, and its text.
pub(crate) type Stored = (String, i64, String);

/// The payloads of a base behind one of them, as many as are read at a time.
pub(crate) async fn each(
    db: &Db,
    (tenant, base): (TenantNo, BaseNo),
    after: &(String, i64),
) -> Result<Vec<Stored>, Error> {
    let rows = db.read(EACH, params![tenant, base, after.0.as_str(), after.1]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Gives a payload another text.
pub(crate) fn rewrite(tx: &mut Tx, (tenant, base): (TenantNo, BaseNo), (webhook, number, body): Stored) {
    tx.queue(REWRITE, params![tenant, base, webhook, number, Value::Json(body)]);
}

/// Forgets payloads of changes before `until`.
pub(crate) fn prune(tx: &mut Tx, until: Timestamp) {
    tx.queue(PRUNE, params![until]);
}
