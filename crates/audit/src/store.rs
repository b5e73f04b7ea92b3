//! Rows of entries.

use db::{Db, Row, Tx, Value, params};
use model::{EntryId, TenantNo, Timestamp};
use serde::{Deserialize, Serialize};

use crate::entry::{By, Entry, Noted};
use crate::error::Error;
use crate::trail::Order;

const INSERT: &str = "INSERT INTO audit_entries (tenant, id, made_at, entry) VALUES ($1, $2, $3, $4)";
const OLDEST: &str = "SELECT id, made_at, entry FROM audit_entries WHERE tenant = $1 AND id >= $2 AND id < $3
    ORDER BY id LIMIT 500";
const NEWEST: &str = "SELECT id, made_at, entry FROM audit_entries WHERE tenant = $1 AND id >= $2 AND id < $3
    ORDER BY id DESC LIMIT 500";

/// Every text, so that a test can show each to both databases.
#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 3] = [INSERT, OLDEST, NEWEST];

/// An entry as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored<E, B> {
    #[serde(flatten)]
    entry: E,
    by: B,
}

pub(crate) fn insert(tx: &mut Tx, tenant: TenantNo, noted: &Noted) {
    let text = serde_json::to_string(&Stored { entry: &noted.entry, by: &noted.by }).unwrap_or_default();
    tx.queue(INSERT, params![tenant, noted.id.to_string(), noted.time, Value::Json(text)]);
}

/// The next entries between two ids, of which the first may be among them.
pub(crate) async fn step(
    db: &Db,
    tenant: TenantNo,
    (first, end): (&str, &str),
    order: Order,
) -> Result<Vec<Noted>, Error> {
    let text = match order {
        Order::Oldest => OLDEST,
        Order::Newest => NEWEST,
    };
    db.read(text, params![tenant, first, end]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Noted, Error> {
    let id: EntryId = row.get::<String>(0)?.parse().map_err(|_| Error::Stored)?;
    let Stored::<Entry, By> { entry, by } = serde_json::from_str(&row.get::<String>(2)?).map_err(|_| Error::Stored)?;
    Ok(Noted { id, time: Timestamp(row.get(1)?), by, entry })
}
