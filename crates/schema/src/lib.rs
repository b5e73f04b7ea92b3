//! Bases, tables, fields and views: what a base looks like, at every revision.
//!
//! Words: a *base* holds *tables*, a table *fields* and *views*; the *schema snapshot* is an immutable picture of
//! them at one *revision*.
//!
//! Invariants: every schema change is a change in the base's log and raises the revision by one; a table's or
//! field's number is never used again; a formula is kept with field ids in braces, so that renaming breaks nothing.

mod broken;
mod closest;
mod conditions;
mod diagnosis;
mod dialect;
mod edit;
mod error;
#[cfg(test)]
mod fixture;
mod names;
mod needs;
mod ops;
mod readers;
mod routes;
mod store;
mod unfit;
mod wire;

pub use broken::broken;
pub use closest::closest;
pub use conditions::{ConditionError, compares, condition_filter, holding, plain, read_condition};
pub use diagnosis::{Nameable, Rules, Times, refused, summary, unkept, usable};
pub use dialect::beyond_airtable;
pub use edit::{
    Copied, FieldPart, NewField, NewTable, NewView, ViewPart, link_in_trash, reference, retype, retyped,
    rollup_reference, updated, without_link,
};
pub use error::Error;
pub use names::{on_one_line, valid_name};
pub use ops::{BaseEntry, NewBase, Removal, Removed, RemovedPart, Schemas, TrashedBase};
pub use readers::{Reader, readers};
pub use routes::router;
pub use store::{BASE_ROWS, revise, save_table, schema_in, take_field};
pub use unfit::unfit_views;
pub use wire::{FieldOut, MadeBaseOut, TableOut, field_out, table_out};

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 3] = [
    Migration { name: "2026_03_01_0300_schema", sql: include_str!("../migrations/2026_03_01_0300_schema.sql") },
    Migration {
        name: "2026_11_28_0500_trash_times",
        sql: include_str!("../migrations/2026_11_28_0500_trash_times.sql"),
    },
    Migration { name: "2026_11_29_0400_removals", sql: include_str!("../migrations/2026_11_29_0400_removals.sql") },
];

#[cfg(test)]
mod tests;
