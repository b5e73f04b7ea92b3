//! Reading what came back, or why nothing did.

use std::time::Duration;

use http::HeaderMap;
use http::header::{LOCATION, RETRY_AFTER};
use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use super::CONNECT_LIMIT;
use super::resolve::Refused;
use crate::error::Error;

pub(super) fn redirect_of(response: &Response) -> Option<String> {
    let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = response.headers().get(LOCATION).filter(|_| is_redirect)?;
    location.to_str().ok().map(str::to_owned)
}

pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: f64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// The body up to `limit` bytes, and whether that is all of it.
pub(super) async fn read(
    host: &str,
    mut response: Response,
    limit: usize,
    deadline: Instant,
    time_limit: Duration,
) -> Result<(Vec<u8>, bool), Error> {
    let mut body = Vec::new();
    loop {
        let chunk = timeout_at(deadline, response.chunk())
            .await
            .map_err(|_| Error::Timeout { host: host.to_owned(), limit: time_limit })?
            .map_err(|error| transport(host, &error))?;
        let Some(chunk) = chunk else { return Ok((body, true)) };
        let room = limit - body.len();
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if chunk.len() > room {
            return Ok((body, false));
        }
    }
}

/// A client error without its URL, which may hold secrets; a refusal by the resolver comes out as such.
pub(crate) fn transport(host: &str, error: &reqwest::Error) -> Error {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(Refused(refusal)) = inner.downcast_ref::<Refused>() {
            return Error::Refused(refusal.clone());
        }
        source = inner.source();
    }
    if error.is_timeout() {
        return Error::Timeout { host: host.to_owned(), limit: CONNECT_LIMIT };
    }
    Error::Transport { host: host.to_owned(), reason: innermost(error) }
}

pub(super) fn innermost(error: &reqwest::Error) -> String {
    let mut deepest: Option<&dyn std::error::Error> = None;
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        deepest = Some(inner);
        source = inner.source();
    }
    deepest.map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}
