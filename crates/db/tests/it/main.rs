//! The database on both engines.
#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

mod groups;
mod migrations;
mod rows;
mod sqlite;
