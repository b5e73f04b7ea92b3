use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Check, Health};

async fn get(health: &Health, path: &str) -> (u16, Value) {
    let response =
        health.router().split_for_parts().0.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 10_000).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

#[tokio::test(start_paused = true)]
async fn ready_means_open_and_well() {
    let well = Arc::new(AtomicBool::new(true));
    let state = Arc::clone(&well);
    let database = Check::new("database", move || {
        let well = state.load(Ordering::Relaxed);
        async move { if well { Ok(()) } else { Err("secret details".to_owned()) } }
    });
    let health = Health::new("1.2.3", [database]);
    let report = |status: &str, database: &str| json!({ "status": status, "version": "1.2.3", "checks": { "database": database } });
    assert_eq!(get(&health, "/readyz").await, (503, report("closed", "ok")));
    health.set_ready(true);
    assert_eq!(get(&health, "/readyz").await, (200, report("ok", "ok")));
    well.store(false, Ordering::Relaxed);
    assert_eq!(get(&health, "/health").await, (503, report("failed", "failed")));
    assert_eq!(get(&health, "/livez").await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_check_that_hangs_has_failed() {
    let health = Health::new("1", [Check::new("neighbour", std::future::pending)]);
    health.set_ready(true);
    assert_eq!(get(&health, "/readyz").await.0, 503);
}
