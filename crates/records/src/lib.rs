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
mod groups;
mod json;
mod ops;
mod pages;
mod plan;
mod prompts;
mod routes;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod image;

pub use ask::find_field;
pub use counts::{CommentCounts, Counted};
pub use error::Error;
pub use files::{Awaited, Files};
pub use groups::{AggregateOne, Direction, GroupIn, GroupsIn, OrderIn, aggregated};
pub use images::{Addresses, BASE_ROWS, FILES_PATH, LINK_ROWS, MIGRATIONS, Reach, TABLE_ROWS, Ticket, View};
pub use json::Shape;
pub use ops::{
    AggregateQuery, Aggregated, Appending, Attached, BULK_BYTES, BULK_RECORDS, Bulk, BulkRows, Deleted, Duplicated,
    Export, FilesCell, Found, GROUPS, GroupOut, HISTORY, History, Hits, LeftOut, ListQuery, NewRecord, PAGE, Page,
    Picture, Place, Records, SYNC_RECORDS, Sort, SyncRows, Undone, UpdateRecord, ValueMatch, WORDS, Written,
};
pub use ops::{QUERY, find_table};
pub use plan::unknown_field;
pub use prompts::{Generation, Prompt, Unwritten};
pub use routes::{router, text_shape};
