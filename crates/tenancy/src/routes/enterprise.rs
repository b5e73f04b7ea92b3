//! The tenant as an enterprise account, as far as Airtable's clients can be told about one.

mod audit;
mod wire;

use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use model::Caller;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, Params};

use crate::enterprise::Asked;
use crate::error::{Denied, Error};
use crate::members::Members;
use wire::{AccountPath, EnterpriseOut, PersonOut, PersonPath, PersonsOut};

/// The doors.
pub(super) fn router() -> OpenApiRouter<Members> {
    OpenApiRouter::new()
        .routes(routes!(get))
        .routes(routes!(list_users))
        .routes(routes!(get_user))
        .routes(routes!(audit::list))
}

fn fail(error: impl Into<Error>) -> Failure {
    Failure::new(Door::Airtable, &error.into())
}

fn includes(query: Option<&str>, what: &str) -> bool {
    Params::parse(query.unwrap_or_default()).list("include").contains(&what)
}

/// Tells of what the caller's tenant consists.
#[utoipa::path(
    get, path = "/v0/meta/enterpriseAccounts/{account}", operation_id = "enterprise.get", tag = "people",
    params(AccountPath, ("include[]" = Option<Vec<String>>, Query, description = "`aggregated`, `descendants`")),
    responses((status = 200, description = "The account", body = EnterpriseOut))
)]
async fn get(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(at): Path<AccountPath>,
    RawQuery(query): RawQuery,
) -> Result<Json<EnterpriseOut>, Failure> {
    let found = members.enterprise(&caller, &at.account).await.map_err(fail)?;
    let wants = |what| includes(query.as_deref(), what);
    Ok(Json(EnterpriseOut::new(&found, wants("aggregated"), wants("descendants"))))
}

/// Tells about people of the tenant, by their ids and e-mail addresses.
#[utoipa::path(
    get, path = "/v0/meta/enterpriseAccounts/{account}/users", operation_id = "enterprise.list_users", tag = "people",
    params(
        AccountPath,
        ("id[]" = Option<Vec<String>>, Query, description = "Ids; with the addresses at most 100"),
        ("email[]" = Option<Vec<String>>, Query, description = "E-mail addresses"),
        ("include[]" = Option<Vec<String>>, Query, description = "`collaborations`"),
    ),
    responses((status = 200, description = "Those who are of the tenant", body = PersonsOut))
)]
async fn list_users(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(at): Path<AccountPath>,
    RawQuery(query): RawQuery,
) -> Result<Json<PersonsOut>, Failure> {
    let params = Params::parse(query.as_deref().unwrap_or_default());
    let named = |key| params.list(key).into_iter().map(str::to_owned).collect();
    let found = members.people(&caller, &at.account, &Asked::Among(named("id"), named("email"))).await.map_err(fail)?;
    let with_roles = includes(query.as_deref(), "collaborations");
    Ok(Json(PersonsOut { users: found.iter().map(|person| PersonOut::new(person, with_roles)).collect() }))
}

/// Tells about somebody of the tenant.
#[utoipa::path(
    get, path = "/v0/meta/enterpriseAccounts/{account}/users/{user}", operation_id = "enterprise.get_user",
    tag = "people",
    params(PersonPath, ("include[]" = Option<Vec<String>>, Query, description = "`collaborations`")),
    responses((status = 200, description = "The person", body = PersonOut))
)]
async fn get_user(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(at): Path<PersonPath>,
    RawQuery(query): RawQuery,
) -> Result<Json<PersonOut>, Failure> {
    let found = members.people(&caller, &at.account, &Asked::One(at.user)).await.map_err(fail)?;
    let person = found.first().ok_or_else(|| fail(Denied::NotFound))?;
    Ok(Json(PersonOut::new(person, includes(query.as_deref(), "collaborations"))))
}
