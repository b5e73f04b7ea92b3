//! What is kept of conversations.

use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Json};
use model::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use web::Failure;

use super::{fail, no_content};
use crate::model::{CostSummary, StoredMessage};
use crate::ops::Assistant;

/// A conversation's messages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HistoryOut {
    session_id: String,
    messages: Vec<StoredMessage>,
}

/// Lists the messages of a conversation, oldest first.
#[utoipa::path(
    get, path = "/sessions/{id}/history", operation_id = "assistant.session_history", tag = "assistant",
    params(("id" = String, Path, description = "The session")),
    responses(
        (status = 200, description = "The messages", body = HistoryOut),
        (status = 404, description = "The caller has no such session"),
    )
)]
pub(super) async fn session_history(
    State(assistant): State<Assistant>,
    Extension(caller): Extension<Caller>,
    Path(session_id): Path<String>,
) -> Result<Json<HistoryOut>, Failure> {
    let messages = assistant.history(&caller, &session_id).await.map_err(|error| fail(&error))?;
    Ok(Json(HistoryOut { session_id, messages }))
}

/// Deletes a conversation.
#[utoipa::path(
    delete, path = "/sessions/{id}", operation_id = "assistant.delete_session", tag = "assistant",
    params(("id" = String, Path, description = "The session")),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 404, description = "The caller has no such session"),
    )
)]
pub(super) async fn delete_session(
    State(assistant): State<Assistant>,
    Extension(caller): Extension<Caller>,
    Path(session_id): Path<String>,
) -> Result<Response, Failure> {
    assistant.delete_session(&caller, &session_id).await.map_err(|error| fail(&error))?;
    Ok(no_content())
}

/// Says what a conversation cost so far.
#[utoipa::path(
    get, path = "/sessions/{id}/cost-summary", operation_id = "assistant.session_cost", tag = "assistant",
    params(("id" = String, Path, description = "The session")),
    responses(
        (status = 200, description = "The cost", body = CostSummary),
        (status = 404, description = "The caller has no such session"),
    )
)]
pub(super) async fn session_cost(
    State(assistant): State<Assistant>,
    Extension(caller): Extension<Caller>,
    Path(session_id): Path<String>,
) -> Result<Json<CostSummary>, Failure> {
    let summary = assistant.cost_summary(&caller, &session_id).await;
    summary.map(Json).map_err(|error| fail(&error))
}
