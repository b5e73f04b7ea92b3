//! Airtable's record endpoints, and the platform's own for history and undo.
#![expect(unused_qualifications, reason = "the annotations of parameters expand so")]

mod aggregate;
mod bulk;
mod convert;
mod duplicate;
mod fields;
mod history;
mod read;
mod wire;
mod write;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::BaseId;
use tenancy::Denied;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure};

use crate::error::Error;
use crate::ops::Records;

pub use read::text_shape;

const DOOR: Door = Door::Airtable;

#[derive(OpenApi)]
#[openapi(tags(
    (name = "records", description = "Records of tables: Airtable's Web API"),
    (name = "history", description = "What was changed, by whom, and how to take it back"),
))]
struct Described;

/// The doors of this context.
pub fn router(records: Records) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(read::list, write::create, write::merge, write::replace, write::delete_many))
        .routes(routes!(read::list_by_post))
        .routes(routes!(read::get, write::merge_one, write::replace_one, write::delete_one))
        .routes(routes!(aggregate::aggregate))
        .routes(routes!(bulk::bulk))
        .routes(routes!(convert::convert))
        .routes(routes!(fields::update))
        .routes(routes!(duplicate::record))
        .routes(routes!(duplicate::table))
        .routes(routes!(duplicate::base))
        .routes(routes!(history::list))
        .routes(routes!(history::undo))
        .routes(routes!(history::redo))
        .routes(routes!(history::restore))
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
