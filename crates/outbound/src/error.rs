//! Why a call has no answer.

use std::time::Duration;

use crate::address::AddressClass;

/// Why a URL or an address was not called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The text is not an absolute URL with a host.
    #[error("the text is not a URL")]
    NotAUrl,
    /// Only `http` and `https` are called.
    #[error("scheme `{0}` is not called")]
    Scheme(String),
    /// The URL carries a user name or password.
    #[error("a user name or password in the URL is not allowed")]
    Credentials,
    /// The host, or one of its addresses, lies where calls may not go.
    #[error("`{host}` is a {class} address")]
    Address {
        /// The host as the URL parser reads it.
        host: String,
        /// What kind of address it is.
        class: AddressClass,
    },
    /// More redirects than asked for.
    #[error("more than {0} redirects")]
    Redirects(u8),
    /// The body has no JSON form.
    #[error("the body cannot be written as JSON")]
    Body,
    /// A header's name or value cannot be sent.
    #[error("header `{0}` cannot be sent")]
    Header(String),
}

/// A call that brought no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The call was not made.
    #[error("call refused: {0}")]
    Refused(Refusal),
    /// No answer in time.
    #[error("no answer from `{host}` within {} ms", .limit.as_millis())]
    Timeout {
        /// The host called.
        host: String,
        /// The limit that passed.
        limit: Duration,
    },
    /// The answer, or one line of an event stream, passed its limit.
    #[error("the answer of `{host}` is larger than {limit} bytes")]
    TooLarge {
        /// The host called.
        host: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The other side answered with a status outside 200..=299.
    #[error("`{host}` answered {status}")]
    Status {
        /// The host called.
        host: String,
        /// The status code.
        status: u16,
        /// The first part of the body, with the call's secrets blotted out. Not for people's eyes.
        body: String,
        /// What `Retry-After` asks for, when given in seconds.
        retry_after: Option<Duration>,
    },
    /// The body is not what was asked for.
    #[error("the answer of `{host}` is not understood: {reason}")]
    Body {
        /// The host called.
        host: String,
        /// Where reading stopped.
        reason: String,
    },
    /// Name resolution, connection, TLS or transfer failed.
    #[error("`{host}` cannot be reached: {reason}")]
    Transport {
        /// The host called.
        host: String,
        /// The innermost cause.
        reason: String,
    },
    /// The client itself cannot be built (TLS roots are missing).
    #[error("the HTTP client cannot be built: {reason}")]
    Setup {
        /// The cause.
        reason: String,
    },
}

impl Error {
    /// True when the same call may succeed a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::Transport { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504 | 529),
            _ => false,
        }
    }
}
