//! A formula ready to run, and running it over the rows of a chunk.

use std::ops::Range;

use model::{Bits, CellRef, Chunk, ComputedChunk, FormulaType, Kind, RecordId, SelectOptions, Timestamp};

use crate::check::{Checker, Expr, Reference};
use crate::eval::Row;
use crate::parse::{Diagnostic, parse};
use crate::value::Val;

/// Longest text result in characters.
const OUTPUT: usize = 100_000;

/// A checked formula.
pub struct Program {
    text: String,
    expr: Expr,
    references: Vec<Reference>,
    spans: Vec<(Range<usize>, usize)>,
    result: FormulaType,
}

/// Rows of one chunk.
pub struct Batch<'a> {
    /// Which rows; row `i` of the result is `rows.start + i`.
    pub rows: Range<usize>,
    /// The fields, in the order of [`Program::references`].
    pub inputs: &'a [Input<'a>],
    /// The id of a row.
    pub ids: &'a dyn Fn(usize) -> Option<RecordId>,
    /// When the records were created.
    pub created: Option<&'a Chunk>,
    /// When they were last changed.
    pub modified: Option<&'a Chunk>,
    /// The time now.
    pub now: Timestamp,
}

/// The values of one field.
pub enum Input<'a> {
    /// None.
    Missing,
    /// Stored values.
    Stored(&'a Chunk),
    /// A select with the names of its choices.
    Choice {
        /// The choice numbers.
        chunk: &'a Chunk,
        /// The choices and their names.
        select: &'a SelectOptions,
    },
    /// Computed values.
    Computed(&'a ComputedChunk),
}

/// Reads a formula and resolves its names.
///
/// # Errors
/// What is wrong, each with its place.
pub fn compile(text: &str, resolve: &dyn Fn(&str) -> Option<Reference>) -> Result<Program, Vec<Diagnostic>> {
    let node = parse(text).map_err(|problem| vec![problem])?;
    let mut checker = Checker { resolve, references: Vec::new(), spans: Vec::new(), problems: Vec::new() };
    let (expr, result) = checker.check(&node);
    let Checker { references, spans, problems, .. } = checker;
    if problems.is_empty() {
        Ok(Program { text: text.to_owned(), expr, references, spans, result })
    } else {
        Err(problems)
    }
}

impl Program {
    /// The fields it needs, each once.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// The type of its result.
    pub fn result(&self) -> FormulaType {
        self.result
    }

    /// True when the result depends on the time now.
    pub fn is_volatile(&self) -> bool {
        volatile(&self.expr)
    }

    /// The text with every field named by its id.
    pub fn canonical(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut at = 0;
        let mut spans = self.spans.clone();
        spans.sort_by_key(|(span, _)| span.start);
        for (span, slot) in spans {
            out.push_str(self.text.get(at..span.start).unwrap_or_default());
            if let Some(reference) = self.references.get(slot) {
                out.push('{');
                out.push_str(&reference.field.to_string());
                out.push('}');
            }
            at = span.end;
        }
        out.push_str(self.text.get(at..).unwrap_or_default());
        out
    }

    /// Computes the rows of a batch.
    pub fn eval(&self, batch: &Batch<'_>) -> ComputedChunk {
        let kind = match self.result {
            FormulaType::Number | FormulaType::Flag => Kind::Number,
            FormulaType::Text => Kind::Text,
            FormulaType::Date | FormulaType::DateTime => Kind::Time,
        };
        let mut out = ComputedChunk { values: Chunk::new(kind), errors: Bits::default() };
        for (index, row) in batch.rows.clone().enumerate() {
            let value = Row { batch, row }.eval(&self.expr);
            match (kind, &value) {
                (_, Val::Error) => out.errors.set(index, true),
                (_, Val::Blank) => out.values.set(index, CellRef::Empty),
                (Kind::Number, Val::Number(number)) => out.values.set(index, CellRef::Number(*number)),
                (Kind::Time, Val::Time(time, _)) => out.values.set(index, CellRef::Time(*time)),
                (Kind::Text, value) => {
                    let text = value.text();
                    if text.chars().nth(OUTPUT).is_some() {
                        out.errors.set(index, true);
                    } else {
                        out.values.set(index, CellRef::Text(&text));
                    }
                }
                (_, value) if value.is_blank() => out.values.set(index, CellRef::Empty),
                _ => out.errors.set(index, true),
            }
        }
        out
    }

    /// The rows of a batch for which it is true.
    pub fn filter(&self, batch: &Batch<'_>) -> Bits {
        let mut out = Bits::default();
        for (index, row) in batch.rows.clone().enumerate() {
            if (Row { batch, row }).eval(&self.expr).truth() {
                out.set(index, true);
            }
        }
        out
    }
}

fn volatile(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Text(_) | Expr::Slot(..) => false,
        Expr::Call(function, arguments) => matches!(function.name, "NOW" | "TODAY") || arguments.iter().any(volatile),
        Expr::Negate(inner) => volatile(inner),
        Expr::Binary(_, left, right) => volatile(left) || volatile(right),
    }
}
