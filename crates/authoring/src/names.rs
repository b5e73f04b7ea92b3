//! Formulas that are tried out: what is wrong with them, and what they come to.

use std::time::Instant;

use formula::{Batch, Diagnostic, DiagnosticKind, Input, Part, Program, Reference, Study};
use images::View;
use model::{
    Chunk, ComputedChunk, Field, FieldId, FieldKind, FieldNo, FormulaOptions, Ordinal, RecordId, RollupOptions, Schema,
    Table, TableImage, Timestamp,
};
use schema::{Nameable, Rules, Times};
use serde_json::Value;

use crate::error::Error;
use crate::given::Given;

/// What the formula of a rollup reads.
#[derive(Clone, Copy)]
pub(crate) struct Rolled<'n> {
    /// The link field that it looks through.
    pub link: FieldNo,
    /// The linked table.
    pub other: &'n Table,
    /// The field there.
    pub looked: &'n Field,
}

impl<'n> Rolled<'n> {
    /// A field of the linked table, as options of rollups name both.
    ///
    /// # Errors
    /// [`Error::Records`] for a field that is not there; [`Error::Given`] for one that is no link.
    pub fn find(schema: &'n Schema, table: &Table, link: &str, looked: &str) -> Result<Self, Error> {
        let link = table.field_exact(link).ok_or_else(|| records::unknown_field(table, link))?;
        let linked =
            link.kind.link().and_then(|link| schema.live_tables().find(|other| other.no == link.linked_table_no));
        let no_link = || {
            let kind = fields::of(&link.kind).name();
            Error::Given { reason: format!("a rollup looks through a link, and `{}` is of type `{kind}`", link.name) }
        };
        let other = linked.ok_or_else(no_link)?;
        let looked = other.field_exact(looked).ok_or_else(|| records::unknown_field(other, looked))?;
        Ok(Self { link: link.no, other, looked })
    }

    /// What a name stands for.
    pub fn reference(&self, name: &str) -> Option<Reference> {
        schema::rollup_reference(self.looked, name)
    }
}

/// What a formula may name.
pub(crate) struct Names<'n> {
    /// The table whose fields it names; without one only what is given has a name.
    pub table: Option<&'n Table>,
    /// What it rolls up; then it names nothing but `values`.
    pub rolled: Option<Rolled<'n>>,
    /// Values that are given for fields.
    pub given: &'n Given,
    /// Whether it has only the functions that Airtable has.
    pub only_airtable: bool,
    /// When whoever asks stops waiting.
    pub until: Instant,
}

impl Names<'_> {
    /// What a name stands for.
    pub fn reference(&self, name: &str) -> Option<Reference> {
        let field = match (self.rolled, self.table) {
            (Some(rolled), _) => rolled.reference(name),
            (None, table) => table.and_then(|table| schema::reference(table, name)),
        };
        match (field, self.table) {
            (Some(field), _) => Some(Reference { shape: self.given.shape(field.no).unwrap_or(field.shape), ..field }),
            // Without a table, given values are numbered as they come.
            (None, None) => {
                let (no, shape) = self.given.named(name)?;
                Some(Reference { field: FieldId::ordered(0, u64::from(no.0)), no, shape })
            }
            (None, Some(_)) => None,
        }
    }

    /// Reads a formula, or what should be one.
    pub fn study(&self, text: &str) -> Study {
        let Study { parts, program } =
            formula::study(text, &|name| self.reference(name), self.rolled.is_some(), Some(self.until));
        let rules = Rules { times: Times::Kept, only_airtable: self.only_airtable };
        Study { parts, program: schema::usable(text, program, self.nameable(), rules) }
    }

    fn nameable(&self) -> Nameable<'_> {
        match (self.rolled, self.table) {
            (Some(_), _) => Nameable::Values,
            (None, Some(table)) => Nameable::Fields(table),
            (None, None) => Nameable::Given,
        }
    }

    /// A part of a formula as one of its own; none where it means nothing alone.
    ///
    /// # Errors
    /// [`Error::Records`] when the time is over.
    pub fn part(&self, text: &str, part: &Part) -> Result<Option<Program>, Error> {
        if Instant::now() >= self.until {
            return Err(records::Error::TooSlow { field: None }.into());
        }
        let text = text.get(part.span.clone()).filter(|_| part.stands_alone);
        Ok(text.and_then(|text| formula::compile_rollup(text, &|name| self.reference(name)).ok()))
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

/// What a formula is tried on.
#[derive(Clone, Copy)]
pub(crate) struct Over<'o> {
    /// The record, if there is one.
    pub on: Option<On<'o>>,
    /// When the fields of it were last changed that the formula asks about, for each list of them.
    pub watched: &'o [Chunk],
    pub now: Timestamp,
}

/// What a formula comes to, as a formula field or a rollup tells it; nothing where it is an error.
///
/// # Errors
/// Those of reading cells.
pub(crate) fn evaluate(program: &Program, names: &Names<'_>, over: Over<'_>) -> Result<Option<Value>, Error> {
    let mut answer = Err(records::Error::TooSlow { field: None }.into());
    run(program, names, over, names.until, &mut |batch| {
        let computed = program.eval(batch);
        if !batch.is_over() {
            answer = Ok(told(program, names.rolled, &computed));
        }
    })?;
    answer
}

/// Why a formula comes to an error; none where that is not found in the time of the request.
///
/// # Errors
/// Those of reading cells.
pub(crate) fn failure(text: &str, names: &Names<'_>, over: Over<'_>) -> Result<Option<Diagnostic>, Error> {
    let until = names.until;
    let resolve = |name: &str| names.reference(name);
    let mut found = formula::failure(text, &resolve, until, &|program, sink| run(program, names, over, until, sink))?;
    if let Some(Diagnostic { kind: DiagnosticKind::Failed { field: Some(id) }, advice, .. }) = &mut found {
        let field = names.table.and_then(|table| table.field_by_id(*id));
        *advice = match (names.table, field, names.rolled) {
            (.., Some(_)) => "look at it in the linked records".to_owned(),
            (Some(table), Some(field), None) => of_field(over.on.map(|on| &*on.view.image.schema), table, field),
            _ => String::new(),
        };
    }
    Ok(found)
}

/// What helps with a field whose value is an error.
fn of_field(schema: Option<&Schema>, table: &Table, field: &Field) -> String {
    let broken = schema.and_then(|schema| schema::broken(schema, table, field));
    match (&field.kind, broken) {
        (_, Some(reason)) => reason,
        (FieldKind::Formula(_), None) => "evaluate its own formula for this record".to_owned(),
        (kind, None) => format!("it is of type `{}`: look at what it is computed from", fields::of(kind).name()),
    }
}

/// Hands the fields that a formula reads to what runs it.
fn run(
    program: &Program,
    names: &Names<'_>,
    Over { on, watched, now }: Over<'_>,
    until: Instant,
    run: &mut dyn FnMut(&Batch<'_>),
) -> Result<(), Error> {
    let read = |reference: &Reference| match (names.given.value(reference.no), on) {
        (Some(value), _) => Ok(Some((value.clone(), None))),
        (None, Some(on)) if let Some(Rolled { link, other, looked }) = names.rolled => {
            Ok(Some((on.view.rolled_up(on.rows, link, (other.no, looked.no), on.ordinal)?, None)))
        }
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
    run(&Batch {
        rows: 0..1,
        inputs: &inputs,
        ids: &|_| on.and_then(|on| on.id()),
        created: times.as_ref().map(|(created, _)| created),
        modified: times.as_ref().map(|(_, modified)| modified),
        watched,
        now,
        until: Some(until),
    });
    Ok(())
}

/// The cell of a formula field or a rollup.
fn told(program: &Program, rolled: Option<Rolled<'_>>, answer: &ComputedChunk) -> Option<Value> {
    if answer.errors.get(0) {
        return None;
    }
    let result = program.result();
    let kind = match rolled {
        Some(Rolled { looked, .. }) => FieldKind::Rollup(RollupOptions {
            link: looked.id,
            field: looked.id,
            formula: None,
            result,
            list: program.is_list(),
        }),
        None => FieldKind::Formula(FormulaOptions {
            formula: String::new(),
            references: Vec::new(),
            result,
            valid: true,
            watched: Vec::new(),
        }),
    };
    let mut out = Vec::new();
    let is_there = fields::write_cell(&kind, answer.cell(0), &mut out);
    Some(if is_there { serde_json::from_slice(&out).unwrap_or_default() } else { Value::Null })
}

/// The fields that a formula reads, each once, in the order in which it does; none without a table.
pub(crate) fn fields_of<'t>(names: &Names<'t>, program: &Program) -> Vec<&'t Field> {
    let Some(table) = names.rolled.map(|rolled| rolled.other).or(names.table) else { return Vec::new() };
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
