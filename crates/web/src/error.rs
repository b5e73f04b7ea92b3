//! Errors of all contexts, and the two shapes in which they leave.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What kind of failure it is: decides the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The input is wrong.
    Invalid,
    /// The body is not JSON.
    Malformed,
    /// The body is too large.
    TooLarge,
    /// Nobody is known to ask.
    Unauthenticated,
    /// The caller may not.
    Forbidden,
    /// It does not exist for the caller.
    NotFound,
    /// It has become different meanwhile, or exists already.
    Conflict,
    /// Too much was asked.
    Limited,
    /// A neighbour is down.
    Unavailable,
    /// Our own failure.
    Internal,
}

impl Kind {
    /// The status.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Limited => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// True when the same request may succeed later.
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::Limited | Self::Unavailable)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Invalid => "Invalid request",
            Self::Malformed => "Malformed body",
            Self::TooLarge => "Body too large",
            Self::Unauthenticated => "Authentication required",
            Self::Forbidden => "Not permitted",
            Self::NotFound => "Not found",
            Self::Conflict => "Conflict",
            Self::Limited => "Too many requests",
            Self::Unavailable => "Unavailable",
            Self::Internal => "Internal error",
        }
    }

    /// What Airtable calls it when the error has no name of its own.
    fn airtable_type(self) -> &'static str {
        match self {
            Self::Invalid | Self::Conflict => "INVALID_REQUEST_UNKNOWN",
            Self::Malformed => "INVALID_JSON",
            Self::TooLarge => "REQUEST_TOO_LARGE",
            Self::Unauthenticated => "AUTHENTICATION_REQUIRED",
            Self::Forbidden => "INVALID_PERMISSIONS",
            Self::NotFound => "NOT_FOUND",
            Self::Limited => "RATE_LIMIT_REACHED",
            Self::Unavailable => "RETRIABLE_ERROR",
            Self::Internal => "SERVER_ERROR",
        }
    }
}

/// What an error of a context tells its doors.
pub trait ApiError: std::error::Error + Send + Sync + 'static {
    /// Its kind.
    fn kind(&self) -> Kind;
    /// Its stable name.
    fn code(&self) -> &'static str;
    /// Airtable's name for it, where the kind's is not the right one.
    fn airtable_type(&self) -> Option<&'static str> {
        None
    }
}

/// The kind of a database failure.
pub fn database_kind(error: &db::Error) -> Kind {
    match error {
        db::Error::Conflict { .. } => Kind::Conflict,
        db::Error::ReadOnly { .. } | db::Error::Unavailable { .. } | db::Error::Closed | db::Error::Ended => {
            Kind::Unavailable
        }
        _ => Kind::Internal,
    }
}

/// Which shape errors have at a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Airtable's, under `/v0`.
    Airtable,
    /// RFC 9457 everywhere else.
    Problem,
}

const FIXED: &str = "something failed on our side; the request's id names it in the log";
const MODEL: &str = "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND";
const MODEL_TEXT: &str = "Invalid permissions, or the requested model was not found. Check that both your user and \
     your token have the required permissions, and that the model names and/or ids are correct.";

/// An error on its way out of a door.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    code: &'static str,
    airtable_type: Option<&'static str>,
    message: String,
    door: Door,
}

impl Failure {
    /// An error of a context. An internal one is logged here, once, with its chain, and leaves as a fixed sentence.
    pub fn new(door: Door, error: &dyn ApiError) -> Self {
        let kind = error.kind();
        let message = if kind == Kind::Internal {
            tracing::error!(error = %chain(error), code = error.code(), "a request failed: {error}");
            FIXED.to_owned()
        } else {
            error.to_string()
        };
        Self { kind, code: error.code(), airtable_type: error.airtable_type(), message, door }
    }

    /// An error that a door finds itself.
    pub fn plain(door: Door, kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, airtable_type: None, message: message.into(), door }
    }

    /// With Airtable's name for it.
    #[must_use]
    pub fn airtable(mut self, name: &'static str) -> Self {
        self.airtable_type = Some(name);
        self
    }

    fn airtable_body(&self) -> (StatusCode, Value) {
        let name = self.airtable_type.unwrap_or_else(|| self.kind.airtable_type());
        match name {
            "NOT_FOUND" => (StatusCode::NOT_FOUND, json!({ "error": name })),
            MODEL => (StatusCode::FORBIDDEN, json!({ "error": { "type": MODEL, "message": MODEL_TEXT } })),
            _ => (self.kind.status(), json!({ "error": { "type": name, "message": self.message } })),
        }
    }

    fn problem_body(&self) -> (StatusCode, Value) {
        let status = self.kind.status();
        let body = json!({
            "type": format!("/docs#problem-{}", self.code),
            "title": self.kind.title(),
            "status": status.as_u16(),
            "detail": self.message,
            "code": self.code,
            "retryable": self.kind.is_retryable(),
        });
        (status, body)
    }
}

fn chain(error: &dyn ApiError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, body, content_type) = match self.door {
            Door::Airtable => {
                let (status, body) = self.airtable_body();
                (status, body, "application/json; charset=utf-8")
            }
            Door::Problem => {
                let (status, body) = self.problem_body();
                (status, body, "application/problem+json")
            }
        };
        let mut response = (status, body.to_string()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
