//! The API document and the page that shows it.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::get;
use bytes::Bytes;
use utoipa::openapi::OpenApi;

const PAGE: &str = include_str!("docs.html");
/// The page is one file and asks nobody but us.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
     img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type Head = [(HeaderName, HeaderValue); 2];

/// Serves the document at `/openapi.json` and a page for people at `/docs`.
///
/// # Errors
/// When the document holds a value that cannot be written as JSON.
pub fn document(api: &OpenApi) -> Result<Router, serde_json::Error> {
    let json = Bytes::from(serde_json::to_vec(api)?);
    let json_head = head("application/json; charset=utf-8", (header::CACHE_CONTROL, "no-cache"));
    let page_head = head("text/html; charset=utf-8", (header::CONTENT_SECURITY_POLICY, POLICY));
    Ok(Router::new()
        .route("/openapi.json", get(move || std::future::ready((json_head.clone(), json.clone()))))
        .route("/docs", get(move || std::future::ready((page_head.clone(), PAGE)))))
}

fn head(media: &'static str, (name, value): (HeaderName, &'static str)) -> Head {
    [(header::CONTENT_TYPE, HeaderValue::from_static(media)), (name, HeaderValue::from_static(value))]
}
