//! What the columns of a table hold, decided over the whole file, and the conversion of cells by that decision.

mod column;
mod convert;
mod date;
mod number;
mod shape;
mod word;

use std::io::Read;
use std::sync::Arc;

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
    let mut sum = None;
    let mut lanes: Vec<Vec<Tally>> = (0..LANES).map(|_| Vec::new()).collect();
    for (column, _) in table.names.iter().enumerate() {
        lanes.get_mut(column % LANES).into_iter().for_each(|lane| lane.push(Tally::new(mode)));
    }
    // Splitting takes one thread, counting the others, each a share of the columns.
    let read = std::thread::scope(|scope| {
        let mut senders = Vec::new();
        for (first, lane) in lanes.iter_mut().enumerate() {
            let (sender, blocks) = std::sync::mpsc::sync_channel::<Arc<Block>>(AHEAD);
            senders.push(sender);
            let columns = table.names.len();
            scope.spawn(move || {
                for block in blocks {
                    block.count(columns, first, lane);
                }
                lane.iter_mut().for_each(Tally::finish);
            });
        }
        split(&mut reader, (&mut report, &mut sum), |block| {
            let block = Arc::new(block);
            senders.iter().all(|sender| sender.send(Arc::clone(&block)).is_ok())
        })
    });
    read?;
    let mut lanes: Vec<_> = lanes.into_iter().map(Vec::into_iter).collect();
    let tallies: Vec<Tally> =
        (0..table.names.len()).filter_map(|column| lanes.get_mut(column % LANES)?.next()).collect();
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

/// How many threads count cells.
const LANES: usize = 2;
/// Blocks that wait for each of them.
const AHEAD: usize = 8;

/// Enough text for a block, in bytes.
const BLOCK: usize = 64 << 10;

impl Block {
    fn add(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// Counts the cells of a lane: every column that is a whole number of [`LANES`] after its first.
    fn count(&self, columns: usize, first: usize, tallies: &mut [Tally]) {
        let mut above = 0;
        for row in self.ends.chunks(columns.max(1)) {
            for (column, tally) in (first..).step_by(LANES).zip(&mut *tallies) {
                let begin = column.checked_sub(1).map_or(Some(above), |before| row.get(before).copied());
                if let (Some(begin), Some(end)) = (begin, row.get(column)) {
                    tally.add(self.text.get(begin..*end).unwrap_or_default());
                }
            }
            above = row.last().copied().unwrap_or(above);
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
