//! Why a tool call failed, in words that let a model correct itself.

use serde::Serialize;
use web::{ApiError, JsonError, Kind};

/// The sentence that stands for every internal failure.
const INTERNAL: &str = "something failed on our side; trying the same again is unlikely to help";

/// The answer of a call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{message}")]
pub struct ToolError {
    /// The class.
    pub kind: Kind,
    /// A stable name for programs.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to try instead, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl ToolError {
    /// An error that a tool finds itself.
    pub fn new(kind: Kind, code: &str, message: impl Into<String>) -> Self {
        Self { kind, code: code.to_owned(), message: message.into(), hint: None }
    }

    /// With what to try instead.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The arguments of `tool` do not fit its schema.
    pub(crate) fn arguments(tool: &str, error: &JsonError) -> Self {
        let message = match error {
            JsonError::Form { pointer, reason } if !pointer.is_empty() => {
                format!("argument `{}`: {reason}", pointer.trim_start_matches('/').replace('/', "."))
            }
            JsonError::Form { reason, .. } => format!("arguments: {reason}"),
            other => format!("arguments: {other}"),
        };
        Self::new(Kind::Invalid, "bad-arguments", message)
            .with_hint(format!("call `{tool}` again with arguments that fit its input schema"))
    }

    /// There is no tool of this name; `near` is the most similar one.
    pub(crate) fn unknown(name: &str, near: Option<&str>) -> Self {
        let name: String = name.chars().take(64).collect();
        let error = Self::new(Kind::NotFound, "unknown-tool", format!("there is no tool `{name}`"));
        match near {
            Some(near) => error.with_hint(format!("did you mean `{near}`?")),
            None => error,
        }
    }

    /// True when the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        self.kind.is_retryable()
    }
}

/// Any error of a context. An internal one goes to the log here, once, with its chain.
impl<E: ApiError> From<E> for ToolError {
    fn from(error: E) -> Self {
        let kind = error.kind();
        if kind == Kind::Internal {
            tracing::error!(code = error.code(), error = telemetry::chain(&error), "a tool failed");
            return Self::new(kind, error.code(), INTERNAL);
        }
        let answer = Self::new(kind, error.code(), error.to_string());
        match error.retry_after() {
            Some(wait) => answer.with_hint(format!("wait {} seconds", wait.as_millis().div_ceil(1_000))),
            None => answer,
        }
    }
}
