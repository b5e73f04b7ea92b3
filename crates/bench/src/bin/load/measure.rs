//! Measuring: medians over rounds, and latencies within one.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Result;

/// What the rounds of one measure gave.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self { median: at(values.len() / 2), least: at(0), most: at(values.len().saturating_sub(1)) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = |value: f64| match value.abs() {
            v if v >= 100.0 => 0,
            v if v >= 1.0 => 1,
            _ => 3,
        };
        let text = |value: f64| format!("{value:.*}", digits(value));
        write!(f, "{} ({}–{})", text(self.median), text(self.least), text(self.most))
    }
}

/// Runs `one` for `seconds` on each of `connections` threads; what each makes comes from `open`.
/// Returns how many a second.
pub fn throughput<C: Send>(
    connections: usize,
    seconds: f64,
    open: impl Fn(usize) -> Result<C>,
    one: impl Fn(&mut C) -> Result<()> + Sync,
) -> Result<f64> {
    let mut opened = (0..connections).map(open).collect::<Result<Vec<C>>>()?;
    let began = Instant::now();
    let ends = began + Duration::from_secs_f64(seconds);
    let count = std::thread::scope(|scope| {
        let threads: Vec<_> = opened
            .iter_mut()
            .map(|connection| {
                let one = &one;
                scope.spawn(move || -> Result<usize> {
                    let mut count = 0;
                    while Instant::now() < ends {
                        one(connection)?;
                        count += 1;
                    }
                    Ok(count)
                })
            })
            .collect();
        let counts =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| anyhow::bail!("a thread failed")));
        counts.sum::<Result<usize>>()
    })?;
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

/// The middle of the times of `count` calls, in milliseconds.
pub fn median_ms(count: usize, mut one: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let began = Instant::now();
        one()?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok(Spread::of(times).median)
}

/// Repeats a measure.
pub fn rounds(count: usize, mut one: impl FnMut() -> Result<f64>) -> Result<Spread> {
    Ok(Spread::of((0..count).map(|_| one()).collect::<Result<Vec<f64>>>()?))
}
