//! How a file is written, and what was doubtful about finding out.

use std::fmt;

use serde::{Deserialize, Serialize};

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

/// A guess that somebody may want to overrule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "doubt", rename_all = "camelCase")]
pub enum Doubt {
    /// The file holds no text.
    Empty,
    /// The encoding was guessed from the bytes.
    Encoding { chosen: String },
    /// No encoding has this label.
    UnknownEncoding { label: String },
    /// Another delimiter reads the file nearly as well.
    Delimiter { chosen: String, also: String },
    /// Quotes are written in an unusual way.
    Quoting { quote: Option<char>, escape: Option<char> },
    /// Lines end in different ways.
    MixedNewlines,
    /// Lines outside the tables were left out.
    Notes { lines: usize },
    /// The file holds several tables.
    SeveralTables { count: usize, taken: usize },
    /// No header was found, columns are numbered.
    NoHeader,
    /// Nothing but the look of the first row says that it is a header.
    HeaderGuessed,
    /// The names are spread over several rows.
    HeaderRows { rows: usize },
    /// A name was missing or stood twice.
    Renamed { column: usize, from: String, to: String },
    /// Columns past the bound go to the report only.
    TooManyColumns { found: usize },
    /// The table goes on after as many rows as a table may have; those are left out.
    TooManyRows { taken: u64 },
    /// Every date of the column can be read in two orders.
    DateOrder { column: String, chosen: DateOrder },
    /// Years of two digits were read as 1969 to 2068.
    ShortYears { column: String },
    /// Times carry no zone and were read as UTC.
    NoZone { column: String },
    /// Every number of the column can be read with `.` or with `,` as decimal mark.
    DecimalMark { column: String, chosen: char },
    /// Zeros at the end of decimals are not kept.
    TrailingZeros { column: String },
    /// Numbers carry more digits after the mark than a field shows.
    MoreDigits { column: String, digits: usize },
    /// Most cells fit the type, not all.
    NotAll { column: String, fitting: u64, of: u64 },
    /// The column looks like numbers and is kept as text, because numbers would not come out the same.
    KeptAsText { column: String },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file holds no text"),
            Self::Encoding { chosen } => write!(f, "the encoding was guessed: `{chosen}`"),
            Self::UnknownEncoding { label } => write!(f, "no encoding is called `{label}`, the bytes decided"),
            Self::Delimiter { chosen, also } => write!(
                f,
                "cells are split at `{}`; `{}` fits nearly as well",
                chosen.escape_debug(),
                also.escape_debug()
            ),
            Self::Quoting { quote: None, .. } => f.write_str("quotes are read as ordinary characters"),
            Self::Quoting { quote: Some(quote), escape: None } => write!(f, "cells are quoted with `{quote}`"),
            Self::Quoting { quote: Some(quote), escape: Some(escape) } => {
                write!(f, "cells are quoted with `{quote}`, escaped with `{escape}`")
            }
            Self::MixedNewlines => f.write_str("lines end in different ways"),
            Self::Notes { lines } => write!(f, "{lines} lines outside the tables were left out"),
            Self::SeveralTables { count, taken } => {
                write!(f, "the file holds {count} tables; number {taken} was taken")
            }
            Self::NoHeader => f.write_str("no header was found, columns are numbered"),
            Self::HeaderGuessed => f.write_str("the first row was taken as header by its look only"),
            Self::HeaderRows { rows } => write!(f, "the names were joined from {rows} rows"),
            Self::Renamed { column, from, to } => write!(f, "column {column}: the name `{from}` became `{to}`"),
            Self::TooManyColumns { found } => write!(f, "{found} columns are more than a table takes"),
            Self::TooManyRows { taken } => write!(f, "the table is longer than {taken} rows, the rest is left out"),
            Self::DateOrder { column, chosen } => {
                write!(f, "column `{column}`: dates can be read in two orders; {chosen} was taken")
            }
            Self::ShortYears { column } => {
                write!(f, "column `{column}`: years of two digits were read as 1969 to 2068")
            }
            Self::NoZone { column } => write!(f, "column `{column}`: times without a zone were read as UTC"),
            Self::DecimalMark { column, chosen } => {
                write!(f, "column `{column}`: `{chosen}` was taken as decimal mark, the other one fits too")
            }
            Self::TrailingZeros { column } => write!(f, "column `{column}`: zeros at the end of decimals are not kept"),
            Self::MoreDigits { column, digits } => {
                write!(f, "column `{column}`: up to {digits} decimals, fewer are shown")
            }
            Self::NotAll { column, fitting, of } => {
                write!(f, "column `{column}`: {fitting} of {of} cells fit the type")
            }
            Self::KeptAsText { column } => {
                write!(f, "column `{column}`: looks like numbers, kept as text so that nothing changes")
            }
        }
    }
}
