//! What can go wrong with access.

use web::{ApiError, Kind};

/// Why access was refused.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// It does not exist for the caller: absent, or another tenant's.
    #[error("it does not exist, or you may not see it")]
    NotFound,
    /// The token lacks a scope; the answer is that of something that does not exist.
    #[error("the token lacks the scope `{scope}`")]
    Scope {
        /// The scope's name.
        scope: &'static str,
    },
    /// The role is too low.
    #[error("You are not permitted to perform this operation")]
    Role,
    /// The check could not be made.
    #[error("access could not be checked")]
    Unchecked(#[source] Box<Error>),
}

impl ApiError for Denied {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::Scope { .. } | Self::Role => Kind::Forbidden,
            Self::Unchecked(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Scope { .. } => "missing-scope",
            Self::Role => "role",
            Self::Unchecked(error) => error.code(),
        }
    }

    fn airtable_type(&self) -> Option<&'static str> {
        match self {
            Self::NotFound | Self::Scope { .. } => Some("INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"),
            Self::Role => Some("INVALID_PERMISSIONS"),
            Self::Unchecked(_) => None,
        }
    }
}

/// Why a tenancy operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is known to ask.
    #[error("Authentication required")]
    Unauthenticated,
    /// The store has its owner already.
    #[error("the store has an owner already")]
    Installed,
    /// The text is no e-mail address.
    #[error("`{text}` is not an e-mail address")]
    Email {
        /// What was given.
        text: String,
    },
    /// A token could do nothing.
    #[error("a token needs at least one scope; leave `scopes` away for all of them")]
    NoScopes,
    /// The workspace would be without an owner.
    #[error("a workspace needs an owner; make somebody else one first")]
    LastOwner,
    /// Nobody of the tenant has this id.
    #[error("`{user}` is nobody of this tenant; `POST /api/v1/users` lets new people in")]
    NoUser {
        /// What was given.
        user: String,
    },
    /// The user has no role of their own there.
    #[error("`{user}` has no role of their own here that could be changed or taken")]
    NoCollaborator {
        /// The user.
        user: String,
    },
    /// What was asked for cannot be given.
    #[error("{reason}")]
    Grant {
        /// What is wrong and what would be right.
        reason: String,
    },
    /// Too many people were asked for.
    #[error("at most {most} people are told about at a time: name fewer by `id` and `email`")]
    Asked {
        /// The most.
        most: usize,
    },
    /// The audit trail is not asked for as it can be.
    #[error("{reason}")]
    Audit {
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The caller may not.
    #[error(transparent)]
    Denied(Box<Denied>),
    /// A stored row could not be read.
    #[error("stored tenancy is malformed")]
    Stored,
    /// The identity failed.
    #[error(transparent)]
    Identity(#[from] identity::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl ApiError for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Unauthenticated => Kind::Unauthenticated,
            Self::Installed | Self::LastOwner => Kind::Conflict,
            Self::Email { .. } | Self::NoScopes | Self::NoUser { .. } => Kind::Invalid,
            Self::Grant { .. } | Self::Asked { .. } | Self::Audit { .. } => Kind::Invalid,
            Self::NoCollaborator { .. } => Kind::NotFound,
            Self::Denied(denied) => denied.kind(),
            Self::Stored => Kind::Internal,
            Self::Identity(error) => error.kind(),
            Self::Db(error) => web::database_kind(error),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "authentication-required",
            Self::Installed => "installed",
            Self::LastOwner => "last-owner",
            Self::NoScopes => "no-scopes",
            Self::Email { .. } => "email",
            Self::NoUser { .. } => "no-user",
            Self::NoCollaborator { .. } => "no-collaborator",
            Self::Grant { .. } => "grant",
            Self::Asked { .. } => "too-many",
            Self::Audit { .. } => "audit",
            Self::Denied(denied) => denied.code(),
            Self::Stored => "internal",
            Self::Db(error) => web::database_kind(error).code(),
            Self::Identity(error) => error.code(),
        }
    }

    fn airtable_type(&self) -> Option<&'static str> {
        match self {
            Self::Denied(denied) => denied.airtable_type(),
            _ => None,
        }
    }
}

impl From<audit::Error> for Error {
    fn from(error: audit::Error) -> Self {
        match error {
            audit::Error::Wide { .. } => Self::Audit { reason: error.to_string() },
            audit::Error::Stored => Self::Stored,
            audit::Error::Db(error) => Self::Db(error),
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unchecked(error) => *error,
            denied => Self::Denied(Box::new(denied)),
        }
    }
}

impl From<db::Error> for Denied {
    fn from(error: db::Error) -> Self {
        Self::Unchecked(Box::new(error.into()))
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Unchecked(Box::new(error))
    }
}
