//! Rows of imports.

use db::{Db, Tx};
use model::{TenantNo, Timestamp, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sql::Value;

use crate::error::Error;
use crate::ops::{Import, Outcome, Progress, Spec, State};

const INSERT: &str = "INSERT INTO imports (tenant, id, owner, state, spec, progress, outcome, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const FIND: &str = "SELECT id, owner, state, spec, progress, outcome FROM imports WHERE tenant = $1 AND id = $2";
const UNFINISHED: &str = "SELECT tenant, id, owner, state, spec, progress, outcome FROM imports \
     WHERE state = 'reading' OR state = 'writing' ORDER BY created_at, id";
const UPDATE: &str = "UPDATE imports SET state = $3, spec = $4, outcome = $5 WHERE tenant = $1 AND id = $2";
const PROGRESS: &str = "UPDATE imports SET progress = $3 WHERE tenant = $1 AND id = $2";

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
    ];
    tx.queue(INSERT, values);
    Ok(())
}

pub(crate) fn update(tx: &mut Tx, import: &Import) -> Result<(), Error> {
    let values: Vec<Value> = vec![
        import.tenant.0.into(),
        import.id.clone().into(),
        import.state.name().into(),
        json(&import.spec)?,
        json(&import.outcome)?,
    ];
    tx.queue(UPDATE, values);
    Ok(())
}

/// The value of [`save_progress`], made before the transaction.
pub(crate) fn progress(progress: &Progress) -> Result<Value, Error> {
    json(progress)
}

pub(crate) fn save_progress(tx: &mut Tx, tenant: TenantNo, id: &str, progress: Value) {
    tx.queue(PROGRESS, vec![tenant.0.into(), id.to_owned().into(), progress]);
}

pub(crate) async fn find(db: &Db, tenant: TenantNo, id: &str) -> Result<Option<Import>, Error> {
    let rows = db.read(FIND, vec![tenant.0.into(), id.to_owned().into()]).await?;
    rows.first().map(|row| read(row, tenant, 0)).transpose()
}

pub(crate) async fn unfinished(db: &Db) -> Result<Vec<Import>, Error> {
    let rows = db.read(UNFINISHED, Vec::new()).await?;
    rows.iter().map(|row| read(row, TenantNo(row.get(0)?), 1)).collect()
}

fn read(row: &db::Row, tenant: TenantNo, at: usize) -> Result<Import, Error> {
    let owner: UserId = row.get::<String>(at + 1)?.parse().map_err(|_| Error::Stored)?;
    Ok(Import {
        tenant,
        id: row.get(at)?,
        owner,
        state: State::parse(&row.get::<String>(at + 2)?).ok_or(Error::Stored)?,
        spec: parse::<Spec>(&row.get::<String>(at + 3)?)?,
        progress: parse(&row.get::<String>(at + 4)?)?,
        outcome: parse::<Outcome>(&row.get::<String>(at + 5)?)?,
    })
}
