//! Formulas that are tried out: what is wrong with them, and what they come to.

use std::ops::Range;

use formula::{Batch, Diagnostic, DiagnosticKind, Input, Part, Program, Reference, Study};
use images::View;
use model::{
    Chunk, ComputedChunk, Field, FieldId, FieldKind, FieldNo, FormulaOptions, Ordinal, RecordId, Table, TableImage,
    Timestamp, Watched,
};
use schema::closest;
use serde_json::Value;

use crate::error::Error;
use crate::given::Given;
use crate::told::places;

/// Most functions that are told to be none of Airtable's.
const FOREIGN: usize = 100;

/// What a formula may name.
pub(crate) struct Names<'n> {
    /// The table whose fields it names; without one only what is given has a name.
    pub table: Option<&'n Table>,
    /// Values that are given for fields.
    pub given: &'n Given,
    /// Whether it has only the functions that Airtable has.
    pub only_airtable: bool,
}

impl Names<'_> {
    /// What a name stands for.
    pub fn reference(&self, name: &str) -> Option<Reference> {
        let field = self.table.and_then(|table| schema::reference(table, name));
        match (field, self.table) {
            (Some(field), _) => Some(Reference { shape: self.given.shape(field.no).unwrap_or(field.shape), ..field }),
            // Without a table, given values are numbered as they come.
            (None, None) => {
                let (no, shape) = self.given.named(name)?;
                Some(Reference { field: FieldId::ordered(0, u64::from(no.0)), no, shape, exact: true })
            }
            (None, Some(_)) => None,
        }
    }

    /// Reads a formula, or what should be one.
    pub fn study(&self, text: &str) -> Study {
        let Study { parts, program } = formula::study(text, &|name| self.reference(name));
        let refused = program.as_ref().ok().and_then(|program| self.refused(text, program));
        let mut mistakes: Vec<Diagnostic> = self.foreign(text).into_iter().chain(refused).collect();
        let program = match program {
            Ok(program) if mistakes.is_empty() => return Study { parts, program: Ok(program) },
            program => program.err(),
        };
        mistakes.extend(program.into_iter().flatten());
        mistakes.sort_by_key(|mistake| mistake.span.start);
        for mistake in &mut mistakes {
            self.advise(mistake);
        }
        Study { parts, program: Err(mistakes) }
    }

    /// A part of a formula as one of its own; none where it means nothing alone.
    pub fn part(&self, text: &str, part: &Part) -> Option<Program> {
        let text = text.get(part.span.clone()).filter(|_| part.stands_alone)?;
        formula::compile_rollup(text, &|name| self.reference(name)).ok()
    }

    /// Names the fields that may have been meant.
    fn advise(&self, problem: &mut Diagnostic) {
        let DiagnosticKind::UnknownField { name } = &problem.kind else { return };
        problem.message = format!("there is no field `{}`", name.chars().take(255).collect::<String>());
        problem.advice = match self.table {
            Some(table) => closest(name, table.live_fields().map(|field| field.name.as_str())),
            None => "; give a value for it in `context`, or `base` and `table`".to_owned(),
        };
        problem.advice = problem.advice.trim_start_matches("; ").to_owned();
    }

    /// The functions that this house does not take.
    fn foreign(&self, text: &str) -> Vec<Diagnostic> {
        let found = if self.only_airtable { formula::beyond_airtable(text) } else { Vec::new() };
        let told = |(name, span): (&str, Range<usize>)| Diagnostic {
            message: schema::foreign(name),
            advice: String::new(),
            at: places(text, &span)[0] + 1,
            span,
            kind: DiagnosticKind::UnknownFunction { name: name.to_owned() },
        };
        found.into_iter().take(FOREIGN).map(told).collect()
    }

    /// Why a formula is none of this table, though it can be read.
    fn refused(&self, text: &str, program: &Program) -> Option<Diagnostic> {
        let table = self.table?;
        let unwritten = schema::unwritten(table, program).map(|field| {
            format!("LAST_MODIFIED_TIME is asked about fields that people write, and nobody writes `{}`", field.name)
        });
        let message = unwritten.or_else(|| schema::unpaired(table, program))?;
        let kind = DiagnosticKind::Syntax;
        Some(Diagnostic { message, advice: String::new(), span: 0..text.len(), at: 1, kind })
    }
}

/// A record that a formula is tried on.
#[derive(Clone, Copy)]
pub(crate) struct On<'o> {
    pub view: &'o View,
    pub table: &'o Table,
    pub rows: &'o TableImage,
    pub ordinal: Ordinal,
}

impl On<'_> {
    fn id(&self) -> Option<RecordId> {
        self.rows.ids.get(self.ordinal)
    }

    fn time(&self, column: &model::Column) -> Chunk {
        let mut time = Chunk::new(model::Kind::Time);
        time.set(0, column.cell(self.ordinal.0 as usize));
        time
    }
}

/// What a formula comes to, as a formula field tells it; nothing where it is an error.
///
/// # Errors
/// Those of reading cells.
pub(crate) fn evaluate(
    program: &Program,
    (given, on): (&Given, Option<On<'_>>),
    now: Timestamp,
) -> Result<Option<Value>, Error> {
    let read = |reference: &Reference| match (given.value(reference.no), on) {
        (Some(value), _) => Ok(Some((value.clone(), None))),
        (None, Some(on)) => {
            let cells = on.view.input((on.table, on.rows), reference, on.ordinal)?;
            let field = on.table.field_by_no(reference.no).filter(|field| !field.kind.is_evaluated());
            Ok(Some((cells, field.and_then(|field| field.kind.select()))))
        }
        (None, None) => Ok(None),
    };
    let held = program.references().iter().map(read).collect::<Result<Vec<_>, Error>>()?;
    let inputs: Vec<Input<'_>> = held
        .iter()
        .map(|held| match held {
            None => Input::Missing,
            Some((cells, Some(select))) => Input::Choice { chunk: &cells.values, select },
            Some((cells, None)) => Input::Computed(cells),
        })
        .collect();
    let times = on.map(|on| (on.time(&on.rows.created), on.time(&on.rows.modified)));
    let batch = Batch {
        rows: 0..1,
        inputs: &inputs,
        ids: &|_| on.and_then(|on| on.id()),
        created: times.as_ref().map(|(created, _)| created),
        modified: times.as_ref().map(|(_, modified)| modified),
        watched: None,
        now,
        until: on.and_then(|on| on.view.until),
    };
    let answer = program.eval(&batch);
    if batch.is_over() {
        return Err(records::Error::TooSlow.into());
    }
    Ok(told(program, &answer))
}

/// The cell of a formula field.
fn told(program: &Program, answer: &ComputedChunk) -> Option<Value> {
    if answer.errors.get(0) {
        return None;
    }
    let kind = FieldKind::Formula(FormulaOptions {
        formula: String::new(),
        references: Vec::new(),
        result: program.result(),
        valid: true,
        watched: Watched(Vec::new()),
    });
    let mut out = Vec::new();
    let is_there = fields::write_cell(&kind, answer.cell(0), &mut out);
    Some(if is_there { serde_json::from_slice(&out).unwrap_or_default() } else { Value::Null })
}

/// The fields of a table that a formula reads, each once, in the order in which it does.
pub(crate) fn fields_of<'t>(table: &'t Table, program: &Program) -> Vec<&'t Field> {
    let mut seen: Vec<FieldNo> = Vec::new();
    let first = |no: &FieldNo| {
        !seen.contains(no) && {
            seen.push(*no);
            true
        }
    };
    let numbers = program.references().iter().map(|reference| reference.no).filter(first);
    numbers.collect::<Vec<_>>().into_iter().filter_map(|no| table.field_by_no(no)).map(AsRef::as_ref).collect()
}
