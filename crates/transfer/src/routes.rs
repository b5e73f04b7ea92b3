//! Doors of imports and exports, under `/api/v1`.

mod params;
mod syncs;
mod wire;

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::StreamExt;
use futures_util::stream::unfold;
use model::Caller;
use records::Export;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{ApiError as _, Door, Failure, Params};

use crate::csv::{WriteMode, Writer};
use crate::error::Error;
use crate::model::Import;
use crate::ops::Transfers;
use wire::{ExportParams, ImportOut, ImportParams, ImportsOut, ImportsParams};

const DOOR: Door = Door::Problem;
/// How often progress is told.
const PACE: Duration = Duration::from_millis(200);
/// Rows written before they are sent.
const ROWS: usize = 500;

/// How much of a refused upload is read, in bytes, and for how long.
const PASSED: usize = 64 << 20;
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(OpenApi)]
#[openapi(tags((name = "transfer", description = "CSV files in and out")))]
struct Described;

/// The doors of this context.
pub(crate) fn router(transfers: Transfers) -> OpenApiRouter {
    let unbounded = OpenApiRouter::new().routes(routes!(import, of_file)).layer(DefaultBodyLimit::disable());
    OpenApiRouter::with_openapi(Described::openapi())
        .merge(unbounded)
        .routes(routes!(find, cancel))
        .routes(routes!(events))
        .routes(routes!(export))
        .merge(syncs::router())
        .with_state(transfers)
}

fn fail(error: Error) -> Failure {
    Failure::new(DOOR, &error)
}

async fn shown(transfers: &Transfers, import: &Import) -> Result<ImportOut, Error> {
    Ok(ImportOut::new(import, transfers.waits(import).await?))
}

fn request(reason: impl Into<String>) -> Failure {
    fail(Error::Request { reason: reason.into() })
}

/// Takes a CSV file as the body and brings it into a table, in the background. The same file with the same query goes on
/// with an import that stopped half way.
#[utoipa::path(
    post, path = "/api/v1/imports", operation_id = "imports.create", tag = "transfer", params(ImportParams),
    request_body(content = str, content_type = "text/csv", description = "The file as it is"),
    responses((status = 202, description = "The import, begun", body = ImportOut))
)]
async fn import(
    State(transfers): State<Transfers>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Response, Failure> {
    let mut file = body.into_data_stream();
    let begun = match params::wanted(query.as_deref().unwrap_or_default()) {
        Ok(wanted) => transfers.import(&caller, wanted, &mut file).await,
        Err(error) => Err(error),
    };
    match begun {
        Ok(import) => Ok((StatusCode::ACCEPTED, Json(shown(&transfers, &import).await.map_err(fail)?)).into_response()),
        Err(error) => {
            pass_over(file).await;
            Err(fail(error))
        }
    }
}

/// Reads what is left of an upload: who is still sending would not hear why it was refused.
async fn pass_over(mut file: BodyDataStream) {
    let mut left = PASSED;
    let passing = async {
        while let Some(Ok(piece)) = file.next().await {
            left = left.saturating_sub(piece.len());
            if left == 0 {
                break;
            }
        }
    };
    // However slowly the rest comes, the answer does not wait for it.
    let _ = tokio::time::timeout(PATIENCE, passing).await;
}

/// Lists the caller's imports of a file by its fingerprint, the newest first.
#[utoipa::path(
    get, path = "/api/v1/imports", operation_id = "imports.list", tag = "transfer", params(ImportsParams),
    responses((status = 200, description = "The imports", body = ImportsOut))
)]
async fn of_file(
    State(transfers): State<Transfers>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Json<ImportsOut>, Failure> {
    let params = Params::parse(query.as_deref().unwrap_or_default());
    let fingerprint = params.get("fingerprint").ok_or_else(|| request("name the `fingerprint` of the file"))?;
    let mut found = transfers.of_file(&caller, fingerprint).await.map_err(fail)?;
    found.retain(|import| {
        let same = |key: &str, held: &str| params.get(key).is_none_or(|wanted| wanted == held);
        same("base", &import.spec.wanted.base) && same("table", &import.spec.wanted.table)
    });
    let mut imports = Vec::with_capacity(found.len());
    for import in &found {
        imports.push(shown(&transfers, import).await.map_err(fail)?);
    }
    Ok(Json(ImportsOut { imports }))
}

/// Stops an import and takes back the rows that it has written, but those that have changed since.
#[utoipa::path(
    delete, path = "/api/v1/imports/{id}", operation_id = "imports.cancel", tag = "transfer",
    params(("id" = String, Path, description = "The import")),
    responses((status = 202, description = "The import, being taken back", body = ImportOut))
)]
async fn cancel(
    State(transfers): State<Transfers>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let import = transfers.cancel(&caller, &id).await.map_err(fail)?;
    Ok((StatusCode::ACCEPTED, Json(shown(&transfers, &import).await.map_err(fail)?)).into_response())
}

/// Tells how far an import is.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}", operation_id = "imports.get", tag = "transfer",
    params(("id" = String, Path, description = "The import")),
    responses((status = 200, description = "The import", body = ImportOut))
)]
async fn find(
    State(transfers): State<Transfers>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<ImportOut>, Failure> {
    let import = transfers.find(&caller, &id).await.map_err(fail)?;
    Ok(Json(shown(&transfers, &import).await.map_err(fail)?))
}

/// Tells progress as server-sent events, `progress` and at the end `done`.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}/events", operation_id = "imports.events", tag = "transfer",
    params(("id" = String, Path, description = "The import")),
    responses((status = 200, description = "Events", content_type = "text/event-stream", body = str))
)]
async fn events(
    State(transfers): State<Transfers>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    transfers.find(&caller, &id).await.map_err(fail)?;
    let stream = unfold(Some((transfers, caller, id)), |state| async move {
        let (transfers, caller, id) = state?;
        tokio::time::sleep(PACE).await;
        let told = async {
            let import = transfers.find(&caller, &id).await?;
            let out = shown(&transfers, &import).await?;
            Ok::<_, Error>((import.state.is_over(), serde_json::to_string(&out).unwrap_or_default()))
        };
        let (over, event) = match told.await {
            Ok((over, text)) => (over, Event::default().event(if over { "done" } else { "progress" }).data(text)),
            // It is looked at again: who is told nothing takes it for the end.
            Err(error) if error.is_retryable() => (false, Event::default().comment("busy")),
            Err(_) => return None,
        };
        Some((Ok::<_, Infallible>(event), (!over).then_some((transfers, caller, id))))
    });
    Ok(Sse::new(stream.fuse()).keep_alive(KeepAlive::default()).into_response())
}

/// Sends a table as CSV.
#[utoipa::path(
    get, path = "/api/v1/export", operation_id = "exports.create", tag = "transfer", params(ExportParams),
    responses((status = 200, description = "The file", content_type = "text/csv", body = str))
)]
async fn export(
    State(transfers): State<Transfers>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let params = Params::parse(query.as_deref().unwrap_or_default());
    let (Some(base), Some(table)) = (params.get("base"), params.get("table")) else {
        return Err(request("name the `base` and the `table` to export"));
    };
    let safe = params.flag("spreadsheetSafe").map_err(request)?;
    let export = transfers.export(&caller, base, table, params.get("view")).await.map_err(fail)?;
    let mode = if safe { WriteMode::SpreadsheetSafe } else { WriteMode::RoundTrip };
    let stream = unfold(Some((export, true)), move |state| async move {
        let (mut export, first) = state?;
        let piece = match export.fetch(ROWS).await {
            Ok(()) => piece(&mut export, first, mode),
            Err(error) => Err(std::io::Error::other(error)),
        };
        let next = matches!(piece, Ok((_, true))).then_some((export, false));
        Some((piece.map(|(bytes, _)| bytes::Bytes::from(bytes)), next))
    });
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"export.csv\""),
    ];
    Ok((head, Body::from_stream(stream.fuse())).into_response())
}

/// The next rows as CSV, and whether there are more.
fn piece(export: &mut Export, first: bool, mode: WriteMode) -> std::io::Result<(Vec<u8>, bool)> {
    let mut writer = Writer::new(Vec::new(), mode);
    if first {
        writer.row(export.names())?;
    }
    let last = export.names().len().saturating_sub(1);
    let mut written = Ok(());
    let more = export.read(ROWS, |column, text| {
        writer.cell(text);
        if column == last && written.is_ok() {
            written = writer.end_row();
        }
    });
    written?;
    let more = more.map_err(std::io::Error::other)?;
    Ok((writer.finish()?, more))
}
