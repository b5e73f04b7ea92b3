//! What can go wrong with users and tokens.

use web::Kind;

/// Why an identity operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is not a token.
    #[error("a token has the form `pat` + 14 letters or digits, a dot and 64 hexadecimal digits")]
    TokenForm,
    /// No such token.
    #[error("token `{id}` does not exist")]
    TokenNotFound {
        /// What was asked for.
        id: String,
    },
    /// The system gave no randomness.
    #[error("the system gave no random bytes")]
    Randomness,
    /// A stored row could not be read.
    #[error("stored identity is malformed")]
    Stored,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl web::ApiError for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::TokenForm => Kind::Invalid,
            Self::TokenNotFound { .. } => Kind::NotFound,
            Self::Randomness | Self::Stored => Kind::Internal,
            Self::Db(error) => web::database_kind(error),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TokenForm => "token-form",
            Self::TokenNotFound { .. } => "token-not-found",
            Self::Randomness | Self::Stored => "internal",
            Self::Db(error) => web::database_kind(error).code(),
        }
    }
}
