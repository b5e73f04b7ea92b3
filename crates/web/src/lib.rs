//! What every HTTP door needs: error shapes, bodies with limits, query strings, signed cursors, the serve loop.
//!
//! Words: a *kind* of error decides the status; a *problem* is an error body of RFC 9457; under `/v0` errors have
//! Airtable's shape instead.
//!
//! Invariants: no error body holds the text of an internal failure; every input has a bound.
#![deny(missing_docs)]

mod body;
mod error;
mod layers;
mod params;
mod serve;
mod signer;

pub use body::{JsonBody, MAX_BODY, MAX_DEPTH};
pub use error::{ApiError, Door, Failure, Kind, database_kind};
pub use layers::{RequestId, layers};
pub use params::Params;
pub use serve::{Limits, serve};
pub use signer::Signer;

#[cfg(test)]
mod tests;
