//! What can go wrong in a conversation.

use std::time::Duration;

use tools::ToolError;
use web::{ApiError, Kind};

/// Why a request to the assistant failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The message is empty.
    #[error("`message` is empty")]
    EmptyMessage,
    /// The message is too long.
    #[error("`message` is longer than {limit} bytes")]
    MessageTooLong {
        /// The limit.
        limit: usize,
    },
    /// The session's name cannot be one.
    #[error("`session_id` must have 1 to 128 visible characters")]
    SessionName,
    /// The caller has no such session.
    #[error("session `{session}` does not exist")]
    SessionNotFound {
        /// Its name.
        session: String,
    },
    /// The caller sees no such base.
    #[error("base `{base}` does not exist")]
    BaseNotFound {
        /// Its id or name, as it was given.
        base: String,
    },
    /// Another turn of the session was faster.
    #[error("session `{session}` was changed meanwhile; ask again")]
    SessionBusy {
        /// Its name.
        session: String,
    },
    /// There is no such tool, or it refused.
    #[error("{}", sentence(.0))]
    Tool(ToolError),
    /// The model gave no answer.
    #[error("{0}")]
    Model(#[from] llm::Error),
    /// A stored conversation cannot be read.
    #[error("a stored conversation is malformed")]
    Stored(#[source] serde_json::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Error {
    /// The stable name of a tool's refusal, empty for anything else.
    pub(crate) fn tool_code(&self) -> &str {
        if let Self::Tool(error) = self { &error.code } else { "" }
    }
}

/// What happened, and what to try instead.
fn sentence(error: &ToolError) -> String {
    match &error.hint {
        Some(hint) => format!("{}; {hint}", error.message),
        None => error.message.clone(),
    }
}

impl ApiError for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::EmptyMessage
            | Self::MessageTooLong { .. }
            | Self::SessionName
            | Self::Model(llm::Error::Rejected { .. } | llm::Error::Blocked { .. }) => Kind::Invalid,
            Self::SessionNotFound { .. } | Self::BaseNotFound { .. } => Kind::NotFound,
            Self::SessionBusy { .. } => Kind::Conflict,
            Self::Tool(error) => error.kind,
            Self::Model(llm::Error::Limited { .. }) => Kind::Limited,
            Self::Model(_) => Kind::Unavailable,
            Self::Stored(_) => Kind::Internal,
            Self::Db(error) => web::database_kind(error),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::EmptyMessage => "empty-message",
            Self::MessageTooLong { .. } => "message-too-long",
            Self::SessionName => "session-name",
            Self::SessionNotFound { .. } => "session-not-found",
            Self::BaseNotFound { .. } => "base-not-found",
            Self::SessionBusy { .. } => "session-busy",
            Self::Tool(_) => "tool",
            Self::Model(_) => "model",
            Self::Stored(_) | Self::Db(_) => "internal",
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        if let Self::Model(llm::Error::Limited { wait, daily: false }) = self { *wait } else { None }
    }
}
