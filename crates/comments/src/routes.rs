//! Airtable's comment endpoints, and the platform's own for reactions.

mod reactions;
mod wire;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use model::Caller;
use tenancy::Denied;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, JsonBody, Params};

use crate::error::Error;
use crate::model::{NewComment, Subject};
use crate::ops::Comments;
use wire::{CommentDeletedOut, CommentIn, CommentOut, CommentPatch, CommentPath, CommentsOut, CommentsPath};

const DOOR: Door = Door::Airtable;

#[derive(OpenApi)]
#[openapi(tags((name = "comments", description = "Comments on records: Airtable's Web API, and reactions")))]
struct Described;

/// The doors of this context.
pub(crate) fn router(comments: Comments) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(list, create))
        .routes(routes!(update, delete))
        .routes(routes!(reactions::react, reactions::take_back))
        .with_state(comments)
}

fn fail(error: Error) -> Failure {
    Failure::new(DOOR, &error)
}

fn subject<'a>(base: &str, table: &'a str, record: &'a str) -> Result<Subject<'a>, Error> {
    let base = base.parse().map_err(|_| Error::Denied(Denied::NotFound))?;
    Ok(Subject { base, table, record })
}

impl CommentsPath {
    fn subject(&self) -> Result<Subject<'_>, Error> {
        subject(&self.base, &self.table, &self.record)
    }
}

impl CommentPath {
    fn subject(&self) -> Result<Subject<'_>, Error> {
        subject(&self.base, &self.table, &self.record)
    }
}

/// Lists the comments of a record, the newest first, a page at a time.
#[utoipa::path(
    get, path = "/v0/{base}/{table}/{record}/comments", operation_id = "comments.list", tag = "comments",
    params(
        CommentsPath,
        ("pageSize" = Option<i64>, Query, description = "Comments of a page, 1 to 100"),
        ("offset" = Option<String>, Query, description = "Where to go on: the `offset` of the page before"),
    ),
    responses((status = 200, description = "A page", body = CommentsOut))
)]
async fn list(
    State(comments): State<Comments>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<CommentsPath>,
    RawQuery(query): RawQuery,
) -> Result<Json<CommentsOut>, Failure> {
    let subject = place.subject().map_err(fail)?;
    let params = Params::parse(query.as_deref().unwrap_or_default());
    let size = params.number("pageSize").transpose();
    let size = size.map_err(|text| fail(Error::PageSize { given: text.chars().take(64).collect() }))?;
    let page = comments.list(&caller, subject, size, params.get("offset")).await.map_err(fail)?;
    Ok(Json(CommentsOut::from(page)))
}

/// Writes a comment on a record, or a reply to one.
#[utoipa::path(
    post, path = "/v0/{base}/{table}/{record}/comments", operation_id = "comments.create", tag = "comments",
    params(CommentsPath), request_body = CommentIn,
    responses((status = 200, description = "The comment", body = CommentOut))
)]
async fn create(
    State(comments): State<Comments>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<CommentsPath>,
    body: Body,
) -> Result<Json<CommentOut>, Failure> {
    let subject = place.subject().map_err(fail)?;
    let body: CommentIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let new = NewComment { text: &body.text, parent: body.parent_comment_id.as_deref() };
    let made = comments.create(&caller, subject, new).await.map_err(fail)?;
    Ok(Json(CommentOut::from(made)))
}

/// Changes the text of a comment; only its author may.
#[utoipa::path(
    patch, path = "/v0/{base}/{table}/{record}/comments/{comment}", operation_id = "comments.update", tag = "comments",
    params(CommentPath), request_body = CommentPatch,
    responses((status = 200, description = "The comment after", body = CommentOut))
)]
async fn update(
    State(comments): State<Comments>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<CommentPath>,
    body: Body,
) -> Result<Json<CommentOut>, Failure> {
    let subject = place.subject().map_err(fail)?;
    let body: CommentPatch = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let changed = comments.update(&caller, subject, &place.comment, &body.text).await.map_err(fail)?;
    Ok(Json(CommentOut::from(changed)))
}

/// Deletes a comment with its reactions; its author may, and creators and owners of the base. Replies to it stay.
#[utoipa::path(
    delete, path = "/v0/{base}/{table}/{record}/comments/{comment}", operation_id = "comments.delete",
    tag = "comments", params(CommentPath),
    responses((status = 200, description = "It is deleted", body = CommentDeletedOut))
)]
async fn delete(
    State(comments): State<Comments>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<CommentPath>,
) -> Result<Json<CommentDeletedOut>, Failure> {
    let subject = place.subject().map_err(fail)?;
    let id = comments.delete(&caller, subject, &place.comment).await.map_err(fail)?;
    Ok(Json(CommentDeletedOut { id: id.to_string(), deleted: true }))
}
