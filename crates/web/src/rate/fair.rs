//! The fair share: a bucket that a minute fills.

use std::time::Duration;

use super::windows::Window;

/// The time in which an empty bucket is full again.
pub(super) const WINDOW: Duration = Duration::from_mins(1);
const WINDOW_NANOS: i64 = 60_000_000_000;
const NANOS: i64 = 1_000_000;

/// How much a share is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    /// Requests in the window.
    pub(super) requests: u32,
}

impl Quota {
    /// None for 0, which means any number.
    pub(super) fn new(requests: u32) -> Option<Self> {
        (requests > 0).then_some(Self { requests })
    }

    /// The time in which one request comes back.
    fn pace(self) -> i64 {
        WINDOW_NANOS / i64::from(self.requests)
    }
}

/// What a request finds of its share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    /// Requests that are left.
    pub(super) left: u32,
    /// Until all are there again.
    pub(super) full_in: Duration,
    /// Until the next may come, where this one does not.
    pub(super) wait: Option<Duration>,
}

/// The bucket of one token on one base, told by the one moment at which it is full (GCRA).
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// In nanoseconds since 1970.
    full_at: i64,
    touched: i64,
}

impl Bucket {
    /// Takes a request out of the bucket if there is one.
    pub(super) fn take(&mut self, quota: Quota, now: i64) -> Share {
        self.touched = now;
        let now = now.saturating_mul(NANOS);
        let latest = now.saturating_add(WINDOW_NANOS);
        // It cannot be further from full than empty, unless the clock was set back.
        let full_at = if self.full_at > latest { now } else { self.full_at.max(now) };
        let after = full_at + quota.pace();
        let wait = after - latest;
        self.full_at = if wait <= 0 { after } else { full_at };
        let left = (latest - self.full_at) / quota.pace();
        Share {
            left: u32::try_from(left).unwrap_or(u32::MAX).min(quota.requests),
            full_in: nanos(self.full_at - now),
            wait: (wait > 0).then(|| nanos(wait)),
        }
    }
}

fn nanos(count: i64) -> Duration {
    Duration::from_nanos(count.unsigned_abs())
}

impl Window for Bucket {
    fn is_over(&self, now: i64) -> bool {
        let left = self.full_at - now.saturating_mul(NANOS);
        !(1..=WINDOW_NANOS).contains(&left)
    }

    fn touched(&self) -> i64 {
        self.touched
    }
}
