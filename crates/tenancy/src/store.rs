//! Rows of tenants, workspaces, members and the places of bases.

use db::{Db, Tx};
use model::{BaseId, BaseNo, Role, TenantId, TenantNo, Timestamp, UserId, WorkspaceId};

use crate::access::WorkspaceEntry;
use crate::error::Error;
use crate::proof::{Place, WorkspacePermit};

const TENANTS: &str = "SELECT tenant FROM tenants ORDER BY tenant LIMIT 1";
const LAST_TENANT: &str = "SELECT tenant FROM tenants ORDER BY tenant DESC LIMIT 1";
const MEMBERS: &str = "SELECT member, workspace, role FROM members WHERE tenant = $1 ORDER BY member, workspace";
const OWNER: &str = "SELECT member FROM members WHERE tenant = $1 AND role = 'owner' ORDER BY member LIMIT 1";
const INSERT_TENANT: &str = "INSERT INTO tenants (tenant, id, name, created_at) VALUES ($1, $2, $3, $4)";
const INSERT_WORKSPACE: &str = "INSERT INTO workspaces (tenant, id, name, created_at) VALUES ($1, $2, $3, $4)";
const INSERT_MEMBER: &str = "INSERT INTO members (tenant, workspace, member, role) VALUES ($1, $2, $3, $4)";
const INSERT_PLACE: &str = "INSERT INTO base_places (tenant, base, id, workspace) VALUES ($1, $2, $3, $4)";
const REMOVE_PLACE: &str = "DELETE FROM base_places WHERE tenant = $1 AND base = $2";
const PLACE: &str = "SELECT tenant, base, workspace FROM base_places WHERE id = $1";
const MEMBERSHIPS: &str = "SELECT w.id, w.name, m.role FROM members m \
     JOIN workspaces w ON w.tenant = m.tenant AND w.id = m.workspace \
     WHERE m.tenant = $1 AND m.member = $2 ORDER BY w.created_at, w.id";
const WORKSPACES: &str = "SELECT id, name FROM workspaces WHERE tenant = $1 ORDER BY created_at, id";
const SET_MEMBER: &str = "INSERT INTO members (tenant, workspace, member, role) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (tenant, workspace, member) DO UPDATE SET role = excluded.role";
const REMOVE_MEMBER: &str = "DELETE FROM members WHERE tenant = $1 AND workspace = $2 AND member = $3";
const OWNERS: &str = "SELECT COUNT(*) FROM members WHERE tenant = $1 AND workspace = $2 AND role = 'owner'";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 15] = [
    TENANTS,
    LAST_TENANT,
    MEMBERS,
    OWNER,
    INSERT_TENANT,
    INSERT_WORKSPACE,
    INSERT_MEMBER,
    INSERT_PLACE,
    REMOVE_PLACE,
    PLACE,
    MEMBERSHIPS,
    WORKSPACES,
    SET_MEMBER,
    REMOVE_MEMBER,
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

/// Who has which role where.
pub(crate) async fn members(db: &Db, tenant: TenantNo) -> Result<Vec<(UserId, WorkspaceId, Role)>, Error> {
    let rows = db.read(MEMBERS, vec![tenant.0.into()]).await?;
    rows.iter()
        .map(|row| {
            let (member, workspace, role): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let member = member.parse().map_err(|_| Error::Stored)?;
            let workspace = workspace.parse().map_err(|_| Error::Stored)?;
            Ok((member, workspace, read_role(&role).ok_or(Error::Stored)?))
        })
        .collect()
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

pub(crate) fn insert_member(tx: &mut Tx, tenant: TenantNo, workspace: WorkspaceId, user: UserId, role: Role) {
    let values = vec![tenant.0.into(), workspace.to_string().into(), user.to_string().into(), role_name(role).into()];
    tx.queue(INSERT_MEMBER, values);
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

/// True when a base of any tenant has this id.
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

pub(crate) fn set_member(tx: &mut Tx, permit: &WorkspacePermit, user: UserId, role: Option<Role>) {
    let mut values: Vec<sql::Value> =
        vec![permit.tenant.0.into(), permit.workspace.to_string().into(), user.to_string().into()];
    match role {
        Some(role) => {
            values.push(role_name(role).into());
            tx.queue(SET_MEMBER, values);
        }
        None => tx.queue(REMOVE_MEMBER, values),
    }
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
