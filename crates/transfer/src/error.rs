//! What can go wrong with imports and exports.

use tenancy::Denied;
use web::Kind;

/// Why an import or export failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Bases, tables or fields refused.
    #[error(transparent)]
    Schema(#[from] schema::Error),
    /// Records refused.
    #[error(transparent)]
    Records(#[from] records::Error),
    /// What was asked for cannot be done.
    #[error("{reason}")]
    Request {
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The file holds no text.
    #[error("the file is empty: there is nothing to import")]
    Empty,
    /// The upload is too large.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// The caller has no such import.
    #[error("import `{id}` does not exist")]
    NotFound {
        /// What was asked for.
        id: String,
    },
    /// The table has no such sync.
    #[error("table `{table}` has no sync `{id}`: list them, or make one")]
    NoSync {
        /// What was asked for.
        id: String,
        /// The table's name.
        table: String,
    },
    /// The import is in no state for that.
    #[error("import `{id}` is {state}, so there is nothing to cancel")]
    Over {
        /// Which.
        id: String,
        /// Its state.
        state: &'static str,
    },
    /// The file could not be read or kept.
    #[error("the file could not be read or kept")]
    File(#[from] std::io::Error),
    /// The file's encoding is not known.
    #[error(transparent)]
    Read(#[from] crate::ReadError),
    /// What is stored is not an import.
    #[error("a stored import cannot be read")]
    Stored,
    /// A task ended early.
    #[error("reading the file was broken off")]
    Broken,
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
            Self::Request { .. } | Self::Empty | Self::Read(_) => Kind::Invalid,
            Self::TooLarge { .. } => Kind::TooLarge,
            Self::NotFound { .. } | Self::NoSync { .. } => Kind::NotFound,
            Self::Over { .. } => Kind::Conflict,
            Self::File(_) | Self::Stored | Self::Broken => Kind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(error) => error.code(),
            Self::Schema(error) => error.code(),
            Self::Records(error) => error.code(),
            Self::Request { .. } => "import",
            Self::Empty => "empty-file",
            Self::TooLarge { .. } => "too-large",
            Self::NotFound { .. } => "import-not-found",
            Self::NoSync { .. } => "sync-not-found",
            Self::Over { .. } => "import-over",
            Self::Read(_) => "unreadable-file",
            Self::File(_) | Self::Stored | Self::Broken => "internal",
            Self::Db(error) => web::database_kind(error).code(),
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
}
