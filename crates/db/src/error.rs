//! What can go wrong with a database.

use std::error::Error as StdError;
use std::path::PathBuf;
use std::sync::Arc;

/// The error underneath. Shared, because every operation of a group is answered with it.
pub type Cause = Arc<dyn StdError + Send + Sync>;

/// Why the database did not do it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The server cannot be reached, a lock was not had in time, the disk is full: trying again may help. When
    /// a connection breaks during a commit, the work may have been kept nevertheless.
    #[error("the database is not available")]
    Unavailable {
        /// What happened.
        #[source]
        source: Cause,
    },
    /// A constraint does not allow it. Unique constraints are named as `table.column, table.column`, or as
    /// `index 'name'` over expressions, on both databases; the others as the database names them.
    #[error("the constraint `{constraint}` does not allow it")]
    Conflict {
        /// The constraint.
        constraint: String,
    },
    /// Writing to disk failed, so nothing is acknowledged any more.
    #[error("the database is read-only until the next start: {reason}")]
    ReadOnly {
        /// What failed.
        reason: String,
    },
    /// Another process has the database open.
    #[error("`{}` is in use by process {holder}", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// The process's number, or `unknown`.
        holder: String,
    },
    /// A statement that had to change a row changed none.
    #[error("a row that had to be there is gone or has changed")]
    Missed,
    /// The operation was open for too long, or had failed before.
    #[error("the operation has ended and was rolled back")]
    Ended,
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// A column does not hold what the code expects.
    #[error("column {column} holds {found}, not {expected}")]
    Column {
        /// Its place in the row, from 0.
        column: usize,
        /// What was asked for.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A stored value cannot be understood.
    #[error("a stored {what} cannot be read")]
    Decode {
        /// What it should be.
        what: &'static str,
        /// Why.
        #[source]
        source: Cause,
    },
    /// A migration cannot be applied.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// Anything else: a fault in the code or in the database.
    #[error("the database failed")]
    Internal {
        /// What happened.
        #[source]
        source: Cause,
    },
}

/// Why the migrations were not applied.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MigrationError {
    /// Two have the same name.
    #[error("there are two migrations named `{name}`")]
    Twice {
        /// The name.
        name: &'static str,
    },
    /// The text is no longer the one that was applied.
    #[error("migration `{name}` was changed after it had been applied")]
    Changed {
        /// The name.
        name: &'static str,
    },
    /// The text has an unknown type word.
    #[error("migration `{name}` cannot be read")]
    Word {
        /// The name.
        name: &'static str,
        /// Which word.
        #[source]
        source: sql::WordError,
    },
    /// The database refused it.
    #[error("migration `{name}` failed")]
    Failed {
        /// The name.
        name: &'static str,
        /// Why.
        #[source]
        source: Box<Error>,
    },
}

impl Error {
    /// A stored value that its reader cannot understand.
    pub fn decode(what: &'static str, source: impl StdError + Send + Sync + 'static) -> Self {
        Self::Decode { what, source: Arc::new(source) }
    }

    /// True when the same may succeed later.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Ended | Self::Closed)
    }

    pub(crate) fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal { source: Arc::from(source.into()) }
    }

    pub(crate) fn unavailable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable { source: Arc::from(source.into()) }
    }
}

#[cfg(test)]
mod tests;
