//! Tables that follow files: Airtable's address for the files, and ours to set that up.

mod wire;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::{Extension, Json};
use encoding_rs::{Encoding, UTF_8};
use model::{BaseId, Caller};
use tenancy::Denied;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, JsonBody};

use super::DOOR as OWN;
use crate::error::Error;
use crate::ops::{NewSync, SYNC_BYTES, Transfers};
use crate::words::excerpt;
use wire::{DeletedSyncOut, SyncIn, SyncOut, SyncPath, SyncedOut, SyncsOut, TablePath};

/// The doors.
pub(super) fn router() -> OpenApiRouter<Transfers> {
    let unbounded = OpenApiRouter::new().routes(routes!(upload)).layer(DefaultBodyLimit::disable());
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete)).merge(unbounded)
}

fn base_id(door: Door, text: &str) -> Result<BaseId, Failure> {
    text.parse().map_err(|_| Failure::new(door, &Error::Denied(Denied::NotFound)))
}

fn own(error: Error) -> Failure {
    Failure::new(OWN, &error)
}

/// Lists the syncs of a table.
#[utoipa::path(
    get, path = "/api/v1/bases/{base}/tables/{table}/syncs", operation_id = "syncs.list", tag = "transfer",
    params(TablePath), responses((status = 200, description = "The syncs", body = SyncsOut))
)]
async fn list(
    State(transfers): State<Transfers>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<TablePath>,
) -> Result<Json<SyncsOut>, Failure> {
    let base = base_id(OWN, &place.base)?;
    let (syncs, table) = transfers.list_syncs(&caller, base, &place.table).await.map_err(own)?;
    Ok(Json(SyncsOut { syncs: syncs.iter().map(|sync| SyncOut::new(sync, &table)).collect() }))
}

/// Lets a table follow CSV files that are sent to `/v0/{base}/{table}/sync/{id}`.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/tables/{table}/syncs", operation_id = "syncs.create", tag = "transfer",
    params(TablePath), request_body = SyncIn, responses((status = 201, description = "The sync", body = SyncOut))
)]
async fn create(
    State(transfers): State<Transfers>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<TablePath>,
    body: Body,
) -> Result<(StatusCode, Json<SyncOut>), Failure> {
    let base = base_id(OWN, &place.base)?;
    let wanted: SyncIn = JsonBody::read(OWN, body).await?.parse(OWN)?;
    let new = NewSync { name: wanted.name, key: wanted.key_field, missing: wanted.missing };
    let (sync, table) = transfers.create_sync(&caller, (base, &place.table), &new).await.map_err(own)?;
    Ok((StatusCode::CREATED, Json(SyncOut::new(&sync, &table))))
}

/// Ends a sync; the records stay.
#[utoipa::path(
    delete, path = "/api/v1/bases/{base}/tables/{table}/syncs/{sync}", operation_id = "syncs.delete", tag = "transfer",
    params(SyncPath), responses((status = 200, description = "It is gone", body = DeletedSyncOut))
)]
async fn delete(
    State(transfers): State<Transfers>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<SyncPath>,
) -> Result<Json<DeletedSyncOut>, Failure> {
    let base = base_id(OWN, &place.base)?;
    transfers.delete_sync(&caller, (base, &place.table), &place.sync).await.map_err(own)?;
    Ok(Json(DeletedSyncOut { id: place.sync, deleted: true }))
}

/// Makes the table hold what a CSV file does: up to 10,000 rows, 500 columns and 2 MiB in UTF-8, the first row with the
/// names of the columns.
#[utoipa::path(
    post, path = "/v0/{base}/{table}/sync/{sync}", operation_id = "syncs.upload", tag = "transfer", params(SyncPath),
    request_body(content = str, content_type = "text/csv", description = "The file as it is"),
    responses((status = 200, description = "The table holds it", body = SyncedOut))
)]
async fn upload(
    State(transfers): State<Transfers>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<SyncPath>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<SyncedOut>, Failure> {
    const DOOR: Door = Door::Airtable;
    let base = base_id(DOOR, &place.base)?;
    let file = JsonBody::read_within(DOOR, body, SYNC_BYTES).await?.into_bytes();
    let refused = |error: Error| Failure::new(DOOR, &error).in_words();
    check_charset(&headers).map_err(refused)?;
    transfers.sync(&caller, (base, &place.table), &place.sync, file).await.map_err(refused)?;
    Ok(Json(SyncedOut { success: true }))
}

/// Refuses a file that says of itself that it is in another encoding.
fn check_charset(headers: &HeaderMap) -> Result<(), Error> {
    let told = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let parameters = told.split(';').skip(1).filter_map(|parameter| parameter.trim().split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    let Some((_, charset)) = charsets.next() else { return Ok(()) };
    let label = charset.trim().trim_matches('"');
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding) if encoding == UTF_8 => Ok(()),
        // ASCII is UTF-8, whatever else its label may mean.
        _ if label.eq_ignore_ascii_case("us-ascii") => Ok(()),
        _ => {
            let shown = excerpt(label, 64);
            let reason = format!("the content type says `{}`: send the file in UTF-8", shown.escape_debug());
            Err(Error::Request { reason })
        }
    }
}
