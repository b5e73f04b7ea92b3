//! What can go wrong with files.

use model::BaseNo;
use web::Kind;

use crate::ops::MAX_UPLOAD;

/// Why an operation on files failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such record or field, or the caller may not.
    #[error(transparent)]
    Records(#[from] records::Error),
    /// The upload is larger than a file may be.
    #[error("a file has at most {MAX_UPLOAD} bytes here; give larger ones by `url`")]
    TooLarge,
    /// The upload is not what it has to be.
    #[error("`{part}` {reason}")]
    Upload {
        /// Which part of the body.
        part: &'static str,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The address leads nowhere, or no longer.
    #[error("this address has ended or leads nowhere: read the record again for one that does")]
    Ended,
    /// Whether the share of an address is still there could not be found out.
    #[error("the share of this address could not be looked up; try again")]
    Links,
    /// Bytes that the file does not have were asked for.
    #[error("the file has {size} bytes")]
    Range {
        /// Its bytes.
        size: u64,
    },
    /// The object of a file is gone.
    #[error("the object `{key}` of a file is missing")]
    Missing {
        /// Its key.
        key: String,
    },
    /// A job holds something else.
    #[error("the job of a file cannot be read")]
    Stored,
    /// The store of files failed.
    #[error(transparent)]
    Blob(#[from] blob::Error),
    /// The change log failed.
    #[error(transparent)]
    Log(#[from] changes::Error),
    /// Records could not be read.
    #[error(transparent)]
    Rows(#[from] images::Error),
    /// Changes of a base that a sweep has to see were removed meanwhile.
    #[error("changes of base {base} went before they were looked at; the sweep begins anew")]
    Overtaken {
        /// Its number.
        base: BaseNo,
    },
    /// The disk of this machine failed.
    #[error("a file on its way could not be written")]
    Disk(#[from] std::io::Error),
}

impl web::ApiError for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Records(error) => error.kind(),
            Self::TooLarge => Kind::TooLarge,
            Self::Upload { .. } | Self::Range { .. } => Kind::Invalid,
            Self::Ended => Kind::NotFound,
            Self::Links | Self::Blob(blob::Error::Store(_)) => Kind::Unavailable,
            Self::Missing { .. } | Self::Stored | Self::Blob(_) | Self::Disk(_) => Kind::Internal,
            Self::Log(_) | Self::Rows(_) | Self::Overtaken { .. } => Kind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Records(error) => error.code(),
            Self::TooLarge => "file-too-large",
            Self::Upload { .. } => "upload",
            Self::Range { .. } => "range",
            Self::Ended => "address-ended",
            Self::Links | Self::Blob(blob::Error::Store(_)) => "files-unavailable",
            Self::Missing { .. } | Self::Stored | Self::Blob(_) | Self::Disk(_) => "internal",
            Self::Log(_) | Self::Rows(_) | Self::Overtaken { .. } => "internal",
        }
    }

    fn airtable_type(&self) -> Option<&'static str> {
        match self {
            Self::Records(error) => error.airtable_type(),
            Self::Upload { .. } => Some("INVALID_REQUEST_UNKNOWN"),
            _ => None,
        }
    }
}
