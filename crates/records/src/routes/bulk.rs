//! Many records in one request: a line of JSON each, answered by a line each as they are written.

use std::mem;

use axum::Extension;
use axum::body::{Body, BodyDataStream};
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::stream::unfold;
use model::{BaseId, Caller};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use web::{ApiError, Failure, Params};

use super::history::{base_id, fail};
use super::wire::{RecordIn, TablePath};
use crate::error::Error;
use crate::ops::{Moved, Records, UpdateRecord, UpsertHow, UpsertRecord};

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
    task.spawn(work.run(body.into_data_stream()));
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
        let (mut rest, mut batch, mut bytes, mut number) = (Vec::new(), Vec::new(), 0, 0);
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
                if batch.len() >= BATCH || bytes >= BYTES {
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
    async fn take(&mut self, number: usize, line: &[u8], batch: &mut Vec<Waiting>) -> Result<(), Stopped> {
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let read = if number > LINES {
            Err(("line", format!("a request has at most {LINES} lines")))
        } else {
            self.how.line(line)
        };
        match read {
            Ok(read) => batch.push((number, read)),
            Err((kind, reason)) => {
                // Lines before it are written first, so that the answers come in order.
                self.write(mem::take(batch)).await?;
                self.fail(number, kind, &reason)?;
            }
        }
        Ok(())
    }

    /// Writes lines in one change; where that cannot be, the halves by themselves, down to the line that is wrong.
    async fn write(&mut self, lines: Vec<Waiting>) -> Result<(), Stopped> {
        let mut parts = vec![lines];
        while let Some(mut lines) = parts.pop() {
            if lines.is_empty() {
                continue;
            }
            match self.attempt(&lines).await {
                Ok(answers) => self.told.send(answers).map_err(|_| Stopped)?,
                Err(error) if lines.len() == 1 => {
                    let number = lines.first().map_or(0, |(number, _)| *number);
                    self.fail(number, error.airtable_type().unwrap_or(error.code()), &error.to_string())?;
                }
                Err(_) => {
                    let later = lines.split_off(lines.len() / 2);
                    parts.push(later);
                    parts.push(lines);
                }
            }
        }
        Ok(())
    }

    async fn attempt(&mut self, lines: &[Waiting]) -> Result<Vec<u8>, Error> {
        let (caller, base, table, how) = (&self.caller, self.base, self.table.as_str(), &self.how);
        let ids = match &how.mode {
            Mode::Create => {
                let new: Vec<_> = lines.iter().map(|(_, line)| line.fields.clone()).collect();
                let written = if how.keep_ids {
                    let kept: Vec<Moved> = lines.iter().filter_map(|(_, line)| line.kept).collect();
                    self.records.create_with_ids(caller, base, table, (&new, &kept), how.typecast).await?
                } else {
                    self.records.create(caller, base, table, &new, how.typecast).await?
                };
                self.done.created += lines.len();
                written.found.ids()
            }
            Mode::Update => {
                let update = |(_, line): &Waiting| {
                    let id = line.id.clone().unwrap_or_default();
                    UpdateRecord { id, fields: line.fields.clone() }
                };
                let list: Vec<_> = lines.iter().map(update).collect();
                let written = self.records.update(caller, base, table, &list, (how.typecast, how.replace)).await?;
                self.done.updated += lines.len();
                written.found.ids()
            }
            Mode::Upsert(on) => {
                let record = |(_, line): &Waiting| UpsertRecord { id: line.id.clone(), fields: line.fields.clone() };
                let list: Vec<_> = lines.iter().map(record).collect();
                let upsert = UpsertHow { on: on.clone(), typecast: how.typecast, replace: how.replace };
                let upserted = self.records.upsert(caller, (base, table), &list, &upsert).await?;
                self.done.created += upserted.created.len();
                self.done.updated += upserted.updated.len();
                upserted.written.found.ids()
            }
        };
        let mut answers = Vec::with_capacity(lines.len() * 48);
        for ((number, _), id) in lines.iter().zip(ids) {
            answers.extend_from_slice(format!("{{\"line\":{number},\"id\":\"{id}\"}}\n").as_bytes());
        }
        Ok(answers)
    }

    /// Tells that a line was not written; unless such lines are skipped, it is the last one.
    fn fail(&mut self, line: usize, kind: &str, reason: &str) -> Result<(), Stopped> {
        self.done.failed += 1;
        self.tell(&json!({ "line": line, "error": { "type": kind, "message": reason } }))?;
        if self.how.on_error == OnError::Skip { Ok(()) } else { Err(Stopped) }
    }

    fn tell(&self, line: &Value) -> Result<(), Stopped> {
        self.told.send(format!("{line}\n").into_bytes()).map_err(|_| Stopped)
    }
}
