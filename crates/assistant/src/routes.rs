//! HTTP doors: chat, tools and sessions, at the top and under `/api/v1`.

mod chat;
mod sessions;
mod tools;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, JsonBody};

use crate::error::Error;
use crate::ops::Assistant;

const DOOR: Door = Door::Problem;

#[derive(OpenApi)]
#[openapi(tags((name = "assistant", description = "Conversations and tools")))]
struct Described;

/// The doors of this context, described. The caller must stand in the request's extensions.
pub fn router(assistant: Assistant) -> OpenApiRouter {
    described().with_state(assistant)
}

/// The same doors under `/api/v1`, which the API document does not repeat.
pub(crate) fn alias(assistant: Assistant) -> Router {
    let (doors, _) = router(assistant).split_for_parts();
    Router::new().nest("/api/v1", doors)
}

fn described() -> OpenApiRouter<Assistant> {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(chat::chat))
        .routes(routes!(chat::chat_stream))
        .routes(routes!(tools::list_tools))
        .routes(routes!(tools::execute_tool))
        .routes(routes!(tools::function_calling_status))
        .routes(routes!(sessions::session_history))
        .routes(routes!(sessions::delete_session))
        .routes(routes!(sessions::session_cost))
}

fn fail(error: &Error) -> Failure {
    Failure::new(DOOR, error)
}

async fn body<T: serde::de::DeserializeOwned>(request: axum::extract::Request) -> Result<T, Failure> {
    JsonBody::read(DOOR, request.into_body()).await?.parse(DOOR)
}

fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

#[cfg(test)]
mod tests;
