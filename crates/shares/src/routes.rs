//! Airtable's endpoints for shares, the platform's own for making them, and what links lead to.

mod wire;

use ::model::{BaseId, Caller};
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use tenancy::Denied;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, JsonBody, Params, Peer};

use crate::error::Error;
use crate::ops::{PageQuery, Shares};
use wire::{
    BasePath, LinkOut, LinkPath, LinksOut, ShareDeletedOut, ShareIn, ShareOut, SharePatch, SharePath, SharedOut,
    SharedPageOut, SharedTablePath, SharesOut,
};

/// Most records of a page.
const PAGE: u64 = 100;

#[derive(OpenApi)]
#[openapi(tags((name = "shares", description = "What is shown to whoever has a link")))]
struct Described;

/// The doors for those who manage shares.
pub(crate) fn managing(shares: Shares) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(list))
        .routes(routes!(update, delete))
        .routes(routes!(list_links, create))
        .routes(routes!(renew))
        .with_state(shares)
}

/// The doors for those who have a link.
pub(crate) fn links(shares: Shares) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(read)).routes(routes!(list_records)).with_state(shares)
}

fn fail(error: Error) -> Failure {
    Failure::new(Door::Airtable, &error)
}

fn own(error: Error) -> Failure {
    Failure::new(Door::Problem, &error)
}

fn base_id(text: &str) -> Result<BaseId, Error> {
    text.parse().map_err(|_| Denied::NotFound.into())
}

/// Lists the shares of a base, without their links.
#[utoipa::path(
    get, path = "/v0/meta/bases/{base}/shares", operation_id = "shares.list", tag = "shares", params(BasePath),
    responses((status = 200, description = "The shares", body = SharesOut))
)]
async fn list(
    State(shares): State<Shares>,
    Extension(caller): Extension<Caller>,
    Path(at): Path<BasePath>,
) -> Result<Json<SharesOut>, Failure> {
    let found = shares.list(&caller, base_id(&at.base).map_err(fail)?).await.map_err(fail)?;
    Ok(Json(SharesOut { shares: found.iter().map(ShareOut::from).collect() }))
}

/// Turns a share on or off.
#[utoipa::path(
    patch, path = "/v0/meta/bases/{base}/shares/{share}", operation_id = "shares.update", tag = "shares",
    params(SharePath), request_body = SharePatch,
    responses((status = 200, description = "The share after", body = ShareOut))
)]
async fn update(
    State(shares): State<Shares>,
    Extension(caller): Extension<Caller>,
    Path(at): Path<SharePath>,
    body: Body,
) -> Result<Json<ShareOut>, Failure> {
    let base = base_id(&at.base).map_err(fail)?;
    let body: SharePatch = JsonBody::read(Door::Airtable, body).await?.parse(Door::Airtable)?;
    let share = shares.enable(&caller, base, &at.share, body.state.is_enabled()).await.map_err(fail)?;
    Ok(Json(ShareOut::from(&share)))
}

/// Ends a share: its link leads nowhere any more.
#[utoipa::path(
    delete, path = "/v0/meta/bases/{base}/shares/{share}", operation_id = "shares.delete", tag = "shares",
    params(SharePath), responses((status = 200, description = "It is deleted", body = ShareDeletedOut))
)]
async fn delete(
    State(shares): State<Shares>,
    Extension(caller): Extension<Caller>,
    Path(at): Path<SharePath>,
) -> Result<Json<ShareDeletedOut>, Failure> {
    let base = base_id(&at.base).map_err(fail)?;
    let id = shares.delete(&caller, base, &at.share).await.map_err(fail)?;
    Ok(Json(ShareDeletedOut { id: id.to_string(), deleted: true }))
}

/// Lists the shares of a base with their links, for those who may share it.
#[utoipa::path(
    get, path = "/api/v1/bases/{base}/shares", operation_id = "shares.list_links", tag = "shares", params(BasePath),
    responses((status = 200, description = "The shares", body = LinksOut))
)]
async fn list_links(
    State(shares): State<Shares>,
    Extension(caller): Extension<Caller>,
    Path(at): Path<BasePath>,
) -> Result<Json<LinksOut>, Failure> {
    let (schema, found) = shares.list_links(&caller, base_id(&at.base).map_err(own)?).await.map_err(own)?;
    Ok(Json(LinksOut { shares: found.iter().map(|share| LinkOut::new(&shares, share, &schema)).collect() }))
}

/// Shows a view, or the whole base, to everybody who has the link in the answer.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/shares", operation_id = "shares.create", tag = "shares", params(BasePath),
    request_body = ShareIn, responses((status = 201, description = "The share with its link", body = LinkOut))
)]
async fn create(
    State(shares): State<Shares>,
    Extension(caller): Extension<Caller>,
    Path(at): Path<BasePath>,
    body: Body,
) -> Result<(StatusCode, Json<LinkOut>), Failure> {
    let base = base_id(&at.base).map_err(own)?;
    let body: ShareIn = JsonBody::read(Door::Problem, body).await?.parse(Door::Problem)?;
    let (schema, share) = shares.create(&caller, base, body.view().map_err(own)?).await.map_err(own)?;
    Ok((StatusCode::CREATED, Json(LinkOut::new(&shares, &share, &schema))))
}

/// Has the link of a whole base show the tables and fields that were made since, too.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/shares/{share}/renew", operation_id = "shares.renew", tag = "shares",
    params(SharePath), responses((status = 200, description = "The share with its link", body = LinkOut))
)]
async fn renew(
    State(shares): State<Shares>,
    Extension(caller): Extension<Caller>,
    Path(at): Path<SharePath>,
) -> Result<Json<LinkOut>, Failure> {
    let base = base_id(&at.base).map_err(own)?;
    let (schema, share) = shares.renew(&caller, base, &at.share).await.map_err(own)?;
    Ok(Json(LinkOut::new(&shares, &share, &schema)))
}

/// Tells what a link shows: tables and fields.
#[utoipa::path(
    get, path = "/api/v1/shared/{link}", operation_id = "shares.read", tag = "shares", security(()), params(LinkPath),
    responses(
        (status = 200, description = "What is shown", body = SharedOut),
        (status = 429, description = "A visitor, or the link, has too many requests"),
    )
)]
async fn read(
    State(shares): State<Shares>,
    Path(at): Path<LinkPath>,
    visitor: Option<Extension<Peer>>,
) -> Result<Response, Failure> {
    let opened = shares.open(&at.link, visitor.map(|Extension(peer)| peer)).await.map_err(own)?;
    Ok(shown(Json(SharedOut::new(&opened)).into_response()))
}

/// Lists the records that a link shows of a table, a page at a time, cells as people see them.
#[utoipa::path(
    get, path = "/api/v1/shared/{link}/tables/{table}/records", operation_id = "shares.list_records", tag = "shares",
    security(()),
    params(
        SharedTablePath,
        ("pageSize" = Option<u64>, Query, description = "1 to 100, which it is when absent"),
        ("offset" = Option<String>, Query, description = "Where to go on: the `offset` of the page before"),
        ("returnFieldsByFieldId" = Option<bool>, Query, description = "Field ids as keys instead of names"),
        ("timeZone" = Option<String>, Query, description = "An IANA zone for date-times of the zone `client`; UTC when absent"),
        ("userLocale" = Option<String>, Query, description = "A locale such as `en-gb`; `en` when absent"),
    ),
    responses(
        (status = 200, description = "A page", body = SharedPageOut),
        (status = 422, description = "A parameter does not fit"),
        (status = 429, description = "A visitor, or the link, has too many requests"),
    )
)]
async fn list_records(
    State(shares): State<Shares>,
    Path(at): Path<SharedTablePath>,
    visitor: Option<Extension<Peer>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let params = Params::parse(query.as_deref().unwrap_or_default());
    let size = match params.number("pageSize") {
        None => None,
        Some(Ok(size)) if (1..=PAGE).contains(&size) => Some(size as usize),
        Some(_) => return Err(own(Error::Request { reason: format!("`pageSize` must be from 1 to {PAGE}") })),
    };
    let query = PageQuery {
        size,
        offset: params.get("offset"),
        by_id: params.flag("returnFieldsByFieldId").map_err(|reason| own(Error::Request { reason }))?,
        zone: params.get("timeZone"),
        locale: params.get("userLocale"),
    };
    let opened = shares.open(&at.link, visitor.map(|Extension(peer)| peer)).await.map_err(own)?;
    let (page, shape) = shares.page(&opened, &at.table, &query).await.map_err(own)?;
    let text = shares.write(&page, &shape).map_err(own)?;
    Ok(shown(([(header::CONTENT_TYPE, "application/json; charset=utf-8")], text).into_response()))
}

/// Nobody keeps what is shown by a link, which may be turned off, and pages of others do not learn the link.
fn shown(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}
