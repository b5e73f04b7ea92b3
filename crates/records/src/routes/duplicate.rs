//! Copies, under `/api/v1`.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::Caller;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use web::Failure;

use super::history::{base_id, fail};
use super::json as respond;
use super::wire::RecordPath;
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
    let made = records.duplicate(&caller, base, &place.table, &place.record).await.map_err(absent).map_err(fail)?;
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
