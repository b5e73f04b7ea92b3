//! Many records in one request: a line of JSON each, answered by a line each as they are written.

use std::mem;

use axum::Extension;
use axum::body::{Body, BodyDataStream};
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::stream::unfold;
use model::{BaseId, Caller, RecordId};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use web::{ApiError, Asked, Door, Failure, Kind, Params};

use super::history::{base_id, fail};
use super::wire::{RecordIn, TablePath};
use crate::error::Error;
use crate::ops::{End, Moved, Records, UpdateRecord, UpsertHow, UpsertRecord};

/// Records of one change.
const BATCH: usize = 500;
/// Longest line in bytes.
const LINE: usize = 1024 * 1024;
/// How many bytes are read and left aside once no more is written.
const REST: usize = 64 << 20;
/// Most bytes of the lines of one change.
const BYTES: usize = 2 * 1024 * 1024;
/// Most lines of one request.
const LINES: usize = 1_000_000;

/// A line of the request.
struct Line {
    id: Option<String>,
    /// With `keepIds`.
    kept: Option<Moved>,
    fields: Map<String, Value>,
}

/// What is done with the lines.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mode {
    Create,
    Update,
    Upsert(Vec<String>),
}

/// How a request is carried out.
struct How {
    mode: Mode,
    /// Ids of lines are kept.
    keep_ids: bool,
    typecast: bool,
    replace: bool,
    on_error: OnError,
}

/// What a line that cannot be written does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnError {
    Stop,
    Skip,
}

impl How {
    fn read(params: &Params) -> Result<Self, Error> {
        let merge: Vec<String> = params.list("fieldsToMergeOn").into_iter().map(str::to_owned).collect();
        let mode = match (params.get("mode"), merge.is_empty()) {
            (None | Some("create" | ""), true) => Mode::Create,
            (Some("update"), true) => Mode::Update,
            (Some("upsert"), false) => Mode::Upsert(merge),
            (Some("upsert"), true) => {
                return Err(wrong("`mode=upsert` needs `fieldsToMergeOn[]`, one to three fields"));
            }
            (None | Some("create" | "update" | ""), false) => {
                return Err(wrong("`fieldsToMergeOn[]` belongs to `mode=upsert`"));
            }
            _ => return Err(wrong("`mode` is `create`, `update` or `upsert`")),
        };
        let on_error = match params.get("onError") {
            None | Some("stop" | "") => OnError::Stop,
            Some("skip") => OnError::Skip,
            Some(_) => return Err(wrong("`onError` is `stop` or `skip`")),
        };
        let flag = |key: &str| params.flag(key).map_err(|reason| wrong(&reason));
        let keep_ids = flag("keepIds")?;
        if keep_ids && mode != Mode::Create {
            return Err(wrong("`keepIds` belongs to `mode=create`"));
        }
        Ok(Self { mode, keep_ids, typecast: flag("typecast")?, replace: flag("replace")?, on_error })
    }

    /// Reads a line, or tells the type of its error and what would be right.
    fn line(&self, line: &[u8]) -> Result<Line, (&'static str, String)> {
        let wrong = |reason: &str| Err(("line", reason.to_owned()));
        let RecordIn { id, created_time, fields } =
            web::read_json(line).map_err(|error| ("line", error.to_string()))?;
        if self.mode == Mode::Update && id.is_none() {
            return wrong("an update needs the `id` of its record");
        }
        let keep = || Moved::read(id.as_deref(), &created_time).map_err(|wrong| ("line", wrong));
        let kept = self.keep_ids.then(keep).transpose()?;
        let missing = "a line has its cells in `fields`, such as `{\"fields\": {\"Name\": \"Ann\"}}`";
        let fields = fields.ok_or(("INVALID_REQUEST_MISSING_FIELDS", missing.to_owned()))?;
        Ok(Line { id, kept, fields })
    }
}

fn wrong(message: &str) -> Error {
    Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message: message.to_owned() }
}

/// Creates, updates or upserts any number of records: a line `{"fields": {…}}`, with `id` for updates, each. A line of
/// the answer tells each record's id, and the last one the sums. At most 500 records are written at once; what was
/// told is written.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/tables/{table}/records:bulk", operation_id = "records.bulk", tag = "records",
    params(
        TablePath,
        ("mode" = Option<String>, Query, description = "`create` (the default), `update` or `upsert`"),
        ("fieldsToMergeOn[]" = Option<Vec<String>>, Query, description = "For `upsert`: one to three fields"),
        ("typecast" = Option<bool>, Query, description = "Best effort where a value does not fit"),
        ("replace" = Option<bool>, Query, description = "Updates empty the fields that are not named"),
        ("keepIds" = Option<bool>, Query, description = "True to keep the ids of the lines, which needs the scope `ids:write`"),
        ("onError" = Option<String>, Query, description = "`stop` (the default) or `skip` at a line that cannot be written"),
    ),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, description = "A line for each record", content_type = "application/x-ndjson", body = String))
)]
pub(super) async fn bulk(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(TablePath { base, table }): Path<TablePath>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Response, Failure> {
    let how = How::read(&Params::parse(query.as_deref().unwrap_or_default())).map_err(fail)?;
    let base = base_id(&records, &caller, &base).await?;
    // What is wrong with the whole request is said before anything is written.
    records.check_writing(&caller, (base, &table), how.keep_ids).await.map_err(fail)?;
    let (told, lines) = unbounded_channel::<Vec<u8>>();
    let work = Work { records, caller, base, table, how, told, done: Sums::default() };
    // The client may send all of it before it reads the first answer, so that the work cannot wait for the reader. It
    // ends with the answer.
    let mut task = JoinSet::new();
    task.spawn(Asked::carried(work.run(body.into_data_stream())));
    let pieces = unfold((lines, task), |(mut lines, task)| async {
        let piece = lines.recv().await?;
        Some((Ok::<_, std::io::Error>(piece), (lines, task)))
    });
    let head = [(header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8")];
    Ok((head, Body::from_stream(pieces)).into_response())
}

#[derive(Default)]
struct Sums {
    created: usize,
    updated: usize,
    failed: usize,
}

/// A line that waits to be written, by its number.
type Waiting = (usize, Line);

/// What is told of a line that is not written.
struct Refused {
    line: usize,
    told: Value,
}

impl Refused {
    fn new(line: usize, kind: &str, reason: &str) -> Self {
        Self { line, told: json!({ "line": line, "error": { "type": kind, "message": reason } }) }
    }
}

/// Lines that become one change, and those between them that are not written.
#[derive(Default)]
struct Batch {
    lines: Vec<Waiting>,
    refused: Vec<Refused>,
}

/// A request while it is carried out.
struct Work {
    records: Records,
    caller: Caller,
    base: BaseId,
    table: String,
    how: How,
    told: UnboundedSender<Vec<u8>>,
    done: Sums,
}

/// Nothing more is to be done: a line was wrong, or nobody listens.
struct Stopped;

/// True where the house has failed, or is not there.
fn is_no_fault_of_lines(error: &Error) -> bool {
    matches!(error.kind(), Kind::Internal | Kind::Unavailable)
}

impl Work {
    async fn run(mut self, mut body: BodyDataStream) {
        let ended = self.read(&mut body).await.is_ok();
        let Sums { created, updated, failed } = self.done;
        let last = json!({ "done": ended, "created": created, "updated": updated, "failed": failed });
        let _ = self.tell(&last);
        // A client that sends all before it reads would find its connection broken instead of the answer.
        let mut rest = 0;
        while rest < REST
            && let Some(Ok(piece)) = body.next().await
        {
            rest += piece.len();
        }
    }

    async fn read(&mut self, body: &mut BodyDataStream) -> Result<(), Stopped> {
        let (mut rest, mut batch, mut bytes, mut number) = (Vec::new(), Batch::default(), 0, 0);
        while let Some(piece) = body.next().await {
            let Ok(piece) = piece else {
                self.fail(number + 1, "request", "the body ended too early")?;
                return Err(Stopped);
            };
            let mut piece = &piece[..];
            while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
                let (line, after) = piece.split_at(end);
                rest.extend_from_slice(line);
                piece = after.get(1..).unwrap_or_default();
                number += 1;
                bytes += rest.len();
                let line = mem::take(&mut rest);
                self.take(number, &line, &mut batch).await?;
                if batch.lines.len() + batch.refused.len() >= BATCH || bytes >= BYTES {
                    bytes = 0;
                    self.write(mem::take(&mut batch)).await?;
                }
            }
            rest.extend_from_slice(piece);
            if rest.len() > LINE {
                self.write(mem::take(&mut batch)).await?;
                self.fail(number + 1, "too-large", &format!("a line has at most {LINE} bytes"))?;
                return Err(Stopped);
            }
        }
        if !rest.is_empty() {
            self.take(number + 1, &rest, &mut batch).await?;
        }
        self.write(batch).await
    }

    /// Reads a line into the batch; a blank one is none.
    async fn take(&mut self, number: usize, line: &[u8], batch: &mut Batch) -> Result<(), Stopped> {
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let read = if number > LINES {
            Err(("line", format!("a request has at most {LINES} lines")))
        } else {
            self.how.line(line)
        };
        match read {
            Ok(read) => batch.lines.push((number, read)),
            Err((kind, reason)) => {
                batch.refused.push(Refused::new(number, kind, &reason));
                if self.how.on_error == OnError::Stop {
                    self.write(mem::take(batch)).await?;
                }
            }
        }
        Ok(())
    }

    /// Writes lines in one change, without those that cannot be; where one of these is the last of the request, only the
    /// lines before it.
    async fn write(&mut self, batch: Batch) -> Result<(), Stopped> {
        let Batch { mut lines, mut refused } = batch;
        let mut ids = Vec::new();
        while !lines.is_empty() {
            match self.attempt(&lines).await {
                Ok(written) => {
                    ids = written;
                    break;
                }
                Err(Error::Lines { wrong }) => self.leave_out(&mut lines, &mut refused, wrong),
                Err(error) if is_no_fault_of_lines(&error) => return self.broken(&lines, refused, &error),
                Err(error) if lines.len() == 1 => self.leave_out(&mut lines, &mut refused, vec![(0, error)]),
                // It does not tell of which of them.
                Err(_) => {
                    let later = lines.split_off(lines.len() / 2);
                    let from = later.first().map_or(0, |(number, _)| *number);
                    let (before, after) = refused.into_iter().partition(|refused| refused.line < from);
                    Box::pin(self.write(Batch { lines, refused: before })).await?;
                    return Box::pin(self.write(Batch { lines: later, refused: after })).await;
                }
            }
        }
        self.answer(&lines, &ids, refused)
    }

    /// Ends the request at the first of these lines, whatever is done with lines that cannot be written.
    fn broken(&mut self, lines: &[Waiting], mut refused: Vec<Refused>, error: &Error) -> Result<(), Stopped> {
        let first = lines.first().map_or(0, |(number, _)| *number);
        refused.retain(|refused| refused.line < first);
        let failure = Failure::new(Door::Problem, error);
        refused.push(Refused::new(first, error.code(), failure.message()));
        self.answer(&[], &[], refused)?;
        Err(Stopped)
    }

    /// Takes away lines that cannot be written; unless such lines are skipped, the first and all behind it.
    fn leave_out(&self, lines: &mut Vec<Waiting>, refused: &mut Vec<Refused>, wrong: Vec<(usize, Error)>) {
        for (at, error) in wrong.into_iter().rev() {
            let number = lines.get(at).map_or(0, |(number, _)| *number);
            if self.how.on_error == OnError::Stop {
                lines.truncate(at);
                refused.clear();
            } else {
                lines.remove(at);
            }
            refused.push(Refused::new(number, error.airtable_type().unwrap_or(error.code()), &error.to_string()));
        }
    }

    async fn attempt(&mut self, lines: &[Waiting]) -> Result<Vec<RecordId>, Error> {
        let (caller, base, table, how) = (&self.caller, self.base, self.table.as_str(), &self.how);
        Ok(match &how.mode {
            Mode::Create => {
                let new: Vec<_> = lines.iter().map(|(_, line)| line.fields.clone()).collect();
                let kept: Vec<Moved> = lines.iter().filter_map(|(_, line)| line.kept).collect();
                let made =
                    self.records.create_or_check(caller, (base, table), (&new, &kept), how.typecast, End::Commit);
                let written = made.await?;
                self.done.created += lines.len();
                written.found.ids()
            }
            Mode::Update => {
                let update = |(_, line): &Waiting| {
                    let id = line.id.clone().unwrap_or_default();
                    UpdateRecord { id, fields: line.fields.clone() }
                };
                let list: Vec<_> = lines.iter().map(update).collect();
                let with = (how.typecast, how.replace);
                let written = self.records.update_or_check(caller, (base, table), &list, with, End::Commit).await?;
                self.done.updated += lines.len();
                written.found.ids()
            }
            Mode::Upsert(on) => {
                let record = |(_, line): &Waiting| UpsertRecord { id: line.id.clone(), fields: line.fields.clone() };
                let list: Vec<_> = lines.iter().map(record).collect();
                let upsert = UpsertHow { on: on.clone(), typecast: how.typecast, replace: how.replace };
                let upserted = self.records.upsert_lines(caller, (base, table), &list, &upsert).await?;
                self.done.created += upserted.created.len();
                self.done.updated += upserted.updated.len();
                upserted.written.found.ids()
            }
        })
    }

    /// Tells of lines in their order; unless lines that were not written are skipped, such a one is the last.
    fn answer(&mut self, lines: &[Waiting], ids: &[RecordId], mut refused: Vec<Refused>) -> Result<(), Stopped> {
        self.done.failed += refused.len();
        let stops = !refused.is_empty() && self.how.on_error == OnError::Stop;
        refused.sort_by_key(|refused| refused.line);
        let mut refused = refused.into_iter().peekable();
        let mut out: Vec<u8> = Vec::with_capacity(lines.len() * 48);
        for ((number, _), id) in lines.iter().zip(ids) {
            while let Some(before) = refused.next_if(|refused| refused.line < *number) {
                out.extend_from_slice(format!("{}\n", before.told).as_bytes());
            }
            out.extend_from_slice(format!("{{\"line\":{number},\"id\":\"{id}\"}}\n").as_bytes());
        }
        out.extend(refused.flat_map(|refused| format!("{}\n", refused.told).into_bytes()));
        if !out.is_empty() {
            self.told.send(out).map_err(|_| Stopped)?;
        }
        if stops { Err(Stopped) } else { Ok(()) }
    }

    /// Tells that a line was not written.
    fn fail(&mut self, line: usize, kind: &str, reason: &str) -> Result<(), Stopped> {
        self.answer(&[], &[], vec![Refused::new(line, kind, reason)])
    }

    fn tell(&self, line: &Value) -> Result<(), Stopped> {
        self.told.send(format!("{line}\n").into_bytes()).map_err(|_| Stopped)
    }
}
