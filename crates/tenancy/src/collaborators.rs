//! Who has a role in a base or workspace, and giving, changing and taking roles there.

use db::Group;
use identity::User;
use model::{BaseId, Caller, Role, Timestamp, UserId, WorkspaceId};

use crate::access::Access;
use crate::error::{Denied, Error};
use crate::members::Members;
use crate::policy::Action;
use crate::store::{self, GrantRow, HeldRole};

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
    /// [`Error::Denied`] without the right, [`Error::NoCollaborator`] when there is no role to change or take,
    /// [`Error::LastOwner`] when the workspace would be without one.
    pub async fn grant(
        &self,
        caller: &Caller,
        at: At,
        grants: &[(UserId, Grant)],
        now: Timestamp,
    ) -> Result<(), Error> {
        let rows = grants.iter().map(|&(user, grant)| GrantRow { user, grant, by: caller.user().unwrap_or(user), now });
        let absent = |row: &GrantRow| Error::NoCollaborator { user: row.user.to_string() };
        // INVARIANT: whom the policy lets give roles has the greatest that can be given there: an owner in a workspace,
        // and at least a creator in a base, where roles end with it.
        match at {
            At::Workspace(id) => {
                let permit = self.workspace_permit(caller, Action::ShareWorkspace, id).await?;
                let mut tx = self.people.db().begin(Group::House).await?;
                // First, so that its row lock makes two owners who take each other's role wait for one another.
                self.people.raise(&mut tx);
                for row in rows {
                    if !store::grant(&mut tx, &permit, &row).await? {
                        return Err(absent(&row));
                    }
                }
                if store::owners(&mut tx, &permit).await? == 0 {
                    return Err(Error::LastOwner);
                }
                Ok(tx.commit().await?)
            }
            At::Base(id) => {
                let permit = self.permit(caller, Action::ShareBase, id).await?;
                let mut tx = self.people.db().begin(Group::House).await?;
                self.people.raise(&mut tx);
                for row in rows {
                    if matches!(row.grant, Grant::Give(Role::Owner) | Grant::Change(Role::Owner)) {
                        let reason = "a base has no owners of its own; give `create`, or `owner` in its workspace";
                        return Err(Error::Grant { reason: reason.to_owned() });
                    }
                    if !store::grant_in_base(&mut tx, &permit, &row).await? {
                        return Err(absent(&row));
                    }
                }
                Ok(tx.commit().await?)
            }
        }
    }

    /// Who has a role in the base, the oldest first.
    ///
    /// # Errors
    /// [`Denied`] without the right to read who has a role.
    pub async fn collaborators(&self, caller: &Caller, base: BaseId) -> Result<Collaborators, Denied> {
        let scope = self.scope_for(caller, Action::ReadPeople, base).await?;
        let users = self.people.users(scope.tenant()).await.map_err(Error::from)?;
        let workspace = store::members(self.people.db(), scope.tenant()).await?.into_iter();
        let workspace = workspace.filter(|held| held.workspace == scope.workspace());
        let own = store::base_members(self.people.db(), scope.tenant()).await?.into_iter();
        let own = own.filter(|(_, _, of)| *of == base).map(|(held, ..)| held);
        Ok(Collaborators {
            base: own.filter_map(|held| collaborator(&users, held)).collect(),
            workspace: workspace.filter_map(|held| collaborator(&users, held)).collect(),
        })
    }

    /// A workspace and who has a role in it and in its bases, the oldest first.
    ///
    /// # Errors
    /// [`Denied`] without the right to read who has a role, or when the workspace does not exist for the caller.
    pub async fn workspace(&self, caller: &Caller, id: WorkspaceId) -> Result<WorkspaceRoles, Denied> {
        self.workspace_permit(caller, Action::ReadPeople, id).await?;
        let (db, tenant) = (self.people.db(), caller.tenant);
        let (name, created) = store::workspace(db, tenant, id).await?.ok_or(Denied::NotFound)?;
        let users = self.people.users(tenant).await.map_err(Error::from)?;
        let workspace = store::members(db, tenant).await?.into_iter().filter(|held| held.workspace == id);
        let in_bases = store::base_members(db, tenant).await?.into_iter().filter(|(held, ..)| held.workspace == id);
        Ok(WorkspaceRoles {
            id,
            name,
            created,
            bases: store::places(db, tenant, id).await?,
            workspace: workspace.filter_map(|held| collaborator(&users, held)).collect(),
            in_bases: in_bases.filter_map(|(held, _, base)| Some((base, collaborator(&users, held)?))).collect(),
        })
    }
}

fn collaborator(users: &[User], held: HeldRole) -> Option<Collaborator> {
    let user = users.iter().find(|user| user.id == held.user)?.clone();
    Some(Collaborator { user, role: held.role, since: held.since, by: held.by })
}

impl Members {
    /// Gives, changes and takes roles of people of the tenant, as [`Access::grant`] does.
    ///
    /// # Errors
    /// As [`Access::grant`]; [`Error::NoUser`] for whoever is not of the tenant, [`Error::Grant`] for too many or none.
    pub async fn grant(&self, caller: &Caller, at: At, grants: &[(UserId, Grant)]) -> Result<(), Error> {
        if grants.is_empty() || grants.len() > MOST {
            let reason = format!("`collaborators` must name between 1 and {MOST} people");
            return Err(Error::Grant { reason });
        }
        // First, so that nobody learns by it whom there are.
        match at {
            At::Workspace(id) => {
                self.access().workspace_permit(caller, Action::ShareWorkspace, id).await?;
            }
            At::Base(id) => {
                self.access().permit(caller, Action::ShareBase, id).await?;
            }
        }
        let ids: Vec<UserId> = grants.iter().map(|(user, _)| *user).collect();
        let known = self.identity().find_users(caller.tenant, &ids).await?;
        if let Some(id) = ids.iter().find(|id| !known.iter().any(|user| user.id == **id)) {
            return Err(Error::NoUser { user: id.to_string() });
        }
        self.access().grant(caller, at, grants, self.clock().now()).await
    }
}
