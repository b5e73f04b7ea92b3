//! The change log: every committed write of a base, in order and without gaps.
//!
//! Words: a *change* is what one write did in a base; its *sequence* is its number there; a base's *head* is its
//! newest sequence and its revisions; a *pending* change belongs to an operation that is released into its group
//! but not yet committed; *recent* changes are those kept in memory; a *run* is the changes of one larger piece of
//! work; a *cursor* is how far a subscriber has read.
//!
//! Invariants:
//! - sequences of a base are gap-free and a change is never altered, but for what it tells of parts that were
//!   removed for good; the oldest may be removed, in their order;
//! - a head in memory moves only after the commit, in the order of commits, before anybody is answered;
//! - recent changes of a base are contiguous.
#![deny(missing_docs)]

mod base;
mod compact;
mod cursor;
mod error;
mod linking;
mod log;
mod recent;
mod store;
mod strip;
mod tx;

pub use base::Head;
pub use compact::{Horizon, Kept};
pub use cursor::Lately;
pub use error::Error;
pub use events::{Body, Change};
pub use log::{Changes, MIGRATIONS, Since};
pub use tx::{BaseTx, NewChange};
