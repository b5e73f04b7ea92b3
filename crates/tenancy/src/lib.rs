//! Where and what you may: tenants, workspaces, members with roles, and the one access check.
//!
//! Words: a *permit* proves that a write may happen, a *scope* bounds what is read; both are made only by
//! [`Access`]. A *role* is a named set of rights; the *policy* is one table of role and action.
//!
//! Invariants: a base of another tenant and a base that does not exist answer the same; a token never allows more
//! than its owner's role.

mod access;
mod authenticate;
mod bootstrap;
mod error;
mod policy;
mod routes;
mod store;

pub use access::{Access, Permit, Scope, WorkspaceEntry, WorkspacePermit, register_base};
pub use authenticate::authenticate;
pub use bootstrap::{Bootstrap, Installed};
pub use error::{Denied, Error};
pub use policy::Action;
pub use routes::router;

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 1] =
    [Migration { name: "2026_03_01_0210_tenancy", sql: include_str!("../migrations/2026_03_01_0210_tenancy.sql") }];

#[cfg(test)]
mod tests;
