//! What can go wrong with the log.

use model::BaseNo;

/// Why the log did not answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// There is no such base.
    #[error("there is no base number {base}")]
    NoBase {
        /// Its number.
        base: BaseNo,
    },
    /// A stored change cannot be understood.
    #[error("change {sequence} of base {base} cannot be read")]
    Unreadable {
        /// Whose change.
        base: BaseNo,
        /// Which one.
        sequence: i64,
        /// Why.
        #[source]
        source: db::Cause,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}
