//! What a connection is doing, so that a slow head and a silent client can be told from a slow handler.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::Version;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// No request has begun to arrive.
const NONE: u64 = u64::MAX;

/// The state of one connection. Times are milliseconds since it was accepted.
pub(super) struct Activity {
    accepted: Instant,
    head_time: Duration,
    idle_time: Duration,
    /// Requests whose answer is not fully sent.
    open: AtomicUsize,
    /// When the present head began to arrive; for the first one, when the connection was accepted.
    head_since: AtomicU64,
    /// When the last answer was sent.
    idle_since: AtomicU64,
    /// HTTP/2 sends frames of its own between requests, so bytes do not mean a head there.
    multiplexed: AtomicBool,
}

impl Activity {
    pub(super) fn new(head_time: Duration, idle_time: Duration) -> Self {
        Self {
            accepted: Instant::now(),
            head_time,
            idle_time,
            open: AtomicUsize::new(0),
            head_since: AtomicU64::new(0),
            idle_since: AtomicU64::new(0),
            multiplexed: AtomicBool::new(false),
        }
    }

    fn now(&self) -> u64 {
        self.accepted.elapsed().as_millis() as u64
    }

    /// A request's head is complete.
    pub(super) fn open(self: &Arc<Self>, version: Version) -> Open {
        self.open.fetch_add(1, Ordering::Relaxed);
        self.head_since.store(NONE, Ordering::Relaxed);
        if version == Version::HTTP_2 {
            self.multiplexed.store(true, Ordering::Relaxed);
        }
        Open(Arc::clone(self))
    }

    fn closed(&self) {
        self.idle_since.store(self.now(), Ordering::Relaxed);
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// Bytes came: outside a request they begin a head.
    fn received(&self) {
        let outside = self.open.load(Ordering::Relaxed) == 0 && !self.multiplexed.load(Ordering::Relaxed);
        if outside && self.head_since.load(Ordering::Relaxed) == NONE {
            self.head_since.store(self.now(), Ordering::Relaxed);
        }
    }

    /// When the client will have taken too long, as things are; `None` while it is our turn.
    fn deadline(&self) -> Option<Instant> {
        if self.open.load(Ordering::Relaxed) > 0 {
            return None;
        }
        let (since, limit) = match self.head_since.load(Ordering::Relaxed) {
            NONE => (self.idle_since.load(Ordering::Relaxed), self.idle_time),
            since => (since, self.head_time),
        };
        Some(self.accepted + Duration::from_millis(since) + limit)
    }

    /// Returns when the client has taken too long.
    pub(super) async fn overdue(&self) {
        loop {
            let now = Instant::now();
            match self.deadline() {
                Some(deadline) if deadline <= now => return,
                // A head may begin while we sleep, so never sleep longer than one may take.
                Some(deadline) => tokio::time::sleep_until(deadline.min(now + self.head_time)).await,
                None => tokio::time::sleep(self.head_time).await,
            }
        }
    }
}

/// A request that is being answered.
pub(super) struct Open(Arc<Activity>);

impl Open {
    /// Stays open until the body was sent or dropped.
    pub(super) fn until_sent(self, body: Body) -> Body {
        if body.is_end_stream() {
            return body;
        }
        Body::new(Sending { body, _open: self })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.closed();
    }
}

struct Sending {
    body: Body,
    _open: Open,
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that tells its [`Activity`] when bytes come.
pub(super) struct Watched {
    stream: TcpStream,
    activity: Arc<Activity>,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, activity: Arc<Activity>) -> Self {
        Self { stream, activity }
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.activity.received();
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
