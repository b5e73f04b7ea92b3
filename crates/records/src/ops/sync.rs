//! Making a table hold what somebody else's does.

use std::sync::Arc;

use events::{CellChange, RecordChange};
use fields::{ChoiceIn, Incoming};
use model::{BaseId, Caller, CellRef, CellValue, Field, FieldNo, Ordinal, People, Table, TableImage, encode_cell};
use rustc_hash::FxHashMap;

use super::bulk::made_meanwhile;
use super::write::{End, Steps};
use super::{Records, aside};
use crate::error::Error;
use crate::plan::{Plan, choice_cell, previous, unknown_field};
use images::{BaseImage, stored_column};

/// The most rows that a table follows, and the most records that are removed at a time.
pub const SYNC_RECORDS: usize = 10_000;

/// What a table shall hold, read for its fields.
#[derive(Debug, Clone)]
pub struct SyncRows {
    /// The fields that rows have cells for.
    pub fields: Vec<Arc<Field>>,
    /// Which of them tells records apart.
    pub key: usize,
    /// For each row a cell of each field.
    pub rows: Vec<Vec<Incoming>>,
    /// Whether records that no row is about are deleted.
    pub removes: bool,
}

/// Where the rows are, once the writer is there.
struct Matched {
    fields: Vec<Arc<Field>>,
    keys: Vec<String>,
    places: Vec<Option<Ordinal>>,
    gone: Vec<Ordinal>,
}

impl Records {
    /// Makes a table hold these rows, in one change: records are matched by the key, of several with the same the oldest;
    /// rows without one are created, cells that differ are written. Fields that rows have no cells for stay as they are.
    ///
    /// # Errors
    /// As [`Records::update`]; [`Error::Request`] for keys that do not tell rows apart, fields that cannot follow a file,
    /// and where more than [`SYNC_RECORDS`] would be written or removed.
    pub async fn sync(&self, caller: &Caller, (base, table): (BaseId, &str), wanted: &SyncRows) -> Result<(), Error> {
        let steps = Steps {
            doing: "create, update and delete records",
            prepare: |image: &BaseImage, table: &Table, _: &Arc<People>| {
                let fields = wanted.present(table)?;
                let keys = wanted.keys(&fields)?;
                image.need(table.no, fields.get(wanted.key).map(|key| key.no))?;
                Ok(Matched { fields, keys, places: Vec::new(), gone: Vec::new() })
            },
            targets: |image: &BaseImage, table: &Table, matched: &mut Matched| {
                image.need(table.no, matched.fields.get(wanted.key).map(|key| key.no))?;
                aside(true, || matched.find(wanted, &image.table(table.no)))?;
                Ok(matched.places.iter().flatten().chain(&matched.gone).copied().collect())
            },
            decide: |plan: &mut Plan<'_>, table: &Arc<Table>, _: Vec<Ordinal>, matched: Matched| {
                aside(true, || matched.decide(plan, table, &wanted.rows))?;
                Ok((Vec::new(), ()))
            },
        };
        self.write(caller, (base, table), End::Commit, steps).await.map(drop)
    }
}

impl SyncRows {
    /// Refuses too many rows, and keys that are empty or not their row's alone.
    ///
    /// # Errors
    /// [`Error::Request`].
    pub fn check(&self) -> Result<(), Error> {
        self.keys(&self.fields).map(drop)
    }

    /// The key of each row. `fields`: as they are now.
    fn keys(&self, fields: &[Arc<Field>]) -> Result<Vec<String>, Error> {
        if self.rows.len() > SYNC_RECORDS {
            return Err(wrong(format!("a table follows at most {SYNC_RECORDS} rows; {} were given", self.rows.len())));
        }
        let field = fields.get(self.key).ok_or_else(|| wrong("no field is the key".to_owned()))?;
        let mut seen: FxHashMap<String, usize> = FxHashMap::default();
        let mut keys = Vec::with_capacity(self.rows.len());
        for (row, number) in self.rows.iter().zip(1..) {
            let name = &field.name;
            let key = row.get(self.key).and_then(|cell| key_of_cell(field, cell));
            let key = key.ok_or_else(|| wrong(format!("row {number} has nothing in the key `{name}`")))?;
            if let Some(first) = seen.insert(key.clone(), number) {
                return Err(wrong(format!("rows {first} and {number} have the same key in `{name}`")));
            }
            keys.push(key);
        }
        Ok(keys)
    }

    /// The fields as they are now.
    fn present(&self, table: &Table) -> Result<Vec<Arc<Field>>, Error> {
        let present = |field: &Arc<Field>| {
            let held = table.live_fields().find(|held| held.id == field.id);
            let held = held.ok_or_else(|| unknown_field(table, &field.name))?;
            if held.no != field.no {
                return Err(wrong(format!("field `{}` got another type meanwhile: send the rows again", held.name)));
            }
            if held.kind.is_computed() || held.kind.link().is_some() || held.kind.is_files() {
                return Err(wrong(format!(
                    "field `{}` of type `{}` cannot follow rows: only fields that are written and hold values of their own can",
                    held.name,
                    fields::of(&held.kind).name()
                )));
            }
            Ok(Arc::clone(held))
        };
        self.fields.iter().map(present).collect()
    }
}

impl Matched {
    /// Finds the record of each key, and those of none.
    fn find(&mut self, wanted: &SyncRows, rows: &TableImage) -> Result<(), Error> {
        let Some(key) = self.fields.get(wanted.key) else { return Ok(()) };
        let index: FxHashMap<&str, usize> = self.keys.iter().zip(0..).map(|(key, row)| (key.as_str(), row)).collect();
        let column = stored_column(rows, key.no, &key.kind);
        self.places = vec![None; self.keys.len()];
        self.gone.clear();
        for ordinal in rows.live.ones() {
            let held = column.map_or(CellRef::Empty, |column| column.cell(ordinal));
            let row = text_of(held).and_then(|key| index.get(key.as_str()).copied());
            match row.and_then(|row| self.places.get_mut(row)) {
                Some(place @ None) => *place = Some(Ordinal(ordinal as u32)),
                _ if wanted.removes => self.gone.push(Ordinal(ordinal as u32)),
                _ => {}
            }
        }
        if self.gone.len() > SYNC_RECORDS {
            return Err(wrong(format!(
                "{} records are in no row, and at most {SYNC_RECORDS} are removed at a time: delete them before, or keep \
                 records that are missing",
                self.gone.len()
            )));
        }
        Ok(())
    }

    fn decide(self, plan: &mut Plan<'_>, table: &Arc<Table>, wanted: &[Vec<Incoming>]) -> Result<(), Error> {
        let rows = plan.rows(table.no);
        for (row, place) in wanted.iter().zip(&self.places) {
            let Some(ordinal) = *place else {
                let cells = self.fields.iter().cloned().zip(row.iter().cloned().map(unchecked));
                plan.create(table, cells.collect(), None)?;
                continue;
            };
            let mut cells = Vec::new();
            for (field, incoming) in self.fields.iter().zip(row) {
                let after = match unchecked(incoming.clone()) {
                    Incoming::Cell(value) => value,
                    Incoming::Choices(choices) => plan.choices(table, field, choices),
                    // No field that is present takes these.
                    Incoming::Links(_) | Incoming::Attachments(_) => continue,
                };
                let before = rows.cell(field.no, ordinal);
                if before != after.view() {
                    cells.push(CellChange { field: field.no, before: before.to_value(), after });
                }
            }
            if let (Some(id), false) = (rows.ids.get(ordinal), cells.is_empty()) {
                let previous = previous(&rows, ordinal);
                plan.body.table(table.no).updated.push(RecordChange { ordinal, id, previous, cells });
            }
        }
        for ordinal in self.gone {
            plan.delete(table, ordinal);
        }
        Ok(())
    }
}

fn wrong(message: String) -> Error {
    Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message }
}

/// A checkbox that is not checked is stored as nothing.
fn unchecked(incoming: Incoming) -> Incoming {
    if incoming == Incoming::Cell(CellValue::Flag(false)) { Incoming::EMPTY } else { incoming }
}

/// A cell as a key. A choice that is still to be made is nobody else's.
fn key_of_cell(field: &Field, incoming: &Incoming) -> Option<String> {
    match made_meanwhile(field, incoming.clone()) {
        Incoming::Cell(value) => text_of(value.view()),
        Incoming::Choices(choices) => match choices.as_slice() {
            [ChoiceIn::No(no)] => text_of(choice_cell(&field.kind, vec![*no]).view()),
            [ChoiceIn::New(name)] => Some(format!("+{name}")),
            _ => None,
        },
        Incoming::Links(_) | Incoming::Attachments(_) => None,
    }
}

/// What is the same for equal cells; none for an empty one.
fn text_of(cell: CellRef<'_>) -> Option<String> {
    let mut text = Vec::new();
    let holds = encode_cell(FieldNo(0), cell, &mut text);
    // Cells are encoded as JSON.
    if holds { String::from_utf8(text).ok() } else { None }
}
