//! Views: ours under `/api/v1`, with all that they are, and Airtable's under `/v0/meta`, which can list and delete them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use model::{Caller, Table, View, ViewId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenancy::Denied;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, JsonBody, Params};

use super::trash::{DeletedPartOut, own, own_base};
use super::{Answer, AtBase, AtTable, BasePath, TablePath, base_id, fail};
use crate::edit::{ViewPart, placed};
use crate::ops::Schemas;
use crate::wire::{ViewOut, view_out};

/// The doors.
pub(super) fn router() -> OpenApiRouter<Schemas> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(duplicate))
        .routes(routes!(list_metadata))
        .routes(routes!(get_metadata, delete_metadata))
}

const OWN: Door = Door::Problem;

/// A view of a base.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct ViewPath {
    /// The base's id.
    base: String,
    /// The view's id, or its name where only one view of the base has it.
    view: String,
}

type AtView = Path<ViewPath>;

/// A key of a view's order.
#[derive(Serialize, ToSchema)]
#[schema(as = ViewKeyOut)]
struct KeyOut {
    /// The field's id.
    field: String,
    /// `asc` or `desc`.
    direction: &'static str,
}

/// A view with all that it is. Fields and choices are told by their ids, those in the trash too.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WholeViewOut {
    /// Its id.
    id: String,
    /// The id of its table.
    table_id: String,
    /// Its name.
    name: String,
    /// Its type, such as `grid`.
    r#type: &'static str,
    /// What it is for.
    description: Option<String>,
    /// Which records it lists; null for all.
    #[schema(value_type = Option<Object>)]
    filter: Value,
    /// Its order, the first weighs most.
    sorts: Vec<KeyOut>,
    /// The fields that records are grouped by.
    groups: Vec<KeyOut>,
    /// How records are coloured.
    #[schema(value_type = Option<Object>)]
    color: Value,
    /// The fields that it does not show.
    hidden_fields: Vec<String>,
    /// The order of its fields; those not named follow in the order of the table.
    field_order: Vec<String>,
    /// Widths of columns in pixels by field.
    field_widths: BTreeMap<String, u16>,
    /// Where a calendar or a timeline puts a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_field: Option<String>,
    /// Where the record ends there.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_field: Option<String>,
    /// The select whose choices are the stacks of a kanban.
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_field: Option<String>,
    /// The attachments on top of cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    cover_field: Option<String>,
    /// The fields that it shows, in its order.
    visible_field_ids: Vec<String>,
}

fn whole(table: &Table, view: &View) -> WholeViewOut {
    let view = &placed(table, view);
    let keys = |keys: &[model::ViewKey]| {
        let key = |key: &model::ViewKey| KeyOut {
            field: key.field.to_string(),
            direction: if key.descending { "desc" } else { "asc" },
        };
        keys.iter().map(key).collect()
    };
    let ids = |ids: &[model::FieldId]| ids.iter().map(ToString::to_string).collect();
    let id = |id: Option<model::FieldId>| id.map(|id| id.to_string());
    WholeViewOut {
        id: view.id.to_string(),
        table_id: table.id.to_string(),
        name: view.name.clone(),
        r#type: view.view_type.name(),
        description: view.description.clone(),
        filter: json!(view.filter),
        sorts: keys(&view.sorts),
        groups: keys(&view.groups),
        color: json!(view.color),
        hidden_fields: ids(&view.hidden),
        field_order: ids(&view.order),
        field_widths: view.widths.iter().map(|(id, width)| (id.to_string(), *width)).collect(),
        start_field: id(view.start),
        end_field: id(view.end),
        stack_field: id(view.stack),
        cover_field: id(view.cover),
        visible_field_ids: view.shown(table).iter().map(|field| field.id.to_string()).collect(),
    }
}

fn told<T>(found: (Arc<Table>, ViewId), tell: impl FnOnce(&Table, &View) -> T) -> Option<T> {
    let (table, id) = found;
    table.live_views().find(|view| view.id == id).map(|view| tell(&table, view))
}

fn answer(found: (Arc<Table>, ViewId)) -> Result<WholeViewOut, Failure> {
    told(found, whole).ok_or_else(|| own(Denied::NotFound.into()))
}

/// The views of a table.
#[derive(Serialize, ToSchema)]
#[schema(as = WholeViewsOut)]
struct WholeViewsOut {
    /// Them.
    views: Vec<WholeViewOut>,
}

/// Lists the views of a table with all that they are.
#[utoipa::path(
    get, path = "/api/v1/bases/{base}/tables/{table}/views", operation_id = "views.list", tag = "views",
    params(TablePath), responses((status = 200, description = "The views", body = WholeViewsOut))
)]
async fn list(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtTable,
) -> Answer<WholeViewsOut> {
    let table = schemas.list_views(&caller, own_base(&place.base)?, &place.table).await.map_err(own)?;
    Ok(Json(WholeViewsOut { views: table.live_views().map(|view| whole(&table, view)).collect() }))
}

/// Adds a view to a table.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/tables/{table}/views", operation_id = "views.create", tag = "views",
    params(TablePath), request_body = ViewPart,
    responses((status = 201, description = "The view", body = WholeViewOut))
)]
async fn create(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtTable,
    body: Body,
) -> Result<(StatusCode, Json<WholeViewOut>), Failure> {
    let base = own_base(&place.base)?;
    let part: ViewPart = JsonBody::read(OWN, body).await?.parse(OWN)?;
    let made = schemas.create_view(&caller, base, &place.table, &part).await.map_err(own)?;
    Ok((StatusCode::CREATED, Json(answer(made)?)))
}

/// Gets a view with all that it is.
#[utoipa::path(
    get, path = "/api/v1/bases/{base}/views/{view}", operation_id = "views.get", tag = "views", params(ViewPath),
    responses((status = 200, description = "The view", body = WholeViewOut))
)]
async fn get(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtView,
) -> Answer<WholeViewOut> {
    let found = schemas.get_view(&caller, own_base(&place.base)?, &place.view).await.map_err(own)?;
    answer(found).map(Json)
}

/// Changes a view: what is absent stays as it is, null takes away.
#[utoipa::path(
    patch, path = "/api/v1/bases/{base}/views/{view}", operation_id = "views.update", tag = "views", params(ViewPath),
    request_body = ViewPart, responses((status = 200, description = "The view", body = WholeViewOut))
)]
async fn update(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtView,
    body: Body,
) -> Answer<WholeViewOut> {
    let base = own_base(&place.base)?;
    let part: ViewPart = JsonBody::read(OWN, body).await?.parse(OWN)?;
    let updated = schemas.update_view(&caller, base, &place.view, &part).await.map_err(own)?;
    answer(updated).map(Json)
}

/// Moves a view to the trash. The last view of a table stays.
#[utoipa::path(
    delete, path = "/api/v1/bases/{base}/views/{view}", operation_id = "views.delete", tag = "views",
    params(ViewPath), responses((status = 200, description = "It is in the trash", body = DeletedPartOut))
)]
async fn delete(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtView,
) -> Answer<DeletedPartOut> {
    let id = schemas.delete_view(&caller, own_base(&place.base)?, &place.view).await.map_err(own)?;
    Ok(Json(DeletedPartOut::new(&id)))
}

/// What a copy is called.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ViewCopyIn)]
struct CopyIn {
    /// Its name; made of the other's when absent.
    name: Option<String>,
}

/// Adds a view that is as another one but for its name.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/views/{view}/duplicate", operation_id = "views.duplicate", tag = "views",
    params(ViewPath), request_body(content = Option<CopyIn>, description = "Its name, where it shall have one"),
    responses((status = 201, description = "The copy", body = WholeViewOut))
)]
async fn duplicate(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtView,
    body: Body,
) -> Result<(StatusCode, Json<WholeViewOut>), Failure> {
    let base = own_base(&place.base)?;
    let body = JsonBody::read(OWN, body).await?;
    let copy: CopyIn = body.parse_or_default(OWN)?;
    let made = schemas.duplicate_view(&caller, base, &place.view, copy.name.as_deref()).await.map_err(own)?;
    Ok((StatusCode::CREATED, Json(answer(made)?)))
}

/// The views of a base.
#[derive(Serialize, ToSchema)]
#[schema(as = ViewsOut)]
struct ViewsOut {
    /// Them.
    views: Vec<ViewOut>,
}

fn wants_visible(query: Option<&str>) -> bool {
    Params::parse(query.unwrap_or_default()).list("include").contains(&"visibleFieldIds")
}

/// Lists the views of all tables of a base.
#[utoipa::path(
    get, path = "/v0/meta/bases/{base}/views", operation_id = "views.list_metadata", tag = "views",
    params(
        BasePath,
        ("include[]" = Option<Vec<String>>, Query, description = "`visibleFieldIds` to have grids list their fields"),
    ),
    responses((status = 200, description = "The views", body = ViewsOut))
)]
async fn list_metadata(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtBase,
    RawQuery(query): RawQuery,
) -> Answer<ViewsOut> {
    let schema = schemas.describe(&caller, base_id(&place.base)?).await.map_err(fail)?;
    let visible = wants_visible(query.as_deref());
    let all = schema.live_tables().flat_map(|table| table.live_views().map(move |view| view_out(table, view, visible)));
    Ok(Json(ViewsOut { views: all.collect() }))
}

/// Gets what Airtable tells of a view.
#[utoipa::path(
    get, path = "/v0/meta/bases/{base}/views/{view}", operation_id = "views.get_metadata", tag = "views",
    params(
        ViewPath,
        ("include[]" = Option<Vec<String>>, Query, description = "`visibleFieldIds` to have a grid list its fields"),
    ),
    responses((status = 200, description = "The view", body = ViewOut))
)]
async fn get_metadata(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtView,
    RawQuery(query): RawQuery,
) -> Answer<ViewOut> {
    let found = schemas.get_view(&caller, base_id(&place.base)?, &place.view).await.map_err(fail)?;
    let visible = wants_visible(query.as_deref());
    told(found, |table, view| view_out(table, view, visible)).map(Json).ok_or_else(|| fail(Denied::NotFound.into()))
}

/// Moves a view to the trash, from which `/api/v1` brings it back.
#[utoipa::path(
    delete, path = "/v0/meta/bases/{base}/views/{view}", operation_id = "views.delete_metadata", tag = "views",
    params(ViewPath), responses((status = 200, description = "It is in the trash", body = DeletedPartOut))
)]
async fn delete_metadata(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtView,
) -> Answer<DeletedPartOut> {
    let id = schemas.delete_view(&caller, base_id(&place.base)?, &place.view).await.map_err(fail)?;
    Ok(Json(DeletedPartOut::new(&id)))
}
