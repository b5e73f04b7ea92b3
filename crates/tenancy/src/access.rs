//! The one access check, and the proofs that it makes.

use std::sync::Arc;

use db::{Db, Tx};
use model::{BaseId, BaseNo, Caller, Role, TenantNo, UserId, WorkspaceId};
use parking_lot::RwLock;
use rustc_hash::FxHashMap;

use crate::error::Denied;
use crate::policy::Action;
use crate::store;

/// Proof that a write to a base may happen.
#[derive(Debug, Clone)]
pub struct Permit(Place);

/// The boundary of a read: a base.
#[derive(Debug, Clone)]
pub struct Scope(Place);

/// Proof that a write to a workspace may happen.
#[derive(Debug, Clone)]
pub struct WorkspacePermit {
    tenant: TenantNo,
    workspace: WorkspaceId,
}

/// Where a base belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub tenant: TenantNo,
    pub base: BaseNo,
    pub workspace: WorkspaceId,
}

macro_rules! proofs {
    ($($name:ident),*) => {$(
        impl $name {
            /// The tenant.
            pub fn tenant(&self) -> TenantNo {
                self.0.tenant
            }

            /// The base's number.
            pub fn base_no(&self) -> BaseNo {
                self.0.base
            }
        }
    )*};
}

proofs!(Permit, Scope);

impl WorkspacePermit {
    /// The tenant.
    pub fn tenant(&self) -> TenantNo {
        self.tenant
    }

    /// The workspace.
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }
}

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

#[derive(Default)]
struct Cache {
    places: FxHashMap<BaseId, Place>,
    memberships: FxHashMap<(TenantNo, UserId), Arc<Vec<WorkspaceEntry>>>,
}

/// The access check.
#[derive(Clone)]
pub struct Access {
    db: Db,
    cache: Arc<RwLock<Cache>>,
}

impl Access {
    /// Makes the check.
    pub fn new(db: Db) -> Self {
        Self { db, cache: Arc::default() }
    }

    /// Forgets what was read: called after the commit of whatever changes people or the places of bases. The process
    /// that owns the file is the only one that can.
    pub fn people_changed(&self) {
        *self.cache.write() = Cache::default();
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
        self.check(caller, Action::ReadRecords, base).await.map(Scope)
    }

    async fn check(&self, caller: &Caller, action: Action, base: BaseId) -> Result<Place, Denied> {
        let place = self.place(base).await?.filter(|place| place.tenant == caller.tenant).ok_or(Denied::NotFound)?;
        let role = self.role(caller, place.workspace).await?.ok_or(Denied::NotFound)?;
        allow(caller, action, role)?;
        Ok(place)
    }

    /// Proof that the caller may do this in the workspace.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn workspace_permit(
        &self,
        caller: &Caller,
        action: Action,
        workspace: WorkspaceId,
    ) -> Result<WorkspacePermit, Denied> {
        let role = self.role(caller, workspace).await?.ok_or(Denied::NotFound)?;
        allow(caller, action, role)?;
        Ok(WorkspacePermit { tenant: caller.tenant, workspace })
    }

    /// The workspaces that the caller belongs to.
    ///
    /// # Errors
    /// [`Denied::Scope`] without the scope to read schemas.
    pub async fn workspaces(&self, caller: &Caller) -> Result<Arc<Vec<WorkspaceEntry>>, Denied> {
        if !caller.has(Action::ReadSchema.scope()) {
            return Err(Denied::Scope { scope: Action::ReadSchema.scope().name() });
        }
        self.memberships(caller).await
    }

    async fn place(&self, base: BaseId) -> Result<Option<Place>, Denied> {
        if let Some(place) = self.cache.read().places.get(&base) {
            return Ok(Some(*place));
        }
        let place = store::place(&self.db, base).await?;
        if let Some(place) = place {
            self.cache.write().places.insert(base, place);
        }
        Ok(place)
    }

    async fn memberships(&self, caller: &Caller) -> Result<Arc<Vec<WorkspaceEntry>>, Denied> {
        let Some(user) = caller.user() else { return Ok(Arc::default()) };
        let key = (caller.tenant, user);
        if let Some(held) = self.cache.read().memberships.get(&key) {
            return Ok(Arc::clone(held));
        }
        let found = Arc::new(store::memberships(&self.db, caller.tenant, user).await?);
        self.cache.write().memberships.insert(key, Arc::clone(&found));
        Ok(found)
    }

    async fn role(&self, caller: &Caller, workspace: WorkspaceId) -> Result<Option<Role>, Denied> {
        let held = self.memberships(caller).await?;
        Ok(held.iter().find(|entry| entry.id == workspace).map(|entry| entry.role))
    }
}

fn allow(caller: &Caller, action: Action, role: Role) -> Result<(), Denied> {
    if !caller.has(action.scope()) {
        return Err(Denied::Scope { scope: action.scope().name() });
    }
    if role < action.role() { Err(Denied::Role) } else { Ok(()) }
}

/// Gives a new base its place, in the transaction that makes it.
pub fn register_base(tx: &mut Tx, permit: &WorkspacePermit, id: BaseId, base: BaseNo) {
    store::insert_place(tx, permit.tenant, base, id, permit.workspace);
}
