//! The columns that the formulas are about.

use formula::{Batch, Input, Program, Reference, Shape, compile};
use model::{CellRef, Chunk, Column, ComputedChunk, FieldId, FieldNo, Kind, Numbers, RecordId, Texts, Timestamp};

use std::ops::Range;

use anyhow::{Result, anyhow};

pub const ROWS: usize = 100_000;
pub const TEXT: &str = r#"IF({a}>50, ROUND({a}*1.2,2)&" "&UPPER({t}), BLANK())"#;
pub const MONTH: &str = "YEAR(DATEADD({d}, 1, 'months'))*12 + MONTH(DATEADD({d}, 1, 'months'))";
pub const DIGITS: &str = "REGEX_EXTRACT({t}, '[0-9]+')";

/// Numbers `a`, texts `t` and days `d`.
pub struct Columns {
    pub numbers: Column,
    pub texts: Column,
    pub days: Column,
}

/// A chunk of each.
pub struct Part<'c> {
    pub numbers: &'c Numbers,
    pub texts: &'c Texts,
    pub days: &'c [i64],
}

impl Columns {
    pub fn new() -> Self {
        let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = move |below: u64| {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            chance % below
        };
        let (mut numbers, mut texts, mut days) =
            (Column::new(Kind::Number), Column::new(Kind::Text), Column::new(Kind::Time));
        let first = Timestamp::from_date(2000, 1, 1).0;
        for row in 0..ROWS {
            numbers.set(row, CellRef::Number(next(10_000) as f64 / 100.0));
            texts.set(row, CellRef::Text(&format!("Project {}", next(100_000))));
            days.set(row, CellRef::Time(first + next(10_000) as i64 * 86_400_000_000));
        }
        Self { numbers, texts, days }
    }

    /// The chunks of all columns, for loops that are written by hand.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let chunks = self.numbers.chunks().iter().zip(self.texts.chunks()).zip(self.days.chunks());
        chunks.filter_map(|((numbers, texts), days)| match (&**numbers, &**texts, &**days) {
            (Chunk::Number(numbers), Chunk::Text(texts), Chunk::Time(days)) => Some(Part { numbers, texts, days }),
            _ => None,
        })
    }

    /// A formula over all rows.
    pub fn evaluate(&self, program: &Program) -> Vec<ComputedChunk> {
        (0..self.numbers.chunks().len()).filter_map(|chunk| self.evaluate_rows(program, chunk, None)).collect()
    }

    /// A formula over some rows of a chunk, or all of them.
    pub fn evaluate_rows(&self, program: &Program, chunk: usize, rows: Option<Range<usize>>) -> Option<ComputedChunk> {
        let whole = 0..self.numbers.chunk(chunk)?.len();
        let inputs: Option<Vec<Input<'_>>> = program
            .references()
            .iter()
            .map(|reference| {
                let column = match reference.no.0 {
                    0 => &self.numbers,
                    1 => &self.texts,
                    _ => &self.days,
                };
                column.chunk(chunk).map(|chunk| Input::Stored(chunk))
            })
            .collect();
        Some(evaluate(program, rows.unwrap_or(whole), &inputs?))
    }
}

fn resolve(name: &str) -> Option<Reference> {
    let (no, shape) = match name {
        "a" => (0, Shape::Number),
        "t" => (1, Shape::Text),
        "d" => (2, Shape::Date),
        name => (name.strip_prefix('c')?.parse().ok()?, Shape::Number),
    };
    Some(Reference { field: FieldId::ordered(0, no), no: FieldNo(no as u32), shape })
}

pub fn program(text: &str) -> Result<Program> {
    compile(text, &resolve).map_err(|problems| anyhow!("`{text}` is no formula: {problems:?}"))
}

pub fn evaluate(program: &Program, rows: Range<usize>, inputs: &[Input<'_>]) -> ComputedChunk {
    let ids = |row: usize| Some(RecordId::ordered(0, row as u64));
    let (created, modified) = (None, None);
    program.eval(&Batch { rows, inputs, ids: &ids, created, modified, watched: &[], now: Timestamp(0), until: None })
}
