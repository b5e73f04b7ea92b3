//! The outermost layer: who asked what, how it ended, and the headers of every answer.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::{Either, Ready, ready};
use telemetry::{Exchange, Request as Asked};
use tower::{Layer, Service};

use crate::error::{Door, Failure};

/// Marks an answer of a door whose protocol has a shape of its own for errors, which therefore stay as they are.
#[derive(Debug, Clone, Copy)]
pub struct OwnShape;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The longest sentence of the framework, in bytes.
const LONGEST_WORDS: usize = 1_024;
/// What is told of a request that took too long.
const LATE: &str = "the request took longer than it may; ask for less at once, or again later";
/// The longest id that is taken from a client.
const LONGEST: usize = 64;

/// What every answer carries unless its handler knows better.
const SECURITY: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
];

/// The layer that runs requests within the frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame;

impl<S> Layer<S> for Frame {
    type Service = Framed<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Framed { inner }
    }
}

/// Runs requests within the frame. A service by hand, since a function as a layer would copy all that is within for each request.
#[derive(Debug, Clone)]
pub(crate) struct Framed<S> {
    inner: S,
}

impl<S> Service<Request> for Framed<S>
where
    S: Service<Request, Error = Infallible>,
    S::Response: IntoResponse,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let began = Instant::now();
        let door = Door::of(request.uri().path());
        let id = request_id(request.headers());
        let asked = Asked::new(id.clone(), request.method().as_str());
        request.extensions_mut().insert(asked.clone());
        let answering = asked.clone().answer(self.inner.call(request));
        Box::pin(async move {
            let answer = answering.await?.into_response();
            let mut response = asked.clone().answer(shaped(answer, door, &id)).await;
            if door == Door::Airtable {
                with_charset(response.headers_mut());
            }
            let exchange = Exchange {
                method: asked.method(),
                route: asked.route(),
                status: response.status().as_u16(),
                took: began.elapsed(),
            };
            exchange.record();
            head(response.headers_mut(), &id);
            Ok(response)
        })
    }
}

/// The layer that refuses compressed bodies. Within that of CORS, so that scripts of other origins read why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain;

impl<S> Layer<S> for Plain {
    type Service = PlainOnly<S>;

    fn layer(&self, inner: S) -> Self::Service {
        PlainOnly { inner }
    }
}

/// Takes no compressed bodies.
#[derive(Debug, Clone)]
pub(crate) struct PlainOnly<S> {
    inner: S,
}

impl<S: Service<Request, Response = Response>> Service<Request> for PlainOnly<S> {
    type Response = Response;
    type Error = S::Error;
    type Future = Either<Ready<Result<Response, S::Error>>, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Some(how) = compressed(request.headers()) else { return Either::Right(self.inner.call(request)) };
        let words = format!("the body is compressed with `{how}`; send it as it is, without `Content-Encoding`");
        let door = Door::of(request.uri().path());
        let refused = Failure::of_status(door, StatusCode::UNSUPPORTED_MEDIA_TYPE, &words);
        Either::Left(ready(Ok(refused.into_response())))
    }
}

/// The layer of routes that tells the frame which one a request took.
#[derive(Debug, Clone, Copy)]
pub struct TellRoute;

impl<S> Layer<S> for TellRoute {
    type Service = TellingRoute<S>;

    fn layer(&self, inner: S) -> Self::Service {
        TellingRoute { inner }
    }
}

/// A route that tells the frame that it was taken.
#[derive(Debug, Clone)]
pub struct TellingRoute<S> {
    inner: S,
}

impl<S: Service<Request>> Service<Request> for TellingRoute<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> S::Future {
        if let Some(path) = request.extensions().get::<MatchedPath>() {
            Asked::tell_route(path.as_str());
        }
        self.inner.call(request)
    }
}

/// How a body is compressed.
fn compressed(headers: &HeaderMap) -> Option<String> {
    let how = headers.get(header::CONTENT_ENCODING)?;
    let how: String = String::from_utf8_lossy(how.as_bytes()).trim().chars().take(LONGEST).collect();
    (!how.is_empty() && !how.eq_ignore_ascii_case("identity")).then_some(how)
}

/// The client's id when it sent a short plain one, else ours.
fn request_id(headers: &HeaderMap) -> String {
    let is_plain = |id: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        !id.is_empty() && id.len() <= LONGEST && id.bytes().all(plain)
    };
    let given = headers.get(HEADER).and_then(|value| value.to_str().ok()).filter(is_plain);
    given.map_or_else(next_id, str::to_owned)
}

/// An id counted on from one that this process made by chance: no system call for each.
fn next_id() -> String {
    static FIRST: LazyLock<u128> = LazyLock::new(|| uuid::Uuid::now_v7().as_u128());
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    uuid::Uuid::from_u128(FIRST.wrapping_add(u128::from(number))).to_string()
}

/// Gives an error the request's id, and one that the framework made the shape of the door.
async fn shaped(mut response: Response, door: Door, id: &str) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let failure = match response.extensions_mut().remove::<Failure>() {
        Some(failure) => failure,
        None if response.extensions().get::<OwnShape>().is_some() || !is_bare(&response) => return response,
        None => {
            let body = std::mem::take(response.body_mut());
            let text = axum::body::to_bytes(body, LONGEST_WORDS).await.unwrap_or_default();
            let words = match response.headers().get(header::ALLOW).and_then(|allowed| allowed.to_str().ok()) {
                Some(allowed) if status == StatusCode::METHOD_NOT_ALLOWED => methods(allowed),
                // Nothing else within the frame answers so without a body.
                _ if status == StatusCode::SERVICE_UNAVAILABLE => {
                    tracing::warn!("a request took longer than `web.request_timeout_seconds` allows");
                    LATE.to_owned()
                }
                _ => str::from_utf8(&text).unwrap_or_default().to_owned(),
            };
            Failure::of_status(door, status, &words)
        }
    };
    let mut shaped = failure.render(Some(id));
    for (name, value) in response.headers() {
        // What describes the old body must not describe the new one.
        if ![header::CONTENT_LENGTH, header::CONTENT_ENCODING].contains(name) && !shaped.headers().contains_key(name) {
            shaped.headers_mut().insert(name.clone(), value.clone());
        }
    }
    shaped
}

/// Which methods an address takes, of the `Allow` header.
fn methods(allowed: &str) -> String {
    format!("method not allowed: this address takes {}", allowed.split(',').collect::<Vec<_>>().join(", "))
}

/// Airtable tells the encoding of every body.
fn with_charset(headers: &mut HeaderMap) {
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json") {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
}

/// True for an error of the framework: without a body, or in plain text.
fn is_bare(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn head(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HEADER, value);
    }
    for (name, value) in SECURITY {
        headers.entry(name).or_insert(value);
    }
}

#[cfg(test)]
mod tests;
