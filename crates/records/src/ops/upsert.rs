//! Updating the records that match, and creating those that nothing matches.

use std::sync::Arc;

use fields::{ChoiceIn, Incoming, Reading};
use model::{
    BaseId, CHUNK, Caller, CellRef, CellValue, Chunk, Column, Field, Ordinal, People, RecordId, Table, TableImage,
};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::write::{End, Steps, Written, each, find};
use super::{MANY, Records};
use crate::error::Error;
use crate::plan::{Plan, Row, choice_cell, read_row, unknown_field};
use images::{BaseImage, stored_column};
use web::aside;

/// Most fields to match on.
const MERGE: usize = 3;
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

/// The values of a key in one piece.
type Text = Box<[u8]>;

/// The records that hold each of some keys.
type Holders = FxHashMap<Text, Vec<Ordinal>>;

/// What a record is matched by.
#[derive(Debug, Clone, PartialEq)]
enum Key {
    /// Its id.
    Id,
    /// Values of the fields to match on, written so that equal ones are alike.
    Values(Text),
    /// Nothing there can have it: a value is blank, or a choice that is still to be made.
    None,
}

/// Records read and matched, before the writer is there.
struct Prepared {
    on: Vec<Arc<Field>>,
    rows: Vec<Row>,
    keys: Vec<Key>,
    /// Records that match each, [`enough`] at most.
    matches: Holders,
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
        place: (BaseId, &str),
        records: &[UpsertRecord],
        how: &UpsertHow,
    ) -> Result<Upserted, Error> {
        self.upsert_lines(caller, place, records, how).await.map_err(Error::first)
    }

    /// As [`Records::upsert`], with [`Error::Lines`] for records that cannot be.
    pub(crate) async fn upsert_lines(
        &self,
        caller: &Caller,
        (base, table): (BaseId, &str),
        records: &[UpsertRecord],
        how: &UpsertHow,
    ) -> Result<Upserted, Error> {
        let steps = Steps {
            doing: "create and update records",
            prepare: |image: &BaseImage, table: &Table, people: &Arc<People>| {
                let reading = Reading { typecast: how.typecast, people: Arc::clone(people), ..Reading::default() };
                let rows = each(records, |at, record| read_row(table, &record.fields, &reading, at))?;
                aside(image.records() >= MANY, || Prepared::new(image, table, (records, rows), &how.on))
            },
            targets: |image: &BaseImage, table: &Table, prepared: &mut Prepared| {
                prepared.bring_forward(image, table)?;
                let rows = image.table(table.no);
                let by_id = each(records, |_, record| record.id.as_deref().map(|id| find(&rows, id)).transpose())?;
                let mut targets: Vec<Ordinal> = by_id.into_iter().flatten().collect();
                targets.extend(prepared.matches.values().flatten());
                Ok(targets)
            },
            decide: |plan: &mut Plan<'_>, table: &Arc<Table>, targets: Vec<Ordinal>, prepared: Prepared| {
                Deciding::new(plan, table, how.replace).decide(targets, prepared)
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
        let wanted = keys.iter().filter_map(|key| if let Key::Values(text) = key { Some(text.clone()) } else { None });
        let mut matches: Holders = wanted.map(|text| (text, Vec::new())).collect();
        scan(&image.table(table.no), &on, (&mut matches, enough(&rows)), |_| true);
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
        for found in self.matches.values_mut() {
            found.retain(|ordinal| !changed(*ordinal));
        }
        scan(&rows, &self.on, (&mut self.matches, enough(&self.rows)), changed);
        self.sequence = image.sequence;
        Ok(())
    }
}

/// Matches of a record that are kept: the others of a request can change no more of them than they are, so that this many
/// are surely too many; some more are counted.
fn enough(rows: &[Row]) -> usize {
    rows.len() + 11
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
    let mut text = Vec::new();
    let mut write = |field: &Arc<Field>| {
        let named = row.iter().rev().find(|(named, _)| named.id == field.id);
        match named.map(|(_, incoming)| incoming) {
            Some(Incoming::Cell(value)) => write_key(value.view(), &mut text),
            Some(Incoming::Choices(list)) => {
                choices(field, list).is_some_and(|value| write_key(value.view(), &mut text))
            }
            Some(Incoming::Links(_) | Incoming::Attachments(_)) | None => false,
        }
    };
    if on.iter().all(&mut write) { Key::Values(text.into()) } else { Key::None }
}

/// Appends a value of a key: the same for the same value, and for choices in any order. False for one that matches
/// nothing: a blank, a checkbox that is not checked.
fn write_key(cell: CellRef<'_>, text: &mut Vec<u8>) -> bool {
    match cell {
        // There are two zeros.
        CellRef::Number(number) => text.extend_from_slice(&(number + 0.0).to_bits().to_le_bytes()),
        CellRef::Time(time) => text.extend_from_slice(&time.to_le_bytes()),
        CellRef::Choice(no) => text.extend_from_slice(&no.to_le_bytes()),
        CellRef::Choices(list) => {
            let mut list = list.to_vec();
            list.sort_unstable();
            text.extend_from_slice(&list.len().to_le_bytes());
            for no in list {
                text.extend_from_slice(&no.to_le_bytes());
            }
        }
        CellRef::Text(held) => {
            text.extend_from_slice(&held.len().to_le_bytes());
            text.extend_from_slice(held.as_bytes());
        }
        CellRef::Flag(true) => text.push(1),
        CellRef::Empty | CellRef::Flag(false) | CellRef::Links(_) | CellRef::Values(_) | CellRef::Error(_) => {
            return false;
        }
    }
    true
}

fn known_choices(field: &Field, choices: &[ChoiceIn]) -> Option<CellValue> {
    let no = |choice: &ChoiceIn| if let ChoiceIn::No(no) = choice { Some(*no) } else { None };
    let numbers = choices.iter().map(no).collect::<Option<Vec<u32>>>()?;
    Some(choice_cell(&field.kind, numbers))
}

/// Finds the live records that have one of the keys, among those that `look` says, so many of each.
fn scan(rows: &TableImage, on: &[Arc<Field>], (holders, most): (&mut Holders, usize), look: impl Fn(Ordinal) -> bool) {
    if holders.is_empty() {
        return;
    }
    let columns: Vec<Option<&Column>> = on.iter().map(|field| stored_column(rows, field.no, &field.kind)).collect();
    let mut text = Vec::new();
    for index in 0..rows.len().div_ceil(CHUNK) {
        let chunks: Vec<Option<&Arc<Chunk>>> =
            columns.iter().map(|column| column.and_then(|column| column.chunk(index))).collect();
        let ordinals = (index * CHUNK..rows.len().min((index + 1) * CHUNK)).map(|ordinal| Ordinal(ordinal as u32));
        for ordinal in ordinals.filter(|ordinal| rows.is_live(*ordinal) && look(*ordinal)) {
            let row = ordinal.0 as usize % CHUNK;
            text.clear();
            if chunks.iter().all(|chunk| write_key(cell_of(*chunk, row), &mut text))
                && let Some(found) = holders.get_mut(text.as_slice()).filter(|found| found.len() < most)
            {
                found.push(ordinal);
            }
        }
    }
}

fn cell_of(chunk: Option<&Arc<Chunk>>, row: usize) -> CellRef<'_> {
    chunk.map_or(CellRef::Empty, |chunk| chunk.cell(row))
}

/// Decides the records of a request one after the other.
struct Deciding<'d, 'i> {
    plan: &'d mut Plan<'i>,
    table: &'d Arc<Table>,
    replace: bool,
    /// The keys of records that this request writes: what they hold is in the plan.
    touched: FxHashMap<Ordinal, Option<Text>>,
    holders: Holders,
    created: Vec<Ordinal>,
}

impl<'d, 'i> Deciding<'d, 'i> {
    fn new(plan: &'d mut Plan<'i>, table: &'d Arc<Table>, replace: bool) -> Self {
        let (touched, holders) = Default::default();
        Self { plan, table, replace, touched, holders, created: Vec::new() }
    }

    /// Answers where the records are, in order, and which of them are new.
    fn decide(mut self, targets: Vec<Ordinal>, prepared: Prepared) -> Result<(Vec<Ordinal>, Vec<Ordinal>), Error> {
        let Prepared { on, rows, keys, matches, .. } = prepared;
        let most = enough(&rows);
        let mut by_id = targets.into_iter();
        let places = each(rows.into_iter().zip(keys), |_, (row, key)| {
            let found = if key == Key::Id { by_id.next() } else { self.find(&on, &row, (&matches, most))? };
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
            self.touch(&on, ordinal);
            Ok(ordinal)
        })?;
        Ok((places, self.created))
    }

    /// Notes by what a record is found from now on.
    fn touch(&mut self, on: &[Arc<Field>], ordinal: Ordinal) {
        let mut text = Vec::new();
        let mut write =
            |field: &Arc<Field>| write_key(self.plan.cell(self.table.no, field.no, ordinal).view(), &mut text);
        let key = on.iter().all(&mut write).then(|| Text::from(text));
        if let Some(Some(before)) = self.touched.insert(ordinal, key.clone())
            && let Some(held) = self.holders.get_mut(&before)
        {
            held.retain(|held| *held != ordinal);
        }
        if let Some(key) = key {
            self.holders.entry(key).or_default().push(ordinal);
        }
    }

    /// The one record that matches a row by now.
    fn find(
        &mut self,
        on: &[Arc<Field>],
        row: &Row,
        (matches, most): (&Holders, usize),
    ) -> Result<Option<Ordinal>, Error> {
        let plan = &mut *self.plan;
        let key = key(on, row, |field, choices| Some(plan.choices(self.table, field, choices.to_vec())));
        let Key::Values(key) = key else { return Ok(None) };
        let untouched = matches.get(&key).into_iter().flatten().filter(|ordinal| !self.touched.contains_key(ordinal));
        let found: Vec<Ordinal> = untouched.chain(self.holders.get(&key).into_iter().flatten()).copied().collect();
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            several => {
                let count = if several.len() < most { several.len().to_string() } else { format!("{most} or more") };
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
