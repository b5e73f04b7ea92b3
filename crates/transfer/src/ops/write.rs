//! The pass that writes: rows as records, in changes that share the import's run.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use db::Tx;
use jobs::Job;
use model::{Caller, Field, Table, TenantNo};
use records::{Appending, BULK_RECORDS, Bulk, BulkRows, Records};
use tokio::sync::mpsc::{Receiver, Sender};
use tokio_util::sync::CancellationToken;

use super::look::Source;
use super::place::{Place, places, put};
use super::work::{Ended, blocking};
use super::{LEASE, Transfers};
use crate::csv::Reader;
use crate::error::Error;
use crate::model::{Import, Progress, State, Target};
use crate::store;

/// Rows of the first change.
const FIRST: usize = 1_000;
/// The fewest rows of a change, however slow the writer is.
const FEWEST: usize = 200;
/// How long a change may keep the writer from others.
const TURN: Duration = Duration::from_millis(15);
/// Batches read ahead of the one that is being written.
const AHEAD: usize = 2;

/// Rows ready to be written, and how far the file is read behind them.
struct Batch {
    rows: BulkRows,
    progress: Progress,
}

/// A batch that the writer has, and that may not be synced yet.
struct Written {
    appending: Appending,
    count: usize,
    progress: Progress,
}

/// Waits until the last batch is synced.
async fn settle(import: &mut Import, last: Option<Written>, size: &Size) -> Result<Option<Ended>, Error> {
    let Some(Written { appending, count, progress }) = last else { return Ok(None) };
    let Some(took) = appending.done().await? else { return Ok(Some(Ended::Taken)) };
    size.learn(count, took);
    import.progress = progress;
    Ok(None)
}

/// How many rows make a batch: what the writer takes in its time.
#[derive(Clone)]
struct Size(Arc<AtomicUsize>);

impl Size {
    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Learns from a batch; grows by steps, because the first ones pay for what later ones find ready.
    fn learn(&self, rows: usize, took: Duration) {
        let fitting = rows as f64 * TURN.as_secs_f64() / took.as_secs_f64().max(1e-6);
        let next = (fitting as usize).min(rows.saturating_mul(2)).clamp(FEWEST, BULK_RECORDS);
        self.0.store(next, Ordering::Relaxed);
    }
}

impl Transfers {
    pub(super) async fn write(&self, import: &mut Import, job: &Job, stop: &CancellationToken) -> Result<Ended, Error> {
        while let Some(target) = import.spec.targets.get(import.progress.target).cloned() {
            if let Some(ended) = self.write_target(import, target, job, stop).await? {
                return Ok(ended);
            }
            import.progress.target += 1;
            import.progress.position = None;
        }
        Ok(Ended::Over(State::Done))
    }

    /// Writes one table of the file; none when it is written to its end.
    async fn write_target(
        &self,
        import: &mut Import,
        target: Target,
        job: &Job,
        stop: &CancellationToken,
    ) -> Result<Option<Ended>, Error> {
        let caller = import.caller();
        let schema = self.parts.schemas.describe(&caller, target.base).await?;
        let table = schema.table(&target.table).cloned().ok_or(Error::Stored)?;
        let bulk = Bulk { base: target.base, table: target.table.clone(), run: import.id.clone() };
        let (sender, batches) = tokio::sync::mpsc::channel(AHEAD);
        let size = Size(Arc::new(AtomicUsize::new(FIRST)));
        let (begin, path, token, sizing) = (import.progress, self.file(&import.id), stop.clone(), size.clone());
        let records = self.parts.records.clone();
        let reading = blocking(move || read(&path, (&target, &table), (begin, &records), &token, &sizing, &sender));
        let writing = self.take(import, (&caller, &bulk), batches, &size, (job, stop));
        let (read, ended) = tokio::join!(reading, writing);
        match ended? {
            None => read.map(|()| None),
            ended => Ok(ended),
        }
    }

    /// Writes batches as they come. Once it returns nobody takes any, which ends their reader.
    async fn take(
        &self,
        import: &mut Import,
        (caller, bulk): (&Caller, &Bulk),
        mut batches: Receiver<Batch>,
        size: &Size,
        (job, stop): (&Job, &CancellationToken),
    ) -> Result<Option<Ended>, Error> {
        let mut last: Option<Written> = None;
        while let Some(Batch { rows, progress }) = batches.recv().await {
            if stop.is_cancelled() {
                let ended = settle(import, last, size).await?;
                return Ok(ended.or(Some(Ended::Stopped)));
            }
            let count = rows.len();
            let also = self.fence(import.tenant, job, progress);
            let before = last.as_mut().map(|last| &mut last.appending);
            let next = self.parts.records.append_rows(caller, bulk, rows, also, before).await;
            // Where the last batch has failed, it tells more than the one that could not follow it.
            if let Some(ended) = settle(import, last.take(), size).await? {
                return Ok(Some(ended));
            }
            last = Some(Written { appending: next?, count, progress });
        }
        settle(import, last, size).await
    }

    /// What is written with each batch: that this process still has the import, that nobody has cancelled it, and how far
    /// it has come. Where one of the first two is not so, nothing is written.
    fn fence(&self, tenant: TenantNo, job: &Job, progress: Progress) -> impl Fn(&mut Tx) + Send + Sync + use<> {
        let (jobs, job) = (self.parts.jobs.clone(), job.clone());
        move |tx: &mut Tx| {
            jobs.keep(tx, &job, LEASE);
            store::advance(tx, (tenant, &job.key), State::Writing, &progress);
        }
    }
}

/// Rows as cells, in batches.
fn read(
    path: &Path,
    (target, table): (&Target, &Table),
    (begin, records): (Progress, &Records),
    stop: &CancellationToken,
    size: &Size,
    batches: &Sender<Batch>,
) -> Result<(), Error> {
    let source = Source::open(path, stop)?;
    let mut reader = match begin.position {
        Some(position) => Reader::resume(source, &target.dialect, &target.range, position)?,
        None => Reader::new(source, &target.dialect, &target.range)?,
    };
    let places = places(target, table)?;
    let surplus = target.surplus.and_then(|id| table.field_by_id(id)).cloned();
    let fields: Vec<Arc<Field>> = places.iter().flat_map(Place::fields).chain(&surplus).cloned().collect();
    let mut batch = Batch { rows: records.bulk_rows(fields.clone(), size.get()), progress: begin };
    while let Some(row) = reader.next_row()? {
        put(&row, &places, surplus.as_ref(), &mut batch.rows);
        batch.progress.position = Some(row.next);
        batch.progress.rows += 1;
        if batch.rows.is_full(size.get()) {
            batch.progress.bytes = reader.bytes_read();
            let progress = batch.progress;
            let full =
                std::mem::replace(&mut batch, Batch { rows: records.bulk_rows(fields.clone(), size.get()), progress });
            if batches.blocking_send(full).is_err() {
                return Ok(());
            }
        }
    }
    batch.progress.bytes = reader.bytes_read();
    if !batch.rows.is_empty() {
        // Nobody may be taking them any more.
        let _ = batches.blocking_send(batch);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
