//! Deleting tables and fields, and their trash: what Airtable's API lacks.

use axum::extract::{Path, State};
use axum::{Extension, Json};
use model::{Caller, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure};

use super::{Answer, AtBase, AtField, AtTable, BasePath, FieldPath, TablePath, base_id, fail};
use crate::error::Error;
use crate::ops::Schemas;

/// The doors.
pub(super) fn router() -> OpenApiRouter<Schemas> {
    OpenApiRouter::new()
        .routes(routes!(delete_table))
        .routes(routes!(delete_field))
        .routes(routes!(list_trash))
        .routes(routes!(restore))
        .routes(routes!(remove))
}

/// Failures outside of Airtable's API.
pub(super) fn own(error: Error) -> Failure {
    Failure::new(Door::Problem, &error)
}

/// What was deleted.
#[derive(Serialize, ToSchema)]
pub(super) struct DeletedPartOut {
    /// Its id.
    id: String,
    /// Always true.
    deleted: bool,
}

impl DeletedPartOut {
    pub(super) fn new(id: &impl ToString) -> Self {
        Self { id: id.to_string(), deleted: true }
    }
}

/// Moves a table to the trash, with the link fields of other tables that lead to it.
#[utoipa::path(
    delete, path = "/v0/meta/bases/{base}/tables/{table}", operation_id = "tables.delete", tag = "bases",
    params(TablePath), responses((status = 200, description = "It is in the trash", body = DeletedPartOut))
)]
async fn delete_table(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtTable,
) -> Answer<DeletedPartOut> {
    let id = schemas.delete_table(&caller, base_id(&place.base)?, &place.table).await.map_err(fail)?;
    Ok(Json(DeletedPartOut::new(&id)))
}

/// Moves a field to the trash; of a link both sides. Formulas that need it become errors until it is back.
#[utoipa::path(
    delete, path = "/v0/meta/bases/{base}/tables/{table}/fields/{field}", operation_id = "fields.delete", tag = "bases",
    params(FieldPath), responses((status = 200, description = "It is in the trash", body = DeletedPartOut))
)]
async fn delete_field(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtField,
) -> Answer<DeletedPartOut> {
    let at = (place.table.as_str(), place.field.as_str());
    let id = schemas.delete_field(&caller, base_id(&place.base)?, at).await.map_err(fail)?;
    Ok(Json(DeletedPartOut::new(&id)))
}

/// A table in the trash.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TrashedTableOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// When it is removed by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    expires_time: Option<String>,
}

/// A field in the trash.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TrashedFieldOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Its type.
    r#type: &'static str,
    /// The table that it belongs to.
    table_id: String,
    /// That table's name.
    table_name: String,
    /// When it is removed by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    expires_time: Option<String>,
}

/// A view in the trash.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TrashedViewOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Its type.
    r#type: &'static str,
    /// The table that it belongs to.
    table_id: String,
    /// That table's name.
    table_name: String,
    /// When it is removed by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    expires_time: Option<String>,
}

/// What is in the trash of a base.
#[derive(Serialize, ToSchema)]
struct TrashOut {
    /// Tables.
    tables: Vec<TrashedTableOut>,
    /// Fields of tables that are not in the trash themselves.
    fields: Vec<TrashedFieldOut>,
    /// Views of tables that are not in the trash themselves.
    views: Vec<TrashedViewOut>,
}

/// Lists the tables, fields and views in the trash of a base.
#[utoipa::path(
    get, path = "/api/v1/bases/{base}/trash", operation_id = "trash.list", tag = "bases", params(BasePath),
    responses((status = 200, description = "What is in the trash", body = TrashOut))
)]
async fn list_trash(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtBase,
) -> Answer<TrashOut> {
    let trash = schemas.list_trash(&caller, own_base(&place.base)?).await.map_err(own)?;
    let tables = trash.schema.tables.iter().filter(|table| table.deleted && !table.removed);
    let expires = |deleted| trash.expires(deleted).map(Timestamp::iso);
    let tables = tables.map(|table| TrashedTableOut {
        id: table.id.to_string(),
        name: table.name.clone(),
        expires_time: expires(table.deleted_at),
    });
    let fields = trash.fields.iter().map(|(table, field)| TrashedFieldOut {
        id: field.id.to_string(),
        name: field.name.clone(),
        r#type: fields::of(&field.kind).name(),
        table_id: table.id.to_string(),
        table_name: table.name.clone(),
        expires_time: expires(field.deleted_at),
    });
    let views = trash.views.iter().map(|(table, view)| TrashedViewOut {
        id: view.id.to_string(),
        name: view.name.clone(),
        r#type: view.view_type.name(),
        table_id: table.id.to_string(),
        table_name: table.name.clone(),
        expires_time: expires(view.deleted_at),
    });
    Ok(Json(TrashOut { tables: tables.collect(), fields: fields.collect(), views: views.collect() }))
}

/// A part of a base in the trash.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct TrashedPath {
    /// The base's id.
    base: String,
    /// The id of a table, a field or a view.
    id: String,
}

/// What came back.
#[derive(Serialize, ToSchema)]
struct RestoredOut {
    /// Its id.
    id: String,
    /// Its name, with a number behind it where the old one was taken meanwhile.
    name: String,
    /// Always true.
    restored: bool,
}

/// Brings a table, a field or a view back from the trash; cells come with it.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/trash/{id}/restore", operation_id = "trash.restore", tag = "bases",
    params(TrashedPath), responses((status = 200, description = "It is back", body = RestoredOut))
)]
async fn restore(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<TrashedPath>,
) -> Answer<RestoredOut> {
    let restored = schemas.restore(&caller, own_base(&place.base)?, &place.id).await.map_err(own)?;
    Ok(Json(RestoredOut { id: restored.id, name: restored.name, restored: true }))
}

/// Removes a table, a field or a view from the trash for good, with all that it held: it does not come back.
#[utoipa::path(
    delete, path = "/api/v1/bases/{base}/trash/{id}", operation_id = "trash.remove", tag = "bases",
    params(TrashedPath), responses((status = 200, description = "It is gone", body = DeletedPartOut))
)]
async fn remove(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<TrashedPath>,
) -> Answer<DeletedPartOut> {
    schemas.remove_part(&caller, own_base(&place.base)?, &place.id).await.map_err(own)?;
    Ok(Json(DeletedPartOut::new(&place.id)))
}

pub(super) fn own_base(text: &str) -> Result<model::BaseId, Failure> {
    text.parse().map_err(|_| own(tenancy::Denied::NotFound.into()))
}
