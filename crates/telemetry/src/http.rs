//! What is counted of each request.

use std::cell::RefCell;
use std::time::Duration;

use metrics::{Counter, Histogram};
use rustc_hash::FxHashMap;

/// The route of requests that no route matched.
pub const UNMATCHED: &str = "unmatched";

const REQUESTS: &str = "http.requests";
const SECONDS: &str = "http.request.seconds";

/// One request and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'e> {
    /// The method; an unusual one is `other`.
    pub method: &'static str,
    /// The matched path with its placeholders, never the path that the client sent.
    pub route: Option<&'e str>,
    /// The answer's status.
    pub status: u16,
    /// The time until the answer's head was ready.
    pub took: Duration,
}

/// Where exchanges of one kind are counted.
type Counts = (Counter, Histogram);

/// The kinds of a route: the method, the status, and where these are counted.
type Kinds = Vec<(&'static str, u16, Counts)>;

thread_local! {
    /// By route, since finding them by their labels takes longer than counting.
    static COUNTED: RefCell<FxHashMap<String, Kinds>> = RefCell::default();
}

impl Exchange<'_> {
    /// Counts it.
    pub fn record(&self) {
        let (method, route) = (self.method, self.route.unwrap_or(UNMATCHED));
        COUNTED.with_borrow_mut(|counted| {
            let known = counted.get(route).and_then(|kinds| {
                kinds.iter().find(|(of, status, _)| (*of, *status) == (method, self.status)).map(|(.., counts)| counts)
            });
            if let Some(counts) = known {
                return self.count(counts);
            }
            let counts = counts(method, route, self.status);
            self.count(&counts);
            counted.entry(route.to_owned()).or_default().push((method, self.status, counts));
        });
    }

    fn count(&self, (requests, seconds): &Counts) {
        requests.increment(1);
        seconds.record(self.took.as_secs_f64());
    }
}

fn counts(method: &'static str, route: &str, status: u16) -> Counts {
    let route = route.to_owned();
    (
        metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status.to_string()),
        metrics::histogram!(SECONDS, "method" => method, "route" => route),
    )
}

/// Tells the recorder what the numbers mean.
pub(crate) fn describe() {
    metrics::describe_counter!(REQUESTS, "requests answered, by method, route and status");
    metrics::describe_histogram!(SECONDS, metrics::Unit::Seconds, "time until the head of the answer");
}

/// The method of this name as it is counted and logged.
pub(crate) fn known_method(name: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"];
    KNOWN.into_iter().find(|known| *known == name).unwrap_or("other")
}
