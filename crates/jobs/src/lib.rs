//! Work for later: events on their way to subscribers, and jobs with a life of their own.
//!
//! Words: an *event* is a fact published under a *topic*; the *outbox* holds it until the *relay* has made one job
//! per *subscriber*; a *job* has a kind and a key; a *lease* gives a job to one worker for a time; an *attempt* is
//! one run of a job; a *dead* job has failed for good and waits for a person.
//!
//! Invariants: events and jobs are rows written in the transaction of what they are about; there is no other way
//! to start work in the background. A job of a kind and key exists at most once. Whoever lost the lease of a job
//! cannot end it. Every job runs at least once, so its handler must not mind running twice.
#![deny(missing_docs)]

mod backoff;
mod error;
mod job;
mod queue;
mod relay;
mod store;
mod worker;

pub use error::Error;
pub use job::{DeadJob, Job, NewJob, Outcome};
pub use queue::{Jobs, MIGRATIONS};
pub use worker::{Handler, Worker};
