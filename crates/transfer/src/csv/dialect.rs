//! How a file is written.

use serde::{Deserialize, Serialize};

use super::doubt::Doubt;
use crate::infer::DateOrder;

/// What somebody says about the file; each overrules what would be detected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Overrides {
    /// The text between two cells; empty for a file of one column.
    pub delimiter: Option<String>,
    /// `Some(None)`: quotes mean nothing.
    pub quote: Option<Option<char>>,
    /// A label such as `utf-8`, `utf-16le` or `windows-1252`.
    pub encoding: Option<String>,
    /// Where the names stand.
    pub header_row: Option<HeaderRow>,
    /// The order of day, month and year.
    pub date_order: Option<DateOrder>,
}

/// Where the column names stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HeaderRow {
    /// Nowhere: the first row is a record.
    None,
    /// In this line of the file, counted from 1.
    At(u64),
}

/// What ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Newline {
    /// `\n`, with or without `\r` before it.
    Lf,
    /// `\r\n`; a `\n` alone ends a line too.
    CrLf,
    /// `\r`; `\n` and `\r\n` end a line too.
    Cr,
}

/// How a file is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dialect {
    /// The name of the encoding as the Encoding Standard writes it.
    pub encoding: String,
    /// A byte order mark stands at the beginning.
    pub bom: bool,
    /// The text between two cells; empty for a file of one column.
    pub delimiter: String,
    /// What a cell that holds delimiters or line ends is wrapped in.
    pub quote: Option<char>,
    /// What stands before a quote inside a quoted cell; none when quotes are doubled.
    pub escape: Option<char>,
    /// What ends a line.
    pub newline: Newline,
}

/// One table inside a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableRange {
    /// The column names: unique, never empty.
    pub names: Vec<String>,
    /// How many rows the names were spread over; 0 without a header.
    pub header_rows: usize,
    /// Where the first record begins, in bytes of decoded text.
    pub start: u64,
    /// The line the first record begins in, from 1.
    pub line: u64,
    /// Where the table ends, in bytes of decoded text; none for the end of the file.
    pub end: Option<u64>,
    /// Records seen in the sample.
    pub sampled_rows: usize,
    /// Every guess about its header and width.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
}

/// A line that belongs to no table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The line it begins in, from 1.
    pub line: u64,
    /// Its beginning.
    pub text: String,
}

/// What a look at the beginning of a file found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sniffed {
    /// How the file is written.
    pub dialect: Dialect,
    /// The tables in their order; empty for a file without text.
    pub tables: Vec<TableRange>,
    /// The index of the table an import takes unless told otherwise: the largest.
    pub main: usize,
    /// Lines outside every table.
    pub notes: Vec<Note>,
    /// Every guess about the file; tables have their own.
    pub doubts: Vec<Doubt>,
}

impl Sniffed {
    /// The table an import takes unless told otherwise.
    pub fn main_table(&self) -> Option<&TableRange> {
        self.tables.get(self.main)
    }
}
