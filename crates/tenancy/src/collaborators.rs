//! Who has a role in a base or workspace, and giving, changing and taking roles there.

use audit::Entry;
use clock::Ids;
use db::Group;
use identity::User;
use model::{BaseId, Caller, Role, TenantNo, Timestamp, UserId, WorkspaceId};
use rustc_hash::FxHashMap;

use crate::access::Access;
use crate::error::{Denied, Error};
use crate::members::Members;
use crate::policy::Action;
use crate::store::{self, Before, GrantRow, HeldRole};

/// Most roles given by one call.
pub(crate) const MOST: usize = 100;

/// Where a role is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// In a workspace and all its bases.
    Workspace(WorkspaceId),
    /// In a base alone.
    Base(BaseId),
}

/// What happens to a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// It is given, instead of the one that is held.
    Give(Role),
    /// The one that is held becomes this one.
    Change(Role),
    /// The one that is held is taken.
    Take,
}

/// A role that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collaborator {
    /// Who has it.
    pub user: User,
    /// The role.
    pub role: Role,
    /// Since when somebody has a role there.
    pub since: Timestamp,
    /// Who gave it.
    pub by: UserId,
}

/// Who has a role in a base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collaborators {
    /// In the base itself.
    pub base: Vec<Collaborator>,
    /// In its workspace.
    pub workspace: Vec<Collaborator>,
}

/// A workspace, its bases, and who has a role there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceRoles {
    /// Id.
    pub id: WorkspaceId,
    /// Name.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its bases, without those in the trash.
    pub bases: Vec<BaseId>,
    /// Who has a role in it.
    pub workspace: Vec<Collaborator>,
    /// Who has a role in one of its bases alone.
    pub in_bases: Vec<(BaseId, Collaborator)>,
}

impl Access {
    /// Gives, changes and takes roles, all of them or none; from the next request on it is so.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right, [`Error::NoUser`] for whoever is not of the tenant, [`Error::NoCollaborator`]
    /// when there is no role to change or take, [`Error::LastOwner`] when the workspace would be without one.
    pub async fn grant(
        &self,
        caller: &Caller,
        at: At,
        grants: &[(UserId, Grant)],
        (now, ids): (Timestamp, &Ids),
    ) -> Result<(), Error> {
        let rows = grants.iter().map(|&(user, grant)| GrantRow { user, grant, by: caller.user().unwrap_or(user), now });
        let absent = |row: &GrantRow| Error::NoCollaborator { user: row.user.to_string() };
        // INVARIANT: whom the policy lets give roles has the greatest that can be given there: an owner in a workspace,
        // and at least a creator in a base, where roles end with it.
        match at {
            At::Workspace(id) => {
                let permit = self.workspace_permit(caller, Action::ShareWorkspace, id).await?;
                self.know(caller.tenant, grants).await?;
                let mut tx = self.people.db().begin(Group::House).await?;
                // First, so that its row lock makes two owners who take each other's role wait for one another.
                self.people.raise(&mut tx);
                let mut entries = Vec::with_capacity(grants.len());
                for row in rows {
                    let before = store::grant(&mut tx, &permit, &row).await?.ok_or_else(|| absent(&row))?;
                    entries.push(granted(&row, &before).in_workspace(id));
                }
                if store::owners(&mut tx, &permit).await? == 0 {
                    return Err(Error::LastOwner);
                }
                for entry in entries {
                    audit::note(&mut tx, ids, (caller, now), entry);
                }
                Ok(tx.commit().await?)
            }
            At::Base(id) => {
                let permit = self.permit(caller, Action::ShareBase, id).await?;
                self.know(caller.tenant, grants).await?;
                let mut tx = self.people.db().begin(Group::House).await?;
                self.people.raise(&mut tx);
                let mut entries = Vec::with_capacity(grants.len());
                for row in rows {
                    if matches!(row.grant, Grant::Give(Role::Owner) | Grant::Change(Role::Owner)) {
                        let reason = "a base has no owners of its own; give `create`, or `owner` in its workspace";
                        return Err(Error::Grant { reason: reason.to_owned() });
                    }
                    let before = store::grant_in_base(&mut tx, &permit, &row).await?.ok_or_else(|| absent(&row))?;
                    entries.push(granted(&row, &before).in_base(id).in_workspace(permit.workspace()));
                }
                for entry in entries {
                    audit::note(&mut tx, ids, (caller, now), entry);
                }
                Ok(tx.commit().await?)
            }
        }
    }

    /// Asked after the right, so that nobody learns by it whom there are.
    async fn know(&self, tenant: TenantNo, grants: &[(UserId, Grant)]) -> Result<(), Error> {
        let known = self.users(tenant).await?;
        let stranger = grants.iter().find(|(user, _)| !known.contains_key(user));
        stranger.map_or(Ok(()), |(user, _)| Err(Error::NoUser { user: user.to_string() }))
    }

    async fn users(&self, tenant: TenantNo) -> Result<FxHashMap<UserId, User>, Error> {
        Ok(self.people.users(tenant).await?.into_iter().map(|user| (user.id, user)).collect())
    }

    /// Who has a role in the base, the oldest first.
    ///
    /// # Errors
    /// [`Denied`] without the right to read who has a role.
    pub async fn collaborators(&self, caller: &Caller, base: BaseId) -> Result<Collaborators, Denied> {
        let scope = self.scope_for(caller, Action::ReadPeople, base).await?;
        let users = self.users(scope.tenant()).await?;
        let workspace = store::members(self.people.db(), scope.tenant()).await?.into_iter();
        let workspace = workspace.filter(|held| held.workspace == scope.workspace());
        let own = store::base_members(self.people.db(), scope.tenant()).await?.into_iter();
        let own = own.filter(|(_, _, of)| *of == base).map(|(held, ..)| held);
        Ok(Collaborators {
            base: own.filter_map(|held| collaborator(&users, held)).collect(),
            workspace: workspace.filter_map(|held| collaborator(&users, held)).collect(),
        })
    }

    /// A workspace and, when they are asked for, those who have a role in it and in its bases, the oldest first.
    ///
    /// # Errors
    /// [`Denied`] without the right to read who has a role, or when the workspace does not exist for the caller.
    pub async fn workspace(
        &self,
        caller: &Caller,
        id: WorkspaceId,
        with_people: bool,
    ) -> Result<WorkspaceRoles, Denied> {
        self.workspace_permit(caller, Action::ReadPeople, id).await?;
        let (db, tenant) = (self.people.db(), caller.tenant);
        let (name, created) = store::workspace(db, tenant, id).await?.ok_or(Denied::NotFound)?;
        let bases = store::places(db, tenant, id).await?;
        let (mut workspace, mut in_bases) = (Vec::new(), Vec::new());
        if with_people {
            let users = self.users(tenant).await?;
            let members = store::members(db, tenant).await?.into_iter().filter(|held| held.workspace == id);
            workspace.extend(members.filter_map(|held| collaborator(&users, held)));
            let own = store::base_members(db, tenant).await?.into_iter().filter(|(held, ..)| held.workspace == id);
            in_bases.extend(own.filter_map(|(held, _, base)| Some((base, collaborator(&users, held)?))));
        }
        Ok(WorkspaceRoles { id, name, created, bases, workspace, in_bases })
    }
}

/// What is noted of a role that was given, changed or taken.
fn granted(row: &GrantRow, before: &Before) -> Entry {
    let entry = |action| before.told(Entry::new(action, "user", row.user));
    match row.grant {
        Grant::Give(role) => entry("collaborators.add").with("permissionLevel", role.permission_level()),
        Grant::Change(role) => entry("collaborators.change").with("permissionLevel", role.permission_level()),
        Grant::Take => entry("collaborators.remove"),
    }
}

fn collaborator(users: &FxHashMap<UserId, User>, held: HeldRole) -> Option<Collaborator> {
    let user = users.get(&held.user)?.clone();
    Some(Collaborator { user, role: held.role, since: held.since, by: held.by })
}

impl Members {
    /// Gives, changes and takes roles of people of the tenant, as [`Access::grant`] does.
    ///
    /// # Errors
    /// As [`Access::grant`]; [`Error::Grant`] for too many or none.
    pub async fn grant(&self, caller: &Caller, at: At, grants: &[(UserId, Grant)]) -> Result<(), Error> {
        if grants.is_empty() || grants.len() > MOST {
            let reason = format!("`collaborators` must name between 1 and {MOST} people");
            return Err(Error::Grant { reason });
        }
        self.access().grant(caller, at, grants, (self.clock().now(), self.ids())).await
    }
}
