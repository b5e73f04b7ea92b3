//! Files in cells: uploaded or fetched from where they are, kept as objects, and handed out by addresses that end.
//!
//! Words: a file is *awaited* until it was fetched; an *address* of a file is good for two to three hours for whoever has
//! it; a *rendition* is a smaller picture that stands for a larger one; a *sweep* removes the objects that nothing names.
//!
//! Invariants: an object is kept before a cell says so, and never changes; it belongs to one tenant and is called by what
//! its bytes come to; nothing new names an object of a month that is over, and none goes that a cell or the log names; a URL is only called as far as `outbound` lets it; nothing that a browser would run is shown by one; no
//! picture is unpacked that is larger than the bounds, and one at a time.

mod error;
mod jobs;
mod media;
mod ops;
mod picture;
mod routes;
mod service;

#[cfg(test)]
mod fixture;

pub use error::Error;
pub use ops::{Attachments, IsShared, MAX_FETCH, MAX_UPLOAD, Parts, allowed, queue};
