//! What can go wrong when formulas are tried out.

use std::time::Duration;

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
    /// Nobody is set who could write.
    #[error("no model provider is set: give `GEMINI_API_KEY`, `OPENAI_API_KEY` or `OPENAI_BASE_URL`, and start again")]
    NoProvider,
    /// The model does not answer.
    #[error(transparent)]
    Model(llm::Error),
    /// The model writes nothing that can be used.
    #[error("the model wrote no formula that can be used ({problem}): say it in other words, with the names of fields")]
    Unwritten {
        /// What was wrong with the last one.
        problem: String,
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
            Self::NoProvider => Kind::Conflict,
            Self::Model(llm::Error::Limited { .. }) => Kind::Limited,
            Self::Model(_) => Kind::Unavailable,
            Self::Expression { .. } | Self::Given { .. } | Self::Unwritten { .. } => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Records(error) => error.code(),
            Self::Expression { .. } => "formula",
            Self::Given { .. } => "context",
            Self::NoProvider => "no-model-provider",
            Self::Model(_) => "model-provider",
            Self::Unwritten { .. } => "no-formula",
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        if let Self::Model(error) = self { error.wait() } else { None }
    }
}
