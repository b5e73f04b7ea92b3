//! Rows of imports.

pub mod syncs;

use db::{Db, Tx};
use model::{TenantNo, Timestamp, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sql::Value;

use crate::error::Error;
use crate::model::{Import, Outcome, Progress, Spec, State};

const INSERT: &str = "INSERT INTO imports (tenant, id, owner, state, spec, progress, outcome, created_at, fingerprint) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const FIND: &str =
    "SELECT id, owner, state, spec, progress, outcome, fingerprint FROM imports WHERE tenant = $1 AND id = $2";
const CREATED: &str = "SELECT created_at FROM imports WHERE tenant = $1 AND id = $2";
const LIKE: &str = "SELECT id, owner, state, spec, progress, outcome, fingerprint FROM imports \
     WHERE tenant = $1 AND fingerprint = $2 ORDER BY created_at DESC, id DESC LIMIT 50";
const DONE: &str = "SELECT spec, created_at FROM imports \
     WHERE tenant = $1 AND fingerprint = $2 AND id <> $3 AND state = $4 ORDER BY created_at DESC, id DESC LIMIT 50";
const ADVANCE: &str = "UPDATE imports SET progress = $4 WHERE tenant = $1 AND id = $2 AND state = $3";
const MOVE: &str = "UPDATE imports SET state = $4, spec = $5, outcome = $6 \
     WHERE tenant = $1 AND id = $2 AND state = $3 RETURNING id";

/// Every text, so that a test can show each to both databases.
#[cfg(test)]
pub(crate) const TEXTS: [&str; 7] = [INSERT, FIND, CREATED, LIKE, DONE, ADVANCE, MOVE];

fn json(value: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_string(value).map(Value::Json).map_err(|_| Error::Stored)
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| Error::Stored)
}

pub(crate) fn insert(tx: &mut Tx, import: &Import, now: Timestamp) -> Result<(), Error> {
    let values: Vec<Value> = vec![
        import.tenant.0.into(),
        import.id.clone().into(),
        import.owner.to_string().into(),
        import.state.name().into(),
        json(&import.spec)?,
        json(&import.progress)?,
        json(&import.outcome)?,
        now.0.into(),
        import.fingerprint.clone().into(),
    ];
    tx.queue(INSERT, values);
    Ok(())
}

/// Writes an import that was in state `from`; false when it is in another one by now.
pub(crate) async fn change(tx: &mut Tx, import: &Import, from: State) -> Result<bool, Error> {
    let values: Vec<Value> = vec![
        import.tenant.0.into(),
        import.id.clone().into(),
        from.name().into(),
        import.state.name().into(),
        json(&import.spec)?,
        json(&import.outcome)?,
    ];
    Ok(!tx.query(MOVE, values).await?.is_empty())
}

/// Writes the progress of an import; fails the transaction when it is not in this state any more.
pub(crate) fn advance(tx: &mut Tx, (tenant, id): (TenantNo, &str), state: State, progress: &Progress) {
    // A plain struct of numbers can always be written as JSON.
    let progress = serde_json::to_string(progress).unwrap_or_default();
    let values: Vec<Value> = vec![tenant.0.into(), id.to_owned().into(), state.name().into(), Value::Json(progress)];
    tx.queue_must(ADVANCE, values);
}

pub(crate) async fn find(db: &Db, tenant: TenantNo, id: &str) -> Result<Option<Import>, Error> {
    let rows = db.read(FIND, vec![tenant.0.into(), id.to_owned().into()]).await?;
    rows.first().map(|row| read(row, tenant)).transpose()
}

/// When an import began.
pub(crate) async fn created(db: &Db, import: &Import) -> Result<Option<Timestamp>, Error> {
    let rows = db.read(CREATED, vec![import.tenant.0.into(), import.id.clone().into()]).await?;
    Ok(rows.first().map(|row| row.get(0)).transpose()?.map(Timestamp))
}

/// The imports of a file with this fingerprint, the newest first.
pub(crate) async fn of_file(db: &Db, tenant: TenantNo, fingerprint: &str) -> Result<Vec<Import>, Error> {
    let rows = db.read(LIKE, vec![tenant.0.into(), fingerprint.to_owned().into()]).await?;
    rows.iter().map(|row| read(row, tenant)).collect()
}

/// Other imports of the same file that came to their end, and when they began, the newest first.
pub(crate) async fn done(db: &Db, import: &Import) -> Result<Vec<(Spec, Timestamp)>, Error> {
    let values: Vec<Value> = vec![
        import.tenant.0.into(),
        import.fingerprint.clone().into(),
        import.id.clone().into(),
        State::Done.name().into(),
    ];
    let rows = db.read(DONE, values).await?;
    rows.iter().map(|row| Ok((parse(&row.get::<String>(0)?)?, Timestamp(row.get(1)?)))).collect()
}

fn read(row: &db::Row, tenant: TenantNo) -> Result<Import, Error> {
    let owner: UserId = row.get::<String>(1)?.parse().map_err(|_| Error::Stored)?;
    Ok(Import {
        tenant,
        id: row.get(0)?,
        owner,
        state: State::parse(&row.get::<String>(2)?).ok_or(Error::Stored)?,
        spec: parse::<Spec>(&row.get::<String>(3)?)?,
        progress: parse(&row.get::<String>(4)?)?,
        outcome: parse::<Outcome>(&row.get::<String>(5)?)?,
        fingerprint: row.get(6)?,
    })
}

#[cfg(test)]
mod tests;
