//! Why a model gave no answer.

use std::time::Duration;

/// A request that brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key is missing, wrong or may not use the model.
    #[error("the model provider refused the key")]
    Unauthorized,
    /// The provider does not know the model, nor any of its fallbacks.
    #[error("the model `{model}` does not exist at the provider")]
    ModelNotFound {
        /// The model asked for.
        model: String,
    },
    /// Too many requests or tokens.
    #[error("the model provider's {} limit is reached", if *.daily { "daily" } else { "rate" })]
    Limited {
        /// How long the provider asks to wait.
        wait: Option<Duration>,
        /// True when waiting a moment does not help: a daily quota, or an empty account.
        daily: bool,
    },
    /// The provider's filter did not let the question through.
    #[error("the model provider blocked the request: {reason}")]
    Blocked {
        /// The provider's word.
        reason: String,
    },
    /// The provider says that the request is wrong.
    #[error("the model provider rejected the request: {message}")]
    Rejected {
        /// The provider's sentence.
        message: String,
    },
    /// The answer is not of the form that the provider documents.
    #[error("the model provider's answer is malformed: {reason}")]
    Malformed {
        /// Where reading stopped.
        reason: String,
    },
    /// The provider failed or cannot be reached.
    #[error("the model provider does not answer")]
    Unreachable(#[source] outbound::Error),
    /// A scripted provider has nothing left to say.
    #[error("the script has ended")]
    ScriptEnded,
}

impl Error {
    /// How long to wait before the same request may succeed; `None` when it will not.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Limited { wait, daily: false } => Some(wait.unwrap_or(Duration::from_secs(2))),
            Self::Unreachable(outbound::Error::Status { retry_after, .. }) => {
                Some(retry_after.unwrap_or(Duration::from_secs(1)))
            }
            Self::Unreachable(error) if error.is_passing() => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}
