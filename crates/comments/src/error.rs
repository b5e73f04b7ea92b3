//! What can go wrong with comments.

use tenancy::Denied;
use web::Kind;

use crate::ops::{MAX_REACTIONS, MAX_TEXT, PAGE};

/// Why an operation on comments failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller may not, or the base does not exist for them.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no base of this name.
    #[error(transparent)]
    Schema(#[from] schema::Error),
    /// There is no such record.
    #[error(transparent)]
    Records(#[from] records::Error),
    /// People could not be looked up.
    #[error(transparent)]
    Identity(#[from] identity::Error),
    /// The record has no such comment.
    #[error("comment `{id}` does not exist on this record")]
    NotFound {
        /// What was asked for.
        id: String,
    },
    /// Somebody else wrote it.
    #[error("You are not permitted to change comments of others")]
    NotAuthor,
    /// Nobody is there who could have written it.
    #[error("comments are written by users")]
    NoUser,
    /// There is no text, or none that can be seen.
    #[error("a comment needs a `text`")]
    Empty,
    /// The text is too long.
    #[error("the `text` of a comment has at most {MAX_TEXT} characters, not {length}")]
    TooLong {
        /// Its characters.
        length: usize,
    },
    /// The comment cannot be replied to.
    #[error("`parentCommentId`: {reason}")]
    Parent {
        /// Why.
        reason: String,
    },
    /// The page size is out of its bounds.
    #[error("`pageSize` must be from 1 to {PAGE}, not {given}")]
    PageSize {
        /// What was given.
        given: String,
    },
    /// The cursor is not one of ours, or of another record.
    #[error("The value of offset {offset} is invalid")]
    Offset {
        /// What was given.
        offset: String,
    },
    /// It is no emoji.
    #[error("`{text}` is not an emoji; give one, or its code points as `1f44d` or `1f1ea-1f1fa`")]
    Emoji {
        /// What was given.
        text: String,
    },
    /// The comment can take no more reactions.
    #[error("a comment has at most {MAX_REACTIONS} reactions")]
    Crowded,
    /// What is stored is not a comment.
    #[error("a stored comment cannot be read")]
    Stored,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Error {
    pub(crate) fn not_found(id: &str) -> Self {
        Self::NotFound { id: id.chars().take(64).collect() }
    }
}

impl web::ApiError for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Denied(error) => error.kind(),
            Self::Schema(error) => error.kind(),
            Self::Records(error) => error.kind(),
            Self::Identity(error) => error.kind(),
            Self::Db(error) => web::database_kind(error),
            Self::NotFound { .. } => Kind::NotFound,
            Self::NotAuthor | Self::NoUser => Kind::Forbidden,
            Self::Stored => Kind::Internal,
            _ => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(error) => error.code(),
            Self::Schema(error) => error.code(),
            Self::Records(error) => error.code(),
            Self::Identity(error) => error.code(),
            Self::Db(error) => web::database_kind(error).code(),
            Self::NotFound { .. } => "comment-not-found",
            Self::NotAuthor => "comment-author",
            Self::NoUser => "comment-user",
            Self::Empty | Self::TooLong { .. } => "comment-text",
            Self::Parent { .. } => "comment-parent",
            Self::PageSize { .. } => "page-size",
            Self::Offset { .. } => "offset",
            Self::Emoji { .. } => "emoji",
            Self::Crowded => "reactions",
            Self::Stored => "internal",
        }
    }

    fn airtable_type(&self) -> Option<&'static str> {
        match self {
            Self::Denied(error) => error.airtable_type(),
            Self::Schema(error) => error.airtable_type(),
            Self::Records(error) => error.airtable_type(),
            Self::Offset { .. } => Some("INVALID_OFFSET_VALUE"),
            _ => None,
        }
    }
}
