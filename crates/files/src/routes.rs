//! Airtable's upload of files, and the addresses that files are read at.
#![expect(unused_qualifications, reason = "the annotations of parameters expand so")]

mod range;

use std::fmt::Write as _;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use model::Caller;
use records::Ticket;
use serde::Deserialize;
use serde_json::{Map, Value};
use tenancy::Denied;
use utoipa::{IntoParams, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, JsonBody};

use crate::error::Error;
use crate::media;
use crate::ops::{Attachments, Download, Upload};

/// Most bytes of the body of an upload: 5 MiB in base64, in lines whose ends are escaped, and the rest.
const MAX_BODY: usize = 8 << 20;
/// What a browser may do with a file: nothing.
const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

#[derive(OpenApi)]
#[openapi(tags((name = "files", description = "Files in cells: Airtable's upload, and the addresses of files")))]
struct Described;

/// The doors for those who may write.
pub(crate) fn uploads(files: Attachments) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Described::openapi()).routes(routes!(upload)).with_state(files)
}

/// The doors for those who have an address.
pub(crate) fn downloads(files: Attachments) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(download)).with_state(files)
}

/// A cell of a record.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct CellPath {
    /// The base's id.
    base: String,
    /// The record's id.
    record: String,
    /// The field's id or name.
    field: String,
}

/// A file to put into a cell.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UploadIn {
    /// Its media type, such as `image/png`.
    content_type: String,
    /// Its name.
    filename: String,
    /// Its bytes in base64; at most 5 MiB of them.
    file: String,
}

/// A record after a file came into it. It is written straight from columns; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is written without it")]
struct AttachedOut {
    /// Its id.
    id: String,
    /// When it was created.
    #[schema(format = DateTime)]
    created_time: String,
    /// All files of the cell by the id of its field, the new one last.
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
}

/// The address of a file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct AddressPath {
    /// What lets in: made by the house, and good for two to three hours.
    ticket: String,
    /// The file's name, which is for people only.
    #[serde(rename = "name")]
    #[param(rename = "name")]
    _name: String,
}

/// Puts a file behind the others of a cell.
#[utoipa::path(
    post, path = "/v0/{base}/{record}/{field}/uploadAttachment", operation_id = "files.upload", tag = "files",
    params(CellPath), request_body = UploadIn,
    responses((status = 200, description = "The record with that cell", body = AttachedOut))
)]
async fn upload(
    State(files): State<Attachments>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<CellPath>,
    body: Body,
) -> Result<Response, Failure> {
    let fail = |error: Error| Failure::new(Door::Airtable, &error);
    let base = place.base.parse().map_err(|_| fail(Error::Records(Denied::NotFound.into())))?;
    let cell = (base, place.record.as_str(), place.field.as_str());
    files.check_upload(&caller, cell).await.map_err(fail)?;
    let body: UploadIn = JsonBody::read_within(Door::Airtable, body, MAX_BODY).await?.parse(Door::Airtable)?;
    let upload = Upload { content_type: body.content_type, filename: body.filename, file: body.file };
    let attached = files.upload(&caller, cell, upload).await.map_err(fail)?;
    let mut out = Vec::with_capacity(1_024);
    attached.write(&mut out).map_err(|error| fail(error.into()))?;
    Ok(([(header::CONTENT_TYPE, "application/json; charset=utf-8")], out).into_response())
}

/// Sends a file, or a range of its bytes, to whoever has its address.
#[utoipa::path(
    get, path = "/api/v1/attachments/{ticket}/{name}", operation_id = "files.download", tag = "files", security(()),
    params(
        AddressPath,
        ("Range" = Option<String>, Header, description = "One range of bytes, such as `bytes=0-999`"),
    ),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream", body = str),
        (status = 206, description = "The range of it", content_type = "application/octet-stream", body = str),
        (status = 416, description = "The file has no such range"),
    )
)]
async fn download(
    State(files): State<Attachments>,
    Path(address): Path<AddressPath>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let fail = |error: Error| Failure::new(Door::Problem, &error);
    let ticket = files.ticket(&address.ticket).await.map_err(fail)?;
    let tag = tag(&ticket);
    if range::is_known(headers.get(header::IF_NONE_MATCH), &tag) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        describe(response.headers_mut(), &ticket, &tag);
        return Ok(response);
    }
    let wanted = range::wanted(&headers, &tag);
    match files.open(ticket, wanted).await {
        Ok(download) => Ok(sent(download, &tag, wanted.is_some())),
        Err(Error::Range { size }) => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            put(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{size}"));
            Ok(response)
        }
        Err(error) => Err(fail(error)),
    }
}

/// Names the bytes of an object: its key ends in what they come to.
fn tag(ticket: &Ticket) -> String {
    format!("\"{}\"", ticket.key.rsplit('/').next().unwrap_or_default())
}

fn sent(download: Download, tag: &str, partly: bool) -> Response {
    let Download { ticket, opened } = download;
    let mut response = Body::from_stream(opened.bytes).into_response();
    let headers = response.headers_mut();
    describe(headers, &ticket, tag);
    put(headers, header::CONTENT_LENGTH, &(opened.range.end - opened.range.start).to_string());
    if partly {
        let last = opened.range.end.saturating_sub(1);
        put(headers, header::CONTENT_RANGE, &format!("bytes {}-{last}/{}", opened.range.start, opened.size));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

fn describe(headers: &mut HeaderMap, ticket: &Ticket, tag: &str) {
    put(headers, header::CONTENT_TYPE, &ticket.media_type);
    put(headers, header::CONTENT_DISPOSITION, &disposition(&ticket.media_type, &ticket.filename));
    put(headers, header::ETAG, tag);
    put(headers, header::ACCEPT_RANGES, "bytes");
    // The address ends; what it leads to never changes. One of a share may end at any moment.
    let kept = if ticket.share.is_some() { "private, no-cache" } else { "private, max-age=7200, immutable" };
    put(headers, header::CACHE_CONTROL, kept);
    put(headers, header::CONTENT_SECURITY_POLICY, SANDBOX);
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Pages of others may show pictures.
    put(headers, HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Whether a browser shows the file or saves it, and under which name (RFC 6266).
fn disposition(media_type: &str, filename: &str) -> String {
    let kind = if media::is_shown(media_type) { "inline" } else { "attachment" };
    let plain = |c: char| if c.is_ascii_graphic() && !"\"\\%;/".contains(c) || c == ' ' { c } else { '_' };
    let ascii: String = filename.chars().map(plain).collect();
    let mut escaped = String::new();
    for byte in filename.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{escaped}")
}
