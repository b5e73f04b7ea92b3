//! Rows of tenants, workspaces, members and the places of bases.

use audit::Entry;
use db::{Db, Row, Tx};
use model::{BaseId, BaseNo, Role, TenantId, TenantNo, Timestamp, UserId, WorkspaceId};
use rustc_hash::FxHashMap;
use sql::Value;

use crate::access::WorkspaceEntry;
use crate::collaborators::Grant;
use crate::error::Error;
use crate::proof::{Permit, Place, WorkspacePermit};

const TENANTS: &str = "SELECT tenant FROM tenants ORDER BY tenant LIMIT 1";
const LAST_TENANT: &str = "SELECT tenant FROM tenants ORDER BY tenant DESC LIMIT 1";
const TENANT: &str = "SELECT id, created_at FROM tenants WHERE tenant = $1";
const MEMBERS: &str = "SELECT member, workspace, role, created_at, granted_by FROM members WHERE tenant = $1 \
     ORDER BY created_at, member, workspace";
const BASE_MEMBERS: &str = "SELECT m.member, p.workspace, m.role, m.created_at, m.granted_by, m.base, p.id \
     FROM base_members m JOIN base_places p ON p.tenant = m.tenant AND p.base = m.base \
     WHERE m.tenant = $1 ORDER BY m.created_at, m.member, m.base";
const BASE_MEMBERSHIPS: &str = "SELECT base, role FROM base_members WHERE tenant = $1 AND member = $2";
const WORKSPACE: &str = "SELECT name, created_at FROM workspaces WHERE tenant = $1 AND id = $2";
const PLACES: &str = "SELECT id FROM base_places WHERE tenant = $1 AND workspace = $2 ORDER BY base";
const ALL_PLACES: &str = "SELECT id, workspace FROM base_places WHERE tenant = $1";
const OWNER: &str = "SELECT member FROM members WHERE tenant = $1 AND role = 'owner' ORDER BY member LIMIT 1";
const INSERT_TENANT: &str = "INSERT INTO tenants (tenant, id, name, created_at) VALUES ($1, $2, $3, $4)";
const INSERT_WORKSPACE: &str = "INSERT INTO workspaces (tenant, id, name, created_at) VALUES ($1, $2, $3, $4)";
const INSERT_PLACE: &str = "INSERT INTO base_places (tenant, base, id, workspace) VALUES ($1, $2, $3, $4)";
const REMOVE_PLACE: &str = "DELETE FROM base_places WHERE tenant = $1 AND base = $2";
const PLACE: &str = "SELECT tenant, base, workspace FROM base_places WHERE id = $1";
const MEMBERSHIPS: &str = "SELECT w.id, w.name, m.role FROM members m \
     JOIN workspaces w ON w.tenant = m.tenant AND w.id = m.workspace \
     WHERE m.tenant = $1 AND m.member = $2 ORDER BY w.created_at, w.id";
const WORKSPACES: &str = "SELECT id, name FROM workspaces WHERE tenant = $1 ORDER BY created_at, id";
const HELD: &str = "SELECT role FROM members WHERE tenant = $1 AND workspace = $2 AND member = $3";
const HELD_BASE: &str = "SELECT role FROM base_members WHERE tenant = $1 AND base = $2 AND member = $3";
const GIVE: &str = "INSERT INTO members (tenant, workspace, member, role, granted_by, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, workspace, member) \
     DO UPDATE SET role = excluded.role, granted_by = excluded.granted_by";
const CHANGE: &str = "UPDATE members SET role = $4, granted_by = $5 \
     WHERE tenant = $1 AND workspace = $2 AND member = $3 RETURNING member";
const TAKE: &str = "DELETE FROM members WHERE tenant = $1 AND workspace = $2 AND member = $3 RETURNING member";
const GIVE_BASE: &str = "INSERT INTO base_members (tenant, base, member, role, granted_by, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, base, member) \
     DO UPDATE SET role = excluded.role, granted_by = excluded.granted_by";
const CHANGE_BASE: &str = "UPDATE base_members SET role = $4, granted_by = $5 \
     WHERE tenant = $1 AND base = $2 AND member = $3 RETURNING member";
const TAKE_BASE: &str = "DELETE FROM base_members WHERE tenant = $1 AND base = $2 AND member = $3 RETURNING member";
const OWNERS: &str = "SELECT COUNT(*) FROM members WHERE tenant = $1 AND workspace = $2 AND role = 'owner'";

/// What removes the rows of a base that was removed, by [`sql::base_rows!`].
pub const BASE_ROWS: [&str; 1] = [sql::base_rows!("base_members", "member")];

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 26] = [
    HELD,
    HELD_BASE,
    TENANTS,
    TENANT,
    LAST_TENANT,
    MEMBERS,
    BASE_MEMBERS,
    BASE_MEMBERSHIPS,
    WORKSPACE,
    PLACES,
    ALL_PLACES,
    OWNER,
    INSERT_TENANT,
    INSERT_WORKSPACE,
    INSERT_PLACE,
    REMOVE_PLACE,
    PLACE,
    MEMBERSHIPS,
    WORKSPACES,
    GIVE,
    CHANGE,
    TAKE,
    GIVE_BASE,
    CHANGE_BASE,
    TAKE_BASE,
    OWNERS,
];

pub(crate) async fn first_tenant(db: &Db) -> Result<Option<TenantNo>, Error> {
    let rows = db.read(TENANTS, vec![]).await?;
    Ok(rows.first().map(|row| row.get(0)).transpose()?.map(TenantNo))
}

/// The tenant with the greatest number.
pub(crate) async fn last_tenant(db: &Db) -> Result<Option<TenantNo>, Error> {
    let rows = db.read(LAST_TENANT, vec![]).await?;
    Ok(rows.first().map(|row| row.get(0)).transpose()?.map(TenantNo))
}

/// A tenant's id and when it was made.
pub(crate) async fn tenant(db: &Db, no: TenantNo) -> Result<(TenantId, Timestamp), Error> {
    let rows = db.read(TENANT, vec![no.0.into()]).await?;
    let row = rows.first().ok_or(Error::Stored)?;
    Ok((read_id(row, 0)?, Timestamp(row.get(1)?)))
}

/// A role that somebody holds.
#[derive(Debug, Clone)]
pub(crate) struct HeldRole {
    pub user: UserId,
    /// In it, or in a base of it.
    pub workspace: WorkspaceId,
    pub role: Role,
    pub since: Timestamp,
    pub by: UserId,
}

fn read_held(row: &Row) -> Result<HeldRole, Error> {
    Ok(HeldRole {
        user: read_id(row, 0)?,
        workspace: read_id(row, 1)?,
        role: read_role(&row.get::<String>(2)?).ok_or(Error::Stored)?,
        since: Timestamp(row.get(3)?),
        by: read_id(row, 4)?,
    })
}

fn read_id<T: std::str::FromStr>(row: &Row, column: usize) -> Result<T, Error> {
    row.get::<String>(column)?.parse().map_err(|_| Error::Stored)
}

/// Who has which role in which workspace, the oldest first.
pub(crate) async fn members(db: &Db, tenant: TenantNo) -> Result<Vec<HeldRole>, Error> {
    db.read(MEMBERS, vec![tenant.0.into()]).await?.iter().map(read_held).collect()
}

/// Who has a role in a base itself, the oldest first.
pub(crate) async fn base_members(db: &Db, tenant: TenantNo) -> Result<Vec<(HeldRole, BaseNo, BaseId)>, Error> {
    let rows = db.read(BASE_MEMBERS, vec![tenant.0.into()]).await?;
    rows.iter().map(|row| Ok((read_held(row)?, BaseNo(row.get(5)?), read_id(row, 6)?))).collect()
}

/// The bases in which a user has a role, and those roles.
pub(crate) async fn base_memberships(db: &Db, tenant: TenantNo, user: UserId) -> Result<Vec<(BaseNo, Role)>, Error> {
    let rows = db.read(BASE_MEMBERSHIPS, vec![tenant.0.into(), user.to_string().into()]).await?;
    let read = |row: &Row| Ok((BaseNo(row.get(0)?), read_role(&row.get::<String>(1)?).ok_or(Error::Stored)?));
    rows.iter().map(read).collect()
}

/// A workspace's name and when it was made.
pub(crate) async fn workspace(
    db: &Db,
    tenant: TenantNo,
    id: WorkspaceId,
) -> Result<Option<(String, Timestamp)>, Error> {
    let rows = db.read(WORKSPACE, vec![tenant.0.into(), id.to_string().into()]).await?;
    rows.first().map(|row| Ok((row.get(0)?, Timestamp(row.get(1)?)))).transpose()
}

/// The bases of a workspace.
pub(crate) async fn places(db: &Db, tenant: TenantNo, workspace: WorkspaceId) -> Result<Vec<BaseId>, Error> {
    let rows = db.read(PLACES, vec![tenant.0.into(), workspace.to_string().into()]).await?;
    rows.iter().map(|row| read_id(row, 0)).collect()
}

/// The workspace of each base.
pub(crate) async fn all_places(db: &Db, tenant: TenantNo) -> Result<FxHashMap<BaseId, WorkspaceId>, Error> {
    let rows = db.read(ALL_PLACES, vec![tenant.0.into()]).await?;
    rows.iter().map(|row| Ok((read_id(row, 0)?, read_id(row, 1)?))).collect()
}

pub(crate) async fn owner(db: &Db, tenant: TenantNo) -> Result<Option<UserId>, Error> {
    let rows = db.read(OWNER, vec![tenant.0.into()]).await?;
    let id: Option<String> = rows.first().map(|row| row.get(0)).transpose()?;
    id.map(|id| id.parse().map_err(|_| Error::Stored)).transpose()
}

pub(crate) fn insert_tenant(tx: &mut Tx, no: TenantNo, id: TenantId, name: &str, now: Timestamp) {
    tx.queue(INSERT_TENANT, vec![no.0.into(), id.to_string().into(), name.into(), now.0.into()]);
}

pub(crate) fn insert_workspace(tx: &mut Tx, tenant: TenantNo, id: WorkspaceId, name: &str, now: Timestamp) {
    tx.queue(INSERT_WORKSPACE, vec![tenant.0.into(), id.to_string().into(), name.into(), now.0.into()]);
}

/// Makes the first owner of a new workspace.
pub(crate) fn insert_owner(tx: &mut Tx, tenant: TenantNo, workspace: WorkspaceId, user: UserId, now: Timestamp) {
    let mut values = vec![tenant.0.into(), workspace.to_string().into(), user.to_string().into()];
    values.extend([role_name(Role::Owner).into(), user.to_string().into(), now.0.into()]);
    tx.queue(GIVE, values);
}

pub(crate) fn insert_place(tx: &mut Tx, tenant: TenantNo, base: BaseNo, id: BaseId, workspace: WorkspaceId) {
    let values = vec![tenant.0.into(), base.0.into(), id.to_string().into(), workspace.to_string().into()];
    tx.queue(INSERT_PLACE, values);
}

pub(crate) fn remove_place(tx: &mut Tx, tenant: TenantNo, base: BaseNo) {
    tx.queue(REMOVE_PLACE, vec![tenant.0.into(), base.0.into()]);
}

pub(crate) async fn place(db: &Db, id: BaseId) -> Result<Option<Place>, Error> {
    let rows = db.read(PLACE, vec![id.to_string().into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let workspace: String = row.get(2)?;
    Ok(Some(Place {
        tenant: TenantNo(row.get(0)?),
        base: BaseNo(row.get(1)?),
        workspace: workspace.parse().map_err(|_| Error::Stored)?,
    }))
}

/// The workspaces in which a user has a role.
pub(crate) async fn memberships(db: &Db, tenant: TenantNo, user: UserId) -> Result<Vec<WorkspaceEntry>, Error> {
    let rows = db.read(MEMBERSHIPS, vec![tenant.0.into(), user.to_string().into()]).await?;
    rows.iter()
        .map(|row| {
            let (id, role): (String, String) = (row.get(0)?, row.get(2)?);
            let role = read_role(&role).ok_or(Error::Stored)?;
            Ok(WorkspaceEntry { id: id.parse().map_err(|_| Error::Stored)?, name: row.get(1)?, role })
        })
        .collect()
}

/// Every workspace of a tenant, as the house itself sees it.
pub(crate) async fn workspaces(db: &Db, tenant: TenantNo) -> Result<Vec<WorkspaceEntry>, Error> {
    let rows = db.read(WORKSPACES, vec![tenant.0.into()]).await?;
    rows.iter()
        .map(|row| {
            let id: String = row.get(0)?;
            Ok(WorkspaceEntry { id: id.parse().map_err(|_| Error::Stored)?, name: row.get(1)?, role: Role::Owner })
        })
        .collect()
}

/// The role that was held before something was written; none when it is the first.
#[derive(Default)]
pub(crate) struct Before(Option<Role>);

impl Before {
    /// Says it in an entry of the trail.
    pub fn told(&self, entry: Entry) -> Entry {
        match self.0 {
            Some(role) => entry.with("previousPermissionLevel", role.permission_level()),
            None => entry,
        }
    }
}

/// Writes one grant in a workspace; none when there was no role to change or take.
pub(crate) async fn grant(tx: &mut Tx, permit: &WorkspacePermit, of: &GrantRow) -> Result<Option<Before>, Error> {
    let place = [permit.tenant.0.into(), permit.workspace.to_string().into()];
    write_grant(tx, [HELD, GIVE, CHANGE, TAKE], place, of).await
}

/// Writes one grant in a base; none when there was no role to change or take.
pub(crate) async fn grant_in_base(tx: &mut Tx, permit: &Permit, of: &GrantRow) -> Result<Option<Before>, Error> {
    let place = [permit.tenant().0.into(), permit.base_no().0.into()];
    write_grant(tx, [HELD_BASE, GIVE_BASE, CHANGE_BASE, TAKE_BASE], place, of).await
}

/// A grant, by whom and when.
#[derive(Debug, Clone)]
pub(crate) struct GrantRow {
    pub user: UserId,
    pub grant: Grant,
    pub by: UserId,
    pub now: Timestamp,
}

/// The role that somebody has in a workspace.
pub(crate) async fn held(tx: &mut Tx, permit: &WorkspacePermit, user: UserId) -> Result<Option<Role>, Error> {
    let place = [permit.tenant.0.into(), permit.workspace.to_string().into(), user.to_string().into()];
    role_in(tx, HELD, Vec::from(place)).await
}

async fn role_in(tx: &mut Tx, held: &'static str, values: Vec<Value>) -> Result<Option<Role>, Error> {
    let rows = tx.query(held, values).await?;
    rows.first().map(|row| read_role(&row.get::<String>(0)?).ok_or(Error::Stored)).transpose()
}

async fn write_grant(
    tx: &mut Tx,
    [held, give, change, take]: [&'static str; 4],
    place: [Value; 2],
    of: &GrantRow,
) -> Result<Option<Before>, Error> {
    let mut values = Vec::from(place);
    values.push(of.user.to_string().into());
    let before = role_in(tx, held, values.clone()).await?;
    let is_written = match of.grant {
        Grant::Give(role) => {
            values.extend([role_name(role).into(), of.by.to_string().into(), of.now.0.into()]);
            tx.queue(give, values);
            true
        }
        Grant::Change(role) => {
            values.extend([role_name(role).into(), of.by.to_string().into()]);
            !tx.query(change, values).await?.is_empty()
        }
        Grant::Take => !tx.query(take, values).await?.is_empty(),
    };
    Ok(is_written.then_some(Before(before)))
}

pub(crate) async fn owners(tx: &mut Tx, permit: &WorkspacePermit) -> Result<i64, Error> {
    let rows = tx.query(OWNERS, vec![permit.tenant.0.into(), permit.workspace.to_string().into()]).await?;
    Ok(rows.first().ok_or(Error::Stored)?.get(0)?)
}

const ROLES: [(Role, &str); 5] = [
    (Role::ReadOnly, "readOnly"),
    (Role::Commenter, "commenter"),
    (Role::Editor, "editor"),
    (Role::Creator, "creator"),
    (Role::Owner, "owner"),
];

pub(crate) fn role_name(role: Role) -> &'static str {
    ROLES.iter().find(|(held, _)| *held == role).map_or("readOnly", |(_, name)| name)
}

pub(crate) fn read_role(name: &str) -> Option<Role> {
    ROLES.iter().find(|(_, held)| *held == name).map(|(role, _)| *role)
}
