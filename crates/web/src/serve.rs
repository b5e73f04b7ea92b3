//! The serve loop. `axum::serve` has no time limit for heads and no caps, so the connections are driven here.

mod activity;

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode, Uri};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use self::activity::{Activity, Open, Watched};
use crate::error::{Door, Failure};

/// Where a proxy says whom it was called by.
const FORWARDED: &str = "x-forwarded-for";

/// What connections may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// Time from the first byte of a request's head to its last, and for the first head of a connection.
    pub head_time: Duration,
    /// Time that a connection may be silent between requests.
    pub idle_time: Duration,
    /// Bytes of a request's target: Airtable's clients send up to 16,000 characters.
    pub target_bytes: usize,
    /// Bytes of a request's headers.
    pub head_bytes: usize,
    /// Headers of a request.
    pub headers: usize,
    /// Requests at once on an HTTP/2 connection.
    pub streams: u32,
    /// Time to finish open requests when stopping.
    pub drain: Duration,
    /// Proxies that are believed when they say whom they were called by.
    pub proxies: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            head_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(75),
            target_bytes: 20 * 1_024,
            head_bytes: 32 * 1_024,
            headers: 100,
            streams: 100,
            drain: Duration::from_secs(10),
            proxies: 0,
        }
    }
}

/// Who is at the other end of the connection, or of the proxies that it came through; on every request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// What all connections share.
struct Listening {
    builder: Builder<TokioExecutor>,
    router: Router,
    limits: Limits,
    /// No new requests: connections end after the open ones.
    drain: CancellationToken,
    /// Connections end now.
    end: CancellationToken,
}

/// Serves until `stop`, then lets open requests finish for as long as the limits say.
///
/// # Errors
/// Never today: a connection that cannot be accepted is logged, and accepting goes on.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) -> io::Result<()> {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let drain = limits.drain;
    let end = CancellationToken::new();
    let listening =
        Arc::new(Listening { builder: builder(&limits), router, limits, drain: stop.clone(), end: end.clone() });
    let connections = TaskTracker::new();
    while let Some((slot, stream, peer)) = next(&listener, &slots, &stop).await {
        let listening = Arc::clone(&listening);
        connections.spawn(async move {
            listening.drive(stream, peer).await;
            drop(slot);
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(drain, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "open requests did not finish in time");
        end.cancel();
        connections.wait().await;
    }
    Ok(())
}

/// The next connection, once there is a slot for it; `None` after the stop.
async fn next(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(OwnedSemaphorePermit, TcpStream, SocketAddr)> {
    let accepted = async {
        let slot = Arc::clone(slots).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return Some((slot, stream, peer)),
                Err(error) => {
                    // Out of file handles, or the client is gone already: wait a moment and go on.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    };
    stop.run_until_cancelled(accepted).await.flatten()
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // Hyper's timer also runs between requests, so it is the idle time; `Activity` bounds heads.
        .header_read_timeout(limits.idle_time)
        .max_buf_size(limits.target_bytes + limits.head_bytes)
        .max_headers(limits.headers);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(limits.head_bytes as u32)
        .keep_alive_interval(Some(Duration::from_secs(30)));
    builder
}

impl Listening {
    /// Serves one connection to its end.
    async fn drive(self: Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        // Small answers must not wait for the client's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        let activity = Arc::new(Activity::new(self.limits.head_time, self.limits.idle_time));
        let io = TokioIo::new(Watched::new(stream, Arc::clone(&activity)));
        let service = {
            let (listening, activity) = (Arc::clone(&self), Arc::clone(&activity));
            service_fn(move |request: Request<Incoming>| {
                let open = activity.open(request.version());
                Arc::clone(&listening).answer(request, Peer(peer), open)
            })
        };
        let mut connection = pin!(self.builder.serve_connection_with_upgrades(io, service));
        let mut draining = false;
        loop {
            tokio::select! {
                // A client that breaks off is not our failure.
                _ = connection.as_mut() => return,
                () = self.drain.cancelled(), if !draining => {
                    draining = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = self.end.cancelled() => return,
                () = activity.overdue() => return,
            }
        }
    }

    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: Peer,
        open: Open,
    ) -> Result<Response<Body>, Infallible> {
        let mut request = request.map(Body::new);
        let response = if let Some((status, words)) = self.oversize(&request) {
            Failure::of_status(Door::of(request.uri().path()), status, &words).render(None)
        } else {
            let peer = forwarded(request.headers(), self.limits.proxies).map_or(peer, Peer);
            request.extensions_mut().insert(peer);
            trim_slash(request.uri_mut());
            self.router.clone().call(request).await?
        };
        Ok(response.map(|body| open.until_sent(body)))
    }

    /// The status of a head that is too large, and what would be right.
    fn oversize(&self, request: &Request<Body>) -> Option<(StatusCode, String)> {
        let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
        if target > self.limits.target_bytes {
            let most = self.limits.target_bytes;
            let words = format!(
                "the address has {target} bytes and {most} are the most; a list takes its parameters in the body of \
                 `POST /v0/{{base}}/{{table}}/listRecords`, too"
            );
            return Some((StatusCode::URI_TOO_LONG, words));
        }
        let (head, most) = (header_bytes(request.headers()), self.limits.head_bytes);
        let words = || format!("the headers have {head} bytes and {most} are the most");
        (head > most).then(|| (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, words()))
    }
}

/// Whom the outermost of so many proxies was called by. Each adds an address at the end; what stands before these was
/// sent along, and proves nothing. None without proxies, and where one of them has said nothing.
fn forwarded(headers: &HeaderMap, proxies: u8) -> Option<SocketAddr> {
    let nth = usize::from(proxies).checked_sub(1)?;
    let lines: Vec<&str> = headers.get_all(FORWARDED).iter().map(|line| line.to_str().ok()).collect::<Option<_>>()?;
    let address = lines.iter().rev().flat_map(|line| line.rsplit(',')).nth(nth)?.trim();
    let alone = |text: &str| text.parse().ok().map(|ip: IpAddr| SocketAddr::new(ip, 0));
    address.parse().ok().or_else(|| alone(address.trim_start_matches('[').trim_end_matches(']')))
}

/// Clients of Airtable write a slash behind some addresses, which it takes as none.
fn trim_slash(uri: &mut Uri) {
    let Some(path) = uri.path().strip_suffix('/').filter(|path| Door::of(path) == Door::Airtable) else { return };
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = target.parse().ok();
    if let Ok(trimmed) = Uri::from_parts(parts) {
        *uri = trimmed;
    }
}

/// The headers as they came over the wire, `: ` and line ends included.
fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

#[cfg(test)]
mod tests;
