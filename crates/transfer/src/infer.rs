//! What the columns of a table hold, decided over the whole file, and the conversion of cells by that decision.

mod column;
mod convert;
mod date;
mod number;
mod shape;
mod word;

use std::io::{self, Read};

use serde::{Deserialize, Serialize};

use crate::csv::{Doubt, Flaw, ReadError, Reader, TableRange};
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
    let mut report = Report::default();
    // Splitting takes one thread, counting another.
    let (blocks, counted) = std::sync::mpsc::sync_channel::<Block>(2);
    let mut sum = None;
    let (read, tallies) = std::thread::scope(|scope| {
        let counting = scope.spawn(move || {
            let mut tallies: Vec<Tally> = table.names.iter().map(|_| Tally::new(mode)).collect();
            for block in counted {
                block.count(&mut tallies);
            }
            tallies.iter_mut().for_each(Tally::finish);
            tallies
        });
        let read = split(&mut reader, (&mut report, &mut sum), |block| blocks.send(block).is_ok());
        drop(blocks);
        (read, counting.join())
    });
    read?;
    let tallies = tallies.map_err(|_| io::Error::other("a thread that counts cells has panicked"))?;
    let evidence = Evidence::gather(&tallies, date_order);
    let mut doubts: Vec<Doubt> = Vec::new();
    if reader.is_cut() {
        doubts.push(Doubt::TooManyRows { taken: report.rows });
    }
    doubts.extend(sum);
    let columns = tallies
        .iter()
        .zip(&table.names)
        .enumerate()
        .map(|(index, (tally, name))| tally.decide(name, index == 0, &evidence, &mut doubts))
        .collect();
    report.doubts.extend(doubts);
    Ok(Profile { rows: report.rows, columns, report })
}

/// Cells of whole rows, one after the other.
#[derive(Default)]
struct Block {
    text: String,
    /// Where each cell ends.
    ends: Vec<usize>,
}

/// Enough text for a block, in bytes.
const BLOCK: usize = 64 << 10;

impl Block {
    fn add(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    fn count(&self, tallies: &mut [Tally]) {
        let mut begin = 0;
        for row in self.ends.chunks(tallies.len().max(1)) {
            for (tally, end) in tallies.iter_mut().zip(row) {
                tally.add(self.text.get(begin..*end).unwrap_or_default());
                begin = *end;
            }
        }
    }
}

/// Reads all rows into blocks, until `take` wants no more; doubts whether the last one is a sum.
fn split<R: Read>(
    reader: &mut Reader<R>,
    (report, sum): (&mut Report, &mut Option<Doubt>),
    mut take: impl FnMut(Block) -> bool,
) -> Result<(), ReadError> {
    let mut block = Block::default();
    while let Some(row) = reader.next_row()? {
        report.note_row(&row);
        let first = row.cell(0).trim();
        *sum = word::is_total(first).then(|| Doubt::TotalRow { line: row.line, text: first.to_owned() });
        if row.flaws.contains(&Flaw::HeaderAgain) {
            // Names say nothing about what the cells of a column are.
            continue;
        }
        row.cells().for_each(|cell| block.add(cell));
        if block.text.len() >= BLOCK || block.ends.len() >= BLOCK {
            let next = Block { text: String::with_capacity(2 * BLOCK), ends: Vec::with_capacity(block.ends.len()) };
            if !take(std::mem::replace(&mut block, next)) {
                break;
            }
        }
    }
    take(block);
    Ok(())
}

#[cfg(test)]
mod tests;
