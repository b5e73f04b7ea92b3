//! History and undo, under `/api/v1`.

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use events::{Change, RecordCells, RecordChange, TableChange};
use model::{Actor, BaseId, Caller, CellValue, Field, FieldNo, Table};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use web::{Door, Failure, JsonBody, Kind, Params};

use crate::error::Error;
use crate::ops::{At, CellBefore, HISTORY, History, Part, Records, Retyped, Undone};

const DOOR: Door = Door::Problem;

/// What to take back.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct UndoIn {
    /// The number of a change; the caller's newest when absent.
    change: Option<i64>,
    /// Leaves what was changed again since as it is, instead of taking back nothing at all.
    force: bool,
}

/// What was taken back.
#[derive(Serialize, ToSchema)]
pub(super) struct UndoneOut {
    /// The number of the change that was taken back.
    undone: i64,
    /// The number of the change that took it back; it can be taken back itself.
    change: i64,
    /// How many records became different.
    records: usize,
    /// How many cells and records were left alone because they have changed since.
    skipped: usize,
}

impl From<Undone> for UndoneOut {
    fn from(undone: Undone) -> Self {
        let Undone { undone, sequence, records, skipped } = undone;
        Self { undone, change: sequence, records, skipped }
    }
}

/// A base.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct BasePath {
    /// The base's id or name.
    pub(super) base: String,
}

/// The changes of a base.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangesOut {
    /// The changes, the newest first: number, time, who, through which door, and per table the records created,
    /// deleted, restored and updated with their cells before and after. `converted` names the field that a change made one
    /// of another type, with its types before and after; what a cell held before is told as a cell of the old type.
    #[schema(value_type = Vec<Object>)]
    changes: Vec<Value>,
    /// What `before` must be for the next page; null on the last one.
    next: Option<i64>,
}

pub(super) fn fail(error: Error) -> Failure {
    Failure::new(DOOR, &error)
}

/// An address may hold a base's id or its name.
pub(super) async fn base_id(records: &Records, caller: &Caller, text: &str) -> Result<BaseId, Failure> {
    records.find_base(caller, text).await.map_err(fail)
}

fn number(params: &Params, key: &str) -> Result<Option<u64>, Failure> {
    params.number(key).transpose().map_err(|text| {
        let text: String = text.chars().take(64).collect();
        Failure::plain(DOOR, Kind::Invalid, "number", format!("`{key}` must be a whole number, not `{text}`"))
    })
}

/// Lists the changes of a base or of one record, the newest first.
#[utoipa::path(
    get, path = "/api/v1/bases/{base}/history", operation_id = "records.history", tag = "history",
    params(
        BasePath,
        ("record" = Option<String>, Query, description = "Only the changes of this record"),
        ("field" = Option<String>, Query, description = "Only the changes of this field of the record, by id or name"),
        ("before" = Option<i64>, Query, description = "Only changes before this number: `next` of the page before"),
        ("limit" = Option<i64>, Query, description = "Changes of a page, 1 to 100"),
    ),
    responses((status = 200, description = "A page of changes", body = ChangesOut))
)]
pub(super) async fn list(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<BasePath>,
    RawQuery(query): RawQuery,
) -> Result<Json<ChangesOut>, Failure> {
    let base = base_id(&records, &caller, &place.base).await?;
    let params = Params::parse(query.as_deref().unwrap_or_default());
    let before = number(&params, "before")?.map(|before| before as i64);
    let limit = number(&params, "limit")?.map_or(HISTORY, |limit| limit as usize);
    let page = records
        .history(&caller, base, (params.get("record"), params.get("field")), before, limit)
        .await
        .map_err(fail)?;
    let changes = page.changes.iter().map(|change| Teller { records: &records, page: &page, change }.told()).collect();
    Ok(Json(ChangesOut { changes, next: page.next }))
}

/// Takes a change back, by default the caller's newest that is not taken back yet.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/undo", operation_id = "records.undo", tag = "history", params(BasePath),
    request_body = Option<UndoIn>,
    responses(
        (status = 200, description = "What was taken back", body = UndoneOut),
        (status = 409, description = "Cells have changed since, or fields are of another type, and nothing was done"),
    )
)]
pub(super) async fn undo(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<BasePath>,
    body: Body,
) -> Result<Json<UndoneOut>, Failure> {
    let body = JsonBody::read(DOOR, body).await?;
    let asked: UndoIn = body.parse_or_default(DOOR)?;
    let base = base_id(&records, &caller, &place.base).await?;
    let undone = records.undo(&caller, base, asked.change, asked.force).await.map_err(fail)?;
    Ok(Json(undone.into()))
}

/// What to do again.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RedoIn {
    /// Leaves what was changed again since as it is, instead of doing nothing at all.
    force: bool,
}

/// Does again what the caller's newest undo took back.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/redo", operation_id = "records.redo", tag = "history", params(BasePath),
    request_body = Option<RedoIn>,
    responses(
        (status = 200, description = "The undo that was taken back", body = UndoneOut),
        (status = 409, description = "Cells have changed since, or fields are of another type, and nothing was done"),
    )
)]
pub(super) async fn redo(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<BasePath>,
    body: Body,
) -> Result<Json<UndoneOut>, Failure> {
    let body = JsonBody::read(DOOR, body).await?;
    let asked: RedoIn = body.parse_or_default(DOOR)?;
    let base = base_id(&records, &caller, &place.base).await?;
    let undone = records.redo(&caller, base, asked.force).await.map_err(fail)?;
    Ok(Json(undone.into()))
}

/// What is brought back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RestoreIn {
    /// The state to bring back: after the change of this number, or at this time (ISO 8601).
    #[schema(value_type = String)]
    at: Value,
    /// Only this table, by id or name.
    table: Option<String>,
    /// Only this record of it.
    record: Option<String>,
    /// Only this field of it, by id or name; records that were made or deleted since stay as they are.
    field: Option<String>,
    /// Only tells what would become different.
    #[serde(default)]
    dry_run: bool,
}

/// What was brought back.
#[derive(Serialize, ToSchema)]
pub(super) struct BroughtBackOut {
    /// The number of the change after which it was so.
    at: i64,
    /// The last change that was made for it; null when nothing was different, or nothing was written.
    change: Option<i64>,
    /// Cells that became others.
    cells: usize,
    /// Records that exist again.
    restored: usize,
    /// Records that were made since and are gone.
    deleted: usize,
}

/// Brings a base, a table, a record, a field or a cell back to what it was.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/restore", operation_id = "records.restore", tag = "history", params(BasePath),
    request_body = RestoreIn, responses((status = 200, description = "What became different", body = BroughtBackOut))
)]
pub(super) async fn restore(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<BasePath>,
    body: Body,
) -> Result<Json<BroughtBackOut>, Failure> {
    let asked: RestoreIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let text = asked.at.as_str().map_or_else(|| asked.at.to_string(), str::to_owned);
    let at = At::parse(&text).map_err(fail)?;
    let base = base_id(&records, &caller, &place.base).await?;
    let part = Part { table: asked.table, record: asked.record, field: asked.field };
    let done = records.restore(&caller, base, at, &part, asked.dry_run).await.map_err(fail)?;
    let out = BroughtBackOut {
        at: done.at,
        change: done.change,
        cells: done.cells,
        restored: done.revived,
        deleted: done.deleted,
    };
    Ok(Json(out))
}

/// Tells a change in the words of the present schema.
struct Teller<'t> {
    records: &'t Records,
    page: &'t History,
    change: &'t Change,
}

impl Teller<'_> {
    fn told(&self) -> Value {
        let change = self.change;
        let actor = match &change.actor {
            Actor::User(user) => json!(user),
            Actor::System(name) => json!(name),
        };
        let (converted, cell) = self.converted().unzip();
        let tables = cell.flatten().map_or_else(
            || change.body.tables.iter().filter_map(|part| self.table(part)).collect::<Vec<Value>>(),
            |part| vec![part],
        );
        json!({
            "change": change.sequence, "time": change.time.iso(), "by": actor, "door": change.door, "run": change.run,
            "undoes": change.body.undoes, "schemaChanged": !change.body.schema.is_empty(), "converted": converted,
            "tables": tables,
        })
    }

    /// The field that the change made one of another type, and what became of the cell that is asked about.
    fn converted(&self) -> Option<(Value, Option<Value>)> {
        let retyped = self.page.conversions.iter().find(|retyped| retyped.change == self.change.sequence)?;
        let table = self.page.schema.table_by_no(retyped.table)?;
        let (id, name) = (retyped.after.id, name(table, &retyped.after));
        let (before, after) = retyped.types();
        let told = json!({
            "tableId": table.id, "table": table.name, "fieldId": id, "field": name, "before": before, "after": after,
        });
        let cell = self.page.converted.iter().find(|cell| cell.change == retyped.change).map(|cell| {
            let before = match &cell.before {
                CellBefore::Links(linked) if linked.is_empty() => Value::Null,
                CellBefore::Links(linked) => json!(linked),
                CellBefore::Value(value) => self.one(&retyped.before, value),
            };
            let after = self.one(&retyped.after, &cell.after);
            let cells = json!([{ "fieldId": id, "field": name, "before": before, "after": after }]);
            let updated = json!([{ "id": cell.record, "cells": cells }]);
            json!({ "id": table.id, "name": table.name, "created": [], "deleted": [], "restored": [], "updated": updated,
                "linksChanged": 0 })
        });
        Some((told, cell))
    }

    fn table(&self, part: &TableChange) -> Option<Value> {
        let table = self.page.schema.table_by_no(part.table)?;
        let whole = |records: &[RecordCells]| -> Vec<Value> {
            let told =
                records.iter().map(|record| json!({ "id": record.id, "fields": self.cells(table, &record.cells) }));
            told.collect()
        };
        Some(json!({
            "id": table.id, "name": table.name, "created": whole(&part.created), "deleted": whole(&part.deleted),
            "restored": whole(&part.restored),
            "updated": part.updated.iter().map(|record| self.updated(table, record)).collect::<Vec<_>>(),
            "linksChanged": part.links.len(),
        }))
    }

    fn updated(&self, table: &Table, record: &RecordChange) -> Value {
        let cells = record.cells.iter().filter_map(|cell| {
            let field = self.written(table, cell.field)?;
            let (before, after) = (self.one(field, &cell.before), self.one(field, &cell.after));
            Some(json!({ "fieldId": field.id, "field": name(table, field), "before": before, "after": after }))
        });
        json!({ "id": record.id, "cells": cells.collect::<Vec<_>>() })
    }

    fn cells(&self, table: &Table, cells: &[(FieldNo, CellValue)]) -> Map<String, Value> {
        let named = cells.iter().filter_map(|(no, value)| {
            let field = self.written(table, *no)?;
            Some((name(table, field).to_owned(), self.one(field, value)))
        });
        named.collect()
    }

    /// A field that somebody wrote, as it was before conversions that came after the change, and not one that tells of the
    /// change of others.
    fn written<'f>(&'f self, table: &'f Table, no: FieldNo) -> Option<&'f Field> {
        let later = |retyped: &&Retyped| retyped.table == table.no && retyped.change > self.change.sequence;
        let mut later = self.page.conversions.iter().filter(later);
        let before = || Some(&later.find(|retyped| retyped.before.no == no)?.before);
        table.field_by_no(no).or_else(before).map(AsRef::as_ref).filter(|field| !field.kind.is_noted())
    }

    /// A cell as clients read it; null when it is empty.
    fn one(&self, field: &Field, value: &CellValue) -> Value {
        let mut out = Vec::new();
        let written = match (value, &self.records.files.addresses) {
            (CellValue::Text(held), Some(addresses)) if field.kind.is_files() => {
                let now = self.records.clock.now();
                let mut of = |key: &str, media: &str, name: &str| Some(addresses.of(key, media, name, now));
                fields::write_attachments(held, &mut of, &mut out)
            }
            _ => fields::write_cell(&field.kind, value.view(), &mut out),
        };
        if written { serde_json::from_slice(&out).unwrap_or_default() } else { Value::Null }
    }
}

/// The name that a field has now.
fn name<'f>(table: &'f Table, field: &'f Field) -> &'f str {
    table.field_by_id(field.id).map_or(field.name.as_str(), |held| held.name.as_str())
}
