//! What every HTTP door needs: error shapes, bodies with limits, query strings, signed cursors, the frame around all
//! requests, limits of requests, the API document and the serve loop.
//!
//! Words: a *kind* of error decides the status; a *problem* is an error body of RFC 9457; under `/v0` errors have
//! Airtable's shape instead; the *frame* is the outermost layer: request ids, log span, metrics, headers and the
//! last word on errors.
//!
//! Invariants: no error body holds the text of an internal failure; every input has a bound in bytes and in time;
//! every answer carries the request's id.
#![deny(missing_docs)]

mod aside;
mod body;
mod config;
mod docs;
mod error;
mod frame;
mod json;
mod layers;
mod params;
mod place;
mod rate;
mod serve;
mod shapes;
mod signer;

pub use aside::aside;
pub use body::{JsonBody, MAX_BODY};
pub use config::Config;
pub use docs::document;
pub use error::{ApiError, Door, Failure, Fault, Kind, database_kind};
pub use frame::{OwnShape, TellRoute, TellingRoute};
pub use json::{JsonError, MAX_DEPTH, MAX_KEYS, Objects, each_once, plain_words, read_json, read_unbounded};
pub use layers::{frame, layers};
pub use params::Params;
pub use rate::{Crowded, RateConfig, RateLimits, Visits, limited};
pub use serve::{Limits, Peer, serve};
pub use signer::Signer;
pub use telemetry::Request as Asked;

#[cfg(test)]
mod tests;
