//! The client, its policy, and one call with its limits.

mod answer;
mod pieces;
mod resolve;
mod target;

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use reqwest::{Client, Response, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::AsyncRead;
use tokio::time::{Instant, timeout_at};

use crate::error::{Error, Refusal};
use crate::events::Events;
use answer::{innermost, read, redirect_of, retry_after};
use resolve::Gate;

pub(crate) use answer::transport;
pub use pieces::Pieces;
use pieces::Upload;

/// Which addresses calls may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// Lets every call reach loopback and private ranges. Off by default.
    pub allow_private: bool,
}

/// Who chose the URL of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trust {
    /// A user, a record, another server: the policy applies in full.
    #[default]
    Nobody,
    /// The operator, in the settings: loopback and private ranges are fine (a local model server).
    Operator,
}

/// Redirects followed at most, whatever a call asks for.
const MOST_REDIRECTS: u8 = 3;
/// How much of a failed answer's body is kept.
const EXCERPT: usize = 16 << 10;
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// The HTTP client. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Outbound {
    policy: Policy,
    guarded: Client,
    trusted: Client,
}

impl Outbound {
    /// A client under a policy.
    ///
    /// # Errors
    /// [`Error::Setup`] when TLS cannot be set up.
    pub fn new(policy: Policy) -> Result<Self, Error> {
        let guarded = client(Gate::new(policy, Trust::Nobody))?;
        let trusted = client(Gate::new(policy, Trust::Operator))?;
        Ok(Self { policy, guarded, trusted })
    }

    /// A call that reads.
    pub fn get(&self, url: &str) -> Call {
        self.call(Method::GET, url)
    }

    /// A call that posts.
    pub fn post(&self, url: &str) -> Call {
        self.call(Method::POST, url)
    }

    /// A call with any method.
    pub fn call(&self, method: Method, url: &str) -> Call {
        Call {
            client: self.clone(),
            method,
            url: url.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            upload: None,
            trust: Trust::Nobody,
            time_limit: Duration::from_secs(30),
            size_limit: 8 << 20,
            redirects: 0,
            fault: None,
        }
    }

    /// Says whether a URL that nobody vouches for may be called, as far as its text alone shows: where its host's name
    /// leads is found out with each call.
    ///
    /// # Errors
    /// [`Refusal`], which names what is wrong.
    pub fn check(&self, url: &str) -> Result<(), Refusal> {
        target::check(url, self.policy, Trust::Nobody).map(drop)
    }

    fn for_trust(&self, trust: Trust) -> &Client {
        match trust {
            Trust::Nobody => &self.guarded,
            Trust::Operator => &self.trusted,
        }
    }
}

/// Each trust has its own client, so that a connection opened for the operator never serves another call.
fn client(gate: Gate) -> Result<Client, Error> {
    Client::builder()
        .dns_resolver(gate)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECT_LIMIT)
        .user_agent(concat!("airloom/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| Error::Setup { reason: innermost(&error) })
}

/// One request and its limits: 30 s, 8 MiB, no redirects, trusted by nobody, unless said otherwise.
#[derive(Debug, Clone)]
pub struct Call {
    client: Outbound,
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Bytes,
    upload: Option<Upload>,
    trust: Trust,
    time_limit: Duration,
    size_limit: usize,
    redirects: u8,
    fault: Option<Refusal>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status, 200..=299.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, unpacked.
    pub body: Bytes,
}

impl Call {
    /// Says who chose the URL.
    #[must_use]
    pub fn trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.put_header(name, value, false)
    }

    /// Adds a header whose value is never shown, and never sent to another host by a redirect.
    #[must_use]
    pub fn secret_header(self, name: &str, value: &str) -> Self {
        self.put_header(name, value, true)
    }

    /// Adds `Authorization: Bearer …`.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.secret_header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// Sends these bytes.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Sends what a reader gives, piece by piece and once: such a call is not sent again after a redirect.
    #[must_use]
    pub fn upload(mut self, content_type: &str, source: impl AsyncRead + Send + 'static) -> Self {
        self.upload = Some(Upload::new(source));
        self.redirects = 0;
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Sends a value as JSON.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        let Ok(bytes) = serde_json::to_vec(value) else {
            self.fault = Some(Refusal::Body);
            return self;
        };
        self.body("application/json", bytes)
    }

    /// Limits the whole call; for an event stream, the wait for its head and for each next piece.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Limits the answer's body in bytes, after unpacking.
    #[must_use]
    pub fn size_limit(mut self, bytes: usize) -> Self {
        self.size_limit = bytes;
        self
    }

    /// Follows up to so many redirects; three at most.
    #[must_use]
    pub fn follow(mut self, redirects: u8) -> Self {
        self.redirects = redirects.min(MOST_REDIRECTS);
        self
    }

    /// Makes the call and reads the whole answer.
    ///
    /// # Errors
    /// Every variant of [`Error`] but [`Error::Setup`]; [`Error::Status`] for a status outside 200..=299.
    pub async fn send(self) -> Result<Reply, Error> {
        let deadline = Instant::now() + self.time_limit;
        let (host, response) = self.open(deadline).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let (body, whole) = read(&host, response, self.size_limit, deadline, self.time_limit).await?;
        if !whole {
            return Err(Error::TooLarge { host, limit: self.size_limit });
        }
        Ok(Reply { status, headers, body: body.into() })
    }

    /// Makes the call and reads the answer as JSON.
    ///
    /// # Errors
    /// As [`Call::send`], and [`Error::Body`] when the answer is not JSON of this shape.
    pub async fn fetch<T: DeserializeOwned>(self) -> Result<T, Error> {
        let host = target::host_name(&self.url);
        let reply = self.send().await?;
        serde_json::from_slice(&reply.body).map_err(|error| Error::Body {
            host,
            // The position, not the text: an answer may repeat what was sent.
            reason: format!("JSON error at line {} column {}", error.line(), error.column()),
        })
    }

    /// Makes the call and reads the answer as a stream of events.
    ///
    /// # Errors
    /// As [`Call::send`] until the head has come; later ones come from [`Events::next`].
    pub async fn events(self) -> Result<Events, Error> {
        let (host, response) = self.open(Instant::now() + self.time_limit).await?;
        Ok(Events::new(host, response, self.time_limit, self.size_limit))
    }

    /// Makes the call and reads the answer piece by piece; the size limit does not apply.
    ///
    /// # Errors
    /// As [`Call::send`] until the head has come; later ones come from [`Pieces::next`].
    pub async fn pieces(self) -> Result<Pieces, Error> {
        let (host, response) = self.open(Instant::now() + self.time_limit).await?;
        Ok(Pieces::new(host, response, self.time_limit))
    }

    fn put_header(mut self, name: &str, value: &str, secret: bool) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(header), Ok(mut value)) => {
                value.set_sensitive(secret);
                self.headers.insert(header, value);
            }
            _ => self.fault = Some(Refusal::Header(name.to_owned())),
        }
        self
    }

    /// The answer's head, redirects done, its status good.
    async fn open(&self, deadline: Instant) -> Result<(String, Response), Error> {
        if let Some(fault) = &self.fault {
            return Err(Error::Refused(fault.clone()));
        }
        let mut hop = Hop {
            url: target::check(&self.url, self.client.policy, self.trust).map_err(Error::Refused)?,
            method: self.method.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
        };
        for left in (0..=self.redirects).rev() {
            let host = target::host(&hop.url);
            let response = self.hop(&hop, &host, deadline).await?;
            let Some(location) = redirect_of(&response).filter(|_| self.redirects > 0) else {
                return self.accept(host, response, deadline).await;
            };
            if left == 0 {
                break;
            }
            hop = self.next_hop(hop, response.status(), &location)?;
        }
        Err(Error::Refused(Refusal::Redirects(self.redirects)))
    }

    async fn hop(&self, hop: &Hop, host: &str, deadline: Instant) -> Result<Response, Error> {
        let request = self
            .client
            .for_trust(self.trust)
            .request(hop.method.clone(), hop.url.clone())
            .headers(hop.headers.clone())
            .body(self.upload.as_ref().and_then(Upload::take).unwrap_or_else(|| hop.body.clone().into()));
        let started = Instant::now();
        let answer = timeout_at(deadline, request.send())
            .await
            .map_err(|_| Error::Timeout { host: host.to_owned(), limit: self.time_limit })?;
        let millis = started.elapsed().as_millis() as u64;
        let status = answer.as_ref().map_or(0, |response| response.status().as_u16());
        tracing::debug!(host, status, millis, "outgoing call");
        answer.map_err(|error| transport(host, &error))
    }

    fn next_hop(&self, from: Hop, status: StatusCode, location: &str) -> Result<Hop, Error> {
        let joined = from.url.join(location).map_err(|_| Error::Refused(Refusal::NotAUrl))?;
        let url = target::check(joined.as_str(), self.client.policy, self.trust).map_err(Error::Refused)?;
        if from.url.scheme() == "https" && url.scheme() != "https" {
            return Err(Error::Refused(Refusal::Scheme(url.scheme().to_owned())));
        }
        let leaves_origin = from.url.origin() != url.origin();
        let mut next = Hop { url, ..from };
        if leaves_origin {
            next.headers = next.headers.iter().filter(|(_, value)| !value.is_sensitive()).map(owned).collect();
        }
        let keeps_body = matches!(status.as_u16(), 307 | 308);
        if !keeps_body && next.method != Method::HEAD {
            next.method = Method::GET;
            next.body = Bytes::new();
            next.headers.remove(CONTENT_TYPE);
        }
        Ok(next)
    }

    /// Turns a status outside 200..=299 into an error with the beginning of its body.
    async fn accept(&self, host: String, response: Response, deadline: Instant) -> Result<(String, Response), Error> {
        if response.status().is_success() {
            return Ok((host, response));
        }
        let status = response.status().as_u16();
        let retry_after = retry_after(response.headers());
        // A body that breaks off does not hide the status.
        let body = read(&host, response, EXCERPT, deadline, self.time_limit).await.map(|(body, _)| body);
        let body = self.without_secrets(&String::from_utf8_lossy(&body.unwrap_or_default()));
        Err(Error::Status { host, status, body, retry_after })
    }

    fn without_secrets(&self, text: &str) -> String {
        let secrets =
            self.headers.values().filter(|value| value.is_sensitive()).filter_map(|value| value.to_str().ok());
        secrets.fold(text.to_owned(), |text, secret| {
            let bare = secret.strip_prefix("Bearer ").unwrap_or(secret);
            if bare.is_empty() { text } else { text.replace(bare, "***") }
        })
    }
}

/// One request of a call: the first, or one after a redirect.
struct Hop {
    url: Url,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
}

fn owned((name, value): (&HeaderName, &HeaderValue)) -> (HeaderName, HeaderValue) {
    (name.clone(), value.clone())
}

#[cfg(test)]
mod tests;
