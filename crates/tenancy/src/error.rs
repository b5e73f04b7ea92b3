//! What can go wrong with access.

use model::Scope;
use web::{ApiError, Kind};

/// Why access was refused.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// It does not exist for the caller: absent, or another tenant's.
    #[error("it does not exist, or you may not see it")]
    NotFound,
    /// The token lacks scopes; the answer is that of something that does not exist.
    #[error("the token lacks {}", named(missing))]
    Scope {
        /// All that it lacks, each once.
        missing: Vec<Scope>,
    },
    /// The role is too low.
    #[error("You are not permitted to {doing}{}", place.as_ref().map(|place| format!(" in {place}")).unwrap_or_default())]
    Role {
        /// What was to be done.
        doing: &'static str,
        /// Where, as far as the caller may know of it.
        place: Option<String>,
    },
    /// The check could not be made.
    #[error("access could not be checked")]
    Unchecked(#[source] Box<Error>),
}

impl Denied {
    /// Refuses a token that lacks some of what is needed, naming all of it.
    ///
    /// # Errors
    /// [`Denied::Scope`].
    pub fn lacking(needed: impl IntoIterator<Item = Scope>, held: &[Scope]) -> Result<(), Self> {
        let mut missing: Vec<Scope> = Vec::new();
        for scope in needed {
            if !held.contains(&scope) && !missing.contains(&scope) {
                missing.push(scope);
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(Self::Scope { missing }) }
    }

    /// The same refusal, where it is one of a role, with its place.
    #[must_use]
    pub fn within(self, place: impl FnOnce() -> String) -> Self {
        match self {
            Self::Role { doing, .. } => Self::Role { doing, place: Some(place()) },
            other => other,
        }
    }
}

/// Scopes in a sentence.
fn named(scopes: &[Scope]) -> String {
    let names: Vec<String> = scopes.iter().map(|scope| format!("`{}`", scope.name())).collect();
    match names.as_slice() {
        [one] => format!("the scope {one}"),
        [first @ .., last] => format!("the scopes {} and {last}", first.join(", ")),
        [] => String::new(),
    }
}

impl ApiError for Denied {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::Scope { .. } | Self::Role { .. } => Kind::Forbidden,
            Self::Unchecked(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Scope { .. } => "missing-scope",
            Self::Role { .. } => "role",
            Self::Unchecked(error) => error.code(),
        }
    }

    fn airtable_type(&self) -> Option<&'static str> {
        match self {
            Self::NotFound | Self::Scope { .. } => Some("INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"),
            Self::Role { .. } => Some("INVALID_PERMISSIONS"),
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
    /// Somebody has as many tokens as one may have.
    #[error("nobody has more than {most} tokens: take one back first")]
    Tokens {
        /// The most.
        most: usize,
    },
    /// Somebody without a role anywhere.
    #[error("you have no role in a workspace or a base: somebody who may must give you one first")]
    NoRole,
    /// The workspace would be without an owner.
    #[error("a workspace needs an owner; make somebody else one first")]
    LastOwner,
    /// No workspace of this id or name that the caller may see.
    #[error("workspace `{name}` does not exist, or you may not see it")]
    NoWorkspace {
        /// What was asked for.
        name: String,
    },
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
            Self::NoRole => Kind::Forbidden,
            Self::Email { .. } | Self::NoScopes | Self::Tokens { .. } | Self::NoUser { .. } => Kind::Invalid,
            Self::Grant { .. } | Self::Asked { .. } | Self::Audit { .. } => Kind::Invalid,
            Self::NoCollaborator { .. } | Self::NoWorkspace { .. } => Kind::NotFound,
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
            Self::NoRole => "role",
            Self::Tokens { .. } => "too-many",
            Self::Email { .. } => "email",
            Self::NoWorkspace { .. } => Denied::NotFound.code(),
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
