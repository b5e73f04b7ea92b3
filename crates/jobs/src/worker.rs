//! The worker: relays events, leases jobs, runs their handlers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::job::{Job, Outcome};
use crate::queue::Jobs;
use crate::relay::{self, Subscription};

/// How long a job is leased, and the longest that an attempt may take.
const LEASE: Duration = Duration::from_mins(5);
/// How often the queue is looked at when nobody wakes the worker.
const POLL: Duration = Duration::from_secs(1);
/// How many jobs a worker runs at a time.
const CONCURRENCY: usize = 16;

/// Runs jobs of one kind.
pub type Handler = Arc<dyn Fn(Job) -> BoxFuture<'static, Outcome> + Send + Sync>;

/// Runs the jobs of the kinds that it has handlers for, and relays events to their subscribers.
#[derive(Clone)]
pub struct Worker {
    jobs: Jobs,
    handlers: BTreeMap<&'static str, Kind>,
    subscriptions: Vec<Subscription>,
    room: usize,
}

/// How jobs of a kind are run.
#[derive(Clone)]
struct Kind {
    handler: Handler,
    lease: Duration,
    /// The lease is renewed as long as the handler runs.
    kept: bool,
    /// Which of them this process runs; all when nothing is said.
    own: Option<Own>,
}

/// Which jobs of a kind are a process's own.
#[derive(Clone)]
pub(crate) struct Own {
    pub(crate) is_own: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    pub(crate) patience: Duration,
}

impl Worker {
    /// A worker without handlers.
    pub const fn new(jobs: Jobs) -> Self {
        Self { jobs, handlers: BTreeMap::new(), subscriptions: Vec::new(), room: CONCURRENCY }
    }

    /// Runs at most `room` jobs at a time.
    #[must_use]
    pub const fn at_most(mut self, room: usize) -> Self {
        self.room = room;
        self
    }

    /// Runs jobs of `kind` with `handler`; an attempt may take five minutes.
    #[must_use]
    pub fn job(self, kind: &'static str, handler: Handler) -> Self {
        self.long_job(kind, LEASE, handler)
    }

    /// Runs jobs of `kind` with `handler`; an attempt is cut off after `lease` and tried again.
    #[must_use]
    pub fn long_job(mut self, kind: &'static str, lease: Duration, handler: Handler) -> Self {
        self.handlers.insert(kind, Kind { handler, lease, kept: false, own: None });
        self
    }

    /// Runs jobs of `kind` with `handler`, however long an attempt takes: the lease is renewed while it runs. An attempt
    /// that has lost its lease all the same is broken off.
    #[must_use]
    pub fn kept_job(mut self, kind: &'static str, lease: Duration, handler: Handler) -> Self {
        self.handlers.insert(kind, Kind { handler, lease, kept: true, own: None });
        self
    }

    /// Runs, of jobs of `kind`, which has its handler, only those of keys of which `is_own` holds, and others once nobody has
    /// taken them for `patience`.
    #[must_use]
    pub fn own(
        mut self,
        kind: &'static str,
        patience: Duration,
        is_own: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        if let Some(kind) = self.handlers.get_mut(kind) {
            kind.own = Some(Own { is_own: Arc::new(is_own), patience });
        }
        self
    }

    /// Makes a job of `kind` out of each event of `topic`. Every process subscribes to everything, whichever
    /// kinds it runs: an event is relayed once.
    #[must_use]
    pub fn subscribe(mut self, topic: &'static str, kind: &'static str) -> Self {
        self.subscriptions.push(Subscription { topic, kind });
        self
    }

    /// Works until told to stop, then lets what is running end. Dropping the future stops at once; the leases
    /// of what was running then expire.
    pub async fn run(self, stop: CancellationToken) {
        let mut running = JoinSet::new();
        let mut woken = self.jobs.wake.subscribe();
        while !stop.is_cancelled() {
            if let Err(error) = self.jobs.free().await {
                tracing::warn!(error = %error, "the leases of an earlier run could not be taken back");
            }
            if let Err(error) = self.round(&mut running).await {
                tracing::warn!(error = %error, "the job queue could not be read");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                _ = woken.changed() => {}
                () = tokio::time::sleep(POLL) => {}
                Some(_) = running.join_next() => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Runs everything that is due now, and what becomes due by it; returns how many attempts that took. For
    /// tests and commands that must see the end.
    pub async fn run_until_idle(&self) -> Result<usize, Error> {
        let mut attempts = 0;
        loop {
            let mut running = JoinSet::new();
            self.round(&mut running).await?;
            if running.is_empty() {
                return Ok(attempts);
            }
            attempts += running.len();
            while running.join_next().await.is_some() {}
        }
    }

    /// Relays what waits, and starts due jobs as far as there is room.
    async fn round(&self, running: &mut JoinSet<()>) -> Result<(), Error> {
        // Events are for those who know the subscribers.
        while !self.subscriptions.is_empty() && relay::relay(&self.jobs, &self.subscriptions).await? {}
        for (name, kind) in &self.handlers {
            let room = self.room.saturating_sub(running.len());
            if room == 0 {
                break;
            }
            let claimed = match &kind.own {
                Some(own) => self.jobs.claim_own(name, own, kind.lease, room).await?,
                None => self.jobs.claim(name, kind.lease, room).await?,
            };
            for job in claimed {
                running.spawn(attempt(self.jobs.clone(), job, kind.clone()));
            }
        }
        Ok(())
    }
}

/// Runs a handler and settles its job. If settling fails, the lease expires and the job runs again.
async fn attempt(jobs: Jobs, job: Job, kind: Kind) {
    let Kind { handler, lease, kept, .. } = kind;
    let mut handling = JoinSet::new();
    handling.spawn(handler(job.clone()));
    let ended = async {
        match handling.join_next().await {
            Some(Ok(outcome)) => outcome,
            _ => Outcome::Retry { after: None, reason: "the handler panicked".to_owned() },
        }
    };
    let outcome = if kept {
        tokio::select! {
            outcome = ended => outcome,
            () = lose(&jobs, &job, lease) => {
                tracing::warn!(kind = job.kind, key = job.key, "an attempt has lost its lease and is broken off");
                return;
            }
        }
    } else {
        let late = Outcome::Retry { after: None, reason: "the attempt took too long".to_owned() };
        tokio::time::timeout(lease, ended).await.unwrap_or(late)
    };
    if let Err(error) = jobs.settle(&job, outcome).await {
        tracing::warn!(kind = job.kind, key = job.key, error = %error, "a job could not be settled");
    }
}

/// Renews a lease until somebody else has the job.
async fn lose(jobs: &Jobs, job: &Job, lease: Duration) {
    loop {
        tokio::time::sleep(lease / 3).await;
        match jobs.renew(job, lease).await {
            Ok(true) => {}
            Ok(false) => return,
            // The next round tries again; a lease that runs out meanwhile is noticed then.
            Err(error) => tracing::warn!(kind = job.kind, key = job.key, %error, "a lease could not be renewed"),
        }
    }
}
