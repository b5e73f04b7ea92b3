//! The two shapes of error bodies.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::{Fault, Kind};

/// An error outside `/v0`, as RFC 9457 has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Where the kind of error is explained.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The kind of error in words.
    pub(crate) title: &'static str,
    /// The status of the answer.
    pub(crate) status: u16,
    /// What was wrong, where, and what would be right.
    pub(crate) detail: String,
    /// A stable name of this very error.
    pub(crate) code: &'static str,
    /// True when the same request may succeed later.
    pub(crate) retryable: bool,
    /// The request's id, as in `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) instance: Option<String>,
    /// The parts of the body at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) errors: Vec<Fault>,
}

/// An error under `/v0`, as Airtable has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AirtableError {
    error: AirtableFault,
}

/// A name alone where Airtable says no more, else a name and a sentence.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum AirtableFault {
    /// `NOT_FOUND`.
    Name(&'static str),
    /// Everything else.
    Told {
        /// Airtable's name for the error, such as `UNKNOWN_FIELD_NAME`.
        r#type: &'static str,
        /// What was wrong.
        message: String,
    },
}

/// The one error under `/v0` that comes in a list, as Airtable has it: too many requests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RateLimited {
    errors: [RateFault; 1],
}

/// One of the list.
#[derive(Debug, Serialize, ToSchema)]
struct RateFault {
    /// `RATE_LIMIT_REACHED`.
    error: &'static str,
    /// What to do.
    message: String,
}

impl RateLimited {
    pub(crate) fn told(name: &'static str, message: impl Into<String>) -> Self {
        Self { errors: [RateFault { error: name, message: message.into() }] }
    }
}

impl AirtableError {
    pub(crate) fn named(name: &'static str) -> Self {
        Self { error: AirtableFault::Name(name) }
    }

    pub(crate) fn told(name: &'static str, message: impl Into<String>) -> Self {
        Self { error: AirtableFault::Told { r#type: name, message: message.into() } }
    }
}

impl Problem {
    /// Where a kind is explained.
    pub(crate) fn place(kind: Kind) -> String {
        format!("/docs#problem-{}", kind.code())
    }
}

/// A body as JSON; the shapes above can always be written.
pub(crate) fn body(shape: &impl Serialize) -> Value {
    serde_json::to_value(shape).unwrap_or_default()
}
