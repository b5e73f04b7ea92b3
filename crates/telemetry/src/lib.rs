//! What the house says about itself: the log and the metrics.
//!
//! Words: a *log format* is text for people or JSON lines for programs; a *metric* has a dotted name (`http.requests`)
//! and labels whose values come from a small closed set; *rendering* is the text that Prometheus collects.
//!
//! Invariants: a label never carries what a client chose, so the number of series is bounded by the code; both parts
//! are installed once per process, and everything works without them.
#![deny(missing_docs)]

mod http;
mod log;
mod metrics;
mod request;

pub use http::{Exchange, UNMATCHED};
pub use log::{Config, Format, LogError, chain, install_log};
pub use metrics::{Metrics, MetricsError};
pub use request::Request;
