//! The one access check.

use std::sync::Arc;

use db::Tx;
use identity::{Kept, People};
use model::{Actor, BaseId, BaseNo, Caller, Person, Role, TenantNo, UserId, WorkspaceId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::error::{Denied, Error};
use crate::policy::{self, Action};
use crate::proof::{Granted, Permit, Place, Scope, WorkspacePermit};
use crate::store;

/// A workspace and the caller's role in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceEntry {
    /// Id.
    pub id: WorkspaceId,
    /// Name.
    pub name: String,
    /// The caller's role.
    pub role: Role,
}

/// The roles of one caller.
#[derive(Debug, Clone, Default)]
pub struct Roles {
    workspaces: Arc<Vec<WorkspaceEntry>>,
    bases: Arc<Vec<(BaseNo, Role)>>,
}

impl Roles {
    /// The role in a workspace.
    pub fn in_workspace(&self, workspace: WorkspaceId) -> Option<Role> {
        self.workspaces.iter().find(|entry| entry.id == workspace).map(|entry| entry.role)
    }

    /// The role in a base: the higher of that in the base itself and that in its workspace.
    pub fn in_base(&self, workspace: WorkspaceId, base: BaseNo) -> Option<Role> {
        let own = self.bases.iter().find(|(held, _)| *held == base).map(|(_, role)| *role);
        own.max(self.in_workspace(workspace))
    }
}

#[derive(Debug, Default)]
struct Cache {
    places: FxHashMap<BaseId, Place>,
    roles: FxHashMap<(TenantNo, UserId), Roles>,
    /// Who has a role in a base itself.
    base_members: FxHashMap<TenantNo, Arc<FxHashMap<BaseNo, Vec<UserId>>>>,
    /// By workspace, and apart for a base that has members of its own.
    people: FxHashMap<(WorkspaceId, Option<BaseNo>), Arc<model::People>>,
}

/// The access check. Copies are the same one.
///
/// What it reads is kept in memory and is good at one people revision, so a check costs no query while nobody's
/// rights change.
#[derive(Debug, Clone)]
pub struct Access {
    pub(crate) people: People,
    kept: Arc<Kept<Cache>>,
}

impl Access {
    /// Makes the check, from [`Identity::people`](identity::Identity::people) or from the database alone.
    pub fn new(people: impl Into<People>) -> Self {
        Self { people: people.into(), kept: Arc::default() }
    }

    /// Proof that the caller may do this, or all of this, in the base.
    ///
    /// # Errors
    /// [`Denied`]; a base of another tenant answers as one that does not exist.
    pub async fn permit(&self, caller: &Caller, actions: impl AsRef<[Action]>, base: BaseId) -> Result<Permit, Denied> {
        self.check(caller, actions.as_ref(), base).await.map(Permit)
    }

    /// The boundary within which the caller may read the records of the base.
    ///
    /// # Errors
    /// [`Denied`]; a base of another tenant answers as one that does not exist.
    pub async fn scope(&self, caller: &Caller, base: BaseId) -> Result<Scope, Denied> {
        self.scope_for(caller, Action::ReadRecords, base).await
    }

    /// The boundary within which the caller may read what this action is about.
    ///
    /// # Errors
    /// [`Denied`]; a base of another tenant answers as one that does not exist.
    pub async fn scope_for(&self, caller: &Caller, action: Action, base: BaseId) -> Result<Scope, Denied> {
        self.check(caller, action.as_ref(), base).await.map(Scope)
    }

    /// True when the user has a role in the base or in the workspace that holds it.
    ///
    /// # Errors
    /// [`Denied::Unchecked`] when the database fails.
    pub async fn is_member(&self, scope: &Scope, user: UserId) -> Result<bool, Denied> {
        let revision = self.people.revision().await.map_err(Error::from)?;
        let held = self.roles_of(revision, scope.tenant(), user).await?;
        Ok(held.in_base(scope.workspace(), scope.base_no()).is_some())
    }

    /// The people of a tenant as a base of it sees them, at the revision of the check or a later one: what cells name.
    ///
    /// # Errors
    /// [`Denied::Unchecked`] when the database fails.
    pub async fn people(&self, scope: &Scope) -> Result<Arc<model::People>, Denied> {
        let (tenant, base, revision) = (scope.tenant(), scope.base_no(), scope.access_revision());
        let in_bases = self.base_members(revision, tenant).await?;
        let own = in_bases.get(&base);
        let key = (scope.workspace(), own.map(|_| base));
        if let Some(held) = self.kept.get(revision, |kept| kept.people.get(&key).cloned()) {
            return Ok(held);
        }
        let members = store::members(self.people.db(), tenant).await?.into_iter();
        let members = members.filter(|held| held.workspace == scope.workspace()).map(|held| held.user);
        let members: FxHashSet<UserId> = members.chain(own.into_iter().flatten().copied()).collect();
        let users = self.people.users(tenant).await.map_err(Error::from)?;
        let person = |user: identity::User| Person {
            member: members.contains(&user.id),
            id: user.id,
            email: user.email,
            name: user.name,
        };
        let found = Arc::new(model::People::new(revision, users.into_iter().map(person)));
        self.kept.put(revision, |kept| drop(kept.people.insert(key, Arc::clone(&found))));
        Ok(found)
    }

    async fn base_members(
        &self,
        revision: i64,
        tenant: TenantNo,
    ) -> Result<Arc<FxHashMap<BaseNo, Vec<UserId>>>, Denied> {
        if let Some(held) = self.kept.get(revision, |kept| kept.base_members.get(&tenant).cloned()) {
            return Ok(held);
        }
        let mut found: FxHashMap<BaseNo, Vec<UserId>> = FxHashMap::default();
        for (held, base, _) in store::base_members(self.people.db(), tenant).await? {
            found.entry(base).or_default().push(held.user);
        }
        let found = Arc::new(found);
        self.kept.put(revision, |kept| drop(kept.base_members.insert(tenant, Arc::clone(&found))));
        Ok(found)
    }

    async fn check(&self, caller: &Caller, actions: &[Action], id: BaseId) -> Result<Granted, Denied> {
        let revision = self.people.revision().await.map_err(Error::from)?;
        let place = self.place(revision, id).await?;
        let place = place.filter(|place| place.tenant == caller.tenant).ok_or(Denied::NotFound)?;
        let held = self.held(revision, caller).await?;
        let role = held.in_base(place.workspace, place.base).ok_or(Denied::NotFound)?;
        policy::check(actions, role, &caller.scopes).map_err(|denied| denied.within(|| format!("base {id}")))?;
        Ok(Granted { place, id, role, revision })
    }

    /// Proof that the caller may do this, or all of this, in the workspace.
    ///
    /// # Errors
    /// [`Denied`]; a workspace of another tenant answers as one that does not exist.
    pub async fn workspace_permit(
        &self,
        caller: &Caller,
        actions: impl AsRef<[Action]>,
        workspace: WorkspaceId,
    ) -> Result<WorkspacePermit, Denied> {
        let revision = self.people.revision().await.map_err(Error::from)?;
        let held = self.held(revision, caller).await?;
        let entry = held.workspaces.iter().find(|entry| entry.id == workspace).ok_or(Denied::NotFound)?;
        let place = || format!("workspace {} ({workspace})", entry.name);
        policy::check(actions.as_ref(), entry.role, &caller.scopes).map_err(|denied| denied.within(place))?;
        Ok(WorkspacePermit {
            tenant: caller.tenant,
            workspace,
            role: entry.role,
            revision,
            people: self.people.clone(),
        })
    }

    /// Whether the caller may do this in the tenant: by the greatest role that they have in a workspace.
    pub(crate) async fn check_tenant(&self, caller: &Caller, action: Action) -> Result<(), Denied> {
        let revision = self.people.revision().await.map_err(Error::from)?;
        let held = self.held(revision, caller).await?;
        let role = held.workspaces.iter().map(|entry| entry.role).max().ok_or(Denied::NotFound)?;
        action.check(role, &caller.scopes)
    }

    /// Whether the caller may do what everybody may who has a role somewhere in the tenant.
    pub(crate) async fn check_anywhere(&self, caller: &Caller, action: Action) -> Result<(), Error> {
        action.check(Role::ReadOnly, &caller.scopes)?;
        let revision = self.people.revision().await?;
        let held = self.held(revision, caller).await?;
        if held.workspaces.is_empty() && held.bases.is_empty() { Err(Error::NoRole) } else { Ok(()) }
    }

    /// The workspaces that the caller belongs to; all of the tenant for the house itself.
    ///
    /// # Errors
    /// [`Denied::Scope`] without the scope to read schemas.
    pub async fn workspaces(&self, caller: &Caller) -> Result<Arc<Vec<WorkspaceEntry>>, Denied> {
        Ok(self.roles(caller).await?.workspaces)
    }

    /// The caller's roles; those of an owner in the whole tenant for the house itself.
    ///
    /// # Errors
    /// [`Denied::Scope`] without the scope to read schemas.
    pub async fn roles(&self, caller: &Caller) -> Result<Roles, Denied> {
        // A role alone lets somebody see a workspace or base, so the least one stands for it.
        Action::ReadSchema.check(Role::ReadOnly, &caller.scopes)?;
        let revision = self.people.revision().await.map_err(Error::from)?;
        self.held(revision, caller).await
    }

    async fn place(&self, revision: i64, base: BaseId) -> Result<Option<Place>, Denied> {
        if let Some(place) = self.kept.get(revision, |kept| kept.places.get(&base).copied()) {
            return Ok(Some(place));
        }
        let place = store::place(self.people.db(), base).await?;
        if let Some(place) = place {
            self.kept.put(revision, |kept| {
                kept.places.insert(base, place);
            });
        }
        Ok(place)
    }

    async fn held(&self, revision: i64, caller: &Caller) -> Result<Roles, Denied> {
        match caller.actor {
            Actor::User(user) => self.roles_of(revision, caller.tenant, user).await,
            Actor::System(_) => {
                let workspaces = store::workspaces(self.people.db(), caller.tenant).await?;
                Ok(Roles { workspaces: Arc::new(workspaces), bases: Arc::default() })
            }
        }
    }

    async fn roles_of(&self, revision: i64, tenant: TenantNo, user: UserId) -> Result<Roles, Denied> {
        let key = (tenant, user);
        if let Some(held) = self.kept.get(revision, |kept| kept.roles.get(&key).cloned()) {
            return Ok(held);
        }
        let db = self.people.db();
        let workspaces = Arc::new(store::memberships(db, tenant, user).await?);
        let bases = Arc::new(store::base_memberships(db, tenant, user).await?);
        let found = Roles { workspaces, bases };
        self.kept.put(revision, |kept| drop(kept.roles.insert(key, found.clone())));
        Ok(found)
    }
}

/// Gives a new base its place, in the transaction that makes it.
pub fn register_base(tx: &mut Tx, permit: &WorkspacePermit, id: BaseId, base: BaseNo) {
    store::insert_place(tx, permit.tenant, base, id, permit.workspace);
    permit.people.raise(tx);
}

/// Takes the place of a base away, in the transaction that deletes it: from its commit on the base is as if it were not.
pub fn withdraw_base(tx: &mut Tx, permit: &WorkspacePermit, base: BaseNo) {
    store::remove_place(tx, permit.tenant, base);
    permit.people.raise(tx);
}
