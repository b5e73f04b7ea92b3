//! Rows of syncs.

use db::{Db, Row, Tx, params};
use model::{BaseNo, TableNo, TenantNo, Timestamp};
use tenancy::{Permit, Scope};

use crate::error::Error;
use crate::model::{Missing, Sync};

const INSERT: &str = "INSERT INTO syncs (tenant, base, id, tbl, name, key_field, missing, created_by, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const LIST: &str = "SELECT id, tbl, name, key_field, missing, created_by, created_at FROM syncs \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 ORDER BY created_at, id";
const FIND: &str = "SELECT id, tbl, name, key_field, missing, created_by, created_at FROM syncs \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND id = $4";
const NAMES: &str = "SELECT name FROM syncs WHERE tenant = $1 AND base = $2 AND tbl = $3";
const DELETE: &str = "DELETE FROM syncs WHERE tenant = $1 AND base = $2 AND tbl = $3 AND id = $4 RETURNING name";

/// What removes the syncs of a table that was removed, by [`sql::part_rows!`].
pub const TABLE_ROWS: [&str; 1] = [sql::part_rows!("syncs", "tbl", "id")];

/// What removes the rows of a base that was removed, by [`sql::base_rows!`].
pub const BASE_ROWS: [&str; 1] = [sql::base_rows!("syncs", "id")];

/// Every text, so that a test can show each to both databases.
#[cfg(test)]
pub(super) const TEXTS: [&str; 5] = [INSERT, LIST, FIND, NAMES, DELETE];

pub(crate) fn insert(tx: &mut Tx, permit: &Permit, sync: &Sync) {
    let owner = sync.owner.to_string();
    let (id, name, key) = (sync.id.clone(), sync.name.clone(), sync.key.to_string());
    let missing = sync.missing.name();
    tx.queue(
        INSERT,
        params![permit.tenant(), permit.base_no(), id, sync.table, name, key, missing, owner, sync.created],
    );
}

/// The syncs of a table, the oldest first.
pub(crate) async fn list(db: &Db, scope: &Scope, table: TableNo) -> Result<Vec<Sync>, Error> {
    db.read(LIST, params![scope.tenant(), scope.base_no(), table]).await?.iter().map(read).collect()
}

pub(crate) async fn find(db: &Db, permit: &Permit, table: TableNo, id: &str) -> Result<Option<Sync>, Error> {
    let (tenant, base): (TenantNo, BaseNo) = (permit.tenant(), permit.base_no());
    db.read(FIND, params![tenant, base, table, id]).await?.first().map(read).transpose()
}

/// The names of a table's syncs.
pub(crate) async fn names(tx: &mut Tx, permit: &Permit, table: TableNo) -> Result<Vec<String>, Error> {
    let rows = tx.query(NAMES, params![permit.tenant(), permit.base_no(), table]).await?;
    rows.iter().map(|row| Ok(row.get(0)?)).collect()
}

/// What it was called; none when there is no such sync.
pub(crate) async fn delete(tx: &mut Tx, permit: &Permit, table: TableNo, id: &str) -> Result<Option<String>, Error> {
    let rows = tx.query(DELETE, params![permit.tenant(), permit.base_no(), table, id]).await?;
    Ok(rows.first().map(|row| row.get(0)).transpose()?)
}

fn read(row: &Row) -> Result<Sync, Error> {
    Ok(Sync {
        id: row.get(0)?,
        table: TableNo(u32::try_from(row.get::<i64>(1)?).map_err(|_| Error::Stored)?),
        name: row.get(2)?,
        key: row.get::<String>(3)?.parse().map_err(|_| Error::Stored)?,
        missing: Missing::parse(&row.get::<String>(4)?).ok_or(Error::Stored)?,
        owner: row.get::<String>(5)?.parse().map_err(|_| Error::Stored)?,
        created: Timestamp(row.get(6)?),
    })
}
