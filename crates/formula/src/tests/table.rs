//! A small table with a field of every shape.

use model::{
    Bits, CellRef, CellValue, Choice, ChoiceId, Chunk, ComputedChunk, FieldId, FieldNo, FormulaType, Kind, RecordId,
    SelectOptions, Timestamp, same_name,
};

use crate::{Batch, Input, Program, Reference, Shape};

/// Name, shape and kind of each field; `Broken` is computed.
pub(super) const FIELDS: [(&str, Shape, Kind); 13] = [
    ("Name", Shape::Text, Kind::Text),
    ("n", Shape::Number, Kind::Number),
    ("m", Shape::Number, Kind::Number),
    ("Done", Shape::Flag, Kind::Flag),
    ("Due", Shape::Date, Kind::Time),
    ("At", Shape::DateTime, Kind::Time),
    ("Stat}us", Shape::Choice, Kind::Choice),
    ("Tags", Shape::Choices, Kind::Choices),
    ("Broken", Shape::Number, Kind::Number),
    ("Other", Shape::Text, Kind::Text),
    ("Prices", Shape::List(FormulaType::Number), Kind::Values),
    ("Names", Shape::List(FormulaType::Text), Kind::Values),
    ("Days", Shape::List(FormulaType::Date), Kind::Values),
];
const AT: usize = 5;
const BROKEN: usize = 8;

#[derive(Debug)]
pub(super) struct Table {
    pub len: usize,
    columns: Vec<Chunk>,
    errors: Bits,
    pub select: SelectOptions,
    pub created: Chunk,
    pub modified: Chunk,
    /// The field behind all others, of which no row is known to [`Table::new`].
    pub more: ComputedChunk,
    /// The fields that are errors in every row.
    pub failing: Vec<usize>,
    pub now: Timestamp,
}

pub(super) fn field(index: usize) -> FieldId {
    FieldId::ordered(1, index as u64)
}

/// By name or id, else by a name in other letters; nothing else is a field.
pub(super) fn resolve(name: &str) -> Option<Reference> {
    let found = FIELDS
        .iter()
        .position(|(held, ..)| *held == name)
        .or_else(|| (0..FIELDS.len()).find(|index| field(*index).to_string() == name));
    let index = found.or_else(|| FIELDS.iter().position(|(held, ..)| same_name(held, name)))?;
    Some(Reference { field: field(index), no: FieldNo(index as u32), shape: FIELDS[index].1 })
}

impl Table {
    /// Rows of cells in the order of [`FIELDS`].
    pub fn new(rows: &[Vec<CellValue>]) -> Self {
        let mut columns: Vec<Chunk> = FIELDS.iter().map(|(_, _, kind)| Chunk::new(*kind)).collect();
        let (mut errors, mut created) = (Bits::default(), Chunk::new(Kind::Time));
        for (row, cells) in rows.iter().enumerate() {
            for (index, (column, cell)) in columns.iter_mut().zip(cells).enumerate() {
                match cell {
                    // Columns end with their last cell.
                    CellValue::Empty => {}
                    CellValue::Error(_) if index == BROKEN => errors.set(row, true),
                    cell => column.set(row, cell.view()),
                }
            }
            created.set(row, CellRef::Time(1_700_000_000_000_000 + row as i64 * 1_000));
        }
        let choice = |no: u32, name: &str| Choice {
            no,
            id: ChoiceId::ordered(0, u64::from(no)),
            name: name.to_owned(),
            color: None,
        };
        let choices = vec![choice(1, "Open"), choice(3, "Closed"), choice(2, "12.5")];
        let modified = created.clone();
        let now = Timestamp(1_710_500_400_000_000);
        let select = SelectOptions { choices, next: 4, removed: Vec::new() };
        let more = ComputedChunk { values: Chunk::new(Kind::Text), errors: Bits::default() };
        Self { len: rows.len(), columns, errors, select, created, modified, more, failing: Vec::new(), now }
    }

    pub fn id(row: usize) -> RecordId {
        RecordId::ordered(0, row as u64)
    }

    pub fn column(&self, index: usize) -> (&Chunk, Option<&Bits>) {
        (&self.columns[index], (index == BROKEN).then_some(&self.errors))
    }

    /// Runs something over some rows.
    pub fn with<T>(&self, program: &Program, rows: std::ops::Range<usize>, run: impl FnOnce(&Batch<'_>) -> T) -> T {
        let computed = ComputedChunk { values: self.columns[BROKEN].clone(), errors: self.errors.clone() };
        let lists: Vec<ComputedChunk> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let mut errors = Bits::default();
                let failing = self.failing.contains(&index);
                (0..self.len).filter(|_| failing).for_each(|row| errors.set(row, true));
                ComputedChunk { values: column.clone(), errors }
            })
            .collect();
        let inputs: Vec<Input<'_>> = program
            .references()
            .iter()
            .map(|reference| {
                let index = reference.no.0 as usize;
                let Some(chunk) = self.columns.get(index) else { return Input::Computed(&self.more) };
                match reference.shape {
                    _ if self.failing.contains(&index) => Input::Computed(&lists[index]),
                    _ if index == BROKEN => Input::Computed(&computed),
                    _ if chunk.is_empty() => Input::Missing,
                    Shape::Choice | Shape::Choices => Input::Choice { chunk, select: &self.select },
                    Shape::List(_) | Shape::Places(_) => Input::Computed(&lists[index]),
                    _ => Input::Stored(chunk),
                }
            })
            .collect();
        let watched = [self.created.clone(), self.columns[AT].clone()];
        run(&Batch {
            rows,
            inputs: &inputs,
            ids: &|row| Some(Self::id(row)),
            created: Some(&self.created),
            modified: Some(&self.modified),
            watched: &watched,
            now: self.now,
            until: None,
        })
    }
}
