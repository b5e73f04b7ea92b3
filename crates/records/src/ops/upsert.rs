//! Updating the records that match, and creating those that nothing matches.

use std::sync::Arc;

use fields::{ChoiceIn, Incoming, Reading};
use model::{
    BaseId, CHUNK, Caller, CellRef, CellValue, Chunk, Column, Field, Ordinal, People, RecordId, Table, TableImage,
};
use serde_json::{Map, Value};

use super::write::{End, Steps, Written, find_all};
use super::{MANY, Records};
use crate::error::Error;
use crate::plan::{Plan, Row, choice_cell, read_row, unknown_field};
use images::aside;
use images::{BaseImage, stored_column};

/// Most fields to match on.
const MERGE: usize = 3;
/// Matches of a record that are kept: the others of a request can change no more than ten of them, so that this many
/// are surely too many.
const ENOUGH: usize = 12;

/// A record to write: the one with this id, or the one that has the same values in the fields to match on.
#[derive(Debug, Clone)]
pub struct UpsertRecord {
    /// Its id as given.
    pub id: Option<String>,
    /// Cells by field name or id.
    pub fields: Map<String, Value>,
}

/// How records are matched and written.
#[derive(Debug, Clone)]
pub struct UpsertHow {
    /// One to three fields to match on, by name or id.
    pub on: Vec<String>,
    /// Best effort instead of errors.
    pub typecast: bool,
    /// Clears cells of matched records that are not named.
    pub replace: bool,
}

/// What an upsert did.
pub struct Upserted {
    /// The records in the order of the request, and the change.
    pub written: Written,
    /// Those that were created.
    pub created: Vec<RecordId>,
    /// Those that were there.
    pub updated: Vec<RecordId>,
}

/// What a record is matched by.
#[derive(Debug, Clone, PartialEq)]
enum Key {
    /// Its id.
    Id,
    /// Values of the fields to match on.
    Values(Vec<CellValue>),
    /// Nothing there can have it: a value is blank, or a choice that is still to be made.
    None,
}

/// Records read and matched, before the writer is there.
struct Prepared {
    on: Vec<Arc<Field>>,
    rows: Vec<Row>,
    keys: Vec<Key>,
    /// Records that match each, [`ENOUGH`] at most.
    matches: Vec<Vec<Ordinal>>,
    /// The sequence at which they did.
    sequence: i64,
}

impl Records {
    /// Writes records, all or none: those with an id, and those that one record matches, are updated; those that nothing
    /// matches are created. A blank value matches nothing. Records are decided in order, so one may match another that
    /// the same request has just created.
    ///
    /// # Errors
    /// As [`Records::update`], and [`Error::Request`] where several records match, or the fields to match on cannot be
    /// used.
    pub async fn upsert(
        &self,
        caller: &Caller,
        (base, table): (BaseId, &str),
        records: &[UpsertRecord],
        how: &UpsertHow,
    ) -> Result<Upserted, Error> {
        let steps = Steps {
            prepare: |image: &BaseImage, table: &Table, people: &Arc<People>| {
                let reading = Reading { typecast: how.typecast, people: Arc::clone(people), ..Reading::default() };
                let read = records.iter().enumerate().map(|(at, r)| read_row(table, &r.fields, &reading, at));
                let rows = read.collect::<Result<Vec<_>, _>>()?;
                aside(image.records() >= MANY, || Prepared::new(image, table, (records, rows), &how.on))
            },
            targets: |image: &BaseImage, table: &Table, prepared: &mut Prepared| {
                prepared.bring_forward(image, table)?;
                let by_id = records.iter().filter_map(|record| record.id.as_deref());
                let mut targets = find_all(image, table, by_id)?;
                targets.extend(prepared.matches.iter().flatten());
                Ok(targets)
            },
            decide: |plan: &mut Plan<'_>, table: &Arc<Table>, targets: Vec<Ordinal>, prepared: Prepared| {
                Deciding { plan, table, replace: how.replace, touched: Vec::new(), created: Vec::new() }
                    .decide(targets, prepared)
            },
        };
        let (written, made) = self.write(caller, (base, table), End::Commit, steps).await?;
        let (mut created, mut updated) = (Vec::new(), Vec::new());
        for (id, ordinal) in written.found.ids().into_iter().zip(&written.found.ordinals) {
            let list = if made.contains(ordinal) { &mut created } else { &mut updated };
            if !list.contains(&id) {
                list.push(id);
            }
        }
        Ok(Upserted { written, created, updated })
    }
}

impl Prepared {
    fn new(
        image: &BaseImage,
        table: &Table,
        (records, rows): (&[UpsertRecord], Vec<Row>),
        on: &[String],
    ) -> Result<Self, Error> {
        let on = merge_fields(table, on)?;
        let key = |(record, row): (&UpsertRecord, &Row)| match record.id {
            Some(_) => Key::Id,
            None => key(&on, row, known_choices),
        };
        let keys: Vec<Key> = records.iter().zip(&rows).map(key).collect();
        image.need(table.no, on.iter().map(|field| field.no))?;
        let mut matches = vec![Vec::new(); keys.len()];
        scan(&image.table(table.no), (&on, &keys), &mut matches, |_| true);
        Ok(Self { on, rows, keys, matches, sequence: image.sequence })
    }

    /// Looks again at the records that have changed since.
    fn bring_forward(&mut self, image: &BaseImage, table: &Table) -> Result<(), Error> {
        image.need(table.no, self.on.iter().map(|field| field.no))?;
        if image.sequence == self.sequence {
            return Ok(());
        }
        let rows = image.table(table.no);
        let changed = |ordinal: Ordinal| match rows.changed.cell(ordinal.0 as usize) {
            CellRef::Time(sequence) => sequence > self.sequence,
            _ => true,
        };
        for found in &mut self.matches {
            found.retain(|ordinal| !changed(*ordinal));
        }
        scan(&rows, (&self.on, &self.keys), &mut self.matches, changed);
        self.sequence = image.sequence;
        Ok(())
    }
}

/// The fields to match on.
fn merge_fields(table: &Table, names: &[String]) -> Result<Vec<Arc<Field>>, Error> {
    let invalid = |message: String| Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message };
    if names.is_empty() || names.len() > MERGE {
        return Err(invalid(format!("`fieldsToMergeOn` names 1 to {MERGE} fields; {} were given", names.len())));
    }
    let field = |name: &String| {
        let field = table.field_exact(name).ok_or_else(|| unknown_field(table, name))?;
        if field.kind.is_computed() || field.kind.link().is_some() || field.kind.is_files() {
            let type_name = fields::of(&field.kind).name();
            return Err(invalid(format!(
                "field \"{}\" cannot be merged on: it is of type `{type_name}`, and only fields that are written and hold \
                 values of their own can",
                field.name
            )));
        }
        Ok(Arc::clone(field))
    };
    names.iter().map(field).collect()
}

/// The key of a row; `choices` answers the cell for choices, if there is one.
fn key(on: &[Arc<Field>], row: &Row, mut choices: impl FnMut(&Field, &[ChoiceIn]) -> Option<CellValue>) -> Key {
    let value = |field: &Arc<Field>| {
        let (_, incoming) = row.iter().rev().find(|(named, _)| named.id == field.id)?;
        let value = match incoming {
            Incoming::Cell(value) => value.clone(),
            Incoming::Choices(list) => choices(field, list)?,
            Incoming::Links(_) | Incoming::Attachments(_) => return None,
        };
        // Nobody writes a checkbox that is not checked.
        Some(value).filter(|value| !value.is_empty() && *value != CellValue::Flag(false))
    };
    on.iter().map(value).collect::<Option<_>>().map_or(Key::None, Key::Values)
}

fn known_choices(field: &Field, choices: &[ChoiceIn]) -> Option<CellValue> {
    let no = |choice: &ChoiceIn| if let ChoiceIn::No(no) = choice { Some(*no) } else { None };
    let numbers = choices.iter().map(no).collect::<Option<Vec<u32>>>()?;
    Some(choice_cell(&field.kind, numbers))
}

/// Finds the live records that have a key, among those that `look` says.
fn scan(
    rows: &TableImage,
    (on, keys): (&[Arc<Field>], &[Key]),
    matches: &mut [Vec<Ordinal>],
    look: impl Fn(Ordinal) -> bool,
) {
    if !keys.iter().any(|key| matches!(key, Key::Values(_))) {
        return;
    }
    let columns: Vec<Option<&Column>> = on.iter().map(|field| stored_column(rows, field.no, &field.kind)).collect();
    for index in 0..rows.len().div_ceil(CHUNK) {
        let chunks: Vec<Option<&Arc<Chunk>>> =
            columns.iter().map(|column| column.and_then(|column| column.chunk(index))).collect();
        let ordinals = (index * CHUNK..rows.len().min((index + 1) * CHUNK)).map(|ordinal| Ordinal(ordinal as u32));
        for ordinal in ordinals.filter(|ordinal| rows.is_live(*ordinal) && look(*ordinal)) {
            let row = ordinal.0 as usize % CHUNK;
            for (key, found) in keys.iter().zip(&mut *matches) {
                let Key::Values(values) = key else { continue };
                if found.len() < ENOUGH
                    && values.iter().zip(&chunks).all(|(value, chunk)| same(value, cell_of(*chunk, row)))
                {
                    found.push(ordinal);
                }
            }
        }
    }
}

fn cell_of(chunk: Option<&Arc<Chunk>>, row: usize) -> CellRef<'_> {
    chunk.map_or(CellRef::Empty, |chunk| chunk.cell(row))
}

/// True for the same value; lists of choices are compared without regard to their order.
fn same(value: &CellValue, cell: CellRef<'_>) -> bool {
    match (value.view(), cell) {
        (CellRef::Choices(a), CellRef::Choices(b)) => a.len() == b.len() && a.iter().all(|choice| b.contains(choice)),
        (value, cell) => value == cell,
    }
}

/// Decides the records of a request one after the other.
struct Deciding<'d, 'i> {
    plan: &'d mut Plan<'i>,
    table: &'d Arc<Table>,
    replace: bool,
    /// Records that this request writes: what they hold is in the plan.
    touched: Vec<Ordinal>,
    created: Vec<Ordinal>,
}

impl Deciding<'_, '_> {
    /// Answers where the records are, in order, and which of them are new.
    fn decide(mut self, targets: Vec<Ordinal>, prepared: Prepared) -> Result<(Vec<Ordinal>, Vec<Ordinal>), Error> {
        let Prepared { on, rows, keys, matches, .. } = prepared;
        let mut by_id = targets.into_iter();
        let mut places = Vec::with_capacity(rows.len());
        for ((row, key), matches) in rows.into_iter().zip(keys).zip(matches) {
            let found = if key == Key::Id { by_id.next() } else { self.find(&on, &row, matches)? };
            let ordinal = match found {
                Some(ordinal) if self.created.contains(&ordinal) => {
                    self.plan.amend(self.table, ordinal, row, self.replace)?;
                    ordinal
                }
                Some(ordinal) => {
                    self.plan.update(self.table, ordinal, row, self.replace)?;
                    ordinal
                }
                None => {
                    let (_, ordinal) = self.plan.create(self.table, row, None)?;
                    self.created.push(ordinal);
                    ordinal
                }
            };
            self.touched.push(ordinal);
            places.push(ordinal);
        }
        Ok((places, self.created))
    }

    /// The one record that matches a row by now.
    fn find(&mut self, on: &[Arc<Field>], row: &Row, matches: Vec<Ordinal>) -> Result<Option<Ordinal>, Error> {
        let plan = &mut *self.plan;
        let key = key(on, row, |field, choices| Some(plan.choices(self.table, field, choices.to_vec())));
        let Key::Values(values) = key else { return Ok(None) };
        let mut found: Vec<Ordinal> = matches.into_iter().filter(|ordinal| !self.touched.contains(ordinal)).collect();
        for ordinal in &self.touched {
            let holds = |(field, value): (&Arc<Field>, &CellValue)| {
                same(value, self.plan.cell(self.table.no, field.no, *ordinal).view())
            };
            if !found.contains(ordinal) && on.iter().zip(&values).all(holds) {
                found.push(*ordinal);
            }
        }
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            several => {
                let count =
                    if several.len() < ENOUGH { several.len().to_string() } else { format!("{ENOUGH} or more") };
                let names: Vec<String> = on.iter().map(|field| format!("\"{}\"", field.name)).collect();
                Err(Error::Request {
                    airtable_type: "INVALID_REQUEST_UNKNOWN",
                    message: format!(
                        "{count} records match in {}: an upsert needs fields whose values tell records apart; nothing was \
                         written",
                        names.join(", ")
                    ),
                })
            }
        }
    }
}
