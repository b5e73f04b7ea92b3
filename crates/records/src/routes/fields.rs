//! Changing a field, with a look at the cells where it is a select.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use model::Caller;
use schema::{FieldOut, FieldPart, field_out};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use web::{Failure, JsonBody, Kind};

use super::convert::FieldPath;
use super::{DOOR, base_id, fail};
use crate::error::Error;
use crate::ops::Records;

/// What becomes different of a field; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
pub(super) struct FieldPartIn {
    /// The new name.
    name: Option<String>,
    /// The new description; an empty one removes it.
    description: Option<String>,
    /// The type that it has, as it is listed; `fields.convert` makes it one of another.
    r#type: Option<String>,
    /// The new options. Choices of selects keep their cells by `id` or by `name`.
    options: Option<Value>,
    /// Empties cells that hold choices which `options.choices` leaves out, instead of refusing.
    #[serde(default, rename = "enableSelectFieldChoiceDeletion")]
    empties: bool,
}

/// Changes a field's name, description or options.
#[utoipa::path(
    patch, path = "/v0/meta/bases/{base}/tables/{table}/fields/{field}", operation_id = "fields.update", tag = "bases",
    params(FieldPath), request_body = FieldPartIn,
    responses((status = 200, description = "The field", body = FieldOut))
)]
pub(super) async fn update(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<FieldPath>,
    body: Body,
) -> Result<Json<FieldOut>, Failure> {
    let base = base_id(&place.base)?;
    let asked: FieldPartIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let part = FieldPart {
        name: asked.name.as_deref(),
        description: asked.description.as_deref(),
        field_type: asked.r#type.as_deref(),
        options: asked.options.as_ref(),
    };
    if part.is_empty() {
        let text = "give at least one of `name`, `description`, `options`";
        return Err(Failure::plain(DOOR, Kind::Invalid, "invalid", text).airtable("INVALID_REQUEST_UNKNOWN"));
    }
    let named = (place.table.as_str(), place.field.as_str());
    let (schema, id) = records.update_field(&caller, base, named, &part, asked.empties).await.map_err(fail)?;
    field_out(&schema, id).map(Json).ok_or_else(|| fail(Error::ImageGone))
}
