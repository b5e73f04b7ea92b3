//! The doors of a house, entered from within its process as its owner.

use anyhow::anyhow;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use serde_json::Value;
use tower::ServiceExt;

use crate::catalog::House;

/// Largest answer that is taken.
const LARGEST: usize = 8 << 20;

pub(crate) struct Inside(Router);

impl Inside {
    pub(crate) async fn new(house: &House) -> anyhow::Result<Self> {
        Ok(Self(house.as_owner().await?))
    }

    /// The answer, or what the door says against the request.
    pub(crate) async fn call(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = Request::builder().method(method).uri(path).body(body)?;
        let response = self.0.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), LARGEST).await?;
        let answer: Value = serde_json::from_slice(&bytes)?;
        if status.is_success() { Ok(answer) } else { Err(anyhow!(words(&answer))) }
    }
}

/// What an error says, in the shape of either door.
fn words(answer: &Value) -> String {
    let said = ["/error/message", "/error", "/detail"].iter().find_map(|at| answer.pointer(at)?.as_str());
    said.map_or_else(|| answer.to_string(), str::to_owned)
}
