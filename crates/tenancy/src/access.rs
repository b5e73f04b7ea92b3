//! The one access check.

use std::sync::Arc;

use db::{Group, Tx};
use identity::{Kept, People};
use model::{Actor, BaseId, BaseNo, Caller, Person, Role, TenantNo, UserId, WorkspaceId};
use rustc_hash::FxHashMap;

use crate::error::{Denied, Error};
use crate::policy::Action;
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

#[derive(Debug, Default)]
struct Cache {
    places: FxHashMap<BaseId, Place>,
    memberships: FxHashMap<(TenantNo, UserId), Arc<Vec<WorkspaceEntry>>>,
    people: FxHashMap<WorkspaceId, Arc<model::People>>,
}

/// The access check. Copies are the same one.
///
/// What it reads is kept in memory and is good at one people revision, so a check costs no query while nobody's
/// rights change.
#[derive(Debug, Clone)]
pub struct Access {
    people: People,
    kept: Arc<Kept<Cache>>,
}

impl Access {
    /// Makes the check, from [`Identity::people`](identity::Identity::people) or from the database alone.
    pub fn new(people: impl Into<People>) -> Self {
        Self { people: people.into(), kept: Arc::default() }
    }

    /// Proof that the caller may do this in the base.
    ///
    /// # Errors
    /// [`Denied`]; a base of another tenant answers as one that does not exist.
    pub async fn permit(&self, caller: &Caller, action: Action, base: BaseId) -> Result<Permit, Denied> {
        self.check(caller, action, base).await.map(Permit)
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
        self.check(caller, action, base).await.map(Scope)
    }

    /// True when the user has a role in the workspace that holds the base.
    ///
    /// # Errors
    /// [`Denied::Unchecked`] when the database fails.
    pub async fn is_member(&self, scope: &Scope, user: UserId) -> Result<bool, Denied> {
        let revision = self.people.revision().await.map_err(Error::from)?;
        let held = self.memberships_of(revision, scope.tenant(), user).await?;
        Ok(held.iter().any(|entry| entry.id == scope.workspace()))
    }

    /// The people of a tenant as a workspace of it sees them, at a people revision or a later one: what cells name.
    ///
    /// # Errors
    /// [`Denied::Unchecked`] when the database fails.
    pub async fn people(
        &self,
        (tenant, workspace): (TenantNo, WorkspaceId),
        revision: i64,
    ) -> Result<Arc<model::People>, Denied> {
        if let Some(held) = self.kept.get(revision, |kept| kept.people.get(&workspace).cloned()) {
            return Ok(held);
        }
        let members = store::members(self.people.db(), tenant).await?;
        let users = self.people.users(tenant).await.map_err(Error::from)?;
        let person = |user: identity::User| Person {
            member: members.iter().any(|(id, of, _)| *id == user.id && *of == workspace),
            id: user.id,
            email: user.email,
            name: user.name,
        };
        let found = Arc::new(model::People::new(revision, users.into_iter().map(person)));
        self.kept.put(revision, |kept| drop(kept.people.insert(workspace, Arc::clone(&found))));
        Ok(found)
    }

    async fn check(&self, caller: &Caller, action: Action, id: BaseId) -> Result<Granted, Denied> {
        let revision = self.people.revision().await.map_err(Error::from)?;
        let place = self.place(revision, id).await?;
        let place = place.filter(|place| place.tenant == caller.tenant).ok_or(Denied::NotFound)?;
        let role = self.role(revision, caller, place.workspace).await?.ok_or(Denied::NotFound)?;
        action.check(role, &caller.scopes)?;
        Ok(Granted { place, id, role, revision })
    }

    /// Proof that the caller may do this in the workspace.
    ///
    /// # Errors
    /// [`Denied`]; a workspace of another tenant answers as one that does not exist.
    pub async fn workspace_permit(
        &self,
        caller: &Caller,
        action: Action,
        workspace: WorkspaceId,
    ) -> Result<WorkspacePermit, Denied> {
        let revision = self.people.revision().await.map_err(Error::from)?;
        let role = self.role(revision, caller, workspace).await?.ok_or(Denied::NotFound)?;
        action.check(role, &caller.scopes)?;
        Ok(WorkspacePermit { tenant: caller.tenant, workspace, role, revision, people: self.people.clone() })
    }

    /// The workspaces that the caller belongs to; all of the tenant for the house itself.
    ///
    /// # Errors
    /// [`Denied::Scope`] without the scope to read schemas.
    pub async fn workspaces(&self, caller: &Caller) -> Result<Arc<Vec<WorkspaceEntry>>, Denied> {
        // Membership alone lets somebody see a workspace, so the least role stands for it.
        Action::ReadSchema.check(Role::ReadOnly, &caller.scopes)?;
        let revision = self.people.revision().await.map_err(Error::from)?;
        self.memberships(revision, caller).await
    }

    /// Gives a user a role in a workspace, or takes it with `None`; from the next request on it is so.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right to manage people, [`Error::LastOwner`] when nobody would have it after.
    pub async fn set_role(
        &self,
        caller: &Caller,
        workspace: WorkspaceId,
        user: UserId,
        role: Option<Role>,
    ) -> Result<(), Error> {
        let permit = self.workspace_permit(caller, Action::ManagePeople, workspace).await?;
        let mut tx = self.people.db().begin(Group::House).await?;
        // First, so that its row lock makes two owners who take each other's role wait for one another.
        self.people.raise(&mut tx);
        store::set_member(&mut tx, &permit, user, role);
        if store::owners(&mut tx, &permit).await? == 0 {
            return Err(Error::LastOwner);
        }
        Ok(tx.commit().await?)
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

    async fn memberships(&self, revision: i64, caller: &Caller) -> Result<Arc<Vec<WorkspaceEntry>>, Denied> {
        match caller.actor {
            Actor::User(user) => self.memberships_of(revision, caller.tenant, user).await,
            Actor::System(_) => Ok(Arc::new(store::workspaces(self.people.db(), caller.tenant).await?)),
        }
    }

    async fn memberships_of(
        &self,
        revision: i64,
        tenant: TenantNo,
        user: UserId,
    ) -> Result<Arc<Vec<WorkspaceEntry>>, Denied> {
        let key = (tenant, user);
        if let Some(held) = self.kept.get(revision, |kept| kept.memberships.get(&key).cloned()) {
            return Ok(held);
        }
        let found = Arc::new(store::memberships(self.people.db(), tenant, user).await?);
        self.kept.put(revision, |kept| drop(kept.memberships.insert(key, Arc::clone(&found))));
        Ok(found)
    }

    async fn role(&self, revision: i64, caller: &Caller, workspace: WorkspaceId) -> Result<Option<Role>, Denied> {
        let held = self.memberships(revision, caller).await?;
        Ok(held.iter().find(|entry| entry.id == workspace).map(|entry| entry.role))
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
