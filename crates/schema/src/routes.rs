//! Airtable's meta API: bases, tables and fields.
#![expect(unused_qualifications, reason = "the annotations of parameters expand so")]

mod bases;
mod trash;
mod views;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use model::{BaseId, Caller, Schema, WorkspaceId};
use serde::{Deserialize, Serialize};
use tenancy::Denied;
use utoipa::{IntoParams, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, JsonBody, Kind, Params};

use crate::edit::{NewField, NewTable};
use crate::error::Error;
use crate::ops::{NewBase, Schemas};
use crate::wire::{FieldOut, MadeBaseOut, TableOut, field_out, table_out, tables_out};

const DOOR: Door = Door::Airtable;

#[derive(OpenApi)]
#[openapi(tags(
    (name = "bases", description = "Bases, their tables and fields: Airtable's meta API"),
    (name = "views", description = "Views: which records in which order, and which fields"),
))]
struct Described;

/// The doors of this context.
pub fn router(schemas: Schemas) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(list_bases, create_base))
        .routes(routes!(list_tables, create_table))
        .routes(routes!(update_table))
        .routes(routes!(create_field))
        .merge(bases::router())
        .merge(trash::router())
        .merge(views::router())
        .with_state(schemas)
}

/// Whether the ids in the body are to be kept. Clients that copy a schema send the ids of another base.
fn keeps_ids(query: Option<&str>) -> Result<bool, Failure> {
    let given = Params::parse(query.unwrap_or_default()).flag("keepIds");
    given.map_err(|reason| fail(Error::Invalid { reason }))
}

type Answer<T> = Result<Json<T>, Failure>;

fn fail(error: Error) -> Failure {
    Failure::new(DOOR, &error)
}

/// A base.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct BasePath {
    /// The base's id.
    base: String,
}

/// A table of a base.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct TablePath {
    /// The base's id.
    base: String,
    /// The table's id or name.
    table: String,
}

/// A field of a table.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct FieldPath {
    /// The base's id.
    base: String,
    /// The table's id or name.
    table: String,
    /// The field's id or name.
    field: String,
}

type AtBase = Path<BasePath>;
type AtTable = Path<TablePath>;
type AtField = Path<FieldPath>;

fn base_id(text: &str) -> Result<BaseId, Failure> {
    text.parse().map_err(|_| fail(Denied::NotFound.into()))
}

/// A base as it is listed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BaseOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// What the caller may do: `read`, `comment`, `edit` or `create`.
    permission_level: &'static str,
}

/// The bases of the caller.
#[derive(Serialize, ToSchema)]
struct BasesOut {
    bases: Vec<BaseOut>,
}

/// Lists the bases that the caller may see.
#[utoipa::path(
    get, path = "/v0/meta/bases", operation_id = "bases.list", tag = "bases",
    responses((status = 200, description = "The bases", body = BasesOut))
)]
async fn list_bases(State(schemas): State<Schemas>, Extension(caller): Extension<Caller>) -> Answer<BasesOut> {
    let bases = schemas.list_bases(&caller).await.map_err(fail)?;
    let bases = bases.into_iter().map(|base| BaseOut {
        id: base.id.to_string(),
        name: base.name,
        // Airtable knows no level above `create` for bases.
        permission_level: base.role.min(model::Role::Creator).permission_level(),
    });
    Ok(Json(BasesOut { bases: bases.collect() }))
}

/// A base to make.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BaseIn {
    /// Its id, for imports that keep ids (`keepIds`).
    id: Option<String>,
    /// Its name.
    name: String,
    /// The workspace that it belongs to.
    #[schema(required = true, nullable = false)]
    workspace_id: Option<String>,
    /// Its tables.
    tables: Vec<NewTable>,
}

/// Creates a base with its tables and fields in a workspace.
#[utoipa::path(
    post, path = "/v0/meta/bases", operation_id = "bases.create", tag = "bases", request_body = BaseIn,
    params(("keepIds" = Option<bool>, Query, description = "True to keep the ids in the body, which needs the scope `ids:write`")),
    responses(
        (status = 200, description = "The base", body = MadeBaseOut),
        (status = 404, description = "There is no such workspace, `MODEL_ID_NOT_FOUND`"),
    )
)]
async fn create_base(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Answer<MadeBaseOut> {
    let new: BaseIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let Some(workspace) = new.workspace_id else {
        let text = "`workspaceId` is missing: give the id of a workspace, as `/v0/meta/workspaces` lists them";
        return Err(Failure::plain(DOOR, Kind::Invalid, "invalid", text).airtable("INVALID_REQUEST"));
    };
    let unknown = || {
        let text = "`workspaceId` is of no workspace that you may see: `/v0/meta/workspaces` lists them";
        Failure::plain(DOOR, Kind::NotFound, "workspace-not-found", text).airtable("MODEL_ID_NOT_FOUND")
    };
    let id: WorkspaceId = workspace.parse().map_err(|_| unknown())?;
    let mut new = NewBase { id: new.id, name: new.name, workspace: id, tables: new.tables };
    if !keeps_ids(query.as_deref())? {
        new.id = None;
        new.tables.iter_mut().for_each(NewTable::forget_ids);
    }
    let schema = match schemas.create_base(&caller, new).await {
        Err(Error::Denied(Denied::NotFound)) => return Err(unknown()),
        made => made.map_err(fail)?,
    };
    Ok(Json(MadeBaseOut::new(&schema)))
}

/// The tables of a base.
#[derive(Serialize, ToSchema)]
struct TablesOut {
    tables: Vec<TableOut>,
}

/// Lists the tables of a base with their fields and views.
#[utoipa::path(
    get, path = "/v0/meta/bases/{base}/tables", operation_id = "tables.list", tag = "bases",
    params(
        BasePath,
        ("include[]" = Option<Vec<String>>, Query, description = "`visibleFieldIds` to have views list their fields"),
    ),
    responses((status = 200, description = "The tables", body = TablesOut))
)]
async fn list_tables(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtBase,
    RawQuery(query): RawQuery,
) -> Answer<TablesOut> {
    let schema = schemas.describe(&caller, base_id(&place.base)?).await.map_err(fail)?;
    let visible = Params::parse(query.as_deref().unwrap_or_default()).list("include").contains(&"visibleFieldIds");
    Ok(Json(TablesOut { tables: tables_out(&schema, visible) }))
}

fn table_answer((schema, no): (Arc<Schema>, model::TableNo)) -> Answer<TableOut> {
    let table = schema.table_by_no(no).map(|table| table_out(&schema, table, false));
    table.map(Json).ok_or_else(|| fail(Denied::NotFound.into()))
}

fn field_answer((schema, id): (Arc<Schema>, model::FieldId)) -> Answer<FieldOut> {
    field_out(&schema, id).map(Json).ok_or_else(|| fail(Denied::NotFound.into()))
}

/// Creates a table with its fields.
#[utoipa::path(
    post, path = "/v0/meta/bases/{base}/tables", operation_id = "tables.create", tag = "bases",
    params(BasePath, ("keepIds" = Option<bool>, Query, description = "True to keep the ids in the body, which needs the scope `ids:write`")),
    request_body = NewTable, responses((status = 200, description = "The table", body = TableOut))
)]
async fn create_table(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtBase,
    RawQuery(query): RawQuery,
    body: Body,
) -> Answer<TableOut> {
    let base = base_id(&place.base)?;
    let mut new: NewTable = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    if !keeps_ids(query.as_deref())? {
        new.forget_ids();
    }
    table_answer(schemas.create_table(&caller, base, &new).await.map_err(fail)?)
}

/// What becomes different; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PartIn {
    /// The new name.
    name: Option<String>,
    /// The new description; an empty one removes it.
    description: Option<String>,
    /// Airtable's; it is not kept here.
    #[schema(value_type = Option<Object>)]
    date_dependency_settings: Option<serde_json::Value>,
}

impl PartIn {
    async fn read(body: Body) -> Result<Self, Failure> {
        let part: Self = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
        if part.name.is_none() && part.description.is_none() {
            let not_kept = "`dateDependencySettings` is not kept here: ";
            let not_kept = if part.date_dependency_settings.is_some() { not_kept } else { "" };
            let reason = format!("{not_kept}give at least one of `name`, `description`");
            return Err(fail(Error::Invalid { reason }));
        }
        Ok(part)
    }
}

/// Changes a table's name or description.
#[utoipa::path(
    patch, path = "/v0/meta/bases/{base}/tables/{table}", operation_id = "tables.update", tag = "bases",
    params(TablePath), request_body = PartIn, responses((status = 200, description = "The table", body = TableOut))
)]
async fn update_table(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtTable,
    body: Body,
) -> Answer<TableOut> {
    let base = base_id(&place.base)?;
    let part = PartIn::read(body).await?;
    let (name, description) = (part.name.as_deref(), part.description.as_deref());
    table_answer(schemas.update_table(&caller, base, &place.table, name, description).await.map_err(fail)?)
}

/// Creates a field; a link gets its other side too.
#[utoipa::path(
    post, path = "/v0/meta/bases/{base}/tables/{table}/fields", operation_id = "fields.create", tag = "bases",
    params(TablePath, ("keepIds" = Option<bool>, Query, description = "True to keep the ids in the body, which needs the scope `ids:write`")), request_body = NewField, responses((status = 200, description = "The field", body = FieldOut))
)]
async fn create_field(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtTable,
    RawQuery(query): RawQuery,
    body: Body,
) -> Answer<FieldOut> {
    let base = base_id(&place.base)?;
    let mut new: NewField = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    if !keeps_ids(query.as_deref())? {
        new.forget_ids();
    }
    field_answer(schemas.create_field(&caller, base, &place.table, &new).await.map_err(fail)?)
}
