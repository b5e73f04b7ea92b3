//! Carrying an import out: three passes over the file, the last one writing.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use db::Group;
use fields::{ChoiceIn, Incoming, Reading};
use model::{Field, Table};
use records::{Bulk, BulkRow};
use serde_json::Value;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;
use web::{ApiError, Kind};

use super::{Import, Outcome, Progress, State, Target, Transfers};
use crate::csv::{Reader, Row, SAMPLE, Sniffed, TableRange, sniff};
use crate::error::Error;
use crate::infer::{ColumnKind, ColumnPlan, Converted, Reason, TypeMode, convert, profile};
use crate::report::Report;
use crate::store;

/// Rows of one change.
const BATCH: usize = 1_000;
/// Batches read ahead of the one that is being written.
const AHEAD: usize = 2;

/// Rows ready to be written, and where the reader stands behind them.
struct Batch {
    rows: Vec<BulkRow>,
    progress: Progress,
}

impl Transfers {
    /// Runs an import to its end, or until `drain`: then the next start goes on.
    pub(super) async fn run(&self, mut import: Import, drain: &CancellationToken) {
        let ended = self.carry_out(&mut import, drain).await;
        let state = match ended {
            Ok(state) => state,
            Err(error) => {
                import.outcome.error = Some(match error.kind() {
                    Kind::Internal => {
                        tracing::error!(import = import.id, "an import failed: {error}");
                        "something failed on our side; the log names the import".to_owned()
                    }
                    _ => error.to_string(),
                });
                State::Failed
            }
        };
        import.state = state;
        if let Err(error) = self.save(&import).await {
            tracing::error!(import = import.id, %error, "the end of an import cannot be written");
            return;
        }
        if state.is_over() {
            self.discard(&import.id).await;
        }
    }

    async fn save(&self, import: &Import) -> Result<(), Error> {
        let mut tx = self.parts.db.begin(Group::House).await?;
        store::update(&mut tx, import)?;
        Ok(tx.commit().await?)
    }

    async fn carry_out(&self, import: &mut Import, drain: &CancellationToken) -> Result<State, Error> {
        let path = self.file(&import.id);
        if import.spec.target.is_none() {
            let (spec, file) = (import.spec.clone(), path.clone());
            let found = tokio::task::spawn_blocking(move || look(&file, &spec)).await.map_err(|_| Error::Broken)??;
            let (sniffed, range) = (found.sniffed, found.range);
            import.outcome = Outcome {
                dialect: Some(sniffed.dialect.clone()),
                columns: found.columns,
                report: found.report,
                error: None,
            };
            if import.spec.wanted.dry_run {
                return Ok(State::Checked);
            }
            let (base, table, columns) = self.places(import, &import.outcome.columns).await?;
            import.spec.target = Some(Target { base, table, dialect: sniffed.dialect, range, columns });
            import.state = State::Writing;
            self.save(import).await?;
        }
        self.write(import, path, drain).await
    }

    async fn write(&self, import: &mut Import, path: PathBuf, drain: &CancellationToken) -> Result<State, Error> {
        let target = import.spec.target.clone().ok_or(Error::Stored)?;
        let caller = import.caller();
        let schema = self.parts.schemas.describe(&caller, target.base).await?;
        let table = schema.table(&target.table).cloned().ok_or(Error::Stored)?;
        let bulk = Bulk { base: target.base, table: target.table.clone(), run: import.id.clone() };
        let (sender, mut batches) = tokio::sync::mpsc::channel(AHEAD);
        let begin = import.progress;
        let reading = tokio::task::spawn_blocking(move || read(&path, &target, &table, begin, &sender));
        while let Some(batch) = batches.recv().await {
            if drain.is_cancelled() {
                // The reader ends when nobody takes its batches.
                drop(batches);
                let _ended = reading.await;
                return Ok(State::Writing);
            }
            let progress = store::progress(&batch.progress)?;
            let (tenant, id) = (import.tenant, import.id.clone());
            let also = move |tx: &mut db::Tx| store::save_progress(tx, tenant, &id, progress);
            self.parts.records.append_rows(&caller, &bulk, batch.rows, also).await?;
            import.progress = batch.progress;
        }
        reading.await.map_err(|_| Error::Broken)??;
        Ok(State::Done)
    }
}

/// What reading the whole file found.
struct Found {
    sniffed: Sniffed,
    range: TableRange,
    columns: Vec<ColumnPlan>,
    report: Report,
}

/// The first two passes: what the columns are, and which cells do not fit them.
fn look(path: &Path, spec: &super::Spec) -> Result<Found, Error> {
    let mut sample = Vec::new();
    File::open(path)?.take(SAMPLE as u64).read_to_end(&mut sample)?;
    let sniffed = sniff(&sample, spec.bytes, &spec.wanted.overrides);
    let range = sniffed.main_table().cloned().ok_or(Error::Empty)?;
    let open = || Ok::<_, Error>(Reader::new(File::open(path)?, &sniffed.dialect, &range)?);
    let profiled = profile(open()?, &range, spec.wanted.types, spec.wanted.overrides.date_order)?;
    let mut report = Report::new(&sniffed);
    report.doubts.extend(profiled.report.doubts);
    let mut reader = open()?;
    while let Some(row) = reader.next_row()? {
        report.note_row(&row);
        if spec.wanted.types == TypeMode::Infer {
            for (at, (plan, cell)) in profiled.columns.iter().zip(row.cells()).enumerate() {
                if let Err(reason) = convert(&plan.kind, cell) {
                    report.note_cell(&row, at, reason);
                }
            }
        }
    }
    Ok(Found { sniffed, range, columns: profiled.columns, report })
}

/// The third pass: rows as cells, in batches.
fn read(path: &Path, target: &Target, table: &Table, begin: Progress, batches: &Sender<Batch>) -> Result<(), Error> {
    let source = File::open(path)?;
    let mut reader = match begin.position {
        Some(position) => Reader::resume(source, &target.dialect, &target.range, position)?,
        None => Reader::new(source, &target.dialect, &target.range)?,
    };
    let places = places(target, table)?;
    let mut batch = Batch { rows: Vec::with_capacity(BATCH), progress: begin };
    while let Some(row) = reader.next_row()? {
        batch.rows.push(cells(&row, &places));
        batch.progress.position = Some(row.next);
        batch.progress.rows += 1;
        batch.progress.bytes = reader.bytes_read();
        if batch.rows.len() == BATCH {
            let progress = batch.progress;
            let full = std::mem::replace(&mut batch, Batch { rows: Vec::with_capacity(BATCH), progress });
            if batches.blocking_send(full).is_err() {
                return Ok(());
            }
        }
    }
    if !batch.rows.is_empty() {
        // Nobody may be taking them any more.
        let _ = batches.blocking_send(batch);
    }
    Ok(())
}

/// One column's place with its field.
struct Place {
    field: Arc<Field>,
    kind: Option<ColumnKind>,
    keep: Option<Arc<Field>>,
}

fn places(target: &Target, table: &Table) -> Result<Vec<Place>, Error> {
    let field = |id| table.field_by_id(id).cloned().ok_or(Error::Stored);
    let places = target.columns.iter().map(|column| {
        Ok(Place { field: field(column.field)?, kind: column.kind.clone(), keep: column.keep.map(field).transpose()? })
    });
    places.collect()
}

fn cells(row: &Row<'_>, places: &[Place]) -> BulkRow {
    let mut cells = Vec::with_capacity(places.len());
    for (place, text) in places.iter().zip(row.cells()).filter(|(_, text)| !text.is_empty()) {
        match value(place, text) {
            Ok(incoming) => cells.push((place.field.id, incoming)),
            Err(_) => {
                if let Some(keep) = &place.keep {
                    cells.push((keep.id, Incoming::Cell(model::CellValue::Text(text.to_owned()))));
                }
            }
        }
    }
    cells
}

fn value(place: &Place, text: &str) -> Result<Incoming, Reason> {
    let Some(kind) = &place.kind else {
        let reading = Reading { typecast: true, ..Reading::default() };
        let read = fields::of(&place.field.kind).read(&place.field, &Value::String(text.to_owned()), &reading);
        return read.map_err(|_| Reason::OtherKind);
    };
    Ok(match convert(kind, text)? {
        Converted::Value(value) => Incoming::Cell(value),
        Converted::Choice(name) => {
            let held = place.field.kind.select().and_then(|s| s.choices.iter().find(|choice| choice.name == name));
            Incoming::Choices(vec![held.map_or_else(|| ChoiceIn::New(name.to_owned()), |c| ChoiceIn::No(c.no))])
        }
    })
}
