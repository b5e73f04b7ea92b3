//! Appending many records: what can be done before the writer is there, its turn, and the sync, during which the next
//! records get ready.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use db::{Committing, Tx};
use events::{Body, CreatedText, RecordCells};
use fields::Incoming;
use futures_util::FutureExt;
use model::{Caller, Field, Table, TableNo, Timestamp};
use tenancy::{Action, Permit};

use super::bulk::{Bulk, BulkRow, BulkRows, made_meanwhile};
use super::write::{MOST_LOADED, append_encoded, queue};
use super::{Records, find_table};
use crate::error::Error;
use crate::plan::Plan;
use images::BaseImage;
use images::{Mark, PreparedRows};

/// Records that were handed to the writer and wait for the sync.
#[derive(Debug)]
pub struct Appending {
    committing: Committing,
    /// What came of it, once somebody has looked.
    outcome: Option<Result<(), db::Error>>,
    /// Microseconds from the turn to the sync.
    took: Arc<AtomicU64>,
    /// Where the next records go, unless somebody else is faster.
    next: Option<(TableNo, u32)>,
}

impl Appending {
    /// Waits for the sync; answers how long the writer was taken. None where a row that had to be there was gone: then
    /// nothing was written.
    ///
    /// # Errors
    /// That of the database.
    pub async fn done(self) -> Result<Option<Duration>, Error> {
        let outcome = match self.outcome {
            Some(outcome) => outcome,
            None => self.committing.await,
        };
        match outcome {
            Ok(()) => Ok(Some(Duration::from_micros(self.took.load(Ordering::Relaxed)))),
            Err(db::Error::Missed) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The error, when it has failed by now.
    fn failed(&mut self) -> Option<db::Error> {
        if self.outcome.is_none() {
            self.outcome = (&mut self.committing).now_or_never();
        }
        self.outcome.as_ref()?.as_ref().err().cloned()
    }
}

/// Records with their places, and the text of their change.
#[derive(Debug)]
struct Ready {
    /// The table and the place of the first.
    at: (TableNo, u32),
    created: Vec<RecordCells>,
    prepared: PreparedRows,
    text: String,
}

impl Ready {
    fn new(rows: &mut BulkRows, at: (TableNo, u32)) -> Self {
        let mut prepared = std::mem::take(&mut rows.prepared);
        let mut created = Vec::with_capacity(rows.len());
        let mut text = CreatedText::new(at.0, rows.bytes, rows.len());
        let mut rows = std::mem::take(&mut rows.rows).into_iter();
        prepared.place(at.1, |ordinal, stored| {
            if let Some(BulkRow { id: Some(id), cells, .. }) = rows.next() {
                text.push(ordinal, id, stored);
                created.push(RecordCells { ordinal, id, previous: 0, cells });
            }
        });
        Self { at, created, prepared, text: text.finish() }
    }

    /// As it was before, for places that are taken.
    fn give_back(self, rows: &mut BulkRows) {
        let back = self.created.into_iter().map(|RecordCells { id, cells, .. }| BulkRow::known(id, cells));
        rows.rows = back.collect();
        rows.prepared = self.prepared;
    }

    fn body(self) -> (Body, String) {
        let mut body = Body::default();
        body.table(self.at.0).created = self.created;
        (body, self.text)
    }
}

impl Records {
    /// Appends records in one change. `also` queues what belongs to them in the same transaction. `before` are the
    /// records that were appended last, if they may not be synced yet: where they have failed, these fail too.
    ///
    /// # Errors
    /// As [`Records::create`].
    pub async fn append_rows<A>(
        &self,
        caller: &Caller,
        bulk: &Bulk,
        mut rows: BulkRows,
        also: A,
        mut before: Option<&mut Appending>,
    ) -> Result<Appending, Error>
    where
        A: Fn(&mut Tx) + Send + Sync,
    {
        let permit = self.schemas.permit(caller, Action::WriteRecords, bulk.base).await?;
        let mut wanted = Vec::new();
        loop {
            match self.append_once(caller, &permit, bulk, (&mut rows, before.as_deref_mut()), &also).await {
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
        (rows, before): (&mut BulkRows, Option<&mut Appending>),
        also: &A,
    ) -> Result<Appending, Error>
    where
        A: Fn(&mut Tx) + Send + Sync,
    {
        let next = before.as_deref().and_then(|before| before.next).filter(|_| rows.closed);
        let mut ready = next.map(|at| Ready::new(rows, at));
        let mut tx = self.changes.begin(permit.tenant(), permit.base_no()).await?;
        let began = Instant::now();
        if let Some(error) = before.and_then(Appending::failed) {
            return Err(error.into());
        }
        also(&mut tx);
        let mut private = self.images.private(permit.tenant(), permit.base_no(), &mut tx).await?;
        let now = self.clock.now();
        let mark = Mark::new(tx.head().sequence + 1, now, &caller.actor);
        let ((mut body, text), next) = private.read(|image| {
            let table = Arc::clone(find_table(caller, &image.schema, &bulk.table)?);
            rows.check(&table)?;
            let at = (table.no, image.table(table.no).len() as u32);
            if let Some(other) = ready.take_if(|ready| ready.at != at) {
                other.give_back(rows);
            }
            if rows.closed {
                let mut ready = ready.take().unwrap_or_else(|| Ready::new(rows, at));
                std::mem::take(&mut ready.prepared).insert(&mut tx, permit, at.0, &mark);
                let next = (at.0, at.1 + ready.created.len() as u32);
                let (body, text) = ready.body();
                Ok(((body, Some(text)), Some(next)))
            } else {
                Ok::<_, Error>(((self.open_body(now, image, &table, rows)?, None), None))
            }
        })?;
        let text = if let Some(text) = text {
            text
        } else {
            queue(&mut tx, &mut private, (permit, self), &mark, &mut body).await?;
            body.encode()
        };
        let took = Arc::new(AtomicU64::new(0));
        let taken = Arc::clone(&took);
        tx.on_commit(Box::new(move || taken.store(began.elapsed().as_micros() as u64, Ordering::Relaxed)));
        let committing = append_encoded((caller, &self.ids), tx, private, (now, Some(bulk.run.clone())), (body, text))?;
        Ok(Appending { committing, outcome: None, took, next })
    }

    /// Choices, links or numbers are decided on what is there, as for a write of ten records.
    fn open_body(&self, now: Timestamp, image: &BaseImage, table: &Arc<Table>, rows: &BulkRows) -> Result<Body, Error> {
        let mut plan = Plan::new(image, &self.ids, now);
        let fields: Vec<&Arc<Field>> = rows.fields.iter().filter_map(|field| table.field_by_id(field.id)).collect();
        let present = |no| fields.iter().find(|field| field.no == no).map(|field| Arc::clone(field));
        for row in &rows.rows {
            let known = row.cells.iter().filter_map(|(no, cell)| Some((present(*no)?, Incoming::Cell(cell.clone()))));
            let open = row.open.iter().filter_map(|(field, open)| Some((present(field.no)?, open.clone())));
            let open = open.map(|(field, open)| (Arc::clone(&field), made_meanwhile(&field, open)));
            plan.create(table, known.chain(open).collect(), None)?;
        }
        Ok(plan.finish())
    }
}
