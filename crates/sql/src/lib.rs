//! One SQL text for two databases: typed values and the few words in which the databases differ.
//!
//! Words: a *value* is what a statement binds; a *dialect* is one of the two databases; a *type word* is a
//! placeholder such as `{blob}` in a migration that the dialect replaces; a *text* is a statement that needs
//! one of the dialect's fragments, in both forms.
//!
//! Invariants: nothing here talks to a database. Statements use `$1` placeholders on both; whatever differs
//! beyond that stands in `dialect.rs` and nowhere else.
#![deny(missing_docs)]

mod among;
mod base_rows;
mod dialect;
mod value;

pub use among::{AMONG, among};
pub use dialect::{Dialect, Text, WordError};
pub use value::{Type, Typed, Value, ValueRef};
