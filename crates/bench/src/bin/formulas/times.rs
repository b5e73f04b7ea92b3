//! How long things take, in turn, and the table of it.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

const RUNS: usize = 41;

/// Times in order.
pub struct Times(Vec<Duration>);

impl Times {
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    fn median(&self) -> Duration {
        self.0.get(self.0.len() / 2).copied().unwrap_or_default()
    }
}

/// What a time is shown as.
#[derive(Debug, Clone, Copy)]
pub enum Unit {
    /// Millions of these in a second.
    Rate(&'static str, usize),
    Micros,
}

impl Unit {
    fn name(self) -> String {
        match self {
            Self::Rate(what, _) => format!("million {what}/s"),
            Self::Micros => "µs".to_owned(),
        }
    }

    fn show(self, time: Duration) -> f64 {
        match self {
            Self::Rate(_, count) => count as f64 / 1e6 / time.as_secs_f64(),
            Self::Micros => time.as_secs_f64() * 1e6,
        }
    }
}

/// The rows of the table, and of each work how long the engine took for it.
#[derive(Default)]
pub struct Report {
    rows: String,
    engine: Vec<(&'static str, Unit, Duration)>,
}

impl Report {
    /// The engine beside a loop by hand, each in turn, so that both meet the same machine.
    pub fn pair<A, B>(
        &mut self,
        name: &'static str,
        unit: Unit,
        engine: impl Fn() -> A,
        (loop_name, hand): (&str, impl Fn() -> B),
    ) {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            ours.push(timed(&engine));
            theirs.push(timed(&hand));
        }
        self.engine(name, unit, &Times::of(ours));
        self.other(name, loop_name, &Times::of(theirs));
    }

    /// Something that only the engine does, many times over.
    pub fn alone<A>(&mut self, name: &'static str, unit: Unit, mut run: impl FnMut() -> A) {
        let times = (0..RUNS * 25).map(|_| timed(&mut run)).collect();
        self.engine(name, unit, &Times::of(times));
    }

    fn engine(&mut self, name: &'static str, unit: Unit, times: &Times) {
        self.row(name, "the engine", unit, times, "");
        self.engine.push((name, unit, times.median()));
    }

    /// What somebody else took for the same work.
    pub fn other(&mut self, name: &str, who: &str, times: &Times) {
        let Some((_, unit, engine)) = self.engine.iter().rfind(|(held, ..)| *held == name).copied() else { return };
        let ratio = times.median().as_secs_f64() / engine.as_secs_f64();
        self.row(name, who, unit, times, &format!("{ratio:.2}"));
    }

    fn row(&mut self, name: &str, who: &str, unit: Unit, times: &Times, ratio: &str) {
        let shown = |time: Option<&Duration>| time.map_or(f64::NAN, |time| unit.show(*time));
        let (fastest, slowest) = (shown(times.0.first()), shown(times.0.last()));
        let (median, unit) = (unit.show(times.median()), unit.name());
        // Writing to a `String` does not fail.
        let _ =
            writeln!(self.rows, "| {name} | {who} | {unit} | {median:.3} | {fastest:.3} | {slowest:.3} | {ratio} |");
    }

    /// The table.
    pub fn table(&self) -> String {
        let head = "| work | by | unit | median | fastest | slowest | how often as fast the engine is |\n|---|---|---|---|---|---|---|";
        format!("{head}\n{}", self.rows)
    }
}

fn timed<A>(mut run: impl FnMut() -> A) -> Duration {
    let start = Instant::now();
    let answer = run();
    let time = start.elapsed();
    drop(black_box(answer));
    time
}
