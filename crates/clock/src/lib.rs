//! Where time and chance come from, so that tests can move the one and repeat the other.
//!
//! Words: a *clock* tells the time in whole milliseconds; *ids* make public ids and plain chance. Secrets are
//! not made here.
//!
//! Invariants: two ids of one kind made by one [`Ids`] never repeat, and the ids of one kind made within one
//! millisecond sort in the order in which they were made.
#![deny(missing_docs)]

mod ids;
mod time;

pub use ids::Ids;
pub use time::Clock;
