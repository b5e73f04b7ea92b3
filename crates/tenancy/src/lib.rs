//! Where and what you may: tenants, workspaces, members with roles, and the one access check.
//!
//! Words: a *permit* proves that a write may happen, a *scope* bounds what is read; both are made only by
//! [`Access`]. A *role* is a named set of rights; the *policy* is one table of role and action. The *place* of a base
//! is its number, tenant and workspace.
//!
//! Invariants: a base of another tenant and a base that does not exist answer the same; a token never allows more
//! than its owner's role; a role that was taken allows nothing from the next request on; in a base the higher of the role
//! in it and the role in its workspace counts; nobody gives a role above their own.

mod access;
mod audit_log;
mod authenticate;
mod bootstrap;
mod collaborators;
mod enterprise;
mod error;
mod members;
mod policy;
mod proof;
mod routes;
mod store;

pub use access::{Access, Roles, WorkspaceEntry, register_base, withdraw_base};
pub use authenticate::{authenticate, caller_of};
pub use bootstrap::{Bootstrap, Installed};
pub use collaborators::{At, Collaborator, Collaborators, Grant, WorkspaceRoles};
pub use error::{Denied, Error};
pub use members::{Added, Member, Members, NewMember};
pub use policy::Action;
pub use proof::{Permit, Scope, WorkspacePermit};
pub use routes::{CollaboratorOut, CollaboratorsOut, RoleGroupsOut, RoleInvitesOut, router};
pub use store::BASE_ROWS;

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 2] = [
    Migration { name: "2026_03_01_0210_tenancy", sql: include_str!("../migrations/2026_03_01_0210_tenancy.sql") },
    // Since when somebody has a role, and roles in bases. Of older roles it says the time of their workspace.
    Migration {
        name: "2026_11_28_0300_collaborators",
        sql: include_str!("../migrations/2026_11_28_0300_collaborators.sql"),
    },
];

#[cfg(test)]
mod tests;
