//! Errors of all contexts, and the two shapes in which they leave.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};
use serde_json::Value;
use utoipa::ToSchema;

use crate::shapes::{AirtableError, Problem, RateLimited, body};

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
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Invalid,
        Self::Malformed,
        Self::TooLarge,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::Limited,
        Self::Unavailable,
        Self::Internal,
    ];

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

    /// The kind that a bare status stands for, for answers that the framework makes itself.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            400 => Self::Malformed,
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 | 412 => Self::Conflict,
            413 => Self::TooLarge,
            402 | 429 => Self::Limited,
            408 | 502..=504 => Self::Unavailable,
            _ if status.is_client_error() => Self::Invalid,
            _ => Self::Internal,
        }
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

    /// A stable name, also the anchor of its explanation in `/docs`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Malformed => "malformed",
            Self::TooLarge => "too-large",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::Conflict => "conflict",
            Self::Limited => "limited",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
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
            Self::Limited => RATE,
            Self::Unavailable => "RETRIABLE_ERROR",
            Self::Internal => "SERVER_ERROR",
        }
    }
}

/// Its code.
impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
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
    /// The parts of the request at fault.
    fn faults(&self) -> Vec<Fault> {
        Vec::new()
    }
    /// True when the same request may succeed later.
    fn is_retryable(&self) -> bool {
        self.kind().is_retryable()
    }
    /// How long to wait before trying again.
    fn retry_after(&self) -> Option<Duration> {
        None
    }
}

/// One part of a request that is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// RFC 6901 pointer into the body.
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
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

impl Door {
    /// The door of an address.
    pub fn of(path: &str) -> Self {
        match path.strip_prefix("/v0") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Self::Airtable,
            _ => Self::Problem,
        }
    }
}

const FIXED: &str = "something failed on our side; the request's id names it in the log";
const RATE: &str = "RATE_LIMIT_REACHED";
const MODEL: &str = "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND";
const MODEL_TEXT: &str = "Invalid permissions, or the requested model was not found. Check that both your user and \
     your token have the required permissions, and that the model names and/or ids are correct.";

/// An error on its way out of a door.
#[derive(Debug, Clone)]
pub struct Failure {
    kind: Kind,
    /// The status, where it says more than the kind's.
    status: StatusCode,
    code: &'static str,
    airtable_type: Option<&'static str>,
    message: String,
    faults: Vec<Fault>,
    retryable: bool,
    retry_after: Option<Duration>,
    door: Door,
    /// Whether something that does not exist is told in words where Airtable gives no more than its name.
    in_words: bool,
}

impl Failure {
    /// An error of a context. An internal one is logged here, once, with its chain, and leaves as a fixed sentence; of what cannot be
    /// reached the log tells why, which is none of the client's business.
    pub fn new(door: Door, error: &dyn ApiError) -> Self {
        let kind = error.kind();
        let message = match kind {
            Kind::Internal => {
                tracing::error!(error = telemetry::chain(&error), code = error.code(), "a request failed: {error}");
                FIXED.to_owned()
            }
            Kind::Unavailable => {
                tracing::warn!(error = telemetry::chain(&error), code = error.code(), "a request was put off: {error}");
                error.to_string()
            }
            _ => error.to_string(),
        };
        Self {
            airtable_type: error.airtable_type(),
            faults: error.faults(),
            retryable: error.is_retryable(),
            retry_after: error.retry_after(),
            ..Self::plain(door, kind, error.code(), message)
        }
    }

    /// An error that a door finds itself.
    pub fn plain(door: Door, kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            status: kind.status(),
            code,
            airtable_type: None,
            message: message.into(),
            faults: Vec::new(),
            retryable: kind.is_retryable(),
            retry_after: None,
            door,
            in_words: false,
        }
    }

    /// A status that a part of the framework chose without a body.
    pub(crate) fn of_status(door: Door, status: StatusCode, words: &str) -> Self {
        let kind = match Kind::of_status(status) {
            // The framework's words are about addresses and headers.
            Kind::Malformed if !words.is_empty() => Kind::Invalid,
            kind => kind,
        };
        let message = match kind {
            Kind::Internal => FIXED.to_owned(),
            _ if !words.is_empty() => words.to_owned(),
            _ => status.canonical_reason().unwrap_or("refused").to_lowercase(),
        };
        Self { status, ..Self::plain(door, kind, kind.code(), message) }
    }

    /// What it tells the client.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// In words even where nothing is there.
    #[must_use]
    pub fn in_words(mut self) -> Self {
        self.in_words = true;
        self
    }

    /// With Airtable's name for it.
    #[must_use]
    pub fn airtable(mut self, name: &'static str) -> Self {
        self.airtable_type = Some(name);
        self
    }

    /// The answer in the shape of its door; `instance` is the request's id, when it is known.
    pub(crate) fn render(&self, instance: Option<&str>) -> Response {
        let (status, body, content_type) = match self.door {
            Door::Airtable => {
                let (status, body) = self.airtable_body();
                (status, body, "application/json; charset=utf-8")
            }
            Door::Problem => (self.status, self.problem_body(instance), "application/problem+json"),
        };
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_millis().div_ceil(1_000) as u64));
        }
        response
    }

    fn airtable_body(&self) -> (StatusCode, Value) {
        let name = self.airtable_type.unwrap_or_else(|| self.kind.airtable_type());
        match name {
            "NOT_FOUND" if !self.in_words => (StatusCode::NOT_FOUND, body(&AirtableError::named(name))),
            MODEL => (StatusCode::FORBIDDEN, body(&AirtableError::told(MODEL, MODEL_TEXT))),
            RATE => (self.status, body(&RateLimited::told(RATE, self.message.clone()))),
            _ => (self.status, body(&AirtableError::told(name, self.message.clone()))),
        }
    }

    fn problem_body(&self, instance: Option<&str>) -> Value {
        body(&Problem {
            kind: Problem::place(self.kind),
            title: self.kind.title(),
            status: self.status.as_u16(),
            detail: self.message.clone(),
            code: self.code,
            retryable: self.retryable,
            instance: instance.map(str::to_owned),
            errors: self.faults.clone(),
        })
    }
}

/// The failure travels with its answer, so that the frame can put the request's id into it.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.render(None);
        response.extensions_mut().insert(self);
        response
    }
}
