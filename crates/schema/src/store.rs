//! Rows of bases and tables.

use std::sync::Arc;

use db::{Db, Row, Tx};
use model::{BaseId, BaseNo, FieldNo, Schema, Table, TenantNo, Timestamp, WorkspaceId};
use sql::Value;
use tenancy::{Permit, WorkspacePermit};

use crate::error::Error;
use crate::ops::{Removed, RemovedPart};

const SCHEMA: &str = "SELECT b.id, b.name, b.revision, t.definition FROM bases b \
     LEFT JOIN tables t ON t.tenant = b.tenant AND t.base = b.base \
     WHERE b.tenant = $1 AND b.base = $2 ORDER BY t.tbl";
const NEXT_BASE: &str = "SELECT COALESCE(MAX(base), 0) + 1 FROM bases";
const INSERT_BASE: &str = "INSERT INTO bases (tenant, base, id, workspace, name, revision, next_table, next_field, \
     created_at, deleted) VALUES ($1, $2, $3, $4, $5, 1, 1, 1, $6, FALSE)";
const TAKE: &str = "UPDATE bases SET next_table = next_table + $3, next_field = next_field + $4 \
     WHERE tenant = $1 AND base = $2 RETURNING next_table - $3, next_field - $4";
const REVISE: &str = "UPDATE bases SET revision = revision + 1 WHERE tenant = $1 AND base = $2";
const SAVE_TABLE: &str = "INSERT INTO tables (tenant, base, tbl, definition) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (tenant, base, tbl) DO UPDATE SET definition = excluded.definition";
const LIST_BASES: &str = "SELECT base, id, workspace, name, created_at, deleted_at FROM bases \
     WHERE tenant = $1 AND deleted = $2 AND removed_at IS NULL ORDER BY base";
const IS_BASE: &str = "SELECT base FROM bases WHERE id = $1 AND removed_at IS NULL";
const GIVE_UP_ID: &str = "UPDATE bases SET id = $2 WHERE id = $1 AND removed_at IS NOT NULL";
const TRASH_BASE: &str = "UPDATE bases SET deleted = TRUE, deleted_at = $3 \
     WHERE tenant = $1 AND base = $2 AND deleted = FALSE RETURNING name";
const RESTORE_BASE: &str = "UPDATE bases SET deleted = FALSE, deleted_at = NULL \
     WHERE tenant = $1 AND base = $2 AND deleted = TRUE AND removed_at IS NULL RETURNING base";
const REMOVE_BASE: &str = "UPDATE bases SET removed_at = $3, name = '' \
     WHERE tenant = $1 AND base = $2 AND deleted = TRUE AND removed_at IS NULL AND COALESCE(deleted_at, 0) < $4 \
     RETURNING base, id, workspace, name, created_at, deleted_at";
const NOTE_TIMES: &str = "UPDATE bases SET deleted_at = $1 WHERE deleted = TRUE AND deleted_at IS NULL";
const EXPIRED: &str = "SELECT tenant, base FROM bases \
     WHERE deleted = TRUE AND removed_at IS NULL AND deleted_at < $1 AND base > $2 ORDER BY base LIMIT $3";
const REMOVED: &str = "SELECT tenant, base, removed_at FROM bases \
     WHERE removed_at IS NOT NULL AND swept = FALSE AND base > $1 ORDER BY base LIMIT $2";
const SWEPT: &str = "UPDATE bases SET swept = TRUE WHERE tenant = $1 AND base = $2 AND removed_at IS NOT NULL";

const BASES_AFTER: &str = "SELECT tenant, base FROM bases \
     WHERE deleted = FALSE AND removed_at IS NULL AND base > $1 ORDER BY base LIMIT $2";
const NOTE_REMOVAL: &str = "INSERT INTO removals (tenant, base, id, removed_at, swept) VALUES ($1, $2, $3, $4, FALSE) \
     ON CONFLICT (tenant, base, id) DO NOTHING";
const NEXT_REMOVAL: &str = "SELECT tenant, base FROM removals WHERE base > $1 ORDER BY base LIMIT 1";
const REMOVALS: &str = "SELECT id, removed_at, swept FROM removals WHERE tenant = $1 AND base = $2 ORDER BY id";
const SWEPT_PARTS: &str = "UPDATE removals SET swept = TRUE WHERE tenant = $1 AND base = $2 AND removed_at <= $3";
const FORGET_REMOVALS: &str =
    "DELETE FROM removals WHERE tenant = $1 AND base = $2 AND swept = TRUE AND removed_at < $3";

/// What removes the rows of a base that was removed, by [`sql::base_rows!`].
pub const BASE_ROWS: [&str; 2] = [sql::base_rows!("removals", "id"), sql::base_rows!("tables", "tbl")];

/// Most bases that are looked up at a time.
const BASES: i64 = 256;

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 22] = [
    BASES_AFTER,
    NOTE_REMOVAL,
    NEXT_REMOVAL,
    REMOVALS,
    SWEPT_PARTS,
    FORGET_REMOVALS,
    SCHEMA,
    NEXT_BASE,
    INSERT_BASE,
    TAKE,
    REVISE,
    SAVE_TABLE,
    LIST_BASES,
    IS_BASE,
    GIVE_UP_ID,
    TRASH_BASE,
    RESTORE_BASE,
    REMOVE_BASE,
    NOTE_TIMES,
    EXPIRED,
    REMOVED,
    SWEPT,
];

/// A base as listed.
pub(crate) struct BaseRow {
    pub no: BaseNo,
    pub id: BaseId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub created: Timestamp,
    /// When it was deleted, if it is in the trash.
    pub deleted: Option<Timestamp>,
}

fn keys(tenant: TenantNo, base: BaseNo) -> Vec<Value> {
    vec![tenant.0.into(), base.0.into()]
}

/// The schema as committed.
pub(crate) async fn schema(db: &Db, tenant: TenantNo, base: BaseNo) -> Result<Option<Schema>, Error> {
    read_schema(base, &db.read(SCHEMA, keys(tenant, base)).await?)
}

/// The schema as the transaction sees it.
pub async fn schema_in(tx: &mut Tx, tenant: TenantNo, base: BaseNo) -> Result<Option<Schema>, Error> {
    read_schema(base, &tx.query(SCHEMA, keys(tenant, base)).await?)
}

fn read_schema(base_no: BaseNo, rows: &[Row]) -> Result<Option<Schema>, Error> {
    let Some(first) = rows.first() else { return Ok(None) };
    let id: String = first.get(0)?;
    let base = id.parse().map_err(|_| Error::Invalid { reason: format!("stored base id `{id}` is malformed") })?;
    let mut tables = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(definition) = row.get::<Option<String>>(3)? {
            tables.push(Arc::new(serde_json::from_str::<Table>(&definition)?));
        }
    }
    Ok(Some(Schema { base_no, base, name: first.get(1)?, revision: first.get(2)?, tables }))
}

pub(crate) async fn next_base(tx: &mut Tx) -> Result<BaseNo, Error> {
    let rows = tx.query(NEXT_BASE, vec![]).await?;
    Ok(BaseNo(rows.first().map_or(Ok(1), |row| row.get(0))?))
}

pub(crate) fn insert_base(tx: &mut Tx, permit: &WorkspacePermit, base: &BaseRow) {
    tx.queue(
        INSERT_BASE,
        vec![
            permit.tenant().0.into(),
            base.no.0.into(),
            base.id.to_string().into(),
            base.workspace.to_string().into(),
            base.name.clone().into(),
            base.created.0.into(),
        ],
    );
}

/// Takes numbers for new tables and fields: the first of each.
pub(crate) async fn take(tx: &mut Tx, tenant: TenantNo, base: BaseNo, n: (u32, u32)) -> Result<(u32, u32), Error> {
    let rows = tx.query(TAKE, vec![tenant.0.into(), base.0.into(), n.0.into(), n.1.into()]).await?;
    let Some(row) = rows.first() else { return Err(Error::Invalid { reason: "the base is gone".to_owned() }) };
    Ok((row.get::<i64>(0)? as u32, row.get::<i64>(1)? as u32))
}

/// The number for a new field.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn take_field(tx: &mut Tx, permit: &Permit) -> Result<FieldNo, Error> {
    Ok(FieldNo(take(tx, permit.tenant(), permit.base_no(), (0, 1)).await?.1))
}

/// Writes a table's definition; [`revise`] belongs to it once per change.
pub fn save_table(tx: &mut Tx, permit: &Permit, table: &Table) -> Result<(), Error> {
    write_table(tx, permit.tenant(), permit.base_no(), table)
}

/// Raises the base's revision.
pub fn revise(tx: &mut Tx, permit: &Permit) {
    tx.queue(REVISE, keys(permit.tenant(), permit.base_no()));
}

pub(crate) fn write_table(tx: &mut Tx, tenant: TenantNo, base: BaseNo, table: &Table) -> Result<(), Error> {
    let definition = Value::Json(serde_json::to_string(table)?);
    tx.queue(SAVE_TABLE, vec![tenant.0.into(), base.0.into(), table.no.0.into(), definition]);
    Ok(())
}

/// The bases of a tenant that are in the trash, or those that are not.
pub(crate) async fn list_bases(db: &Db, tenant: TenantNo, deleted: bool) -> Result<Vec<BaseRow>, Error> {
    let rows = db.read(LIST_BASES, vec![tenant.0.into(), deleted.into()]).await?;
    rows.iter().map(read_base).collect()
}

/// True when there is a base with this id, of whatever tenant, in the trash or not. One that was removed for good is none.
pub(crate) async fn is_base(tx: &mut Tx, id: BaseId) -> Result<bool, Error> {
    Ok(!tx.query(IS_BASE, vec![id.to_string().into()]).await?.is_empty())
}

/// Takes an id from a base that was removed for good, whose row goes by another one from then on.
pub(crate) fn give_up_id(tx: &mut Tx, id: BaseId, other: BaseId) {
    tx.queue(GIVE_UP_ID, vec![id.to_string().into(), other.to_string().into()]);
}

/// Marks a base as deleted, and tells its name; none when it is deleted already.
pub(crate) async fn trash_base(
    tx: &mut Tx,
    permit: &WorkspacePermit,
    base: BaseNo,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    let rows = tx.query(TRASH_BASE, vec![permit.tenant().0.into(), base.0.into(), now.0.into()]).await?;
    Ok(rows.first().map(|row| row.get(0)).transpose()?)
}

/// Takes the mark away; false when the base is not in the trash any more.
pub(crate) async fn restore_base(tx: &mut Tx, permit: &WorkspacePermit, base: BaseNo) -> Result<bool, Error> {
    Ok(!tx.query(RESTORE_BASE, keys(permit.tenant(), base)).await?.is_empty())
}

/// Takes a base that was deleted before a time out of the trash for good, and tells which it was; none when it is not there.
pub(crate) async fn remove_base(
    tx: &mut Tx,
    (tenant, base): (TenantNo, BaseNo),
    (before, now): (Timestamp, Timestamp),
) -> Result<Option<BaseRow>, Error> {
    let params = vec![tenant.0.into(), base.0.into(), now.0.into(), before.0.into()];
    tx.query(REMOVE_BASE, params).await?.first().map(read_base).transpose()
}

/// Gives those bases in the trash a time that were deleted before times were noted.
pub(crate) fn note_times(tx: &mut Tx, now: Timestamp) {
    tx.queue(NOTE_TIMES, vec![now.0.into()]);
}

/// Bases after a number that were deleted before a time.
pub(crate) async fn expired(db: &Db, before: Timestamp, after: BaseNo) -> Result<Vec<(TenantNo, BaseNo)>, Error> {
    let rows = db.read(EXPIRED, vec![before.0.into(), after.0.into(), BASES.into()]).await?;
    rows.iter().map(|row| Ok((TenantNo(row.get(0)?), BaseNo(row.get(1)?)))).collect()
}

/// Bases after a number that were removed and of which rows may be left.
pub(crate) async fn removed(db: &Db, after: BaseNo) -> Result<Vec<Removed>, Error> {
    let rows = db.read(REMOVED, vec![after.0.into(), BASES.into()]).await?;
    let read = |row: &Row| {
        let place = (TenantNo(row.get(0)?), BaseNo(row.get(1)?));
        Ok(Removed { place, time: Timestamp(row.get(2)?) })
    };
    rows.iter().map(read).collect()
}

/// Notes that nothing is left of a base that was removed.
pub(crate) fn swept(tx: &mut Tx, (tenant, base): (TenantNo, BaseNo)) {
    tx.queue(SWEPT, keys(tenant, base));
}

/// Bases after a number that are there.
pub(crate) async fn bases_after(db: &Db, after: BaseNo) -> Result<Vec<(TenantNo, BaseNo)>, Error> {
    let rows = db.read(BASES_AFTER, vec![after.0.into(), BASES.into()]).await?;
    rows.iter().map(|row| Ok((TenantNo(row.get(0)?), BaseNo(row.get(1)?)))).collect()
}

/// Raises the revision of a base.
pub(crate) fn revise_base(tx: &mut Tx, (tenant, base): (TenantNo, BaseNo)) {
    tx.queue(REVISE, keys(tenant, base));
}

/// Notes that a part of a base was removed, of which something may be left.
pub(crate) fn note_removal(tx: &mut Tx, (tenant, base): (TenantNo, BaseNo), id: &str, now: Timestamp) {
    tx.queue(NOTE_REMOVAL, vec![tenant.0.into(), base.0.into(), id.to_owned().into(), now.0.into()]);
}

/// The first base after a number of which parts were removed.
pub(crate) async fn next_removal(db: &Db, after: BaseNo) -> Result<Option<(TenantNo, BaseNo)>, Error> {
    let rows = db.read(NEXT_REMOVAL, vec![after.0.into()]).await?;
    rows.first().map(|row| Ok((TenantNo(row.get(0)?), BaseNo(row.get(1)?)))).transpose()
}

/// The parts of a base that were removed and of which something may be left.
pub(crate) async fn removals(db: &Db, (tenant, base): (TenantNo, BaseNo)) -> Result<Vec<RemovedPart>, Error> {
    let rows = db.read(REMOVALS, keys(tenant, base)).await?;
    rows.iter()
        .map(|row| Ok(RemovedPart { id: row.get(0)?, time: Timestamp(row.get(1)?), swept: row.get(2)? }))
        .collect()
}

/// Notes that nothing is left of what was removed up to a time, and forgets what was removed before another.
pub(crate) fn swept_parts(tx: &mut Tx, (tenant, base): (TenantNo, BaseNo), until: Timestamp, before: Timestamp) {
    for (text, time) in [(SWEPT_PARTS, until), (FORGET_REMOVALS, before)] {
        tx.queue(text, vec![tenant.0.into(), base.0.into(), time.0.into()]);
    }
}

fn read_base(row: &Row) -> Result<BaseRow, Error> {
    let malformed = |text: &str| Error::Invalid { reason: format!("stored id `{text}` is malformed") };
    let (id, workspace): (String, String) = (row.get(1)?, row.get(2)?);
    Ok(BaseRow {
        no: BaseNo(row.get(0)?),
        id: id.parse().map_err(|_| malformed(&id))?,
        workspace: workspace.parse().map_err(|_| malformed(&workspace))?,
        name: row.get(3)?,
        created: Timestamp(row.get(4)?),
        deleted: row.get::<Option<i64>>(5)?.map(Timestamp),
    })
}
