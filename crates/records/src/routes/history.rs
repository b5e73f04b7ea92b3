//! History and undo, under `/api/v1`.

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use events::{Change, RecordCells, RecordChange, TableChange};
use model::{Actor, BaseId, Caller, CellValue, FieldNo, Schema, Table};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tenancy::Denied;
use utoipa::{IntoParams, ToSchema};
use web::{Door, Failure, JsonBody, Kind, Params};

use crate::error::Error;
use crate::ops::{HISTORY, Records};

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

/// A base.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct BasePath {
    /// The base's id or name.
    base: String,
}

/// The changes of a base.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangesOut {
    /// The changes, the newest first: number, time, who, through which door, and per table the records created,
    /// deleted, restored and updated with their cells before and after.
    #[schema(value_type = Vec<Object>)]
    changes: Vec<Value>,
    /// What `before` must be for the next page; null on the last one.
    next: Option<i64>,
}

fn fail(error: Error) -> Failure {
    Failure::new(DOOR, &error)
}

/// An address may hold a base's id or its name.
async fn base_id(records: &Records, caller: &Caller, text: &str) -> Result<BaseId, Failure> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let found = records.schemas.find_base(caller, text).await;
    found.map(|base| base.id).map_err(|_| fail(Denied::NotFound.into()))
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
    let page = records.history(&caller, base, params.get("record"), before, limit).await.map_err(fail)?;
    let changes = page.changes.iter().map(|change| told(&page.schema, change)).collect();
    Ok(Json(ChangesOut { changes, next: page.next }))
}

/// Takes a change back, by default the caller's newest that is not taken back yet.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/undo", operation_id = "records.undo", tag = "history", params(BasePath),
    request_body = Option<UndoIn>, responses((status = 200, description = "What was taken back", body = UndoneOut))
)]
pub(super) async fn undo(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<BasePath>,
    body: Body,
) -> Result<Json<UndoneOut>, Failure> {
    let body = JsonBody::read(DOOR, body).await?;
    let asked: UndoIn = if body.is_empty() { UndoIn::default() } else { body.parse(DOOR)? };
    let base = base_id(&records, &caller, &place.base).await?;
    let undone = records.undo(&caller, base, asked.change, asked.force).await.map_err(fail)?;
    let (change, records) = (undone.sequence, undone.records);
    Ok(Json(UndoneOut { undone: undone.undone, change, records, skipped: undone.skipped }))
}

fn told(schema: &Schema, change: &Change) -> Value {
    let actor = match &change.actor {
        Actor::User(user) => json!(user),
        Actor::System(name) => json!(name),
    };
    let tables: Vec<Value> = change.body.tables.iter().filter_map(|part| table(schema, part)).collect();
    json!({
        "change": change.sequence, "time": change.time.iso(), "by": actor, "door": change.door, "run": change.run,
        "undoes": change.body.undoes, "schemaChanged": !change.body.schema.is_empty(), "tables": tables,
    })
}

fn table(schema: &Schema, part: &TableChange) -> Option<Value> {
    let table = schema.table_by_no(part.table)?;
    let whole = |records: &[RecordCells]| -> Vec<Value> {
        records.iter().map(|record| json!({ "id": record.id, "fields": cells(table, &record.cells) })).collect()
    };
    Some(json!({
        "id": table.id, "name": table.name, "created": whole(&part.created), "deleted": whole(&part.deleted),
        "restored": whole(&part.restored), "updated": part.updated.iter().map(|r| updated(table, r)).collect::<Vec<_>>(),
        "linksChanged": part.links.len(),
    }))
}

fn updated(table: &Table, record: &RecordChange) -> Value {
    let cells = record.cells.iter().filter_map(|cell| {
        let field = table.field_by_no(cell.field)?;
        let (before, after) = (one(table, cell.field, &cell.before), one(table, cell.field, &cell.after));
        Some(json!({ "fieldId": field.id, "field": field.name, "before": before, "after": after }))
    });
    json!({ "id": record.id, "cells": cells.collect::<Vec<_>>() })
}

fn cells(table: &Table, cells: &[(FieldNo, CellValue)]) -> Map<String, Value> {
    let named =
        cells.iter().filter_map(|(no, value)| Some((table.field_by_no(*no)?.name.clone(), one(table, *no, value))));
    named.collect()
}

/// A cell as clients read it; null when it is empty.
fn one(table: &Table, no: FieldNo, value: &CellValue) -> Value {
    let Some(field) = table.field_by_no(no) else { return Value::Null };
    let mut out = Vec::new();
    if fields::write_cell(&field.kind, value.view(), &mut out) {
        return serde_json::from_slice(&out).unwrap_or_default();
    }
    Value::Null
}
