//! Airtable's way: so many requests in any span of time, and after one too many a time in which none comes through.

use std::collections::VecDeque;

use super::windows::Window;

/// How long everything is refused, counted from the request that was one too many. Requests within do not prolong it.
const PENALTY: i64 = 30_000;

/// The requests of the last `SPAN` milliseconds that came through, and the last that was one too many.
#[derive(Debug, Default)]
pub(super) struct Strict<const SPAN: i64 = 1_000> {
    recent: VecDeque<i64>,
    exceeded: Option<i64>,
}

impl<const SPAN: i64> Strict<SPAN> {
    /// Counts a request; false when it must not come through.
    pub(super) fn admits(&mut self, most: usize, now: i64) -> bool {
        if let Some(at) = self.exceeded {
            if is_within(at, now, PENALTY) {
                return false;
            }
            *self = Self::default();
        }
        self.recent.retain(|at| is_within(*at, now, SPAN));
        let admits = self.recent.len() < most;
        if admits {
            self.recent.push_back(now);
        } else {
            self.exceeded = Some(now);
        }
        admits
    }
}

/// True less than `span` after `at`. A clock that was set back does not lock anybody out: what lies ahead is over.
fn is_within(at: i64, now: i64, span: i64) -> bool {
    (0..span).contains(&(now - at))
}

impl<const SPAN: i64> Window for Strict<SPAN> {
    fn is_over(&self, now: i64) -> bool {
        let is_punished = self.exceeded.is_some_and(|at| is_within(at, now, PENALTY));
        !is_punished && !self.recent.iter().any(|at| is_within(*at, now, SPAN))
    }

    fn touched(&self) -> i64 {
        self.exceeded.or_else(|| self.recent.back().copied()).unwrap_or(0)
    }
}
