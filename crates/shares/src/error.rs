//! What can go wrong with shares.

use std::time::Duration;

use tenancy::Denied;
use web::Kind;

/// Why an operation on shares failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller may not, or the base does not exist for them.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such table or view.
    #[error(transparent)]
    Schema(#[from] schema::Error),
    /// Records could not be listed.
    #[error(transparent)]
    Records(#[from] records::Error),
    /// The request does not say what to share.
    #[error("{reason}")]
    Request {
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// The base has no such share.
    #[error("share `{id}` does not exist in this base")]
    NotFound {
        /// What was asked for.
        id: String,
    },
    /// The link leads nowhere.
    #[error("nothing is shared at this address: the link is not complete, or it was turned off")]
    NoLink,
    /// Too many requests.
    #[error(transparent)]
    Crowded(#[from] web::Crowded),
    /// What is stored is not a share.
    #[error("a stored share cannot be read")]
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
            Self::Db(error) => web::database_kind(error),
            Self::Request { .. } => Kind::Invalid,
            Self::NotFound { .. } | Self::NoLink => Kind::NotFound,
            Self::Crowded(error) => error.kind(),
            Self::Stored => Kind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(error) => error.code(),
            Self::Schema(error) => error.code(),
            Self::Records(error) => error.code(),
            Self::Db(error) => web::database_kind(error).code(),
            Self::Request { .. } => "share",
            Self::NotFound { .. } => "share-not-found",
            Self::NoLink => "link-not-found",
            Self::Crowded(error) => error.code(),
            Self::Stored => "internal",
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        if let Self::Crowded(error) = self { error.retry_after() } else { None }
    }

    fn airtable_type(&self) -> Option<&'static str> {
        match self {
            Self::Denied(error) => error.airtable_type(),
            Self::Schema(error) => error.airtable_type(),
            Self::Records(error) => error.airtable_type(),
            _ => None,
        }
    }
}
