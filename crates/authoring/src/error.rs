//! What can go wrong when formulas are tried out.

use web::Kind;

/// Why a formula could not be tried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such base, table or record, or it cannot be read.
    #[error(transparent)]
    Records(#[from] records::Error),
    /// The formula cannot be used.
    #[error("{reason}")]
    Expression {
        /// What is wrong, and where.
        reason: String,
    },
    /// What is given beside the formula cannot be used.
    #[error("{reason}")]
    Given {
        /// What is wrong.
        reason: String,
    },
}

impl From<images::Error> for Error {
    fn from(error: images::Error) -> Self {
        Self::Records(error.into())
    }
}

impl web::ApiError for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Records(error) => error.kind(),
            Self::Expression { .. } | Self::Given { .. } => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Records(error) => error.code(),
            Self::Expression { .. } => "formula",
            Self::Given { .. } => "context",
        }
    }
}
