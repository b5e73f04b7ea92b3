//! The layers around every handler, outermost first: frame, CORS, compression, panics, time, plain bodies.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header, request};
use axum::response::Response;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use tower_http::timeout::TimeoutLayer;

use crate::config::Config;
use crate::error::Door;
use crate::frame::{Frame, Plain};
use crate::rate;

/// Smaller answers are sent as they are.
const COMPRESS_FROM: u64 = 1_024;
/// Of 9 for gzip and 11 for brotli: most of the gain at a tenth of the time.
const LEVEL: i32 = 3;
/// How long browsers may keep the answer to a preflight.
const PREFLIGHT: Duration = Duration::from_hours(1);

/// Puts the house's layers around a router, with the default settings and this time limit.
pub fn layers(router: Router, time_limit: Duration) -> Router {
    wrap(router, Vec::new(), time_limit)
}

/// Puts the house's layers around a router.
pub fn frame(router: Router, config: &Config) -> Router {
    wrap(router, config.cors_origins.clone(), Duration::from_secs(config.request_timeout_seconds.max(1)))
}

fn wrap(router: Router, origins: Vec<String>, time_limit: Duration) -> Router {
    // Around the router as a whole: around each of its routes they would be copied with the route for every request.
    let framed = ServiceBuilder::new()
        .layer(Frame)
        .layer(cors(origins))
        .layer(compression())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, time_limit))
        .layer(Plain)
        .service(router);
    Router::new().fallback_service(framed)
}

/// Any origin under `/v0`, the settings' elsewhere. Requests carry tokens, never cookies, so no credentials.
fn cors(origins: Vec<String>) -> CorsLayer {
    let any = origins.iter().any(|origin| origin == "*");
    let allowed = move |origin: &HeaderValue, parts: &request::Parts| {
        any || Door::of(parts.uri.path()) == Door::Airtable || origins.iter().any(|held| origin == held.as_str())
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_methods([Method::DELETE, Method::GET, Method::OPTIONS, Method::PATCH, Method::POST, Method::PUT])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([HeaderName::from_static("x-request-id"), header::RETRY_AFTER, rate::STATE, rate::POLICY])
        .max_age(PREFLIGHT)
}

fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(COMPRESS_FROM).and(is_text);
    CompressionLayer::new().quality(CompressionLevel::Precise(LEVEL)).compress_when(worth_it)
}

/// JSON, HTML and CSV; never an event stream, whose events must not wait for a compressor.
fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["application/json", "application/problem+json", "text/html", "text/csv"].iter().any(|kind| media.starts_with(kind))
}

/// A panic in a handler: the answer has no body yet, the frame gives it the door's.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(reason: Box<dyn Any + Send>) -> Response {
    let reason = reason.downcast_ref::<String>().map(String::as_str).or_else(|| reason.downcast_ref::<&str>().copied());
    tracing::error!(reason = reason.unwrap_or("unknown"), "a handler panicked");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
