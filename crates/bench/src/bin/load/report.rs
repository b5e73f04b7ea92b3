//! What was measured, as a table in Markdown.

use std::fmt;

use crate::Plan;
use crate::measure::Spread;

/// One measure, beside what the machine allows where that is known.
struct Line {
    name: String,
    ours: Spread,
    unit: &'static str,
    limit: Option<Limit>,
}

/// What the machine allows, and whether more of it is better.
pub struct Limit {
    pub what: &'static str,
    pub value: Spread,
    pub more_is_better: bool,
}

/// The same work done by NocoDB.
struct Peer {
    name: String,
    theirs: Spread,
    more_is_better: bool,
}

/// All lines, in the order measured.
pub struct Report {
    head: String,
    lines: Vec<Line>,
    peers: Vec<Peer>,
}

impl Report {
    pub fn new(plan: &Plan) -> Self {
        let head = format!(
            "{} records of 12 fields; medians of {} rounds (least–most); {} cores.",
            plan.rows,
            plan.rounds,
            std::thread::available_parallelism().map_or(0, std::num::NonZero::get)
        );
        Self { head, lines: Vec::new(), peers: Vec::new() }
    }

    pub fn put(&mut self, name: &str, ours: Spread, unit: &'static str, limit: Option<Limit>) {
        eprintln!("{name}: {ours} {unit}");
        self.lines.push(Line { name: name.to_owned(), ours, unit, limit });
    }

    /// What NocoDB needs for the work of the line with this name.
    pub fn put_nocodb(&mut self, name: &str, theirs: Spread, more_is_better: bool) {
        eprintln!("NocoDB, {name}: {theirs}");
        self.peers.push(Peer { name: name.to_owned(), theirs, more_is_better });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.head)?;
        writeln!(f, "| what | Airloom | unit | limit in the same run | of the limit |")?;
        writeln!(f, "|---|---|---|---|---|")?;
        for Line { name, ours, unit, limit } in &self.lines {
            let (text, share) = limit.as_ref().map_or_else(Default::default, |limit| {
                let share = if limit.more_is_better {
                    format!("{:.0} %", 100.0 * ours.median / limit.value.median)
                } else {
                    format!("{:.2} ×", ours.median / limit.value.median)
                };
                (format!("{}: {}", limit.what, limit.value), share)
            });
            writeln!(f, "| {name} | {ours} | {unit} | {text} | {share} |")?;
        }
        if self.peers.is_empty() {
            return Ok(());
        }
        writeln!(f, "\n| what | Airloom | NocoDB | unit | faster |\n|---|---|---|---|---|")?;
        for Peer { name, theirs, more_is_better } in &self.peers {
            let Some(Line { ours, unit, .. }) = self.lines.iter().find(|line| line.name == *name) else { continue };
            let times = if *more_is_better { ours.median / theirs.median } else { theirs.median / ours.median };
            writeln!(f, "| {name} | {ours} | {theirs} | {unit} | {times:.0} × |")?;
        }
        Ok(())
    }
}
