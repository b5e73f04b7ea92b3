//! Reactions, under `/api/v1`: Airtable's Web API only shows them.

use axum::extract::{Path, State};
use axum::{Extension, Json};
use model::Caller;
use web::{Door, Failure};

use super::subject;
use super::wire::{CommentOut, ReactionPath};
use crate::error::Error;
use crate::model::Subject;
use crate::ops::Comments;

const DOOR: Door = Door::Problem;

fn fail(error: Error) -> Failure {
    Failure::new(DOOR, &error)
}

impl ReactionPath {
    fn subject(&self) -> Result<Subject<'_>, Error> {
        subject(&self.base, &self.table, &self.record)
    }
}

/// Puts an emoji on a comment, as the caller's reaction.
#[utoipa::path(
    put, path = "/api/v1/bases/{base}/tables/{table}/records/{record}/comments/{comment}/reactions/{emoji}",
    operation_id = "comments.react", tag = "comments", params(ReactionPath),
    responses((status = 200, description = "The comment after", body = CommentOut))
)]
pub(super) async fn react(
    State(comments): State<Comments>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<ReactionPath>,
) -> Result<Json<CommentOut>, Failure> {
    let subject = place.subject().map_err(fail)?;
    let told = comments.react(&caller, subject, &place.comment, &place.emoji).await.map_err(fail)?;
    Ok(Json(CommentOut::from(told)))
}

/// Takes an emoji of the caller's own from a comment.
#[utoipa::path(
    delete, path = "/api/v1/bases/{base}/tables/{table}/records/{record}/comments/{comment}/reactions/{emoji}",
    operation_id = "comments.take_back_reaction", tag = "comments", params(ReactionPath),
    responses((status = 200, description = "The comment after", body = CommentOut))
)]
pub(super) async fn take_back(
    State(comments): State<Comments>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<ReactionPath>,
) -> Result<Json<CommentOut>, Failure> {
    let subject = place.subject().map_err(fail)?;
    let told = comments.take_back(&caller, subject, &place.comment, &place.emoji).await.map_err(fail)?;
    Ok(Json(CommentOut::from(told)))
}
