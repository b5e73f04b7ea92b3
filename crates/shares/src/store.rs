//! Rows of shares.

use ::model::{BaseNo, FieldId, ShareId, TableNo, TenantNo, Timestamp};
use db::{Db, Row, Tx, params};
use tenancy::{Permit, Scope};

use crate::error::Error;
use crate::model::{Share, Shown};

const INSERT: &str = "INSERT INTO shares (tenant, base, id, base_id, tbl, view, enabled, created_by, created_at, fields) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const COUNT: &str = "SELECT COUNT(*) FROM shares WHERE tenant = $1 AND base = $2";
const LIST: &str = "SELECT tenant, base, id, base_id, tbl, view, enabled, created_by, created_at, fields FROM shares \
     WHERE tenant = $1 AND base = $2 ORDER BY created_at, id";
const FIND: &str = "SELECT tenant, base, id, base_id, tbl, view, enabled, created_by, created_at, fields FROM shares \
     WHERE id = $1";
const ENABLE: &str = "UPDATE shares SET enabled = $4 WHERE tenant = $1 AND base = $2 AND id = $3 \
     RETURNING tenant, base, id, base_id, tbl, view, enabled, created_by, created_at, fields";
const RENEW: &str = "UPDATE shares SET fields = $4 WHERE tenant = $1 AND base = $2 AND id = $3 \
     RETURNING tenant, base, id, base_id, tbl, view, enabled, created_by, created_at, fields";
const DELETE: &str = "DELETE FROM shares WHERE tenant = $1 AND base = $2 AND id = $3 RETURNING id";

/// What removes the rows of a base that was removed, by [`sql::base_rows!`].
pub const BASE_ROWS: [&str; 1] = [sql::base_rows!("shares", "id")];

/// What removes the shares of the views of a table that was removed, and those of a view, by [`sql::part_rows!`].
pub const TABLE_ROWS: [&str; 1] = [sql::part_rows!("shares", "tbl", "id")];
/// See [`TABLE_ROWS`].
pub const VIEW_ROWS: [&str; 1] = [sql::part_rows!("shares", "view", "id")];

/// Every text, so that a test can show each to both databases.
#[cfg(test)]
const TEXTS: [&str; 7] = [INSERT, COUNT, LIST, FIND, ENABLE, RENEW, DELETE];

pub(crate) fn insert(tx: &mut Tx, permit: &Permit, share: &Share) {
    let (table, view) = match share.shown {
        Shown::Base => (None, None),
        Shown::View(table, view) => (Some(i64::from(table.0)), Some(view.to_string())),
    };
    let (id, base, by) = (share.id.to_string(), share.base.to_string(), share.by.to_string());
    let place = (permit.tenant(), permit.base_no());
    let fields = db::Value::Json(text(share.fields.as_deref()));
    tx.queue(INSERT, params![place.0, place.1, id, base, table, view, share.enabled, by, share.created, fields]);
}

pub(crate) async fn count(tx: &mut Tx, permit: &Permit) -> Result<i64, Error> {
    let rows = tx.query(COUNT, params![permit.tenant(), permit.base_no()]).await?;
    Ok(rows.first().ok_or(Error::Stored)?.get(0)?)
}

/// The shares of a base, the oldest first.
pub(crate) async fn list(db: &Db, scope: &Scope) -> Result<Vec<Share>, Error> {
    db.read(LIST, params![scope.tenant(), scope.base_no()]).await?.iter().map(read).collect()
}

/// The share of this id, of whatever tenant: the link that names it has been proved.
pub(crate) async fn find(db: &Db, id: ShareId) -> Result<Option<Share>, Error> {
    db.read(FIND, params![id.to_string()]).await?.first().map(read).transpose()
}

/// Turns a share on or off; none when there is no such share.
pub(crate) async fn enable(tx: &mut Tx, permit: &Permit, id: ShareId, enabled: bool) -> Result<Option<Share>, Error> {
    let rows = tx.query(ENABLE, params![permit.tenant(), permit.base_no(), id.to_string(), enabled]).await?;
    rows.first().map(read).transpose()
}

/// The share, which shows these fields from now on; none when there is none.
pub(crate) async fn renew(
    tx: &mut Tx,
    permit: &Permit,
    id: ShareId,
    fields: &[FieldId],
) -> Result<Option<Share>, Error> {
    let fields = db::Value::Json(text(Some(fields)));
    let rows = tx.query(RENEW, params![permit.tenant(), permit.base_no(), id.to_string(), fields]).await?;
    rows.first().map(read).transpose()
}

/// Fields as they are stored; `null` where the share names none.
fn text(fields: Option<&[FieldId]>) -> String {
    // Ids can always be written as JSON.
    serde_json::to_string(&fields).unwrap_or_else(|_| "null".to_owned())
}

/// False when there is no such share.
pub(crate) async fn delete(tx: &mut Tx, permit: &Permit, id: ShareId) -> Result<bool, Error> {
    Ok(!tx.query(DELETE, params![permit.tenant(), permit.base_no(), id.to_string()]).await?.is_empty())
}

fn read(row: &Row) -> Result<Share, Error> {
    let number = |number: i64| u32::try_from(number).map_err(|_| Error::Stored);
    let id = |at| -> Result<String, Error> { Ok(row.get(at)?) };
    let shown = match (row.get::<Option<i64>>(4)?, row.get::<Option<String>>(5)?) {
        (Some(table), Some(view)) => Shown::View(TableNo(number(table)?), view.parse().map_err(|_| Error::Stored)?),
        _ => Shown::Base,
    };
    let fields: Option<String> = row.get(9)?;
    Ok(Share {
        tenant: TenantNo(row.get(0)?),
        base_no: BaseNo(row.get(1)?),
        id: id(2)?.parse().map_err(|_| Error::Stored)?,
        base: id(3)?.parse().map_err(|_| Error::Stored)?,
        shown,
        enabled: row.get(6)?,
        by: id(7)?.parse().map_err(|_| Error::Stored)?,
        created: Timestamp(row.get(8)?),
        // One that was made before fields were noted has none, and shows all.
        fields: fields.map_or(Ok(None), |fields| serde_json::from_str(&fields)).map_err(|_| Error::Stored)?,
    })
}

#[cfg(test)]
mod tests;
