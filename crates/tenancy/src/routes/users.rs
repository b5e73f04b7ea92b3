//! People of the tenant.

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use model::{Caller, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Door, Failure, JsonBody};

use crate::members::{Member, Members, NewMember};
use crate::store::role_name;

const DOOR: Door = Door::Problem;

/// A person to let in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserIn {
    /// E-mail address.
    email: String,
    /// Name; the part of the address before the `@` when absent.
    name: Option<String>,
    /// A workspace by id or name; the caller's first when absent.
    workspace: Option<String>,
    /// `readOnly`, `commenter`, `editor`, `creator` or `owner`; without, the role that the person has there, or `editor`.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
}

/// A person who was let in.
#[derive(Serialize, ToSchema)]
pub(super) struct AddedOut {
    /// The user's id.
    id: String,
    /// E-mail address.
    email: String,
    /// Name.
    name: String,
    /// The workspace's name.
    workspace: String,
    /// What they may do there.
    role: &'static str,
    /// Their first token, with all scopes, shown only now; null for somebody who was known already.
    token: Option<String>,
}

/// Gives a person a role in a workspace; one who is new gets a token.
#[utoipa::path(
    post, path = "/api/v1/users", operation_id = "users.add", tag = "people", request_body = UserIn,
    responses(
        (status = 201, description = "The person", body = AddedOut),
        (status = 409, description = "The workspace would be without an owner"),
    )
)]
pub(super) async fn add(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<(StatusCode, Json<AddedOut>), Failure> {
    let new: UserIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let new = NewMember { email: new.email, name: new.name, workspace: new.workspace, role: new.role };
    let added = members.add(&caller, &new).await.map_err(|error| Failure::new(DOOR, &error))?;
    let out = AddedOut {
        id: added.user.id.to_string(),
        email: added.user.email,
        name: added.user.name,
        workspace: added.workspace.name,
        role: role_name(added.workspace.role),
        token: added.token.map(|token| token.reveal().to_owned()),
    };
    Ok((StatusCode::CREATED, Json(out)))
}

/// A role in a workspace.
#[derive(Serialize, ToSchema)]
struct RoleOut {
    /// The workspace's id.
    workspace: String,
    /// The role.
    role: &'static str,
}

/// A role in a base.
#[derive(Serialize, ToSchema)]
struct BaseRoleOut {
    /// The base's id.
    base: String,
    /// The role.
    role: &'static str,
}

/// A person.
#[derive(Serialize, ToSchema)]
struct UserOut {
    /// The user's id.
    id: String,
    /// E-mail address.
    email: String,
    /// Name.
    name: String,
    /// Their roles in workspaces.
    roles: Vec<RoleOut>,
    /// Their roles in bases themselves; in a base the higher counts.
    bases: Vec<BaseRoleOut>,
}

/// The people of the tenant.
#[derive(Serialize, ToSchema)]
pub(super) struct UsersOut {
    /// The tenant's id as an enterprise account.
    #[serde(rename = "enterpriseAccountId")]
    enterprise: String,
    /// Them.
    users: Vec<UserOut>,
}

/// Lists the people of the tenant and their roles.
#[utoipa::path(
    get, path = "/api/v1/users", operation_id = "users.list", tag = "people",
    responses((status = 200, description = "The people", body = UsersOut))
)]
pub(super) async fn list(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<UsersOut>, Failure> {
    let fail = |error| Failure::new(DOOR, &error);
    let found = members.list(&caller).await.map_err(fail)?;
    let enterprise = members.enterprise_id(&caller).await.map_err(fail)?;
    Ok(Json(UsersOut { enterprise, users: found.into_iter().map(user).collect() }))
}

fn user(member: Member) -> UserOut {
    let roles = member.roles.iter().map(|(id, role)| RoleOut { workspace: id.to_string(), role: role_name(*role) });
    let bases = member.in_bases.iter().map(|(id, role)| BaseRoleOut { base: id.to_string(), role: role_name(*role) });
    let (roles, bases) = (roles.collect(), bases.collect());
    UserOut { id: member.user.id.to_string(), email: member.user.email, name: member.user.name, roles, bases }
}
