//! Bodies that are too large for the memory.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use reqwest::{Body, Response};
use tokio::io::AsyncRead;
use tokio::time::timeout;
use tokio_util::io::ReaderStream;

use super::answer::transport;
use crate::error::Error;

/// How much is read at a time.
const PIECE: usize = 256 << 10;

/// A body that can be sent once.
#[derive(Debug, Clone)]
pub(super) struct Upload(Arc<Mutex<Option<Body>>>);

impl Upload {
    pub fn new(source: impl AsyncRead + Send + 'static) -> Self {
        let stream = ReaderStream::with_capacity(source, PIECE);
        Self(Arc::new(Mutex::new(Some(Body::wrap_stream(stream)))))
    }

    pub fn take(&self) -> Option<Body> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// An answer that is read piece by piece.
#[derive(Debug)]
pub struct Pieces {
    host: String,
    response: Response,
    limit: Duration,
}

impl Pieces {
    pub(super) fn new(host: String, response: Response, limit: Duration) -> Self {
        Self { host, response, limit }
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// [`Error::Timeout`] when it does not come within the call's time limit, [`Error::Transport`] when the answer breaks
    /// off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let next = timeout(self.limit, self.response.chunk()).await;
        let next = next.map_err(|_| Error::Timeout { host: self.host.clone(), limit: self.limit })?;
        next.map_err(|error| transport(&self.host, &error))
    }
}
