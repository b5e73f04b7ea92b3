//! History and undo, under `/api/v1`.

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use events::{Change, RecordCells, RecordChange, TableChange};
use model::{Actor, BaseId, Caller, CellValue, FieldNo, Schema, Table};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tenancy::Denied;
use web::{Door, Failure, JsonBody, Kind, Params};

use crate::error::Error;
use crate::ops::{HISTORY, Records};

const DOOR: Door = Door::Problem;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct UndoIn {
    change: Option<i64>,
    force: bool,
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

/// The changes of a base, or with `record` those of one record, the newest first; `before` pages on.
pub(super) async fn list(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(base): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Failure> {
    let base = base_id(&records, &caller, &base).await?;
    let params = Params::parse(query.as_deref().unwrap_or_default());
    let before = number(&params, "before")?.map(|before| before as i64);
    let limit = number(&params, "limit")?.map_or(HISTORY, |limit| limit as usize);
    let page = records.history(&caller, base, params.get("record"), before, limit).await.map_err(fail)?;
    let changes: Vec<Value> = page.changes.iter().map(|change| told(&page.schema, change)).collect();
    Ok(Json(json!({ "changes": changes, "next": page.next })))
}

/// Takes a change back: `change`, or the caller's newest.
pub(super) async fn undo(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(base): Path<String>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let body = JsonBody::read(DOOR, body).await?;
    let asked: UndoIn = if body.is_empty() { UndoIn::default() } else { body.parse(DOOR)? };
    let base = base_id(&records, &caller, &base).await?;
    let undone = records.undo(&caller, base, asked.change, asked.force).await.map_err(fail)?;
    Ok(Json(json!({
        "undone": undone.undone, "change": undone.sequence, "records": undone.records, "skipped": undone.skipped,
    })))
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
