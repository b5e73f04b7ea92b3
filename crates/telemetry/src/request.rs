//! The request that is being answered, for the lines that are logged meanwhile.
//!
//! A task's own value rather than a span: the subscriber writes down the fields of a span, and takes a place for it, whether a line is
//! written or not, which takes longer than to look for who asks.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Serialize, Serializer};
use tokio::task::futures::TaskLocalFuture;

use crate::http::known_method;

tokio::task_local! {
    static CURRENT: Request;
}

/// A request that is being answered.
#[derive(Debug, Clone)]
pub struct Request(Arc<Told>);

#[derive(Debug, Serialize)]
struct Told {
    id: String,
    method: &'static str,
    #[serde(skip_serializing_if = "is_unknown", serialize_with = "known")]
    route: OnceLock<String>,
}

impl Request {
    /// One with this id and method, of which the route is not known yet.
    pub fn new(id: String, method: &str) -> Self {
        Self(Arc::new(Told { id, method: known_method(method), route: OnceLock::new() }))
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Its method; an unusual one is `other`.
    pub fn method(&self) -> &'static str {
        self.0.method
    }

    /// The matched path with its placeholders, never the path that the client sent; none before it is known, and where none matched.
    pub fn route(&self) -> Option<&str> {
        self.0.route.get().map(String::as_str)
    }

    /// Answers it: lines that are logged meanwhile tell it.
    pub fn answer<F: Future>(self, answer: F) -> TaskLocalFuture<Self, F> {
        CURRENT.scope(self, answer)
    }

    /// Says which route the request took that is being answered. It takes one: what is said later is not heard.
    pub fn tell_route(path: &str) {
        let _ = CURRENT.try_with(|request| request.0.route.get_or_init(|| path.to_owned()).len());
    }

    /// Work that goes on in another task, or once the head of the answer is on its way, as a part of the request.
    pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
        let request = Self::current();
        async move {
            match request {
                Some(request) => request.answer(work).await,
                None => work.await,
            }
        }
    }

    /// The request that is being answered.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// As a JSON object.
    pub(crate) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(&self.0)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request={} method={}", self.0.id, self.0.method)?;
        self.route().map_or(Ok(()), |route| write!(f, " route={route}"))
    }
}

fn is_unknown(route: &OnceLock<String>) -> bool {
    route.get().is_none()
}

fn known<S: Serializer>(route: &OnceLock<String>, serializer: S) -> Result<S::Ok, S::Error> {
    route.get().serialize(serializer)
}
