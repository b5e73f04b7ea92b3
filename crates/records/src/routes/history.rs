//! History and undo, under `/api/v1`.

mod told;

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use model::{BaseId, Caller};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use web::{Door, Failure, JsonBody, Kind, Params};

use crate::error::Error;
use crate::ops::{At, HISTORY, LeftOut, Part, Records, TableOrFieldOut, Undone};
use told::Teller;

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
#[serde(rename_all = "camelCase")]
pub(super) struct UndoneOut {
    /// The number of the change that was taken back.
    undone: i64,
    /// The number of the change that took it back; it can be taken back itself.
    change: i64,
    /// How many records became different.
    records: usize,
    /// How many cells and records were left alone because they have changed since.
    skipped: usize,
    /// Fields that what came back is without, since they are of another type by now.
    left_out: Vec<LeftOut>,
}

impl From<Undone> for UndoneOut {
    fn from(undone: Undone) -> Self {
        let Undone { undone, sequence, records, skipped, left_out } = undone;
        Self { undone, change: sequence, records, skipped, left_out }
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
    /// of another type, with its types before and after; what a cell held before is told as a cell of the old type. A link cell
    /// holds ids of records, on both sides of the link; of long lists the first hundred with `beforeCount` and
    /// `afterCount`, and what was `linked` and `unlinked`.
    #[schema(value_type = Vec<Object>)]
    changes: Vec<Value>,
    /// What the records in link cells are called now, by id.
    names: BTreeMap<String, String>,
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
        Failure::plain(DOOR, Kind::Invalid, "number", format!("`{key}` must be a whole number from 0, not `{text}`"))
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
    if !(1..=HISTORY).contains(&limit) {
        let text = format!("`limit` must be from 1 to {HISTORY}, not {limit}");
        return Err(Failure::plain(DOOR, Kind::Invalid, "number", text));
    }
    if params.get("table").is_some() && params.get("record").is_none() {
        let text = "`table` does not narrow a history: `record` does, and `field` beside it";
        return Err(Failure::plain(DOOR, Kind::Invalid, "request", text));
    }
    let page = records
        .history(&caller, base, (params.get("record"), params.get("field")), before, limit)
        .await
        .map_err(fail)?;
    let changes = page.changes.iter().map(|change| Teller::new(&records, &page, change).told()).collect();
    let names = page.names.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    Ok(Json(ChangesOut { changes, names, next: page.next }))
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
#[serde(rename_all = "camelCase")]
pub(super) struct BroughtBackOut {
    /// The number of the change after which it was so.
    at: i64,
    /// The last change of records that was made for it; null when none was different, or nothing was written.
    change: Option<i64>,
    /// Cells that became others.
    cells: usize,
    /// Records that exist again.
    restored: usize,
    /// Records that were made since and are gone.
    deleted: usize,
    /// Tables and fields that came back from the trash first, by the names that they have now.
    from_trash: Vec<TableOrFieldOut>,
    /// Fields that stay as they are, and that records which exist again are without, since they were of another type then;
    /// and tables and fields that were there then and do not come back, or were made since, each with the reason.
    left_out: Vec<LeftOut>,
}

/// Brings a base, a table, a record, a field or a single cell back to what it was. Tables and fields of a base, a table or a
/// field that were deleted since come back from the trash first, where the caller may change tables and fields.
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
        from_trash: done.from_trash,
        left_out: done.left_out,
    };
    Ok(Json(out))
}
