//! What can go wrong with written cells.

use web::Kind;

/// Why cells could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such field or record, or the caller may not.
    #[error(transparent)]
    Records(#[from] records::Error),
    /// Nobody is set who could write.
    #[error("no model provider is set: give `GEMINI_API_KEY`, `OPENAI_API_KEY` or `OPENAI_BASE_URL`, and start again")]
    NoProvider,
    /// A job holds something else.
    #[error("the job of cells to write cannot be read")]
    Stored,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl web::ApiError for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Records(error) => error.kind(),
            Self::NoProvider => Kind::Conflict,
            Self::Db(error) => web::database_kind(error),
            Self::Stored => Kind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Records(error) => error.code(),
            Self::NoProvider => "no-model-provider",
            Self::Db(error) => web::database_kind(error).code(),
            Self::Stored => "internal",
        }
    }

    fn airtable_type(&self) -> Option<&'static str> {
        if let Self::Records(error) = self { error.airtable_type() } else { None }
    }
}
