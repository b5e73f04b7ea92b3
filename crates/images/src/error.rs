//! What can go wrong with images.

use model::Timestamp;

/// Why a picture cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The schema failed.
    #[error(transparent)]
    Schema(#[from] schema::Error),
    /// A formula cannot be used.
    #[error("{reason}")]
    Formula {
        /// What is wrong and where.
        reason: String,
    },
    /// The log no longer reaches back that far.
    #[error("the oldest change kept is {oldest}")]
    TooOld {
        /// The oldest sequence kept.
        oldest: i64,
        /// Since when the base can be read as it was.
        kept_since: Timestamp,
    },
    /// The columns that a query looks at do not fit into the memory for images.
    #[error("the query needs {needed} bytes in memory and {budget} are allowed")]
    ImageMemory {
        /// Bytes needed, as far as was counted.
        needed: usize,
        /// Bytes allowed.
        budget: usize,
    },
    /// A query looks at columns that are not in memory; it is asked again when they are.
    #[error("columns that a query needs are not in memory")]
    NotLoaded {
        /// Which.
        columns: Vec<crate::ColumnKey>,
    },
    /// A stored record is damaged.
    #[error("the stored cells of record number {ordinal} are malformed")]
    Unreadable {
        /// Its ordinal.
        ordinal: i64,
        /// How.
        source: model::CellsError,
    },
    /// The image was dropped while an operation used it.
    #[error("the base's image was dropped meanwhile")]
    ImageGone,
    /// Formulas refer to each other too deeply.
    #[error("formulas and links refer to each other too deeply")]
    TooDeep,
    /// A query takes too long.
    #[error("the answer takes too long")]
    TooSlow {
        /// The name of the field that was being computed, if it was one.
        field: Option<String>,
    },
    /// The values of a field take too much memory.
    #[error("the values of `{field}` take too much memory")]
    TooManyValues {
        /// The name of the field.
        field: String,
    },
    /// A change would give more links a new place in their lists than places can be kept of.
    #[error("the change gives more than {most} links a place")]
    TooManyPlaces {
        /// How many it may.
        most: usize,
    },
    /// The change log failed.
    #[error(transparent)]
    Changes(#[from] changes::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}
