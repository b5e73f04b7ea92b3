//! What is counted of each request.

use std::time::Duration;

/// The route of requests that no route matched.
pub const UNMATCHED: &str = "unmatched";

const REQUESTS: &str = "http.requests";
const SECONDS: &str = "http.request.seconds";

/// One request and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'e> {
    /// The method; an unusual one is counted as `other`.
    pub method: &'e str,
    /// The matched path with its placeholders, never the path that the client sent.
    pub route: Option<&'e str>,
    /// The answer's status.
    pub status: u16,
    /// The time until the answer's head was ready.
    pub took: Duration,
}

impl Exchange<'_> {
    /// Counts it.
    pub fn record(&self) {
        let method = method(self.method);
        let route = self.route.unwrap_or(UNMATCHED).to_owned();
        metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => self.status.to_string())
            .increment(1);
        metrics::histogram!(SECONDS, "method" => method, "route" => route).record(self.took.as_secs_f64());
    }
}

/// Tells the recorder what the numbers mean.
pub(crate) fn describe() {
    metrics::describe_counter!(REQUESTS, "requests answered, by method, route and status");
    metrics::describe_histogram!(SECONDS, metrics::Unit::Seconds, "time until the head of the answer");
}

fn method(name: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"];
    KNOWN.into_iter().find(|known| *known == name).unwrap_or("other")
}
