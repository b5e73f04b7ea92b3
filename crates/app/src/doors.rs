//! Doors of the house itself.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use telemetry::Metrics;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, Kind};

/// `/metrics`; without metrics it says that they are off.
pub(crate) fn metrics_door(metrics: Option<Metrics>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(metrics_text)).with_state(Counted(metrics))
}

#[derive(Clone)]
struct Counted(Option<Metrics>);

/// Tells the metrics as Prometheus collects them.
#[utoipa::path(
    get, path = "/metrics", operation_id = "metrics.get", tag = "operations", security(()),
    responses(
        (status = 200, description = "The metrics", content_type = "text/plain", body = str),
        (status = 404, description = "The setting `telemetry.metrics` is off"),
    )
)]
async fn metrics_text(State(counted): State<Counted>) -> Response {
    match counted.0 {
        Some(metrics) => metrics.render().into_response(),
        None => {
            Failure::plain(Door::Problem, Kind::NotFound, "metrics-off", "`telemetry.metrics` is off").into_response()
        }
    }
}
