//! The two databases behind one door: a writer that commits in groups, readers, and migrations.
//!
//! Words: an *operation* is what happens between [`Db::begin`] and [`Tx::commit`]; a *turn* is its time alone
//! with the writer; a *group* is the operations that are committed and synced together; a *session* is one
//! connection that the writer drives; a *hook* is a function that the writer runs when an operation is
//! released into its group, committed or aborted.
//!
//! Invariants:
//! - a [`Tx::commit`] that returns `Ok` was synced to disk;
//! - operations of one group run one after the other, each in a savepoint: one that fails, is dropped or stays
//!   open for more than five seconds takes only its own work back;
//! - a commit that fails fails every operation of its group;
//! - an open [`Tx`] waits for nothing but SQL, or everybody else waits with it.
//!
//! No other crate names a database driver.
#![deny(missing_docs)]

mod batch;
mod error;
mod migrate;
mod param;
mod postgres;
mod row;
mod sqlite;
mod store;
mod tx;
mod writer;

pub use error::{Cause, Error, MigrationError};
pub use migrate::Migration;
pub use param::Param;
pub use row::{FromValue, Row, RowRef};
pub use sql::{Dialect, Type, Value, ValueRef};
pub use store::{Db, Group, Target};
pub use tx::{Committing, Hook, Tx};
