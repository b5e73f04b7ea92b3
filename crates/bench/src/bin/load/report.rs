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

/// All lines, in the order measured.
pub struct Report {
    head: String,
    lines: Vec<Line>,
}

impl Report {
    pub fn new(plan: &Plan) -> Self {
        let head = format!(
            "{} records of 12 fields; medians of {} rounds (least–most); {} cores.",
            plan.rows,
            plan.rounds,
            std::thread::available_parallelism().map_or(0, std::num::NonZero::get)
        );
        Self { head, lines: Vec::new() }
    }

    pub fn put(&mut self, name: &str, ours: Spread, unit: &'static str, limit: Option<Limit>) {
        eprintln!("{name}: {ours} {unit}");
        self.lines.push(Line { name: name.to_owned(), ours, unit, limit });
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
        Ok(())
    }
}
