//! Rows that hang together.

use super::header;
use super::layout::Sampled;
use super::width::usual;

/// Rows `from..to` of the sample that hang together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub from: usize,
    pub to: usize,
    pub width: usize,
}

pub(super) fn slice<'r, 't>(rows: &'r [Sampled<'t>], block: Block) -> &'r [Sampled<'t>] {
    rows.get(block.from..block.to).unwrap_or_default()
}

/// The header's line is told: the table goes from there to the end.
pub(super) fn told(rows: &[Sampled<'_>], line: u64) -> Vec<Block> {
    let from = rows.iter().rposition(|row| row.line <= line).unwrap_or(0);
    let mut block = Block { from, to: rows.len(), width: 0 };
    block.width = usual(slice(rows, block).iter().filter(|row| !row.blank).map(Sampled::width));
    vec![block]
}

/// Runs of rows without blank ones between, cut where the width changes for good, joined again where they go on alike.
pub(super) fn blocks(rows: &[Sampled<'_>]) -> Vec<Block> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let blank = |row: &Sampled<'_>| row.blank;
        let from = at + rows.get(at..).unwrap_or_default().iter().take_while(|row| blank(row)).count();
        let to = from + rows.get(from..).unwrap_or_default().iter().take_while(|row| !blank(row)).count();
        if to > from {
            cut(rows, from, to, &mut found);
        }
        at = to.max(at + 1);
    }
    join(rows, found)
}

/// Cuts a run where at least `RUN` rows of one width follow at least as many of another.
fn cut(rows: &[Sampled<'_>], from: usize, to: usize, found: &mut Vec<Block>) {
    const RUN: usize = 3;
    let mut begin = from;
    let mut width = 0;
    let mut at = from;
    while at < to {
        let here = rows.get(at).map_or(0, Sampled::width);
        let run = rows.get(at..to).unwrap_or_default().iter().take_while(|row| row.width() == here).count();
        let title = titles(rows, begin, at);
        let apart = width == 0 || here > width || title > 0 || begins_anew(rows, (begin, at, at + run));
        if (run >= RUN || run == to - from) && apart {
            if width != 0 && here != width && here > 1 {
                found.push(block(rows, begin, at - title));
                begin = at - title;
            }
            width = here;
        }
        at += run.max(1);
    }
    found.push(block(rows, begin, to));
}

/// True when a run of narrow rows `at..to` is no part of the table `begin..at`, by its header or its cells.
fn begins_anew(rows: &[Sampled<'_>], (begin, at, to): (usize, usize, usize)) -> bool {
    let (above, run) = (rows.get(begin..at).unwrap_or_default(), rows.get(at..to).unwrap_or_default());
    let Some((first, rest)) = run.split_first() else { return false };
    header::stands_out(first, rest) || header::differs(first, above)
}

/// Rows of one filled cell right before `at`: they belong to what follows.
fn titles(rows: &[Sampled<'_>], from: usize, at: usize) -> usize {
    rows.get(from..at).unwrap_or_default().iter().rev().take_while(|row| row.filled() <= 1 && row.width() <= 1).count()
}

fn block(rows: &[Sampled<'_>], from: usize, to: usize) -> Block {
    let widths = rows.get(from..to).unwrap_or_default().iter().map(Sampled::width);
    Block { from, to, width: usual(widths) }
}

/// A blank line inside a table separates nothing: what goes on in the same width and kind is one table.
fn join(rows: &[Sampled<'_>], blocks: Vec<Block>) -> Vec<Block> {
    let mut joined: Vec<Block> = Vec::new();
    for next in blocks {
        match joined.last_mut() {
            Some(last) if last.width == next.width && next.width > 1 && goes_on(rows, *last, next) => last.to = next.to,
            Some(last) if last.width == next.width && next.width == 1 => last.to = next.to,
            _ => joined.push(next),
        }
    }
    joined
}

fn goes_on(rows: &[Sampled<'_>], before: Block, next: Block) -> bool {
    let (above, below) = (slice(rows, before), slice(rows, next));
    let Some(first) = below.first() else { return true };
    if above.first().is_some_and(|header| header.cells.cells().eq(first.cells.cells())) {
        return false;
    }
    // A single row above is the header of what follows.
    above.iter().filter(|row| !row.blank).count() < 2 && first.filled() > 1
        || !(header::stands_out(first, above)
            || below.len() > 2 && header::stands_out(first, below.get(1..).unwrap_or_default()))
}
