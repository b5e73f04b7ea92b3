//! The API document and the page that shows it.

mod complete;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::get;
use bytes::Bytes;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;

use self::complete::complete;
use crate::frame::TellRoute;

const PAGE: &str = include_str!("docs.html");
/// The page is one file and asks nobody but us.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
     img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type Head = [(HeaderName, HeaderValue); 2];

/// The document as it is sent.
#[derive(Clone)]
struct Written(Bytes);

/// The doors of this crate, for the document that they serve.
#[derive(utoipa::OpenApi)]
#[openapi(paths(openapi_json, docs), tags((name = "operations", description = "Health, metrics and this document")))]
struct Described;

/// Serves the document at `/openapi.json` and a page for people at `/docs`. What every operation has in common is
/// added here: how to authenticate and the answers when something is wrong.
///
/// # Errors
/// When the document holds a value that cannot be written as JSON.
pub fn document(mut api: OpenApi) -> Result<Router, serde_json::Error> {
    api.merge(Described::openapi());
    complete(&mut api);
    let json = Bytes::from(serde_json::to_vec(&api)?);
    let router =
        Router::new().route("/openapi.json", get(openapi_json)).route("/docs", get(docs)).route_layer(TellRoute);
    Ok(router.with_state(Written(json)))
}

/// Describes every operation.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "document.get", tag = "operations", security(()),
    responses((status = 200, description = "This document, `OpenAPI` 3.1", body = serde_json::Value))
)]
async fn openapi_json(State(api): State<Written>) -> (Head, Bytes) {
    (head("application/json; charset=utf-8", (header::CACHE_CONTROL, "no-cache")), api.0)
}

/// Shows this document to people.
#[utoipa::path(
    get, path = "/docs", operation_id = "document.show", tag = "operations", security(()),
    responses((status = 200, description = "A page", content_type = "text/html", body = String))
)]
async fn docs() -> (Head, &'static str) {
    (head("text/html; charset=utf-8", (header::CONTENT_SECURITY_POLICY, POLICY)), PAGE)
}

fn head(media: &'static str, (name, value): (HeaderName, &'static str)) -> Head {
    [(header::CONTENT_TYPE, HeaderValue::from_static(media)), (name, HeaderValue::from_static(value))]
}

#[cfg(test)]
mod tests;
