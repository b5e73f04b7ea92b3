//! Copies, under `/api/v1`.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, Json};
use model::{Caller, WorkspaceId};
use schema::{MadeBaseOut, TableOut, table_out};
use serde::Deserialize;
use serde_json::{Map, Value};
use tenancy::Denied;
use utoipa::ToSchema;
use web::{Door, Failure, JsonBody};

use super::history::{BasePath, base_id, fail};
use super::json as respond;
use super::wire::{RecordPath, TablePath};
use super::write::absent;
use crate::json::Shape;
use crate::ops::Records;

/// A record that is as another one.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is written without it")]
pub(super) struct RecordCopyOut {
    /// Its id.
    id: String,
    /// When it was created.
    #[schema(format = DateTime)]
    created_time: String,
    /// Its cells by field name; empty ones are left out.
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
    /// The link fields that stayed empty because a record on their other side is to be linked to one only; absent when
    /// there is none.
    #[schema(nullable = false)]
    left_out: Option<Vec<String>>,
}

fn created(body: Vec<u8>) -> Response {
    let mut response = respond(body);
    *response.status_mut() = StatusCode::CREATED;
    response
}

/// Makes a record with the cells and links of another one, in one change.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/tables/{table}/records/{record}/duplicate", operation_id = "records.duplicate",
    tag = "records", params(RecordPath), responses((status = 201, description = "The copy", body = RecordCopyOut))
)]
pub(super) async fn record(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<RecordPath>,
) -> Result<Response, Failure> {
    let base = base_id(&records, &caller, &place.base).await?;
    let made = records.duplicate(&caller, base, &place.table, &place.record).await;
    let made = made.map_err(|error| fail(absent(error, &place.record)))?;
    let mut out = Vec::with_capacity(1_024);
    made.written.found.write_one(&Shape::default(), &mut out).map_err(fail)?;
    if !made.left_out.is_empty()
        && let Ok(names) = serde_json::to_vec(&made.left_out)
        && out.pop() == Some(b'}')
    {
        out.extend_from_slice(b",\"leftOut\":");
        out.extend_from_slice(&names);
        out.push(b'}');
    }
    Ok(created(out))
}

/// What a copy of a table is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TableCopyIn {
    /// Its name; made of the other's when absent.
    name: Option<String>,
    /// Whether the records are copied too, as they are by default.
    records: bool,
}

impl Default for TableCopyIn {
    fn default() -> Self {
        Self { name: None, records: true }
    }
}

/// Copies a table with its fields, views and records. Links to other tables get another side of their own there. The copy
/// appears when it is whole; what there is of one that fails is in the trash.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/tables/{table}/duplicate", operation_id = "tables.duplicate", tag = "bases",
    params(TablePath),
    request_body(content = Option<TableCopyIn>, description = "Its name, and whether records are copied"),
    responses((status = 201, description = "The copy", body = TableOut))
)]
pub(super) async fn table(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<TablePath>,
    body: Body,
) -> Result<(StatusCode, Json<TableOut>), Failure> {
    let base = base_id(&records, &caller, &place.base).await?;
    let copy: TableCopyIn = JsonBody::read(Door::Problem, body).await?.parse_or_default(Door::Problem)?;
    let how = (copy.name.as_deref(), copy.records);
    let (schema, no) = records.duplicate_table(&caller, base, &place.table, how).await.map_err(fail)?;
    let made = schema.table_by_no(no).ok_or_else(|| fail(Denied::NotFound.into()))?;
    Ok((StatusCode::CREATED, Json(table_out(&schema, made, false))))
}

/// What a copy of a base is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub(super) struct BaseCopyIn {
    /// Its name; made of the other's when absent.
    name: Option<String>,
    /// The workspace that it goes to; that of the other when absent.
    #[schema(value_type = Option<String>)]
    workspace_id: Option<WorkspaceId>,
    /// Whether the records are copied too, as they are by default.
    records: bool,
}

impl Default for BaseCopyIn {
    fn default() -> Self {
        Self { name: None, workspace_id: None, records: true }
    }
}

/// Copies a base with its tables, fields, views and records, without comments and webhooks. The copy appears when it is
/// whole; what there is of one that fails is in the trash.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/duplicate", operation_id = "bases.duplicate", tag = "bases", params(BasePath),
    request_body(content = Option<BaseCopyIn>, description = "Its name and workspace, and whether records are copied"),
    responses((status = 201, description = "The copy", body = MadeBaseOut))
)]
pub(super) async fn base(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<BasePath>,
    body: Body,
) -> Result<(StatusCode, Json<MadeBaseOut>), Failure> {
    let base = base_id(&records, &caller, &place.base).await?;
    let copy: BaseCopyIn = JsonBody::read(Door::Problem, body).await?.parse_or_default(Door::Problem)?;
    let how = (copy.name.as_deref(), copy.records);
    let made = records.duplicate_base(&caller, base, copy.workspace_id, how).await.map_err(fail)?;
    Ok((StatusCode::CREATED, Json(MadeBaseOut::new(&made))))
}
