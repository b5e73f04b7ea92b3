//! Records and their cells: written through the change log, read from images.
//!
//! Words: an *image* is a base's tables in memory at one sequence; a *plan* is what one operation will write; a
//! *run* is a larger piece of work whose changes share an id.
//!
//! Invariants: the database is the only truth and an image may be dropped at any moment; a reader never sees what is
//! not synced; what depends on rows is decided in the writer, on the private image; computed values are never stored.

mod ask;
mod counts;
mod error;
mod files;
mod image;
mod json;
mod ops;
mod pages;
mod plan;
mod routes;
mod store;
mod tools;

#[cfg(test)]
mod fixture;

pub use counts::{CommentCounts, Counted};
pub use error::Error;
pub use files::{Addresses, Awaited, FILES_PATH, Files, Ticket};
pub use image::Reach;
pub use json::Shape;
pub use ops::{
    AggregateQuery, Aggregated, Appending, Attached, BULK_BYTES, BULK_RECORDS, Bulk, BulkRows, Deleted, Duplicated,
    Export, FilesCell, Found, GROUPS, GroupOut, HISTORY, History, Hits, ListQuery, NewRecord, Page, Picture, Place,
    Records, SYNC_RECORDS, Sort, SyncRows, Undone, UpdateRecord, ValueMatch, WORDS, Written,
};
pub use routes::router;
pub use tools::tools;

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 1] =
    [Migration { name: "2026_03_01_0400_records", sql: include_str!("../migrations/2026_03_01_0400_records.sql") }];
