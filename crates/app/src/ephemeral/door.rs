//! `POST /api/v1/reset`.

use axum::extract::State;
use axum::{Extension, Json};
use model::{Actor, Caller, UserId};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, Kind};

/// Where the answer goes: the bases, or why it did not work.
pub(super) type Asked = oneshot::Sender<Result<Value, String>>;

/// Takes wishes to begin anew.
#[derive(Clone)]
pub(super) struct Resets {
    owner: UserId,
    ask: mpsc::Sender<Asked>,
}

impl Resets {
    pub(super) fn new(owner: UserId, ask: mpsc::Sender<Asked>) -> Self {
        Self { owner, ask }
    }
}

pub(super) fn router(resets: Resets) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(reset)).with_state(resets)
}

/// The store as it began.
#[derive(Serialize, ToSchema)]
struct ResetOut {
    /// Its bases with `id` and `name`, the same ones as at the start.
    bases: Value,
}

/// Puts the store back to its seed: bases, records, tokens, webhooks, limits. Requests that are open meanwhile may be
/// answered 503. Only `serve --ephemeral` has this door, and only the owner goes through it.
#[utoipa::path(
    post, path = "/api/v1/reset", operation_id = "store.reset", tag = "operations",
    responses((status = 200, description = "It is as it began", body = ResetOut))
)]
async fn reset(State(resets): State<Resets>, Extension(caller): Extension<Caller>) -> Result<Json<ResetOut>, Failure> {
    if caller.actor != Actor::User(resets.owner) {
        return Err(failure(Kind::Forbidden, "not-the-owner", "only the owner resets the store"));
    }
    let (answer, answered) = oneshot::channel();
    let stopping = || failure(Kind::Unavailable, "stopping", "the server is stopping");
    resets.ask.send(answer).await.map_err(|_| stopping())?;
    match answered.await.map_err(|_| stopping())? {
        Ok(bases) => Ok(Json(ResetOut { bases })),
        Err(reason) => {
            tracing::error!(reason, "the store could not be reset");
            Err(failure(Kind::Internal, "reset-failed", "the store could not be reset; the log says why"))
        }
    }
}

fn failure(kind: Kind, code: &'static str, text: &str) -> Failure {
    Failure::plain(Door::Problem, kind, code, text)
}
