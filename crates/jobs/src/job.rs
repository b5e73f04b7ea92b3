//! Jobs and what becomes of them.

use std::time::Duration;

use model::Timestamp;

/// Attempts after which a job is dead.
pub(crate) const ATTEMPTS: i64 = 12;

/// A job to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob<'a> {
    /// Which handler runs it.
    pub kind: &'a str,
    /// Its name among the jobs of its kind; a second one of that name is not added.
    pub key: &'a str,
    /// What the handler is given: JSON.
    pub payload: String,
    /// Not before.
    pub run_at: Timestamp,
}

/// A job that its handler is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its kind.
    pub kind: String,
    /// Its name among the jobs of its kind.
    pub key: String,
    /// What it was added with: JSON.
    pub payload: String,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    /// Proves that this worker has it.
    pub(crate) lease: i64,
}

impl Job {
    /// True when no attempt follows this one.
    pub const fn is_last_attempt(&self) -> bool {
        self.attempt >= ATTEMPTS
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The job is done and forgotten.
    Ok,
    /// Not over: goes on later, here or elsewhere. It does not count as an attempt.
    Pause {
        /// How much later.
        after: Duration,
    },
    /// Again later, until the attempts are used up.
    Retry {
        /// How much later; grows with the attempts when nothing is said.
        after: Option<Duration>,
        /// What went wrong.
        reason: String,
    },
    /// Never again: the job is dead.
    Fail {
        /// What went wrong.
        reason: String,
    },
}

/// A job that has failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadJob {
    /// Its kind.
    pub kind: String,
    /// Its name among the jobs of its kind.
    pub key: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What went wrong the last time.
    pub reason: String,
}
