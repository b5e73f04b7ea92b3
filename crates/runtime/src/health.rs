//! `/livez`, `/readyz` and `/health`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use serde_json::{Map, Value, json};

/// The longest that one check may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// One thing that must be well for the process to be ready.
#[derive(Clone)]
pub struct Check {
    /// Its name: `database`.
    pub name: &'static str,
    run: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

impl Check {
    /// A check that answers why the thing is not well.
    pub fn new<F, Fut>(name: &'static str, run: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self { name, run: Arc::new(move || run().boxed()) }
    }

    async fn outcome(&self) -> Result<(), String> {
        let late = |_| Err(format!("no answer within {} s", PATIENCE.as_secs()));
        tokio::time::timeout(PATIENCE, (self.run)()).await.unwrap_or_else(late)
    }
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

/// Whether the process is ready. Copies are the same one.
#[derive(Debug, Clone)]
pub struct Health {
    open: Arc<AtomicBool>,
    checks: Arc<[Check]>,
    version: &'static str,
}

impl Health {
    /// Not ready, until [`set_ready`](Self::set_ready) says so and while every check is well.
    pub fn new(version: &'static str, checks: impl IntoIterator<Item = Check>) -> Self {
        Self { open: Arc::default(), checks: checks.into_iter().collect(), version }
    }

    /// Says that the doors are open, or, before they close, that no new requests shall be sent here.
    pub fn set_ready(&self, ready: bool) {
        self.open.store(ready, Ordering::Relaxed);
    }

    /// The doors. None of them asks who calls, so none says more than names and states.
    pub fn router(&self) -> Router {
        let (ready, health) = (self.clone(), self.clone());
        Router::new()
            .route("/livez", get(|| async { "ok" }))
            .route("/readyz", get(|| async move { ready.report().await }))
            .route("/health", get(|| async move { health.report().await }))
    }

    async fn report(self) -> (StatusCode, axum::Json<Value>) {
        let outcomes = join_all(self.checks.iter().map(Check::outcome)).await;
        let is_open = self.open.load(Ordering::Relaxed);
        let is_ready = is_open && outcomes.iter().all(Result::is_ok);
        let mut checks = Map::new();
        for (check, outcome) in self.checks.iter().zip(&outcomes) {
            if let Err(reason) = outcome {
                tracing::warn!(check = check.name, reason, "not well");
            }
            checks.insert(check.name.to_owned(), json!(if outcome.is_ok() { "ok" } else { "failed" }));
        }
        let status = match (is_ready, is_open) {
            (true, _) => "ok",
            (false, true) => "failed",
            (false, false) => "closed",
        };
        let body = json!({ "status": status, "version": self.version, "checks": checks });
        (if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, axum::Json(body))
    }
}

#[cfg(test)]
mod tests;
