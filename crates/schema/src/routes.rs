//! Airtable's meta API: bases, tables and fields.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::routing::{get, patch, post};
use axum::{Extension, Json, Router};
use model::{BaseId, Caller, Schema, WorkspaceId};
use serde::Deserialize;
use serde_json::{Value, json};
use tenancy::Denied;
use web::{Door, Failure, JsonBody, Params};

use crate::edit::{NewField, NewTable};
use crate::error::Error;
use crate::ops::{NewBase, Schemas};
use crate::wire::{field_json, table_json};

const DOOR: Door = Door::Airtable;

/// The doors of this context.
pub fn router(schemas: Schemas) -> Router {
    Router::new()
        .route("/v0/meta/bases", get(list_bases).post(create_base))
        .route("/v0/meta/bases/{base}/tables", get(list_tables).post(create_table))
        .route("/v0/meta/bases/{base}/tables/{table}", patch(update_table))
        .route("/v0/meta/bases/{base}/tables/{table}/fields", post(create_field))
        .route("/v0/meta/bases/{base}/tables/{table}/fields/{field}", patch(update_field))
        .with_state(schemas)
}

type Answer = Result<Json<Value>, Failure>;

fn fail(error: Error) -> Failure {
    Failure::new(DOOR, &error)
}

fn base_id(text: &str) -> Result<BaseId, Failure> {
    text.parse().map_err(|_| fail(Denied::NotFound.into()))
}

async fn list_bases(State(schemas): State<Schemas>, Extension(caller): Extension<Caller>) -> Answer {
    let bases = schemas.list_bases(&caller).await.map_err(fail)?;
    let list: Vec<Value> = bases
        .iter()
        .map(|base| {
            // Airtable knows no level above `create` for bases.
            let level = base.role.min(model::Role::Creator).permission_level();
            json!({ "id": base.id, "name": base.name, "permissionLevel": level })
        })
        .collect();
    Ok(Json(json!({ "bases": list })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BaseIn {
    name: String,
    workspace_id: WorkspaceId,
    tables: Vec<NewTable>,
}

async fn create_base(State(schemas): State<Schemas>, Extension(caller): Extension<Caller>, body: Body) -> Answer {
    let new: BaseIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let new = NewBase { name: new.name, workspace: new.workspace_id, tables: new.tables };
    let schema = schemas.create_base(&caller, new).await.map_err(fail)?;
    let tables: Vec<Value> = schema.live_tables().map(|table| table_json(&schema, table, false)).collect();
    Ok(Json(json!({ "id": schema.base, "tables": tables })))
}

async fn list_tables(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(base): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let schema = schemas.describe(&caller, base_id(&base)?).await.map_err(fail)?;
    let visible = Params::parse(query.as_deref().unwrap_or_default()).list("include").contains(&"visibleFieldIds");
    let tables: Vec<Value> = schema.live_tables().map(|table| table_json(&schema, table, visible)).collect();
    Ok(Json(json!({ "tables": tables })))
}

fn table_answer((schema, no): (Arc<Schema>, model::TableNo)) -> Json<Value> {
    Json(schema.table_by_no(no).map_or(Value::Null, |table| table_json(&schema, table, false)))
}

fn field_answer((schema, id): (Arc<Schema>, model::FieldId)) -> Json<Value> {
    let field = schema.table_of(id).and_then(|table| table.field_by_id(id));
    Json(field.map_or(Value::Null, |field| field_json(&schema, field)))
}

async fn create_table(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(base): Path<String>,
    body: Body,
) -> Answer {
    let base = base_id(&base)?;
    let new: NewTable = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    Ok(table_answer(schemas.create_table(&caller, base, &new).await.map_err(fail)?))
}

#[derive(Deserialize)]
struct PartIn {
    name: Option<String>,
    description: Option<String>,
    options: Option<Value>,
}

impl PartIn {
    async fn read(body: Body) -> Result<Self, Failure> {
        let part: Self = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
        if part.name.is_none() && part.description.is_none() && part.options.is_none() {
            return Err(fail(Error::Invalid { reason: "give at least one of `name`, `description`".to_owned() }));
        }
        Ok(part)
    }
}

async fn update_table(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path((base, table)): Path<(String, String)>,
    body: Body,
) -> Answer {
    let base = base_id(&base)?;
    let part = PartIn::read(body).await?;
    let (name, description) = (part.name.as_deref(), part.description.as_deref());
    Ok(table_answer(schemas.update_table(&caller, base, &table, name, description).await.map_err(fail)?))
}

async fn create_field(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path((base, table)): Path<(String, String)>,
    body: Body,
) -> Answer {
    let base = base_id(&base)?;
    let new: NewField = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    Ok(field_answer(schemas.create_field(&caller, base, &table, &new).await.map_err(fail)?))
}

async fn update_field(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path((base, table, field)): Path<(String, String, String)>,
    body: Body,
) -> Answer {
    let base = base_id(&base)?;
    let part = PartIn::read(body).await?;
    let names = (part.name.as_deref(), part.description.as_deref());
    let updated = schemas.update_field(&caller, base, (&table, &field), names.0, names.1, part.options.as_ref()).await;
    Ok(field_answer(updated.map_err(fail)?))
}
