//! What can go wrong with webhooks.

use tenancy::Denied;
use web::{Fault, Kind};

/// Why a webhook operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The base has no such webhook.
    #[error("webhook `{id}` does not exist in this base")]
    NotFound {
        /// What was asked for.
        id: String,
    },
    /// The base has as many webhooks as it may.
    #[error("this base has {limit} webhooks already, which is the most: delete one first")]
    TooMany {
        /// The limit.
        limit: i64,
    },
    /// A part of the request cannot be.
    #[error("{pointer}: {reason}")]
    Request {
        /// Which part, as an RFC 6901 pointer.
        pointer: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// A parameter of the query cannot be.
    #[error("`{name}` must be {expected}, not `{given}`")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// What it may be.
        expected: String,
        /// What was given.
        given: String,
    },
    /// The schema could not be read.
    #[error(transparent)]
    Schema(#[from] schema::Error),
    /// Records could not be read.
    #[error(transparent)]
    Records(#[from] records::Error),
    /// The log could not be read.
    #[error("the change log could not be read")]
    Changes(#[from] changes::Error),
    /// People could not be read.
    #[error(transparent)]
    Identity(#[from] identity::Error),
    /// What is stored is not a webhook.
    #[error("a stored webhook cannot be read")]
    Stored,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl web::ApiError for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Denied(error) => error.kind(),
            Self::Schema(error) => error.kind(),
            Self::Records(error) => error.kind(),
            Self::Identity(error) => error.kind(),
            Self::Db(error) | Self::Changes(changes::Error::Db(error)) => web::database_kind(error),
            Self::NotFound { .. } => Kind::NotFound,
            Self::TooMany { .. } | Self::Request { .. } | Self::Parameter { .. } => Kind::Invalid,
            Self::Changes(_) | Self::Stored => Kind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(error) => error.code(),
            Self::Schema(error) => error.code(),
            Self::Records(error) => error.code(),
            Self::Identity(error) => error.code(),
            Self::NotFound { .. } => "webhook-not-found",
            Self::TooMany { .. } => "too-many-webhooks",
            Self::Request { .. } => "webhook",
            Self::Parameter { .. } => "parameter",
            Self::Db(error) | Self::Changes(changes::Error::Db(error)) => web::database_kind(error).code(),
            Self::Changes(_) | Self::Stored => "internal",
        }
    }

    fn airtable_type(&self) -> Option<&'static str> {
        match self {
            Self::Denied(error) => error.airtable_type(),
            Self::Schema(error) => error.airtable_type(),
            Self::Records(error) => error.airtable_type(),
            _ => None,
        }
    }

    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Request { pointer, reason } => vec![Fault { pointer: pointer.clone(), detail: reason.clone() }],
            _ => Vec::new(),
        }
    }
}
