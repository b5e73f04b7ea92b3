//! How long to wait after a failed attempt.

use std::time::Duration;

/// The wait after the first attempt.
const FIRST: Duration = Duration::from_secs(5);
/// The longest wait.
const LONGEST: Duration = Duration::from_hours(6);

/// Doubles with each attempt; up to a quarter is taken off by chance, so that what failed together does not
/// return together.
pub(crate) fn wait(attempt: i64, chance: u64) -> Duration {
    let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(20);
    let wait = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    wait.mul_f64(1.0 - (chance % 1_000) as f64 / 4_000.0)
}

#[cfg(test)]
mod tests;
