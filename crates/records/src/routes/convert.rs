//! Making a field one of another type.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use model::Caller;
use schema::Reader;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use web::{Door, Failure, JsonBody};

use super::history::{base_id, fail};
use crate::ops::{How, NewType, Records};

/// A field of a table.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct FieldPath {
    /// The base's id or name.
    pub(super) base: String,
    /// The table's id or name.
    pub(super) table: String,
    /// The field's id or name.
    pub(super) field: String,
}

/// The type that a field shall have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ConvertIn {
    /// Its API name, such as `number`.
    r#type: String,
    /// Its options.
    options: Option<Value>,
    /// Only tells what would become of the cells.
    #[serde(default)]
    dry_run: bool,
    /// Converts even where values are lost.
    #[serde(default)]
    allow_loss: bool,
    /// Where texts become links: makes a record for each name that none has.
    #[serde(default)]
    make_records: bool,
}

/// A cell whose value cannot be of the new type.
#[derive(Serialize, ToSchema)]
struct LostOut {
    /// The record.
    record: String,
    /// The text of the cell, cut to 100 characters.
    value: String,
}

/// A field that is made of the converted one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ReaderOut {
    /// The id of its table.
    table_id: String,
    /// The name of its table.
    table: String,
    /// Its id.
    field_id: String,
    /// Its name.
    field: String,
    /// The type of its values before, such as `number`; null where it was not computed.
    before: Option<String>,
    /// The type of its values after; null where it is not computed.
    after: Option<String>,
    /// Why it is no longer computed; null where it is, and where it was not before.
    error: Option<String>,
}

impl From<Reader> for ReaderOut {
    fn from(reader: Reader) -> Self {
        let (table_id, field_id) = (reader.table_id.to_string(), reader.field_id.to_string());
        let Reader { table, field, before, after, error, .. } = reader;
        Self { table_id, table, field_id, field, before, after, error }
    }
}

/// What became of the cells.
#[derive(Serialize, ToSchema)]
pub(super) struct ConvertedOut {
    /// Cells that have a value after.
    converted: usize,
    /// Cells whose value, or some of it, cannot be of the new type.
    lost: usize,
    /// Records of the linked table that are made for names that none has.
    made: usize,
    /// Names of views whose filters do not fit the new type.
    views: Vec<String>,
    /// The fields that are made of it, those that name it first.
    fields: Vec<ReaderOut>,
    /// The first cells that are lost.
    examples: Vec<LostOut>,
    /// The number of the change; null after a dry run.
    change: Option<i64>,
}

/// Makes a field one of another type: what can be converted is, and what would be lost is told first.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/tables/{table}/fields/{field}/convert", operation_id = "fields.convert",
    tag = "bases", params(FieldPath), request_body = ConvertIn,
    responses(
        (status = 200, description = "What became of the cells", body = ConvertedOut),
        (status = 409, description = "Values would be lost, and nothing was done"),
    )
)]
pub(super) async fn convert(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<FieldPath>,
    body: Body,
) -> Result<Json<ConvertedOut>, Failure> {
    let asked: ConvertIn = JsonBody::read(Door::Problem, body).await?.parse(Door::Problem)?;
    let base = base_id(&records, &caller, &place.base).await?;
    let new = NewType { name: asked.r#type, options: asked.options };
    let named = (place.table.as_str(), place.field.as_str());
    let how = How { dry: asked.dry_run, loss: asked.allow_loss, make: asked.make_records };
    let done = records.convert(&caller, base, named, &new, how).await.map_err(fail)?;
    let examples = done.examples.into_iter().map(|(id, value)| LostOut { record: id.to_string(), value });
    let (converted, lost, made, change) = (done.kept, done.lost, done.made, done.change);
    let fields = done.fields.into_iter().map(ReaderOut::from).collect();
    Ok(Json(ConvertedOut { converted, lost, made, views: done.views, fields, examples: examples.collect(), change }))
}
