//! Files that programs write for programs: nothing of them is guessed, and what is not as agreed is refused.

use model::same_name;

use super::dialect::{Dialect, Newline, TableRange};
use super::quotes::misplaced;
use super::reader::{Flaw, ReadError, Reader, Row, line_ends};
use super::record::{Grammar, Records};
use crate::words::excerpt;

/// Most bytes of a name that an error shows.
const SHOWN: usize = 64;

/// A file of UTF-8 with commas, in quotes where a cell needs them, whose first row has the names.
#[derive(Debug)]
pub(crate) struct Strict<'f> {
    text: &'f str,
    dialect: Dialect,
    table: TableRange,
}

impl<'f> Strict<'f> {
    /// Reads the names, and looks through all rows.
    ///
    /// # Errors
    /// What is wrong with the file, where, and what would be right.
    pub fn new(file: &'f [u8], most_columns: usize, most_rows: usize) -> Result<Self, String> {
        let bare = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
        let text = std::str::from_utf8(bare).map_err(|error| {
            let line = bare.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
            format!("the file is not UTF-8 (line {line}): send it in that encoding")
        })?;
        if let Some((before, _)) = text.split_once('\0') {
            return Err(format!("line {} holds a NUL character: send CSV as text in UTF-8", lines(before)));
        }
        let newline = if text.contains('\r') && !text.contains('\n') { Newline::Cr } else { Newline::Lf };
        let (encoding, delimiter) = ("UTF-8".to_owned(), ",".to_owned());
        let dialect = Dialect { encoding, bom: false, delimiter, quote: Some('"'), escape: None, newline };
        let table = header(text, &Grammar::of(&dialect), most_columns)?;
        let strict = Self { text, dialect, table };
        strict.check(most_rows)?;
        Ok(strict)
    }

    /// The table, to be read from its first row.
    pub fn table(&self) -> &TableRange {
        &self.table
    }

    /// Reads the rows from the first one.
    ///
    /// # Errors
    /// Never: the file is in memory and its encoding is known.
    pub fn rows(&self) -> Result<Reader<&'f [u8]>, ReadError> {
        Reader::new(self.text.as_bytes(), &self.dialect, &self.table)
    }

    fn check(&self, most: usize) -> Result<(), String> {
        let mut reader = self.rows().map_err(|error| error.to_string())?;
        let mut start = (self.table.start, self.table.line);
        while let Some(row) = reader.next_row().map_err(|error| error.to_string())? {
            if row.number > most as u64 {
                return Err(format!("the file has more than {most} rows: send fewer"));
            }
            self.judge(&row, start)?;
            start = (row.next.text, row.next.line);
        }
        Ok(())
    }

    /// `start`: byte and line after the row before.
    fn judge(&self, row: &Row<'_>, start: (u64, u64)) -> Result<(), String> {
        let columns = self.table.names.len();
        for flaw in row.flaws {
            let what = match flaw {
                Flaw::Short { cells } | Flaw::Surplus { cells } => {
                    format!("has {cells} cells, but the first row names {columns} columns")
                }
                Flaw::StrayQuotes { .. } | Flaw::UnclosedQuote => {
                    format!("has {}", quoted(self.text_from(start, row.line), row.line))
                }
                Flaw::LongCell { .. } | Flaw::LongRecord { .. } => "is too long".into(),
                // Refused for the whole file, or nobody's row.
                Flaw::Malformed { .. } | Flaw::Nul { .. } | Flaw::BlankLines { .. } | Flaw::HeaderAgain => continue,
            };
            return Err(format!("row {} (line {}) {what}", row.number, row.line));
        }
        Ok(())
    }

    /// The text from a line on that begins after this byte, which is of that line.
    fn text_from(&self, (byte, of): (u64, u64), line: u64) -> &'f str {
        let mut rest = self.text.get(byte as usize..).unwrap_or_default();
        for _ in of..line {
            let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
            let ended = rest.get(end..).unwrap_or_default();
            rest = ended.strip_prefix("\r\n").or_else(|| ended.get(1..)).unwrap_or_default();
        }
        rest
    }
}

/// What is wrong with the quotes of a row, as far as it is known where.
fn quoted(text: &str, line: u64) -> String {
    misplaced(text, line).map_or_else(|| "quotes that do not pair up".to_owned(), |found| found.to_string())
}

fn lines(before: &str) -> u64 {
    line_ends(before, Newline::Cr) + 1
}

/// The table under the first row.
fn header(text: &str, grammar: &Grammar, most: usize) -> Result<TableRange, String> {
    let mut records = Records::default();
    let used = records.read(grammar, text, true, true, None).filter(|_| !text.trim().is_empty());
    let Some(used) = used else {
        return Err("the file is empty: its first row has the names of the columns".to_owned());
    };
    let first = &records.best;
    if first.stray > 0 || first.unclosed > 0 {
        return Err(format!("the first row has {}; it has the names of the columns", quoted(text, 1)));
    }
    if first.len() > most {
        return Err(format!("the file has {} columns, and {most} are the most: send fewer", first.len()));
    }
    let names: Vec<String> = first.cells().map(schema::on_one_line).collect();
    for (at, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(format!("column {} has no name: the first row names every column", at + 1));
        }
        let before = names.iter().take(at);
        if before.into_iter().any(|other| same_name(other, name)) {
            return Err(format!("two columns are called `{}`: give one of them another name", excerpt(name, SHOWN)));
        }
    }
    let line = 1 + line_ends(text.get(..used).unwrap_or_default(), grammar.newline());
    let (start, doubts) = (used as u64, Vec::new());
    // With a count of rows for the names, a row that says the same again would be no row.
    Ok(TableRange { names, header_rows: 0, start, line, end: None, sampled_rows: 0, doubts })
}

#[cfg(test)]
mod tests;
