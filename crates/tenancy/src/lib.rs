//! Where and what you may: tenants, workspaces, members with roles, and the one access check.
//!
//! Words: a *permit* proves that a write may happen, a *scope* bounds what is read; both are made only by
//! [`Access`]. A *role* is a named set of rights; the *policy* is one table of role and action. The *place* of a base
//! is its number, tenant and workspace.
//!
//! Invariants: a base of another tenant and a base that does not exist answer the same; a token never allows more
//! than its owner's role; a role that was taken allows nothing from the next request on.

mod access;
mod authenticate;
mod bootstrap;
mod error;
mod members;
mod policy;
mod proof;
mod routes;
mod store;

pub use access::{Access, WorkspaceEntry, register_base, withdraw_base};
pub use authenticate::{authenticate, caller_of};
pub use bootstrap::{Bootstrap, Installed};
pub use error::{Denied, Error};
pub use members::{Added, Member, Members, NewMember};
pub use policy::Action;
pub use proof::{Permit, Scope, WorkspacePermit};
pub use routes::router;

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 1] =
    [Migration { name: "2026_03_01_0210_tenancy", sql: include_str!("../migrations/2026_03_01_0210_tenancy.sql") }];

#[cfg(test)]
mod tests;
