//! What tests need: a database of each kind, a clock that stands still, ids and chance that repeat.
//!
//! Words: an *engine* is the kind of database that a test runs on; the *cluster* is the PostgreSQL server of a test
//! run.
//!
//! `AIRLOOM_TEST_PG` names a running server (`postgres://user@host:port/postgres`, allowed to create databases).
//! Without it each test program starts a cluster of its own in a temporary folder, the first time that a test asks
//! for one, from the newest binaries under `/usr/lib/postgresql` or in the path.
//!
//! Invariants: every test has a database of its own; a cluster ends with the program that started it, however that
//! ends.
#![deny(missing_docs)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "what goes wrong while a test is set up fails the test"
)]

mod chance;
mod cluster;
mod database;

pub use chance::Chance;
pub use cluster::{Cluster, free_port, installed};
pub use database::{Engine, ForDatabase, TestDb, run};
pub use testkit_macros::on_every_database;
