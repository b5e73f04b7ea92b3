//! What can go wrong with the trail.

/// Why the trail could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was asked for is rare, and the time that was asked about is long.
    #[error("more than {most} entries lie between those that were asked for: narrow `startTime` and `endTime`")]
    Wide {
        /// How many entries are looked at.
        most: usize,
    },
    /// A stored entry could not be read.
    #[error("a stored audit entry is malformed")]
    Stored,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}
