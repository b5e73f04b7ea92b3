//! Who asks and their workspaces, under `/v0/meta`; people and tokens, under `/api/v1`.

mod collaborators;
mod enterprise;
mod tokens;
mod users;

use axum::extract::State;
use axum::{Extension, Json};
use model::{Caller, Scope};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure};

use crate::error::Error;
use crate::members::Members;

pub use collaborators::{CollaboratorOut, CollaboratorsOut, RoleGroupsOut, RoleInvitesOut};

#[derive(OpenApi)]
#[openapi(tags((name = "people", description = "Who asks, people, their workspaces, roles and tokens")))]
struct Described;

/// The doors of this context.
pub fn router(members: Members) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(whoami))
        .routes(routes!(workspaces))
        .routes(routes!(users::list, users::add))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
        .merge(collaborators::router())
        .merge(enterprise::router())
        .with_state(members)
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
struct WhoamiOut {
    /// The user's id.
    id: String,
    /// What the token may be used for.
    scopes: Vec<&'static str>,
    /// The user's e-mail address, with the scope `user.email:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

/// Tells whose token this is and what it may be used for.
#[utoipa::path(
    get, path = "/v0/meta/whoami", operation_id = "people.whoami", tag = "people",
    responses((status = 200, description = "The user and the token's scopes", body = WhoamiOut))
)]
async fn whoami(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<WhoamiOut>, Failure> {
    let fail = |error: Error| Failure::new(Door::Airtable, &error);
    let id = caller.user().ok_or_else(|| fail(Error::Unauthenticated))?;
    let user = members.identity().find_user(caller.tenant, id).await.map_err(|error| fail(error.into()))?;
    let email = user.filter(|_| caller.has(Scope::EmailRead)).map(|user| user.email);
    let scopes = caller.scopes.iter().map(|scope| scope.name()).collect();
    Ok(Json(WhoamiOut { id: id.to_string(), scopes, email }))
}

/// A workspace of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WorkspaceOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// The caller's role: `read`, `comment`, `edit`, `create` or `owner`.
    permission_level: &'static str,
}

/// The workspaces of the caller.
#[derive(Debug, Serialize, ToSchema)]
struct WorkspacesOut {
    workspaces: Vec<WorkspaceOut>,
}

/// Lists the workspaces that the caller belongs to.
#[utoipa::path(
    get, path = "/v0/meta/workspaces", operation_id = "workspaces.list", tag = "people",
    responses((status = 200, description = "The workspaces", body = WorkspacesOut))
)]
async fn workspaces(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<WorkspacesOut>, Failure> {
    let found = members.access().workspaces(&caller).await.map_err(|error| Failure::new(Door::Airtable, &error))?;
    let workspaces = found.iter().map(|entry| WorkspaceOut {
        id: entry.id.to_string(),
        name: entry.name.clone(),
        permission_level: entry.role.permission_level(),
    });
    Ok(Json(WorkspacesOut { workspaces: workspaces.collect() }))
}
