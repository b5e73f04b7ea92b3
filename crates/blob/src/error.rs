//! What can go wrong with objects.

/// Why an object could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings name no place that can be used.
    #[error("`blob.{key}` {reason}")]
    Settings {
        /// The setting.
        key: &'static str,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The key is not one of the house's.
    #[error("`{key}` cannot be the key of an object")]
    Key {
        /// What was given.
        key: String,
    },
    /// A file of this machine could not be read.
    #[error("a file could not be read")]
    File(#[from] std::io::Error),
    /// The store failed.
    #[error("the store of files failed")]
    Store(#[source] object_store::Error),
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        Self::Store(error)
    }
}
