//! Permits and scopes: what store functions take, and only [`Access`](crate::Access) makes.

use identity::People;
use model::{BaseId, BaseNo, Role, TenantNo, WorkspaceId};

/// Where a base belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub tenant: TenantNo,
    pub base: BaseNo,
    pub workspace: WorkspaceId,
}

/// What both proofs about a base hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Granted {
    pub place: Place,
    pub id: BaseId,
    pub role: Role,
    pub revision: i64,
}

/// Proof that a write to a base may happen.
#[derive(Debug, Clone)]
pub struct Permit(pub(crate) Granted);

/// The boundary of a read: a base.
#[derive(Debug, Clone)]
pub struct Scope(pub(crate) Granted);

/// Proof that a write to a workspace may happen.
#[derive(Debug, Clone)]
pub struct WorkspacePermit {
    pub(crate) tenant: TenantNo,
    pub(crate) workspace: WorkspaceId,
    pub(crate) role: Role,
    pub(crate) revision: i64,
    pub(crate) people: People,
}

macro_rules! about_a_base {
    ($($name:ident),*) => {$(
        impl $name {
            /// The tenant.
            pub fn tenant(&self) -> TenantNo {
                self.0.place.tenant
            }

            /// The base's number.
            pub fn base_no(&self) -> BaseNo {
                self.0.place.base
            }

            /// The base's id.
            pub fn base(&self) -> BaseId {
                self.0.id
            }

            /// The workspace that holds the base.
            pub fn workspace(&self) -> WorkspaceId {
                self.0.place.workspace
            }

            /// The caller's role there.
            pub fn role(&self) -> Role {
                self.0.role
            }

            /// The people revision at which the check was made.
            pub fn access_revision(&self) -> i64 {
                self.0.revision
            }
        }
    )*};
}

about_a_base!(Permit, Scope);

impl Permit {
    /// The boundary for what the write reads back; whoever may write may read what was written.
    pub fn scope(&self) -> Scope {
        Scope(self.0)
    }
}

impl WorkspacePermit {
    /// The tenant.
    pub fn tenant(&self) -> TenantNo {
        self.tenant
    }

    /// The workspace.
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// The caller's role there.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Proof that a base that is being made in the workspace may be filled, before it has its place there.
    pub fn filling(&self, id: BaseId, base: BaseNo) -> Permit {
        let place = Place { tenant: self.tenant, base, workspace: self.workspace };
        Permit(Granted { place, id, role: self.role, revision: self.revision })
    }
}
