//! The audit trail: who changed people, rights and structure, when, and from where.
//!
//! Words: an *entry* is one line of the trail; its *action* is the operation that it tells of, such as `tables.create`; its
//! *subject* is the thing to which that was done.
//!
//! Invariants: an entry is written in the transaction of what it tells of, so neither is there without the other. Nothing here
//! changes an entry or takes one away. What cells hold is not in it: that is what the change log is for.
#![deny(missing_docs)]

mod entry;
mod error;
mod parts;
mod store;
mod trail;

pub use entry::{ACTIONS, Entry, Noted, Subject};
pub use error::Error;
pub use parts::note_schema;
pub use trail::{Order, SETTLED, Wanted, list, note};

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 1] =
    [Migration { name: "2026_11_28_0600_audit", sql: include_str!("../migrations/2026_11_28_0600_audit.sql") }];

#[cfg(test)]
mod tests;
