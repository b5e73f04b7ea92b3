//! The door of written cells, under `/api/v1`.
#![expect(unused_qualifications, reason = "the annotations of parameters expand so")]

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use model::Caller;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, JsonBody};

use crate::error::Error;
use crate::ops::Writing;

const DOOR: Door = Door::Problem;
/// Most records that are named.
const RECORDS: usize = 1_000;

/// The doors of this context.
pub(crate) fn router(writing: Writing) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(generate)).with_state(writing)
}

/// A field of a table.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct FieldPath {
    /// The base's id or name.
    base: String,
    /// The table's id or name.
    table: String,
    /// The field's id or name.
    field: String,
}

/// Which cells are to be written.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct GenerateIn {
    /// Ids of records, at most 1,000; all records when absent.
    records: Vec<String>,
}

/// What was queued.
#[derive(Serialize, ToSchema)]
struct QueuedOut {
    /// How many cells will be written.
    queued: usize,
}

/// Has the cells of an AI text field written that are empty, out of date or failed.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/tables/{table}/fields/{field}/generate", operation_id = "fields.generate",
    tag = "bases", params(FieldPath), request_body = GenerateIn,
    responses(
        (status = 202, description = "They are queued", body = QueuedOut),
        (status = 409, description = "No model provider is set"),
    )
)]
async fn generate(
    State(writing): State<Writing>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<FieldPath>,
    body: Body,
) -> Result<(StatusCode, Json<QueuedOut>), Failure> {
    let fail = |error: Error| Failure::new(DOOR, &error);
    let asked: GenerateIn = JsonBody::read(DOOR, body).await?.parse_or_default(DOOR)?;
    if asked.records.len() > RECORDS {
        let message = format!("`records` names at most {RECORDS} records, not {}", asked.records.len());
        let error = records::Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message };
        return Err(fail(error.into()));
    }
    let place = (place.base.as_str(), place.table.as_str(), place.field.as_str());
    let queued = writing.generate(&caller, place, &asked.records).await.map_err(fail)?;
    Ok((StatusCode::ACCEPTED, Json(QueuedOut { queued })))
}
