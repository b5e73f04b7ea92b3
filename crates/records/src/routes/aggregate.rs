//! Groups, sums and counts.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use model::Caller;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use web::{Door, Failure, JsonBody};

use super::history::{base_id, fail};
use super::wire::TablePath;
use crate::groups::{GroupsIn, aggregated};
use crate::ops::Records;

/// A group.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is written without it")]
struct GroupOut {
    /// The values of the fields grouped by; linked records as `{"id", "text"}`.
    #[schema(value_type = Vec<Value>)]
    key: Vec<Value>,
    /// What was computed, in the order asked for.
    #[schema(value_type = Vec<Value>)]
    values: Vec<Value>,
}

/// Groups.
#[derive(Serialize, ToSchema)]
pub(super) struct GroupsOut {
    /// The groups.
    #[schema(value_type = Vec<GroupOut>)]
    groups: Value,
    /// How many there are, those that are not told included.
    #[schema(value_type = usize)]
    total_groups: Value,
    /// How many records they hold.
    #[schema(value_type = usize)]
    matched: Value,
}

/// Counts records and computes sums, means, medians, extremes and numbers of different values, in groups or over all.
#[utoipa::path(
    post, path = "/api/v1/bases/{base}/tables/{table}/aggregate", operation_id = "records.aggregate", tag = "records",
    params(TablePath), request_body = Option<GroupsIn>,
    responses((status = 200, description = "The groups", body = GroupsOut))
)]
pub(super) async fn aggregate(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<TablePath>,
    body: Body,
) -> Result<Json<GroupsOut>, Failure> {
    let body = JsonBody::read(Door::Problem, body).await?;
    let wanted: GroupsIn = body.parse_or_default(Door::Problem)?;
    let base = base_id(&records, &caller, &place.base).await?;
    let mut told = aggregated(&records, &caller, base, &place.table, wanted).await.map_err(fail)?;
    let mut part = |key: &str| told.get_mut(key).map(Value::take).unwrap_or_default();
    Ok(Json(GroupsOut { groups: part("groups"), total_groups: part("total_groups"), matched: part("matched") }))
}
