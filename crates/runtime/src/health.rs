//! `/livez`, `/readyz` and `/health`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

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
    pub fn router(&self) -> OpenApiRouter {
        OpenApiRouter::new()
            .routes(routes!(live))
            .routes(routes!(ready))
            .routes(routes!(health))
            .with_state(self.clone())
    }

    async fn report(self) -> Answer {
        let outcomes = join_all(self.checks.iter().map(Check::outcome)).await;
        let is_open = self.open.load(Ordering::Relaxed);
        let is_ready = is_open && outcomes.iter().all(Result::is_ok);
        let mut checks = BTreeMap::new();
        for (check, outcome) in self.checks.iter().zip(&outcomes) {
            if let Err(reason) = outcome {
                tracing::warn!(check = check.name, reason, "not well");
            }
            checks.insert(check.name, if outcome.is_ok() { "ok" } else { "failed" });
        }
        let status = match (is_ready, is_open) {
            (true, _) => "ok",
            (false, true) => "failed",
            (false, false) => "closed",
        };
        let report = Report { status, version: self.version, checks };
        (if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(report))
    }
}

/// How the process is.
#[derive(Debug, Serialize, ToSchema)]
struct Report {
    /// `ok`; `failed` when a check is not well; `closed` before the doors open and while they close.
    status: &'static str,
    /// The program's version.
    version: &'static str,
    /// Each check: `ok` or `failed`.
    checks: BTreeMap<&'static str, &'static str>,
}

type Answer = (StatusCode, Json<Report>);

/// Says that the process lives.
#[utoipa::path(
    get, path = "/livez", operation_id = "health.live", tag = "operations", security(()),
    responses((status = 200, description = "It does", content_type = "text/plain", body = str))
)]
async fn live() -> &'static str {
    "ok"
}

/// Says whether requests shall be sent here.
#[utoipa::path(
    get, path = "/readyz", operation_id = "health.ready", tag = "operations", security(()),
    responses(
        (status = 200, description = "The doors are open and every check is well", body = Report),
        (status = 503, description = "Not now", body = Report),
    )
)]
async fn ready(State(health): State<Health>) -> Answer {
    health.report().await
}

/// Says how the process is, check by check.
#[utoipa::path(
    get, path = "/health", operation_id = "health.report", tag = "operations", security(()),
    responses(
        (status = 200, description = "Ready, and every check is well", body = Report),
        (status = 503, description = "Not ready", body = Report),
    )
)]
async fn health(State(health): State<Health>) -> Answer {
    health.report().await
}

#[cfg(test)]
mod tests;
