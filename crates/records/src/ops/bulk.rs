//! Many records at once: appended in runs, read out in order.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clock::Ids;
use db::Tx;
use events::{Body, Cells, Change, CreatedText, RecordCells};
use fields::{ChoiceIn, Incoming};
use futures_util::future::BoxFuture;
use model::{
    BaseId, Bits, Caller, CellValue, Field, FieldKind, Ordinal, RecordId, Table, TenantNo, Timestamp, encode_cells,
};
use tenancy::{Action, Permit};

use super::write::MOST_LOADED;
use super::write::queue;
use super::{Found, Records, find_table};
use crate::error::Error;
use crate::image::{BaseImage, View};
use crate::plan::{Plan, record_cells, unknown_field};
use crate::store::{Mark, PreparedRows};

/// The most records of one change.
pub const BULK_RECORDS: usize = 5_000;
/// The most bytes of cells in one change, except that one record always fits.
pub const BULK_BYTES: usize = 4 << 20;

/// Records to append in one change, read and encoded before the writer is asked.
#[derive(Debug)]
pub struct BulkRows {
    /// Every field that a row may name.
    fields: Vec<Arc<Field>>,
    rows: Vec<BulkRow>,
    /// The rows as they are stored, while all are closed.
    prepared: PreparedRows,
    bytes: usize,
    /// No row has cells that are decided in the writer.
    closed: bool,
    /// The row that is being put together.
    next: BulkRow,
    /// Room to encode a row in.
    encoded: Vec<u8>,
    /// Where ids come from, and their time.
    ids: (Ids, Timestamp),
}

#[derive(Debug, Default)]
struct BulkRow {
    /// The id, unless cells are open.
    id: Option<RecordId>,
    cells: Cells,
    /// Cells that depend on what is there: new choices, and links.
    open: Vec<(Arc<Field>, Incoming)>,
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
    fn check(&self, table: &Table) -> Result<(), Error> {
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
            Ok(match (&field.kind, numbers.first()) {
                (_, None) => CellValue::Empty,
                (FieldKind::SingleSelect(_), Some(no)) => CellValue::Choice(*no),
                _ => CellValue::Choices(numbers),
            })
        }
        Incoming::Links(_) => Err(incoming),
    }
}

/// Choices that earlier rows have made have numbers by now.
fn made_meanwhile(field: &Field, incoming: Incoming) -> Incoming {
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

    /// Appends records in one change; answers how long that took of the writer. `also` writes what belongs to them in the
    /// same transaction; when it says no, nothing is written and the answer is none.
    ///
    /// # Errors
    /// As [`Records::create`].
    pub async fn append_rows<A>(
        &self,
        caller: &Caller,
        bulk: &Bulk,
        mut rows: BulkRows,
        also: A,
    ) -> Result<Option<Duration>, Error>
    where
        A: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<bool, db::Error>> + Send + Sync,
    {
        let permit = self.access.permit(caller, Action::WriteRecords, bulk.base).await?;
        let mut wanted = Vec::new();
        loop {
            match self.append_once(caller, &permit, bulk, &mut rows, &also).await {
                // Links by the texts of other records need those in memory: the writer loads none.
                Err(Error::NotLoaded { columns }) if wanted.len() < MOST_LOADED => {
                    wanted.extend(columns);
                    self.images.with(permit.tenant(), permit.base_no(), &wanted, None).await?;
                }
                done => return done,
            }
        }
    }

    async fn append_once<A>(
        &self,
        caller: &Caller,
        permit: &Permit,
        bulk: &Bulk,
        rows: &mut BulkRows,
        also: &A,
    ) -> Result<Option<Duration>, Error>
    where
        A: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<bool, db::Error>> + Send + Sync,
    {
        let mut tx = self.changes.begin(permit.tenant(), permit.base_no()).await?;
        let began = Instant::now();
        if !also(&mut tx).await? {
            return Ok(None);
        }
        let private = self.images.private(permit.tenant(), permit.base_no(), &mut tx).await?;
        let now = self.clock.now();
        let mark = Mark::new(tx.head().sequence + 1, now, &caller.actor);
        let (body, encoded) = private.read(|image| {
            let table = Arc::clone(find_table(&image.schema, &bulk.table)?);
            rows.check(&table)?;
            let numbered = table.live_fields().any(|field| matches!(field.kind, FieldKind::AutoNumber));
            if rows.closed && !numbered {
                Ok(append_closed(&mut tx, (permit, &mark), image.table(table.no).len() as u32, &table, rows))
            } else {
                let body = self.append_open(&mut tx, (permit, &mark), image, &table, rows)?;
                let encoded = body.encode();
                Ok::<_, Error>((body, encoded))
            }
        })?;
        self.append_encoded(caller, tx, private, (now, Some(bulk.run.clone())), (body, encoded)).await?;
        Ok(Some(began.elapsed()))
    }

    /// Choices, links or numbers are decided on what is there, as for a write of ten records.
    fn append_open(
        &self,
        tx: &mut changes::BaseTx,
        (permit, mark): (&Permit, &Mark),
        image: &BaseImage,
        table: &Arc<Table>,
        rows: &BulkRows,
    ) -> Result<Body, Error> {
        let mut plan = Plan::new(image, &self.ids, mark.time);
        let fields: Vec<&Arc<Field>> = rows.fields.iter().filter_map(|field| table.field_by_id(field.id)).collect();
        let present = |no| fields.iter().find(|field| field.no == no).map(|field| Arc::clone(field));
        for row in &rows.rows {
            let known = row.cells.iter().filter_map(|(no, cell)| Some((present(*no)?, Incoming::Cell(cell.clone()))));
            let open = row.open.iter().filter_map(|(field, open)| Some((present(field.no)?, open.clone())));
            let open = open.map(|(field, open)| (Arc::clone(&field), made_meanwhile(&field, open)));
            plan.create(table, known.chain(open).collect(), None)?;
        }
        let body = plan.finish();
        queue(tx, permit, mark, &body, image)?;
        Ok(body)
    }

    /// The changes of a run after a sequence, oldest first, as many as are read at a time.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn list_run(&self, caller: &Caller, bulk: &Bulk, after: i64) -> Result<Vec<Arc<Change>>, Error> {
        let permit = self.access.permit(caller, Action::WriteRecords, bulk.base).await?;
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
        A: for<'t> FnOnce(&'t mut Tx, (u64, u64)) -> BoxFuture<'t, Result<bool, db::Error>> + Send,
    {
        let permit = self.access.permit(caller, Action::WriteRecords, bulk.base).await?;
        let mut tx = self.changes.begin(permit.tenant(), permit.base_no()).await?;
        let mut private = self.images.private(permit.tenant(), permit.base_no(), &mut tx).await?;
        for part in &change.body.tables {
            let ordinals: Vec<Ordinal> = part.created.iter().map(|record| record.ordinal).collect();
            private.fill(&mut tx, permit.tenant(), part.table, &ordinals).await?;
        }
        let now = self.clock.now();
        let mark = Mark::new(tx.head().sequence + 1, now, &caller.actor);
        let (body, left) = private.read(|image| {
            let mut plan = Plan::new(image, &self.ids, now);
            let left = plan_removal(&mut plan, image, change);
            let mut body = plan.finish();
            body.undoes = Some(change.sequence);
            queue(&mut tx, &permit, &mark, &body, image)?;
            Ok::<_, Error>((body, left))
        })?;
        let counts = (body.records() as u64, left);
        if !also(&mut tx, counts).await? {
            return Ok(None);
        }
        if body.is_empty() {
            tx.commit().await?;
        } else {
            self.append(caller, tx, private, (now, Some(bulk.run.clone())), body).await?;
        }
        Ok(Some(counts))
    }

    /// The records of a table in order, as plain texts: one picture of the base, read piece by piece.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::TableNotFound`], [`Error::ViewNotFound`].
    pub async fn export(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        view_name: Option<&str>,
    ) -> Result<Export, Error> {
        let (scope, view) = self.view(caller, base).await?;
        let table = Arc::clone(find_table(&view.image.schema, table)?);
        if let Some(name) = view_name
            && table.view(name).is_none()
        {
            return Err(Error::ViewNotFound { name: name.chars().take(255).collect() });
        }
        let live = Bits::clone(&view.image.table(table.no).live);
        let ordinals = live.ones().map(|ordinal| ordinal as u32).collect();
        let fields = table.live_fields().cloned().collect();
        let source = (self.clone(), scope.tenant());
        Ok(Export { source, view, page: None, table, fields, ordinals, next: 0 })
    }
}

/// Everything is known but where the records go.
fn append_closed(
    tx: &mut changes::BaseTx,
    (permit, mark): (&Permit, &Mark),
    first: u32,
    table: &Table,
    rows: &mut BulkRows,
) -> (Body, String) {
    let mut text = CreatedText::new(table.no, rows.bytes, rows.len());
    let prepared = std::mem::take(&mut rows.prepared);
    let mut body = Body::default();
    let created = &mut body.table(table.no).created;
    created.reserve_exact(rows.len());
    let mut rows = std::mem::take(&mut rows.rows).into_iter();
    prepared.insert(tx, (permit, mark), (table.no, first), |ordinal, stored| {
        if let Some(BulkRow { id: Some(id), cells, .. }) = rows.next() {
            text.push(ordinal, id, stored);
            created.push(RecordCells { ordinal, id, previous: 0, cells });
        }
    });
    (body, text.finish())
}

/// Plans to delete what a change has made and nobody has changed since; answers how many have changed.
fn plan_removal(plan: &mut Plan<'_>, image: &BaseImage, change: &Change) -> u64 {
    let mut left = 0;
    for part in &change.body.tables {
        let Some(table) = image.schema.table_by_no(part.table) else { continue };
        let rows = image.table(part.table);
        for record in part.created.iter().filter(|record| rows.is_live(record.ordinal)) {
            if record_cells(&rows, record.ordinal) == record.cells {
                plan.delete(table, record.ordinal);
            } else {
                left += 1;
            }
        }
    }
    left
}

/// A table being read out.
pub struct Export {
    source: (Records, TenantNo),
    view: View,
    /// The next rows, where not all of the table is in memory.
    page: Option<View>,
    table: Arc<Table>,
    fields: Vec<Arc<Field>>,
    ordinals: Vec<u32>,
    next: usize,
}

impl Export {
    /// The names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.fields.iter().map(|field| field.name.as_str()).collect()
    }

    /// Fetches what of the next `count` rows is not in memory.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn fetch(&mut self, count: usize) -> Result<(), Error> {
        let (records, tenant) = &self.source;
        let ordinals = self.ordinals.iter().skip(self.next).take(count).map(|ordinal| Ordinal(*ordinal)).collect();
        let found = Found { view: self.view.clone(), table: Arc::clone(&self.table), ordinals };
        self.page = Some(records.told(*tenant, found).await?.view);
        Ok(())
    }

    /// Hands the next `count` rows to `take`, a cell's text at a time with its column; false at the end.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when a formula nests too deeply.
    pub fn read(&mut self, count: usize, mut take: impl FnMut(usize, &str)) -> Result<bool, Error> {
        let view = self.page.take().unwrap_or_else(|| self.view.clone());
        let rows = view.image.table(self.table.no);
        let end = (self.next + count).min(self.ordinals.len());
        let mut text = String::new();
        for ordinal in self.ordinals.get(self.next..end).unwrap_or_default() {
            for (column, field) in self.fields.iter().enumerate() {
                text.clear();
                view.plain_cell(&self.table, &rows, field, Ordinal(*ordinal), &mut text)?;
                take(column, &text);
            }
        }
        self.next = end;
        Ok(end < self.ordinals.len())
    }
}
