//! Where the tables of a file begin and end.

use std::cell::OnceCell;

use super::block::{Block, blocks, slice, told};
use super::header;
use super::known::Known;
use super::shape::Shape;
use super::width::usual_width;
use crate::csv::dialect::{HeaderRow, Note, Overrides, TableRange};
use crate::csv::doubt::Doubt;
use crate::csv::reader::{MAX_COLUMNS, line_ends};
use crate::csv::record::{Grammar, Record, Records};
use crate::words::excerpt;

/// Notes that are kept, and how much of each, in bytes.
const NOTES: usize = 100;
const NOTE: usize = 200;
/// Names of columns that are left out.
const LEFT_OUT: usize = 10;

/// One row of the sample.
#[derive(Debug)]
pub(super) struct Sampled<'t> {
    start: u64,
    end: u64,
    pub line: u64,
    pub cells: Record,
    pub blank: bool,
    text: &'t str,
    /// Found out when they are asked for: of most rows they never are.
    shapes: OnceCell<Vec<Shape>>,
}

impl Sampled<'_> {
    pub fn shapes(&self) -> &[Shape] {
        self.shapes.get_or_init(|| self.cells.cells().map(Shape::of).collect())
    }

    fn note(&self) -> Note {
        Note { line: self.line, text: excerpt(self.text.trim_end(), NOTE) }
    }

    pub fn width(&self) -> usize {
        self.cells.len()
    }

    pub fn filled(&self) -> usize {
        self.cells.cells().filter(|cell| !cell.trim().is_empty()).count()
    }
}

pub(super) struct Layout {
    pub tables: Vec<TableRange>,
    pub main: usize,
    pub notes: Vec<Note>,
}

pub(super) fn find(
    grammar: &Grammar,
    (text, whole): (&str, bool),
    (overrides, known): (&Overrides, &Known),
    doubts: &mut Vec<Doubt>,
) -> Layout {
    let rows = sample(grammar, text, whole);
    if rows.iter().all(|row| row.blank) {
        doubts.push(Doubt::Empty);
        return Layout { tables: Vec::new(), main: 0, notes: Vec::new() };
    }
    let blocks = match overrides.header_row {
        Some(HeaderRow::At(line)) => told(&rows, line),
        _ => blocks(&rows),
    };
    // Who says where the header is knows better.
    let nothing = Known::default();
    let known = if overrides.header_row.is_none() { known } else { &nothing };
    let (tables, strays) = tables_and_strays(&rows, blocks, known);
    let main = largest(&tables);
    let mut notes = notes(&rows, &tables, &strays);
    if !notes.is_empty() {
        doubts.push(Doubt::Notes { lines: notes.len() });
        notes.truncate(NOTES);
    }
    if tables.len() > 1 {
        doubts.push(Doubt::SeveralTables { count: tables.len(), taken: main + 1 });
    }
    let last = tables.len().saturating_sub(1);
    let ranges = tables.iter().enumerate().map(|(index, block)| {
        let follows = rows.get(block.to..).unwrap_or_default().iter().any(|row| !row.blank);
        range(&rows, *block, (overrides, known), index == last && !(whole && follows))
    });
    Layout { tables: ranges.collect(), main, notes }
}

fn sample<'t>(grammar: &Grammar, text: &'t str, whole: bool) -> Vec<Sampled<'t>> {
    const ROWS: usize = 20_000;
    let width = usual_width(grammar, text);
    let mut records = Records::default();
    let mut rows = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < text.len() && rows.len() < ROWS {
        let rest = text.get(at..).unwrap_or_default();
        if !whole && ends_inside(grammar, rest, width, &mut records) {
            break;
        }
        let Some(used) = records.read(grammar, rest, true, true, Some(width)) else { break };
        let raw = rest.get(..used).unwrap_or_default();
        rows.push(Sampled {
            start: at as u64,
            end: (at + used) as u64,
            line,
            blank: records.best.cells().all(|cell| cell.trim().is_empty()),
            cells: records.best.clone(),
            text: raw,
            shapes: OnceCell::new(),
        });
        line += line_ends(raw, grammar.newline());
        at += used.max(1);
    }
    rows
}

/// True when the sample ends inside the record that `rest` begins with: a quoted cell goes on past it, and the lines below
/// are no rows.
fn ends_inside(grammar: &Grammar, rest: &str, width: usize, records: &mut Records) -> bool {
    /// Lines that tell a long cell from a quote that is never closed.
    const LINES: usize = 20;
    if records.read(grammar, rest, false, false, Some(width)).is_some() {
        return false;
    }
    let mut below = rest;
    let (mut rows, mut lines) = (0, 0);
    while let Some(end) = grammar.line(below, true).filter(|_| lines <= LINES) {
        let (line, after) = below.split_at_checked(end).unwrap_or((below, ""));
        below = after;
        let read = records.read(grammar, line, true, true, None).is_some();
        // The first line is the one in doubt.
        rows += usize::from(lines > 0 && read && records.best.len() == width);
        lines += 1;
    }
    lines > 0 && rows * 2 < lines
}

/// Splits blocks into tables and rows that belong to none.
fn tables_and_strays(rows: &[Sampled<'_>], blocks: Vec<Block>, known: &Known) -> (Vec<Block>, Vec<Block>) {
    let mut tables = Vec::new();
    let mut strays = Vec::new();
    let widest = blocks.iter().map(|block| block.width).max().unwrap_or(1);
    for mut block in blocks {
        let rows_here = slice(rows, block);
        let before = header::named(rows_here, known).unwrap_or_else(|| preamble(rows_here, block.width));
        if before > 0 {
            strays.push(Block { to: block.from + before, ..block });
            block.from += before;
        }
        let after = if block.to - block.from > 2 { footer(slice(rows, block), block.width) } else { 0 };
        if after > 0 {
            strays.push(Block { from: block.to - after, ..block });
            block.to -= after;
        }
        let lone = block.to - block.from < 2 || block.width == 1 && widest > 1 || hollow(slice(rows, block));
        if lone { strays.push(block) } else { tables.push(block) }
    }
    if tables.is_empty() {
        // Nothing looks like a table: the widest block is the best there is.
        let best = (0..strays.len()).max_by_key(|at| strays.get(*at).map(|block| (block.width, block.to - block.from)));
        tables.extend(best.map(|best| strays.swap_remove(best)));
    }
    (tables, strays)
}

/// True for rows padded to a width with hardly a cell filled in each.
fn hollow(rows: &[Sampled<'_>]) -> bool {
    rows.iter().all(|row| row.filled() <= 1 && row.width() > 2)
}

/// Leading rows that are no part of the table.
fn preamble(rows: &[Sampled<'_>], width: usize) -> usize {
    if width < 2 {
        return rows.iter().take_while(|row| row.text.starts_with("sep=")).count();
    }
    let outside = |row: &Sampled<'_>| {
        let comment = row.cells.get(0).is_some_and(|cell| cell.starts_with("# ") || cell.starts_with("//"));
        let title = row.filled() <= 1 && width > 2 || row.width() == 1;
        title || comment || row.width() * 2 <= width
    };
    let count = rows.iter().take_while(|row| outside(row)).count();
    if count >= rows.len() { 0 } else { count }
}

/// Trailing rows of one cell that say something about a table of three columns or more. Others are short rows.
fn footer(rows: &[Sampled<'_>], width: usize) -> usize {
    let outside = |row: &&Sampled<'_>| row.width() == 1 && row.cells.get(0).is_some_and(is_prose);
    let count = if width < 3 { 0 } else { rows.iter().rev().take_while(outside).count() };
    if count + 2 > rows.len() { 0 } else { count }
}

/// True for a text that begins like a note, or has more words than a value.
fn is_prose(text: &str) -> bool {
    let text = text.trim();
    let words = text.split_whitespace().count();
    text.starts_with(['*', '†', '‡', '(', '[', '#']) || words > 1 && text.contains(": ") || words > 4
}

fn largest(tables: &[Block]) -> usize {
    let size = |block: &Block| (block.to - block.from) * block.width;
    let most = tables.iter().map(size).max().unwrap_or(0);
    tables.iter().position(|block| size(block) == most).unwrap_or(0)
}

fn notes(rows: &[Sampled<'_>], tables: &[Block], strays: &[Block]) -> Vec<Note> {
    let mut notes: Vec<Note> =
        strays.iter().flat_map(|block| slice(rows, *block)).filter(|row| !row.blank).map(Sampled::note).collect();
    if tables.len() == 1
        && let Some(first) = tables.first()
    {
        // With the header's line told, everything above it is a note.
        let known: Vec<u64> = notes.iter().map(|note| note.line).collect();
        let above =
            rows.get(..first.from).unwrap_or_default().iter().filter(|row| !row.blank && !known.contains(&row.line));
        notes.extend(above.map(Sampled::note));
    }
    notes.sort_by_key(|note| note.line);
    notes
}

fn range(rows: &[Sampled<'_>], block: Block, (overrides, known): (&Overrides, &Known), open: bool) -> TableRange {
    let mut doubts = Vec::new();
    let body: Vec<&Sampled<'_>> = slice(rows, block).iter().filter(|row| !row.blank).collect();
    let header_rows = match overrides.header_row {
        Some(HeaderRow::None) => 0,
        Some(HeaderRow::At(_)) => 1,
        None if header::named(slice(rows, block), known) == Some(0) => 1,
        None => header::rows(&body, &mut doubts),
    };
    let (head, records) = body.split_at_checked(header_rows).unwrap_or((&body, &[]));
    let mut width = block.width.max(head.last().map_or(0, |row| row.width()));
    if width > MAX_COLUMNS {
        let names = head.last().into_iter().flat_map(|row| row.cells.cells().skip(MAX_COLUMNS));
        let left_out = names.take(LEFT_OUT).map(|name| excerpt(name.trim(), NOTE)).collect();
        doubts.push(Doubt::TooManyColumns { found: width, left_out });
        width = MAX_COLUMNS;
    }
    let names = header::names(head, width, &mut doubts);
    let ending = rows.get(block.to.saturating_sub(1)).map_or(0, |row| row.end);
    let first = records.first().map(|row| (row.start, row.line));
    let after = rows.get(block.to.saturating_sub(1)).map_or((0, 1), |row| (row.end, row.line + 1));
    let (start, line) = first.unwrap_or(after);
    TableRange { names, header_rows, start, line, end: (!open).then_some(ending), sampled_rows: records.len(), doubts }
}
