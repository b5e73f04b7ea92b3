//! Objects by key: files in a folder, or a bucket that speaks S3.
//!
//! Words: an *object* is bytes under a *key*; a *digest* is what its bytes come to, and what objects are called by.
//!
//! Invariants: an object is there whole or not at all, and once a call has said that it is kept, it is on disk or in the
//! bucket; keys are made by the house and hold nothing but letters, digits, `-`, `_`, `.` and `/`; only addresses that the
//! operator has set are called.
#![deny(missing_docs)]

mod digest;
mod error;
mod settings;
mod store;

pub use digest::Digest;
pub use error::Error;
pub use settings::Settings;
pub use store::{Blobs, Opened};
