//! What was doubtful about finding out how a file is written and what it holds.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::reader::MAX_COLUMNS;
use crate::infer::DateOrder;
use crate::words::{counted, excerpt};

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
    TooManyColumns {
        found: usize,
        /// The first of their names.
        #[serde(default)]
        left_out: Vec<String>,
    },
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
    /// Dates are written in several orders, so that none reads all of them.
    MixedDates { column: String },
    /// The last row is a sum rather than a record, by its first cell.
    TotalRow { line: u64, text: String },
    /// Cells that do not fit their column are not written anywhere.
    Unkept { column: String, cells: u64 },
    /// Cells to the right of the last column are not written anywhere.
    SurplusUnkept { rows: u64 },
    /// The same file went into the same table on this day, and its records are there.
    ImportedBefore { on: String },
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
            Self::Notes { lines: 1 } => f.write_str("1 line outside the tables was left out"),
            Self::Notes { lines } => write!(f, "{lines} lines outside the tables were left out"),
            Self::SeveralTables { count, taken } => {
                write!(f, "the file holds {count} tables; number {taken} was taken")
            }
            Self::NoHeader => f.write_str("no header was found, columns are numbered"),
            Self::HeaderGuessed => f.write_str("the first row was taken as header by its look only"),
            Self::HeaderRows { rows } => write!(f, "the names were joined from {rows} rows"),
            Self::Renamed { column, from, to } => {
                write!(f, "column {column}: the name `{}` became `{}`", short(from), short(to))
            }
            Self::TooManyColumns { found, left_out } => too_many(f, *found, left_out),
            Self::TooManyRows { taken } => write!(f, "the table is longer than {taken} rows, the rest is left out"),
            Self::TotalRow { line, text } => {
                write!(f, "the last row (line {line}) begins with `{}`; it was taken as a record", short(text))
            }
            Self::SurplusUnkept { rows } => {
                let rows = counted(*rows, "row");
                write!(f, "cells beside the last column were left out in {rows}; {KEEP} keeps them as text")
            }
            Self::ImportedBefore { on } => {
                write!(f, "this file was imported into this table before, on {on}: its records come once more")
            }
            Self::DateOrder { column, .. }
            | Self::ShortYears { column }
            | Self::NoZone { column }
            | Self::DecimalMark { column, .. }
            | Self::TrailingZeros { column }
            | Self::MoreDigits { column, .. }
            | Self::NotAll { column, .. }
            | Self::KeptAsText { column }
            | Self::MixedDates { column }
            | Self::Unkept { column, .. } => {
                write!(f, "column `{}`: ", short(column))?;
                self.about_column(f)
            }
        }
    }
}

impl Doubt {
    /// The sentence about a column, but for its name.
    fn about_column(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DateOrder { chosen, .. } => {
                write!(f, "dates can be read in two orders; {chosen} was taken")
            }
            Self::ShortYears { .. } => f.write_str("years of two digits were read as 1969 to 2068"),
            Self::NoZone { .. } => f.write_str("times without a zone were read as UTC"),
            Self::DecimalMark { chosen, .. } => {
                write!(f, "`{chosen}` was taken as decimal mark, the other one fits too")
            }
            Self::TrailingZeros { .. } => f.write_str("zeros at the end of decimals are not kept"),
            Self::MoreDigits { digits, .. } => {
                write!(f, "up to {}, fewer are shown", counted(*digits as u64, "decimal"))
            }
            Self::NotAll { fitting, of, .. } => {
                write!(f, "{fitting} of {of} cells fit the type")
            }
            Self::KeptAsText { .. } => f.write_str("looks like numbers, kept as text so that nothing changes"),
            Self::MixedDates { .. } => f.write_str("dates are written in several orders, kept as text"),
            Self::Unkept { cells, .. } => {
                let (was, it) = if *cells == 1 { ("was", "it") } else { ("were", "them") };
                let cells = counted(*cells, "cell");
                write!(f, "{cells} did not fit and {was} left out; {KEEP} keeps {it} as text")
            }
            _ => Ok(()),
        }
    }
}

/// What keeps cells that would be left out, on the command line and in a query.
const KEEP: &str = "`--keep-unfit` (`keepUnfit=true`)";

fn too_many(f: &mut fmt::Formatter<'_>, found: usize, left_out: &[String]) -> fmt::Result {
    let taken = MAX_COLUMNS;
    write!(f, "{found} columns are more than a table takes: the first {taken} were taken")?;
    let names: Vec<String> = left_out.iter().map(|name| format!("`{}`", short(name))).collect();
    let more = found.saturating_sub(taken + names.len());
    if !names.is_empty() {
        write!(f, "; left out: {}", names.join(", "))?;
    }
    if more > 0 && !names.is_empty() {
        write!(f, " and {more} more")?;
    }
    Ok(())
}

fn short(text: &str) -> String {
    excerpt(text, 64)
}
