//! What can go wrong with jobs.

/// Why the queue did not do it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// There is no dead job of that name.
    #[error("there is no dead job `{kind}` `{key}`")]
    NotDead {
        /// Its kind.
        kind: String,
        /// Its key.
        key: String,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}
