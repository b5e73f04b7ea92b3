//! Creating, updating and deleting records.

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use axum::{Extension, Json};
use model::Caller;
use web::{Failure, JsonBody, Kind, Params};

use super::read::flag;
use super::wire::{
    DeletedManyOut, DeletedOut, RecordIn, RecordOut, RecordPath, TablePath, UpdatedOut, WriteIn, WrittenOut,
};
use super::{DOOR, base_id, fail, json as respond};
use crate::error::Error;
use crate::json::Shape;
use crate::ops::{Moved, Records, UpdateRecord, UpsertHow, UpsertRecord, Upserted, Written};

/// Most records of one call.
const BATCH: usize = 10;

fn records_error(message: &str) -> Failure {
    fail(Error::Request { airtable_type: "INVALID_RECORDS", message: message.to_owned() })
}

fn asked(query: Option<&str>, key: &str) -> Result<bool, Failure> {
    flag(&Params::parse(query.unwrap_or_default()), key).map_err(fail)
}

async fn read(body: Body, query: Option<&str>) -> Result<(WriteIn, Shape), Failure> {
    let body: WriteIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let by_id = asked(query, "returnFieldsByFieldId")? || body.return_fields_by_field_id;
    Ok((body, Shape { by_id, ..Shape::default() }))
}

fn one(written: &Written, shape: &Shape) -> Result<Response, Failure> {
    let mut out = Vec::with_capacity(1_024);
    written.found.write_one(shape, &mut out).map_err(fail)?;
    Ok(respond(out))
}

fn many(written: &Written, shape: &Shape) -> Result<Response, Failure> {
    let mut out = Vec::with_capacity(4_096);
    out.extend_from_slice(b"{\"records\":");
    written.found.write_all(shape, &mut out).map_err(fail)?;
    out.push(b'}');
    Ok(respond(out))
}

fn all_upserted(upserted: &Upserted, shape: &Shape) -> Result<Response, Failure> {
    let mut out = Vec::with_capacity(4_096);
    out.extend_from_slice(b"{\"records\":");
    upserted.written.found.write_all(shape, &mut out).map_err(fail)?;
    for (name, ids) in [("createdRecords", &upserted.created), ("updatedRecords", &upserted.updated)] {
        let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
        out.extend_from_slice(format!(",\"{name}\":[{}]", ids.join(",")).as_bytes());
    }
    out.push(b'}');
    Ok(respond(out))
}

/// Creates one record, or up to ten.
#[utoipa::path(
    post, path = "/v0/{base}/{table}", operation_id = "records.create", tag = "records",
    params(
        TablePath,
        ("keepIds" = Option<bool>, Query, description = "True to keep the ids of `records`, which needs the scope `ids:write`"),
        ("returnFieldsByFieldId" = Option<bool>, Query, description = "As in the body"),
    ),
    request_body = WriteIn, responses((status = 200, description = "What was created", body = WrittenOut))
)]
pub(super) async fn create(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(TablePath { base, table }): AtTable,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Response, Failure> {
    let base = base_id(&base)?;
    let (body, shape) = read(body, query.as_deref()).await?;
    if body.perform_upsert.is_some() {
        return Err(fail(Error::Request {
            airtable_type: "INVALID_REQUEST_UNKNOWN",
            message: "`performUpsert` belongs to `PATCH` and `PUT` of the same address; `POST` creates".to_owned(),
        }));
    }
    let single = body.fields.is_some();
    let (id, created_time) = (body.id, body.created_time);
    let list = body.fields.map(|fields| vec![RecordIn { id, created_time, fields: Some(fields) }]).or(body.records);
    let Some(list) = list else {
        return Err(fail(Error::Request {
            airtable_type: "INVALID_REQUEST_MISSING_FIELDS",
            message: "Could not find field \"fields\" in the request body".to_owned(),
        }));
    };
    let wrong = "You must provide an array of up to 10 record objects, each with a \"fields\" object for cell values.";
    if list.is_empty() || list.len() > BATCH {
        return Err(records_error(wrong));
    }
    let keeps = asked(query.as_deref(), "keepIds")?;
    let kept = if keeps { Some(kept(&list)?) } else { None };
    let rows = list.into_iter().map(|record| record.fields).collect::<Option<Vec<_>>>();
    let rows = rows.ok_or_else(|| records_error(wrong))?;
    let written = match kept {
        Some(kept) => records.create_with_ids(&caller, base, &table, (&rows, &kept), body.typecast).await,
        None => records.create(&caller, base, &table, &rows, body.typecast).await,
    };
    let written = written.map_err(fail)?;
    if single { one(&written, &shape) } else { many(&written, &shape) }
}

/// What new records keep, with `keepIds`.
fn kept(list: &[RecordIn]) -> Result<Vec<Moved>, Failure> {
    let kept = list.iter().enumerate().map(|(at, record)| {
        let kept = Moved::read(record.id.as_deref(), &record.created_time);
        kept.map_err(|wrong| records_error(&format!("Record {at}: {wrong}.")))
    });
    kept.collect()
}

/// What every update is addressed to.
struct Target {
    records: Records,
    caller: Caller,
    base: String,
    table: String,
    query: Option<String>,
}

impl Target {
    async fn update_one(self, record: String, body: Body, replace: bool) -> Result<Response, Failure> {
        let base = base_id(&self.base)?;
        let (body, shape) = read(body, self.query.as_deref()).await?;
        let Some(fields) = body.fields else {
            return Err(fail(Error::Request {
                airtable_type: "INVALID_REQUEST_MISSING_FIELDS",
                message: "Could not find field \"fields\" in the request body".to_owned(),
            }));
        };
        let list = [UpdateRecord { id: record.clone(), fields }];
        let written = self.records.update(&self.caller, base, &self.table, &list, (body.typecast, replace)).await;
        one(&written.map_err(|error| fail(absent(error, &record)))?, &shape)
    }

    async fn update_many(self, body: Body, replace: bool) -> Result<Response, Failure> {
        let base = base_id(&self.base)?;
        let (body, shape) = read(body, self.query.as_deref()).await?;
        let wrong = "You must provide an array of up to 10 record objects, each with an \"id\" ID field and a \
                     \"fields\" object for cell values.";
        let list = body.records.unwrap_or_default();
        if list.is_empty() || list.len() > BATCH {
            return Err(records_error(wrong));
        }
        if let Some(upsert) = body.perform_upsert {
            let records = list.into_iter().map(|record| Some(UpsertRecord { id: record.id, fields: record.fields? }));
            let wrong = "You must provide an array of up to 10 record objects, each with a \"fields\" object for cell \
                         values and, unless it is to be matched, an \"id\".";
            let records = records.collect::<Option<Vec<_>>>().ok_or_else(|| records_error(wrong))?;
            let how = UpsertHow { on: upsert.fields_to_merge_on, typecast: body.typecast, replace };
            let upserted = self.records.upsert(&self.caller, (base, &self.table), &records, &how).await;
            return all_upserted(&upserted.map_err(fail)?, &shape);
        }
        let list = list
            .into_iter()
            .map(|record| Some(UpdateRecord { id: record.id?, fields: record.fields? }))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| records_error(wrong))?;
        let written = self.records.update(&self.caller, base, &self.table, &list, (body.typecast, replace)).await;
        many(&written.map_err(fail)?, &shape)
    }
}

/// The record of the path is 404 where it does not exist; one of a batch, and one that a cell links to, is 422.
pub(super) fn absent(error: Error, record: &str) -> Error {
    match error {
        Error::RowDoesNotExist { id } if record.starts_with(&id) => Error::RecordNotFound { id },
        error => error,
    }
}

/// As [`absent`], in words.
fn gone(error: Error) -> Failure {
    let Error::RowDoesNotExist { id } = error else { return fail(error) };
    let text = format!("Could not find a record with ID \"{id}\".");
    Failure::plain(DOOR, Kind::NotFound, "record-not-found", text).in_words()
}

type AtTable = Path<TablePath>;
type AtRecord = Path<RecordPath>;

fn target(records: Records, caller: Caller, (base, table): (String, String), query: Option<String>) -> Target {
    Target { records, caller, base, table, query }
}

/// Updates up to ten records; fields that are not named stay as they are.
#[utoipa::path(
    patch, path = "/v0/{base}/{table}", operation_id = "records.update", tag = "records",
    params(TablePath, ("returnFieldsByFieldId" = Option<bool>, Query, description = "As in the body")),
    request_body = WriteIn, responses((status = 200, description = "The records after", body = UpdatedOut))
)]
pub(super) async fn merge(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): AtTable,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Response, Failure> {
    target(records, caller, (place.base, place.table), query).update_many(body, false).await
}

/// Replaces the cells of up to ten records; fields that are not named are emptied.
#[utoipa::path(
    put, path = "/v0/{base}/{table}", operation_id = "records.replace", tag = "records",
    params(TablePath, ("returnFieldsByFieldId" = Option<bool>, Query, description = "As in the body")),
    request_body = WriteIn, responses((status = 200, description = "The records after", body = UpdatedOut))
)]
pub(super) async fn replace(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): AtTable,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Response, Failure> {
    target(records, caller, (place.base, place.table), query).update_many(body, true).await
}

/// Updates a record; fields that are not named stay as they are.
#[utoipa::path(
    patch, path = "/v0/{base}/{table}/{record}", operation_id = "records.update_one", tag = "records",
    params(RecordPath, ("returnFieldsByFieldId" = Option<bool>, Query, description = "As in the body")),
    request_body = WriteIn, responses((status = 200, description = "The record after", body = RecordOut))
)]
pub(super) async fn merge_one(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): AtRecord,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Response, Failure> {
    target(records, caller, (place.base, place.table), query).update_one(place.record, body, false).await
}

/// Replaces the cells of a record; fields that are not named are emptied.
#[utoipa::path(
    put, path = "/v0/{base}/{table}/{record}", operation_id = "records.replace_one", tag = "records",
    params(RecordPath, ("returnFieldsByFieldId" = Option<bool>, Query, description = "As in the body")),
    request_body = WriteIn, responses((status = 200, description = "The record after", body = RecordOut))
)]
pub(super) async fn replace_one(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): AtRecord,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Response, Failure> {
    target(records, caller, (place.base, place.table), query).update_one(place.record, body, true).await
}

/// Deletes a record.
#[utoipa::path(
    delete, path = "/v0/{base}/{table}/{record}", operation_id = "records.delete_one", tag = "records",
    params(RecordPath), responses((status = 200, description = "It is deleted", body = DeletedOut))
)]
pub(super) async fn delete_one(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): AtRecord,
) -> Result<Json<DeletedOut>, Failure> {
    let base = base_id(&place.base)?;
    let deleted = records.delete(&caller, base, &place.table, std::slice::from_ref(&place.record)).await;
    let deleted = deleted.map_err(gone)?;
    let id = deleted.ids.first().map_or(place.record, ToString::to_string);
    Ok(Json(DeletedOut { id, deleted: true }))
}

/// Deletes up to ten records, all or none.
#[utoipa::path(
    delete, path = "/v0/{base}/{table}", operation_id = "records.delete", tag = "records",
    params(TablePath, ("records[]" = Vec<String>, Query, description = "The ids of up to ten records")),
    responses((status = 200, description = "They are deleted", body = DeletedManyOut))
)]
pub(super) async fn delete_many(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): AtTable,
    RawQuery(query): RawQuery,
) -> Result<Json<DeletedManyOut>, Failure> {
    let params = Params::parse(query.as_deref().unwrap_or_default());
    let ids: Vec<String> = params.list("records").into_iter().map(str::to_owned).collect();
    if ids.is_empty() || ids.len() > BATCH {
        return Err(records_error("You must provide an array of up to 10 record IDs."));
    }
    let base = base_id(&place.base)?;
    let deleted = records.delete(&caller, base, &place.table, &ids).await.map_err(gone)?;
    let records = deleted.ids.iter().map(|id| DeletedOut { id: id.to_string(), deleted: true }).collect();
    Ok(Json(DeletedManyOut { records }))
}
