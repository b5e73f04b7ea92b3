//! How many cells the rows of a text have.

use std::collections::BTreeMap;

use crate::csv::record::{Grammar, Records};

/// Rows and bytes that are looked at; a row that begins within them is read to its end.
pub(super) const ROWS: usize = 600;
pub(super) const LOOK: usize = 128 << 10;

/// The most frequent width; among equals the larger.
pub(super) fn usual(widths: impl Iterator<Item = usize>) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for width in widths {
        *counts.entry(width).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(width, count)| (*count, *width)).map_or(0, |(width, _)| width)
}

/// The width most rows have. Quotes may span lines where rows agree as much by that as without: so neither does one
/// stray quote swallow the file, nor do cells of several lines break it up.
pub(super) fn usual_width(grammar: &Grammar, text: &str) -> usize {
    let within = Rows::read(grammar, text, false);
    if within.widths.iter().all(|(_, clean)| *clean) {
        return within.usual();
    }
    let across = Rows::read(grammar, text, true);
    if across.agreement() >= within.agreement() { across.usual() } else { within.usual() }
}

/// The widths of rows.
#[derive(Default)]
struct Rows {
    /// Each with whether it keeps to its dialect.
    widths: Vec<(usize, bool)>,
}

impl Rows {
    fn read(grammar: &Grammar, text: &str, across: bool) -> Self {
        let mut records = Records::default();
        let mut rows = Self::default();
        let mut at = 0;
        while at < text.len().min(LOOK) && rows.widths.len() < ROWS {
            let rest = text.get(at..).unwrap_or_default();
            let line = rest.get(..grammar.line(rest, true).unwrap_or(rest.len())).unwrap_or(rest);
            let Some(used) = records.read(grammar, if across { rest } else { line }, true, true, None) else { break };
            at += if across { used.max(1) } else { line.len().max(1) };
            if line.trim().is_empty() {
                continue;
            }
            let record = &records.best;
            rows.widths.push((record.len(), record.stray + record.unclosed == 0));
        }
        rows
    }

    fn usual(&self) -> usize {
        let wide: Vec<usize> = self.widths.iter().map(|(width, _)| *width).filter(|width| *width > 1).collect();
        let all = self.widths.iter().map(|(width, _)| *width);
        if wide.len() * 4 >= self.widths.len() { usual(wide.into_iter()) } else { usual(all) }
    }

    /// The share of rows that have the usual width and keep to their dialect.
    fn agreement(&self) -> f64 {
        let usual = self.usual();
        let agree = self.widths.iter().filter(|(width, clean)| *width == usual && *clean).count();
        agree as f64 / self.widths.len().max(1) as f64
    }
}

/// How far rows of these widths make a table, from 0 to 1. Where many rows are as wide as the first of
/// several cells, the others are its short and long rows.
pub(super) fn agreement(widths: &[usize], plain: bool) -> f64 {
    let usual = usual(widths.iter().copied().filter(|width| *width > 1));
    let first = widths.iter().copied().find(|width| *width > 1).unwrap_or(0);
    let alike = widths.iter().filter(|width| **width == first).count();
    let headed = plain && alike * 5 >= widths.len() * 2;
    let weight = |at: usize| {
        let here = widths.get(at).copied().unwrap_or(0);
        let before = at.checked_sub(1).and_then(|before| widths.get(before));
        match here {
            _ if here > 1 && (before == Some(&here) || widths.get(at + 1) == Some(&here)) => 1.0,
            _ if !headed => 0.0,
            _ if here == usual => 0.9,
            _ if here > 1 && here.abs_diff(usual) == 1 => 0.5,
            _ => 0.25,
        }
    };
    (0..widths.len()).map(weight).sum::<f64>() / widths.len().max(1) as f64
}
