//! Many records at once, in runs.

use std::sync::Arc;

use clock::Ids;
use db::Tx;
use events::{Cells, Change};
use fields::{ChoiceIn, Incoming};
use model::{BaseId, Caller, CellValue, Field, Ordinal, RecordId, Table, Timestamp, encode_cells};
use tenancy::Action;

use super::Records;
use super::write::queue;
use crate::error::Error;
use crate::files::same_cells;
use crate::plan::{Plan, choice_cell, unknown_field};
use images::BaseImage;
use images::record_cells;
use images::{Mark, PreparedRows};

/// The most records of one change.
pub const BULK_RECORDS: usize = 5_000;
/// The most bytes of cells in one change, except that one record always fits.
pub const BULK_BYTES: usize = 4 << 20;

/// Records to append in one change, read and encoded before the writer is asked.
#[derive(Debug)]
pub struct BulkRows {
    /// Every field that a row may name.
    pub(super) fields: Vec<Arc<Field>>,
    pub(super) rows: Vec<BulkRow>,
    /// The rows as they are stored, while all are closed.
    pub(super) prepared: PreparedRows,
    pub(super) bytes: usize,
    /// No row has cells that are decided in the writer.
    pub(super) closed: bool,
    /// The row that is being put together.
    next: BulkRow,
    /// Room to encode a row in.
    encoded: Vec<u8>,
    /// Where ids come from, and their time.
    ids: (Ids, Timestamp),
}

#[derive(Debug, Default)]
pub(super) struct BulkRow {
    /// The id, unless cells are open.
    pub id: Option<RecordId>,
    pub cells: Cells,
    /// Cells that depend on what is there: new choices, and links.
    pub open: Vec<(Arc<Field>, Incoming)>,
}

impl BulkRow {
    pub fn known(id: RecordId, cells: Cells) -> Self {
        Self { id: Some(id), cells, open: Vec::new() }
    }
}

impl BulkRows {
    fn new(fields: Vec<Arc<Field>>, expected: usize, ids: (Ids, Timestamp)) -> Self {
        let expected = expected.min(BULK_RECORDS);
        let (rows, prepared) = (Vec::with_capacity(expected), PreparedRows::with_capacity(expected));
        let (next, encoded) = Default::default();
        Self { fields, rows, prepared, bytes: 0, closed: true, next, encoded, ids }
    }

    /// Adds a cell to the next record.
    pub fn put(&mut self, field: &Arc<Field>, incoming: Incoming) {
        match known(field, incoming) {
            Ok(CellValue::Empty | CellValue::Flag(false)) => {}
            Ok(value) => self.next.cells.push((field.no, value)),
            Err(incoming) => self.next.open.push((Arc::clone(field), incoming)),
        }
    }

    /// Adds the record of the cells that were put since the last one.
    pub fn end_row(&mut self) {
        let room = Vec::with_capacity(self.next.cells.len());
        let mut row = std::mem::replace(&mut self.next, BulkRow { cells: room, ..BulkRow::default() });
        if !row.cells.is_sorted_by_key(|(field, _)| *field) {
            row.cells.sort_unstable_by_key(|(field, _)| *field);
        }
        if row.open.is_empty() {
            self.encoded.clear();
            encode_cells(row.cells.iter().map(|(field, cell)| (*field, cell.view())), &mut self.encoded);
            // Cells are encoded as JSON.
            let id = self.ids.0.record(self.ids.1);
            self.prepared.push(id, str::from_utf8(&self.encoded).unwrap_or_default().to_owned());
            row.id = Some(id);
            self.bytes += self.encoded.len();
        } else {
            self.closed = false;
            self.bytes += 256;
        }
        self.rows.push(row);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// True when they should be written before another one is added.
    pub fn is_full(&self, records: usize) -> bool {
        self.rows.len() >= records.min(BULK_RECORDS) || self.bytes >= BULK_BYTES
    }

    /// Refuses rows that were read for other fields than the table has now.
    pub(super) fn check(&self, table: &Table) -> Result<(), Error> {
        for field in &self.fields {
            let held = table.field_by_id(field.id).ok_or_else(|| unknown_field(table, &field.name))?;
            if held.no != field.no {
                let message = format!("field `{}` got another type meanwhile", held.name);
                return Err(Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message });
            }
        }
        Ok(())
    }
}

/// The value to store, where it does not depend on what is there.
fn known(field: &Field, incoming: Incoming) -> Result<CellValue, Incoming> {
    match incoming {
        // A new record has no links to clear.
        Incoming::Cell(_) if field.kind.link().is_some() => Ok(CellValue::Empty),
        Incoming::Cell(value) => Ok(value),
        Incoming::Choices(choices) => {
            let mut numbers: Vec<u32> = Vec::with_capacity(choices.len());
            for choice in &choices {
                match choice {
                    ChoiceIn::No(no) if numbers.contains(no) => {}
                    ChoiceIn::No(no) => numbers.push(*no),
                    ChoiceIn::New(_) => return Err(Incoming::Choices(choices)),
                }
            }
            Ok(choice_cell(&field.kind, numbers))
        }
        Incoming::Links(_) | Incoming::Attachments(_) => Err(incoming),
    }
}

/// Choices that earlier rows have made have numbers by now.
pub(super) fn made_meanwhile(field: &Field, incoming: Incoming) -> Incoming {
    let Incoming::Choices(choices) = incoming else { return incoming };
    let held = field.kind.select().map(|select| select.choices.as_slice()).unwrap_or_default();
    let choices = choices.into_iter().map(|choice| match choice {
        ChoiceIn::New(name) => match held.iter().find(|held| held.name == name) {
            Some(held) => ChoiceIn::No(held.no),
            None => ChoiceIn::New(name),
        },
        ChoiceIn::No(no) => ChoiceIn::No(no),
    });
    Incoming::Choices(choices.collect())
}

/// Where records are appended.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// The base.
    pub base: BaseId,
    /// The table, by name or id.
    pub table: String,
    /// The id that the changes of this piece of work share.
    pub run: String,
}

impl Records {
    /// No rows yet; about `expected` are to come, which name only these fields.
    pub fn bulk_rows(&self, fields: Vec<Arc<Field>>, expected: usize) -> BulkRows {
        BulkRows::new(fields, expected, (self.ids.clone(), self.clock.now()))
    }

    /// Makes sure that all that was done in a base since a time can be taken back.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::TooOld`] when the log no longer reaches back that far.
    pub async fn check_kept(&self, caller: &Caller, base: BaseId, since: Timestamp) -> Result<(), Error> {
        let permit = self.schemas.permit(caller, Action::WriteRecords, base).await?;
        let head = self.changes.head(permit.base_no()).await?;
        if head.oldest > 1 && since <= head.kept_since { Err(Error::too_old(&head)) } else { Ok(()) }
    }

    /// The changes of a run after a sequence, oldest first, as many as are read at a time.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn list_run(&self, caller: &Caller, bulk: &Bulk, after: i64) -> Result<Vec<Arc<Change>>, Error> {
        let permit = self.schemas.permit(caller, Action::WriteRecords, bulk.base).await?;
        Ok(self.changes.list_run(permit.base_no(), &bulk.run, after).await?)
    }

    /// Deletes the records that a change of a run has made, in one change of the same run; answers how many were
    /// deleted, and how many are left because they have changed since. `also` is as for [`Records::append_rows`], and is
    /// told these counts.
    ///
    /// # Errors
    /// As [`Records::delete`].
    pub async fn remove_rows<A>(
        &self,
        caller: &Caller,
        bulk: &Bulk,
        change: &Change,
        also: A,
    ) -> Result<Option<(u64, u64)>, Error>
    where
        A: FnOnce(&mut Tx, (u64, u64)) + Send,
    {
        unless_missed(self.remove_once(caller, bulk, change, also).await)
    }

    async fn remove_once<A>(&self, caller: &Caller, bulk: &Bulk, change: &Change, also: A) -> Result<(u64, u64), Error>
    where
        A: FnOnce(&mut Tx, (u64, u64)) + Send,
    {
        let permit = self.schemas.permit(caller, Action::WriteRecords, bulk.base).await?;
        let mut tx = self.changes.begin(permit.tenant(), permit.base_no()).await?;
        let mut private = self.images.private(permit.tenant(), permit.base_no(), &mut tx).await?;
        for part in &change.body.tables {
            let ordinals: Vec<Ordinal> = part.created.iter().map(|record| record.ordinal).collect();
            private.fill(&mut tx, permit.tenant(), part.table, &ordinals).await?;
        }
        let now = self.clock.now();
        let mark = Mark::new(tx.head().sequence + 1, now, &caller.actor);
        let (mut body, left) = private.read(|image| {
            let mut plan = Plan::new(image, &self.ids, now);
            let left = plan_removal(&mut plan, image, change);
            let mut body = plan.finish();
            body.undoes = Some(change.sequence);
            (body, left)
        });
        queue(&mut tx, &mut private, (&permit, self), &mark, &mut body).await?;
        let counts = (body.records() as u64, left);
        also(&mut tx, counts);
        if body.is_empty() {
            tx.commit().await?;
        } else {
            self.append(caller, tx, private, (now, Some(bulk.run.clone())), body).await?;
        }
        Ok(counts)
    }
}

/// None where a row that had to be there was gone.
fn unless_missed<T>(done: Result<T, Error>) -> Result<Option<T>, Error> {
    match done {
        Err(Error::Changes(changes::Error::Db(db::Error::Missed)) | Error::Db(db::Error::Missed)) => Ok(None),
        done => done.map(Some),
    }
}

/// Plans to delete what a change has made and nobody has changed since; answers how many have changed.
fn plan_removal(plan: &mut Plan<'_>, image: &BaseImage, change: &Change) -> u64 {
    let mut left = 0;
    for part in &change.body.tables {
        let Some(table) = image.schema.table_by_no(part.table) else { continue };
        let rows = image.table(part.table);
        for record in part.created.iter().filter(|record| rows.is_live(record.ordinal)) {
            if same_cells(table, &record_cells(&rows, record.ordinal), &record.cells) {
                plan.delete(table, record.ordinal);
            } else {
                left += 1;
            }
        }
    }
    left
}
