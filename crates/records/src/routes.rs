//! Airtable's record endpoints, and the platform's own for history and undo.

mod history;
mod read;
mod write;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use model::BaseId;
use tenancy::Denied;
use web::{Door, Failure};

use crate::error::Error;
use crate::ops::Records;

const DOOR: Door = Door::Airtable;

/// The doors of this context. Clients write a slash behind the table in some calls.
pub fn router(records: Records) -> Router {
    let table = get(read::list).post(write::create).patch(write::merge).put(write::replace).delete(write::delete_many);
    let one = get(read::get).patch(write::merge_one).put(write::replace_one).delete(write::delete_one);
    Router::new()
        .route("/v0/{base}/{table}", table.clone())
        .route("/v0/{base}/{table}/", table)
        .route("/v0/{base}/{table}/listRecords", post(read::list_by_post))
        .route("/v0/{base}/{table}/{record}", one)
        .route("/api/v1/bases/{base}/history", get(history::list))
        .route("/api/v1/bases/{base}/undo", post(history::undo))
        .with_state(records)
}

fn fail(error: Error) -> Failure {
    Failure::new(DOOR, &error)
}

fn base_id(text: &str) -> Result<BaseId, Failure> {
    text.parse().map_err(|_| fail(Denied::NotFound.into()))
}

fn json(body: Vec<u8>) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}
