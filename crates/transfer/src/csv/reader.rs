//! A streaming reader: bounded memory, rows with their flaws, resumable.

use std::io::{self, Read};

use encoding_rs::Encoding;
use memchr::{memchr, memchr2_iter};
use serde::{Deserialize, Serialize};

use super::decode::TextSource;
use super::dialect::{Dialect, Newline, TableRange};
use super::record::{Grammar, Record, Records};

/// The longest text of one cell, in bytes.
pub const MAX_CELL: usize = 1 << 20;
/// The longest record that is looked at as a whole, in bytes.
pub const MAX_RECORD: usize = 8 << 20;
/// The most columns of a table.
pub const MAX_COLUMNS: usize = 1_000;
/// The most records of a table.
pub const MAX_ROWS: u64 = 10_000_000;

/// A file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No encoding has this label.
    #[error("no encoding is called `{0}`")]
    Encoding(String),
    /// The source failed.
    #[error("the file could not be read")]
    Source(#[from] io::Error),
}

/// Where a reader stands, between two rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Bytes of decoded text before the next row.
    pub text: u64,
    /// Rows before it.
    pub rows: u64,
    /// The line it begins in, from 1.
    pub line: u64,
}

/// A place where a row breaks its dialect or a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Fewer cells than columns.
    Short { cells: usize },
    /// More cells than columns.
    Surplus { cells: usize },
    /// Quotes that neither open, close nor are escaped; they are kept.
    StrayQuotes { quotes: usize },
    /// A cell opens with a quote and never closes; the quote is kept.
    UnclosedQuote,
    /// Bytes that are not of the file's encoding; they were read as Windows-1252 or as `U+FFFD`.
    Malformed { places: usize },
    /// A cell is longer than [`MAX_CELL`]; its beginning is kept.
    LongCell { column: usize, bytes: u64 },
    /// A record is longer than [`MAX_RECORD`]; the rest of its line was left out.
    LongRecord { left_out: u64 },
    /// NUL characters in a cell were left out.
    Nul { column: usize, count: usize },
    /// Lines without any text before the row were left out.
    BlankLines { lines: u64 },
    /// The row is the header again.
    HeaderAgain,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// From 1, the header not counted.
    pub number: u64,
    /// The line it begins in, from 1.
    pub line: u64,
    /// The reader's position after it.
    pub next: Position,
    /// Where it breaks its dialect.
    pub flaws: &'a [Flaw],
    columns: usize,
    record: &'a Record,
    cleaned: &'a [(usize, String)],
}

impl<'a> Row<'a> {
    /// The text of a column; empty where the row is short.
    pub fn cell(&self, column: usize) -> &'a str {
        if let Some((_, text)) = self.cleaned.iter().find(|(at, _)| *at == column) {
            return text;
        }
        self.record.get(column).unwrap_or_default()
    }

    /// The texts of all columns.
    pub fn cells(&self) -> impl Iterator<Item = &'a str> {
        let row = *self;
        (0..self.columns).map(move |column| row.cell(column))
    }

    /// The cells to the right of the last column.
    pub fn surplus(&self) -> impl Iterator<Item = &'a str> {
        let row = *self;
        (self.columns..self.record.len()).map(move |column| row.cell(column))
    }
}

/// Reads the rows of one table.
pub struct Reader<R> {
    source: TextSource<R>,
    grammar: Grammar,
    columns: usize,
    /// The names, when the file gave them and they are several.
    header: Vec<String>,
    end: Option<u64>,
    buffer: String,
    start: usize,
    position: Position,
    partial: bool,
    records: Records,
    flaws: Vec<Flaw>,
    cleaned: Vec<(usize, String)>,
}

impl<R: Read> Reader<R> {
    /// Reads `table` of the file `source` from its first record.
    ///
    /// # Errors
    /// [`ReadError`] when the source fails or the dialect's encoding is unknown.
    pub fn new(source: R, dialect: &Dialect, table: &TableRange) -> Result<Self, ReadError> {
        Self::resume(source, dialect, table, Position { text: table.start, rows: 0, line: table.line })
    }

    /// Goes on at `position`; `source` stands at the beginning of the file, the text before is passed over unsplit.
    ///
    /// # Errors
    /// As [`Reader::new`].
    pub fn resume(source: R, dialect: &Dialect, table: &TableRange, position: Position) -> Result<Self, ReadError> {
        let encoding = Encoding::for_label(dialect.encoding.as_bytes())
            .ok_or_else(|| ReadError::Encoding(dialect.encoding.clone()))?;
        let mut reader = Self {
            source: TextSource::new(source, encoding),
            grammar: Grammar::of(dialect),
            columns: table.names.len(),
            header: if table.header_rows > 0 && table.names.len() > 1 { table.names.clone() } else { Vec::new() },
            end: table.end,
            buffer: String::new(),
            start: 0,
            position,
            partial: false,
            records: Records::default(),
            flaws: Vec::new(),
            cleaned: Vec::new(),
        };
        reader.pass_over(position.text)?;
        Ok(reader)
    }

    /// Where the next row begins.
    pub fn position(&self) -> Position {
        self.position
    }

    /// True when the table goes on after as many rows as a table may have.
    pub fn is_cut(&self) -> bool {
        let left = self.buffer.len() > self.start || !self.source.ended();
        self.position.rows >= MAX_ROWS && left && self.end.is_none_or(|end| self.position.text < end)
    }

    /// Bytes read from the source, for progress.
    pub fn bytes_read(&self) -> u64 {
        self.source.bytes()
    }

    /// The next row; none at the end of the table.
    ///
    /// # Errors
    /// [`ReadError`] when the source fails.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, ReadError> {
        self.flaws.clear();
        self.cleaned.clear();
        let mut blank = 0;
        let (line, used) = loop {
            if self.position.rows >= MAX_ROWS {
                return Ok(None);
            }
            let line = self.position.line;
            let Some(used) = self.record()? else { return Ok(None) };
            // A line of delimiters or quotes is a row of empty cells; a line of nothing is nobody's row.
            let nothing = self
                .buffer
                .get(self.start..self.start + used)
                .is_some_and(|text| text.trim_end_matches(['\r', '\n']).is_empty());
            if !nothing {
                break (line, used);
            }
            blank += 1;
            self.consume(used);
        };
        if blank > 0 {
            self.flaws.push(Flaw::BlankLines { lines: blank });
        }
        self.judge(used);
        self.consume(used);
        self.skip_overlong()?;
        self.position.rows += 1;
        Ok(Some(Row {
            number: self.position.rows,
            line,
            next: self.position,
            flaws: &self.flaws,
            columns: self.columns,
            record: &self.records.best,
            cleaned: &self.cleaned,
        }))
    }

    /// Reads the next record into the buffers; answers its length.
    fn record(&mut self) -> Result<Option<usize>, ReadError> {
        loop {
            let text = self.buffer.get(self.start..).unwrap_or_default();
            let (text, cut) = match self.end.map(|end| end.saturating_sub(self.position.text) as usize) {
                Some(left) if left <= text.len() => (text.get(..left).unwrap_or(text), true),
                _ => (text, false),
            };
            let last = cut || self.source.ended();
            if text.is_empty() && last {
                return Ok(None);
            }
            let bounded = text.len() >= MAX_RECORD;
            let width = Some(self.columns);
            if !text.is_empty()
                && let Some(used) = self.records.read(&self.grammar, text, last, bounded, width)
            {
                self.partial = bounded && !last && !text.get(..used).unwrap_or_default().ends_with(['\n', '\r']);
                return Ok(Some(used));
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<(), ReadError> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        // Growing by halves keeps the work of reading a long record again and again linear.
        let wanted = self.buffer.len() + (self.buffer.len() / 2).max(1);
        while self.buffer.len() < wanted && !self.source.ended() {
            self.source.fill(&mut self.buffer)?;
        }
        Ok(())
    }

    fn consume(&mut self, used: usize) {
        let text = self.buffer.get(self.start..self.start + used).unwrap_or_default();
        self.position.line += line_ends(text, self.grammar.newline());
        self.position.text += used as u64;
        self.start += used;
    }

    /// Goes past the rest of a line of which only the beginning was taken.
    fn skip_overlong(&mut self) -> Result<(), ReadError> {
        if !std::mem::take(&mut self.partial) {
            return Ok(());
        }
        let mut left_out = 0;
        loop {
            if self.end.is_some_and(|end| self.position.text >= end) {
                break;
            }
            let text = self.buffer.get(self.start..).unwrap_or_default();
            let found = self.grammar.line(text, self.source.ended());
            let used = found.unwrap_or(text.len());
            left_out += used as u64;
            self.consume(used);
            if found.is_some() || self.source.ended() {
                break;
            }
            self.fill()?;
        }
        if left_out > 0 {
            self.flaws.push(Flaw::LongRecord { left_out });
        }
        Ok(())
    }

    fn pass_over(&mut self, position: u64) -> Result<(), ReadError> {
        let mut text = position;
        while text > 0 && !(self.source.ended() && self.buffer.is_empty()) {
            if self.buffer.is_empty() {
                self.source.fill(&mut self.buffer)?;
            }
            let step = usize::try_from(text).unwrap_or(usize::MAX).min(self.buffer.len());
            self.buffer.drain(..step);
            text -= step as u64;
        }
        // What was read along with it belongs to the rows to come.
        self.source.malformed.retain(|place| *place >= position);
        Ok(())
    }

    /// Names every flaw of the record just read.
    fn judge(&mut self, used: usize) {
        let record = &self.records.best;
        let cells = record.len();
        if cells < self.columns {
            self.flaws.push(Flaw::Short { cells });
        } else if cells > self.columns {
            self.flaws.push(Flaw::Surplus { cells });
        }
        if cells > 1 && record.cells().map(str::trim).eq(self.header.iter().map(String::as_str)) {
            self.flaws.push(Flaw::HeaderAgain);
        }
        if record.stray > 0 {
            self.flaws.push(Flaw::StrayQuotes { quotes: record.stray });
        }
        if record.unclosed > 0 {
            self.flaws.push(Flaw::UnclosedQuote);
        }
        if !self.source.malformed.is_empty() {
            let end = self.position.text + used as u64;
            let places = self.source.malformed.iter().take_while(|place| **place < end).count();
            if places > 0 {
                self.source.malformed.drain(..places);
                self.flaws.push(Flaw::Malformed { places });
            }
        }
        let raw = self.buffer.as_bytes().get(self.start..self.start + used).unwrap_or_default();
        if raw.len() > MAX_CELL || memchr(0, raw).is_some() {
            for (column, cell) in record.cells().enumerate() {
                clean(column, cell, &mut self.flaws, &mut self.cleaned);
            }
        }
    }
}

fn clean(column: usize, cell: &str, flaws: &mut Vec<Flaw>, cleaned: &mut Vec<(usize, String)>) {
    let nuls = cell.bytes().filter(|byte| *byte == 0).count();
    if nuls == 0 && cell.len() <= MAX_CELL {
        return;
    }
    let mut text = cell.replace('\0', "");
    if nuls > 0 {
        flaws.push(Flaw::Nul { column, count: nuls });
    }
    if text.len() > MAX_CELL {
        flaws.push(Flaw::LongCell { column, bytes: text.len() as u64 });
        text.truncate(text.floor_char_boundary(MAX_CELL));
    }
    cleaned.push((column, text));
}

/// How many line ends `text` holds.
pub(super) fn line_ends(text: &str, newline: Newline) -> u64 {
    let bytes = text.as_bytes();
    let counted = memchr2_iter(b'\n', b'\r', bytes).filter(|at| match bytes.get(*at) {
        Some(b'\n') => true,
        _ => newline == Newline::Cr && bytes.get(at + 1) != Some(&b'\n'),
    });
    counted.count() as u64
}

#[cfg(test)]
mod tests;
