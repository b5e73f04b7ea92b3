//! What the columns of a table hold, decided over the whole file, and the conversion of cells by that decision.

mod column;
mod convert;
mod date;
mod number;
mod word;

use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::csv::{Doubt, ReadError, Reader, TableRange};
use crate::report::Report;
use column::{Evidence, Tally};

pub use convert::{Converted, Reason, convert};
pub use date::DateOrder;
pub use number::DecimalMark;
pub use word::CheckboxWords;

pub(crate) use date::split as split_date;
pub(crate) use number::parse as parse_number;
pub(crate) use word::{is_email, is_placeholder, is_url};

/// Whether columns get types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TypeMode {
    /// By what their cells hold.
    #[default]
    Infer,
    /// Everything is text, byte for byte.
    Text,
}

/// What a column becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ColumnKind {
    /// Text without line ends.
    Text,
    /// Text with line ends, or long.
    LongText,
    /// Number.
    Number { precision: u8, mark: DecimalMark },
    /// Percent; `12 %` is 0.12.
    Percent { precision: u8, mark: DecimalMark },
    /// Amount of money.
    Currency { precision: u8, mark: DecimalMark, symbol: String },
    /// Yes or no.
    Checkbox { words: CheckboxWords },
    /// Day.
    Date { order: DateOrder },
    /// Point in time.
    DateTime { order: DateOrder },
    /// E-mail address.
    Email,
    /// Web address.
    Url,
    /// Phone number.
    Phone,
    /// One of these, in the order they came up.
    SingleSelect { choices: Vec<String> },
}

/// What is known about one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnPlan {
    /// Its name.
    pub name: String,
    /// What it becomes.
    pub kind: ColumnKind,
    /// Cells with text.
    pub filled: u64,
    /// Cells that will not convert.
    pub unfit: u64,
    /// The longest cell, in characters.
    pub longest: usize,
}

/// The whole file, read once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Rows read.
    pub rows: u64,
    /// A plan for each column.
    pub columns: Vec<ColumnPlan>,
    /// What was wrong with rows, and what was doubtful about types.
    pub report: Report,
}

/// Reads all rows and decides what the columns hold. `date_order` decides where cells leave it open.
///
/// # Errors
/// [`ReadError`] when the source fails.
pub fn profile<R: Read>(
    mut reader: Reader<R>,
    table: &TableRange,
    mode: TypeMode,
    date_order: Option<DateOrder>,
) -> Result<Profile, ReadError> {
    let mut tallies: Vec<Tally> = table.names.iter().map(|_| Tally::new(mode)).collect();
    let mut report = Report::default();
    while let Some(row) = reader.next_row()? {
        report.note_row(&row);
        for (tally, cell) in tallies.iter_mut().zip(row.cells()) {
            tally.add(cell);
        }
    }
    let evidence = Evidence::gather(&tallies, date_order);
    let mut doubts: Vec<Doubt> = Vec::new();
    if reader.is_cut() {
        doubts.push(Doubt::TooManyRows { taken: report.rows });
    }
    let columns = tallies
        .iter()
        .zip(&table.names)
        .enumerate()
        .map(|(index, (tally, name))| tally.decide(name, index == 0, &evidence, &mut doubts))
        .collect();
    report.doubts.extend(doubts);
    Ok(Profile { rows: report.rows, columns, report })
}

#[cfg(test)]
mod tests;
