//! What is told about an import: doubts and problems.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::csv::{Doubt, Flaw, Note, Row, Sniffed};
use crate::infer::Reason;
use crate::words::{counted, excerpt};

/// Problems listed one by one; the rest is counted.
const LISTED: usize = 1_000;
/// Text of a problem that is shown, in bytes.
const EXCERPT: usize = 200;

/// What is wrong with a row or a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProblemKind {
    /// The row has fewer cells than columns; the others are empty.
    Short,
    /// The row has more cells than columns.
    Surplus,
    /// Quotes that neither open, close nor are escaped were kept.
    StrayQuotes,
    /// A quote that is never closed was kept.
    UnclosedQuote,
    /// Bytes that are not of the encoding were read in another one or replaced.
    Malformed,
    /// The end of a very long cell was left out.
    LongCell,
    /// The end of a very long record was left out.
    LongRecord,
    /// NUL characters were left out.
    Nul,
    /// Blank lines were left out.
    BlankLines,
    /// The row is the header again; it is kept.
    HeaderAgain,
    /// The cell is a word for nothing, such as `N/A`.
    Placeholder,
    /// The cell does not fit its column.
    Unfit,
    /// The cell is longer than a cell of a record takes.
    TooLong,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "too few cells",
            Self::Surplus => "too many cells",
            Self::StrayQuotes => "stray quotes, kept",
            Self::UnclosedQuote => "a quote is never closed, kept",
            Self::Malformed => "bytes that are not of the encoding",
            Self::LongCell => "a cell is too long, its end was left out",
            Self::LongRecord => "a record is too long, its end was left out",
            Self::Nul => "NUL characters, left out",
            Self::BlankLines => "blank lines, left out",
            Self::HeaderAgain => "the header again, kept as a row",
            Self::Placeholder => "a word for nothing",
            Self::Unfit => "does not fit its column",
            Self::TooLong => "longer than a cell takes",
        })
    }
}

impl From<Reason> for ProblemKind {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Placeholder => Self::Placeholder,
            Reason::OtherKind => Self::Unfit,
            Reason::TooLong => Self::TooLong,
        }
    }
}

/// A place where a row or a cell could not be taken as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The row, from 1, the header not counted.
    pub row: u64,
    /// The line the row begins in, from 1.
    pub line: u64,
    /// The column, from 1; none when it is about the row.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<usize>,
    /// The text it is about, shortened, or a count.
    pub text: String,
}

/// Everything worth telling about one table's import. Problems past the bound are counted, not listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Rows read.
    pub rows: u64,
    /// Guesses.
    pub doubts: Vec<Doubt>,
    /// Lines outside the tables.
    pub notes: Vec<Note>,
    /// The first problems.
    pub problems: Vec<Problem>,
    /// How many problems of each kind there are.
    pub totals: BTreeMap<ProblemKind, u64>,
}

impl Report {
    /// A report on one table, by its index, that begins with what a look at the file found.
    pub fn new(sniffed: &Sniffed, table: usize) -> Self {
        let mut doubts = sniffed.doubts.clone();
        if let Some(range) = sniffed.tables.get(table) {
            doubts.extend(range.doubts.iter().cloned());
        }
        for doubt in &mut doubts {
            if let Doubt::SeveralTables { taken, .. } = doubt {
                *taken = table + 1;
            }
        }
        Self { doubts, notes: sniffed.notes.clone(), ..Self::default() }
    }

    /// Takes over the rows and problems of a report that was written while the same rows were read.
    pub fn take_rows(&mut self, other: Self) {
        self.rows = other.rows;
        self.problems = other.problems;
        self.totals = other.totals;
    }

    /// Rows with cells to the right of the last column.
    pub fn surplus(&self) -> u64 {
        self.totals.get(&ProblemKind::Surplus).copied().unwrap_or(0)
    }

    /// Counts a row and names its flaws.
    pub fn note_row(&mut self, row: &Row<'_>) {
        self.rows += 1;
        for flaw in row.flaws {
            let (kind, column, text) = describe(row, flaw);
            self.push(kind, row, column, &text);
        }
    }

    /// Names a cell that does not fit its column; `column` counts from 0.
    pub fn note_cell(&mut self, row: &Row<'_>, column: usize, reason: Reason) {
        self.push(reason.into(), row, Some(column), row.cell(column));
    }

    /// All problems, listed or not.
    pub fn problem_count(&self) -> u64 {
        self.totals.values().sum()
    }

    fn push(&mut self, kind: ProblemKind, row: &Row<'_>, column: Option<usize>, text: &str) {
        *self.totals.entry(kind).or_default() += 1;
        if self.problems.len() < LISTED {
            let text = excerpt(text, EXCERPT);
            self.problems.push(Problem {
                kind,
                row: row.number,
                line: row.line,
                column: column.map(|at| at + 1),
                text,
            });
        }
    }
}

fn describe(row: &Row<'_>, flaw: &Flaw) -> (ProblemKind, Option<usize>, String) {
    match *flaw {
        Flaw::Short { cells } => (ProblemKind::Short, None, cells.to_string()),
        Flaw::Surplus { .. } => {
            let texts: Vec<&str> = row.surplus().take(EXCERPT).collect();
            (ProblemKind::Surplus, None, texts.join(" | "))
        }
        Flaw::StrayQuotes { quotes } => (ProblemKind::StrayQuotes, None, quotes.to_string()),
        Flaw::UnclosedQuote => (ProblemKind::UnclosedQuote, None, String::new()),
        Flaw::Malformed { places } => (ProblemKind::Malformed, None, places.to_string()),
        Flaw::LongCell { column, bytes } => (ProblemKind::LongCell, Some(column), bytes.to_string()),
        Flaw::LongRecord { left_out } => (ProblemKind::LongRecord, None, left_out.to_string()),
        Flaw::Nul { column, count } => (ProblemKind::Nul, Some(column), count.to_string()),
        Flaw::HeaderAgain => (ProblemKind::HeaderAgain, None, row.cells().collect::<Vec<_>>().join(" | ")),
        Flaw::BlankLines { lines } => (ProblemKind::BlankLines, None, lines.to_string()),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", counted(self.rows, "row"))?;
        for doubt in &self.doubts {
            writeln!(f, "doubt: {doubt}")?;
        }
        for note in &self.notes {
            writeln!(f, "line {}, left out: {}", note.line, note.text)?;
        }
        for problem in &self.problems {
            write!(f, "row {} (line {})", problem.row, problem.line)?;
            if let Some(column) = problem.column {
                write!(f, ", column {column}")?;
            }
            writeln!(f, ": {}: {}", problem.kind, problem.text.escape_debug())?;
        }
        let more = self.problem_count() - self.problems.len() as u64;
        if more > 0 {
            writeln!(f, "and {}", counted(more, "more problem"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
