//! Who has a role in a workspace, and giving, changing and taking roles in workspaces and bases.

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use model::{BaseId, Caller, Role, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, JsonBody, Params};

use crate::collaborators::{At, Collaborator, Grant};
use crate::error::{Denied, Error};
use crate::members::Members;

const DOOR: Door = Door::Airtable;

fn fail(error: impl Into<Error>) -> Failure {
    Failure::new(DOOR, &error.into())
}

/// The doors.
pub(super) fn router() -> OpenApiRouter<Members> {
    OpenApiRouter::new()
        .routes(routes!(get_workspace))
        .routes(routes!(add_to_base))
        .routes(routes!(change_in_base, remove_from_base))
        .routes(routes!(add_to_workspace))
        .routes(routes!(change_in_workspace, remove_from_workspace))
}

/// A base.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
struct BaseAt {
    /// The base's id.
    base: String,
}

/// Somebody with a role in a base.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
struct InBase {
    /// The base's id.
    base: String,
    /// The user's id.
    collaborator: String,
}

/// A workspace.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
struct WorkspaceAt {
    /// The workspace's id.
    workspace: String,
}

/// Somebody with a role in a workspace.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
struct InWorkspace {
    /// The workspace's id.
    workspace: String,
    /// The user's id.
    collaborator: String,
}

type OfBase = Path<BaseAt>;
type OfBaseRole = Path<InBase>;
type OfWorkspace = Path<WorkspaceAt>;
type OfWorkspaceRole = Path<InWorkspace>;

fn base(text: &str) -> Result<At, Failure> {
    text.parse::<BaseId>().map(At::Base).map_err(|_| fail(Denied::NotFound))
}

fn workspace_id(text: &str) -> Result<WorkspaceId, Failure> {
    text.parse().map_err(|_| fail(Denied::NotFound))
}

fn user(text: &str) -> Result<UserId, Failure> {
    text.parse().map_err(|_| fail(Error::NoUser { user: text.chars().take(64).collect() }))
}

fn role(level: &str) -> Result<Role, Failure> {
    let reason = || {
        let level: String = level.chars().take(64).collect();
        format!(
            "`{level}` is no `permissionLevel`; give `read`, `comment`, `edit`, `create` or, in a workspace, `owner`"
        )
    };
    Role::of_level(level).ok_or_else(|| fail(Error::Grant { reason: reason() }))
}

/// Somebody to give a role.
#[derive(Deserialize, ToSchema)]
struct CollaboratorIdIn {
    /// Their id.
    id: String,
}

/// A role to give.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CollaboratorIn {
    /// Who gets it: a user of the tenant.
    user: Option<CollaboratorIdIn>,
    /// Refused: there are no groups.
    group: Option<CollaboratorIdIn>,
    /// `read`, `comment`, `edit`, `create` or, in a workspace, `owner`.
    permission_level: String,
}

/// Roles to give.
#[derive(Deserialize, ToSchema)]
struct CollaboratorsIn {
    /// At most 100, given together or not at all.
    collaborators: Vec<CollaboratorIn>,
}

/// A role instead of the one that is held.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LevelIn {
    /// `read`, `comment`, `edit`, `create` or, in a workspace, `owner`.
    permission_level: String,
}

async fn add(members: &Members, caller: &Caller, at: At, body: Body) -> Result<StatusCode, Failure> {
    let body: CollaboratorsIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let mut grants = Vec::with_capacity(body.collaborators.len());
    for given in body.collaborators {
        let named = match (given.user, given.group) {
            (Some(named), None) => named,
            (_, Some(_)) => return Err(fail(Error::Grant { reason: "there are no groups; name a `user`".to_owned() })),
            (None, None) => {
                let reason = "each of `collaborators` needs a `user` with an `id`".to_owned();
                return Err(fail(Error::Grant { reason }));
            }
        };
        grants.push((user(&named.id)?, Grant::Give(role(&given.permission_level)?)));
    }
    members.grant(caller, at, &grants).await.map_err(fail)?;
    Ok(StatusCode::OK)
}

async fn change(members: &Members, caller: &Caller, at: At, who: &str, body: Body) -> Result<StatusCode, Failure> {
    let body: LevelIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let grant = (user(who)?, Grant::Change(role(&body.permission_level)?));
    members.grant(caller, at, &[grant]).await.map_err(fail)?;
    Ok(StatusCode::OK)
}

async fn remove(members: &Members, caller: &Caller, at: At, who: &str) -> Result<StatusCode, Failure> {
    members.grant(caller, at, &[(user(who)?, Grant::Take)]).await.map_err(fail)?;
    Ok(StatusCode::OK)
}

/// Gives users of the tenant roles in one base, whatever they may do in its workspace: the higher role counts.
#[utoipa::path(
    post, path = "/v0/meta/bases/{base}/collaborators", operation_id = "collaborators.add_to_base", tag = "people",
    params(BaseAt), request_body = CollaboratorsIn, responses((status = 200, description = "They have them"))
)]
async fn add_to_base(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(at): OfBase,
    body: Body,
) -> Result<StatusCode, Failure> {
    add(&members, &caller, base(&at.base)?, body).await
}

/// Changes the role that a user has in the base itself.
#[utoipa::path(
    patch, path = "/v0/meta/bases/{base}/collaborators/{collaborator}", operation_id = "collaborators.change_in_base",
    tag = "people", params(InBase), request_body = LevelIn, responses((status = 200, description = "It is changed"))
)]
async fn change_in_base(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(at): OfBaseRole,
    body: Body,
) -> Result<StatusCode, Failure> {
    change(&members, &caller, base(&at.base)?, &at.collaborator, body).await
}

/// Takes the role that a user has in the base itself; one in its workspace stays.
#[utoipa::path(
    delete, path = "/v0/meta/bases/{base}/collaborators/{collaborator}",
    operation_id = "collaborators.remove_from_base", tag = "people", params(InBase),
    responses((status = 200, description = "It is taken"))
)]
async fn remove_from_base(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(at): OfBaseRole,
) -> Result<StatusCode, Failure> {
    remove(&members, &caller, base(&at.base)?, &at.collaborator).await
}

/// Gives users of the tenant roles in a workspace and all its bases.
#[utoipa::path(
    post, path = "/v0/meta/workspaces/{workspace}/collaborators", operation_id = "collaborators.add_to_workspace",
    tag = "people", params(WorkspaceAt), request_body = CollaboratorsIn,
    responses((status = 200, description = "They have them"))
)]
async fn add_to_workspace(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(at): OfWorkspace,
    body: Body,
) -> Result<StatusCode, Failure> {
    add(&members, &caller, At::Workspace(workspace_id(&at.workspace)?), body).await
}

/// Changes the role that a user has in a workspace; the last owner stays one.
#[utoipa::path(
    patch, path = "/v0/meta/workspaces/{workspace}/collaborators/{collaborator}",
    operation_id = "collaborators.change_in_workspace", tag = "people", params(InWorkspace), request_body = LevelIn,
    responses(
        (status = 200, description = "It is changed"),
        (status = 409, description = "The workspace would be without an owner"),
    )
)]
async fn change_in_workspace(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(at): OfWorkspaceRole,
    body: Body,
) -> Result<StatusCode, Failure> {
    change(&members, &caller, At::Workspace(workspace_id(&at.workspace)?), &at.collaborator, body).await
}

/// Takes the role that a user has in a workspace; the last owner stays.
#[utoipa::path(
    delete, path = "/v0/meta/workspaces/{workspace}/collaborators/{collaborator}",
    operation_id = "collaborators.remove_from_workspace", tag = "people", params(InWorkspace),
    responses(
        (status = 200, description = "It is taken"),
        (status = 409, description = "The workspace would be without an owner"),
    )
)]
async fn remove_from_workspace(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(at): OfWorkspaceRole,
) -> Result<StatusCode, Failure> {
    remove(&members, &caller, At::Workspace(workspace_id(&at.workspace)?), &at.collaborator).await
}

/// A role that somebody has.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollaboratorOut {
    /// Who has it.
    user_id: String,
    /// Their e-mail address.
    email: String,
    /// `read`, `comment`, `edit`, `create` or, in a workspace, `owner`.
    permission_level: &'static str,
    /// Since when they have a role there; of roles older than the keeping of it, when the workspace was made.
    #[schema(format = DateTime)]
    created_time: String,
    /// Who gave it; of older roles, they themselves.
    granted_by_user_id: String,
    /// The base, of roles in bases as their workspace shows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    base_id: Option<String>,
}

impl From<Collaborator> for CollaboratorOut {
    fn from(held: Collaborator) -> Self {
        Self {
            user_id: held.user.id.to_string(),
            email: held.user.email,
            permission_level: held.role.permission_level(),
            created_time: held.since.iso(),
            granted_by_user_id: held.by.to_string(),
            base_id: None,
        }
    }
}

/// Who has a role by bases, and who by the workspace.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollaboratorsOut {
    /// In the base, or in bases of the workspace.
    pub base_collaborators: Vec<CollaboratorOut>,
    /// In the workspace.
    pub workspace_collaborators: Vec<CollaboratorOut>,
}

/// Groups that have a role by bases, and by the workspace.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleGroupsOut {
    /// Empty: there are no groups.
    base_collaborators: Vec<String>,
    /// Empty: there are no groups.
    workspace_collaborators: Vec<String>,
}

/// Invitations to bases and to the workspace.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleInvitesOut {
    /// Empty: nobody is invited by a link.
    base_invite_links: Vec<String>,
    /// Empty: nobody is invited by a link.
    workspace_invite_links: Vec<String>,
}

/// What people may do in a workspace.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RestrictionsOut {
    /// Always `onlyOwners`: they give roles in a workspace.
    invite_creation_restriction: &'static str,
    /// Always `unrestricted`: whoever may change a base may share from it.
    share_creation_restriction: &'static str,
}

/// A workspace.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WholeWorkspaceOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_time: String,
    /// Its bases, without those in the trash.
    base_ids: Vec<String>,
    /// What people may do there.
    workspace_restrictions: RestrictionsOut,
    /// People with a role, with `include[]=collaborators`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    individual_collaborators: Option<CollaboratorsOut>,
    /// Groups with a role, with `include[]=collaborators`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    group_collaborators: Option<RoleGroupsOut>,
    /// Invitations, with `include[]=inviteLinks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    invite_links: Option<RoleInvitesOut>,
}

/// Gets a workspace, its bases and who has a role there.
#[utoipa::path(
    get, path = "/v0/meta/workspaces/{workspace}", operation_id = "workspaces.get", tag = "people",
    params(
        WorkspaceAt,
        ("include[]" = Option<Vec<String>>, Query, description = "`collaborators`, `inviteLinks`"),
    ),
    responses((status = 200, description = "The workspace", body = WholeWorkspaceOut))
)]
async fn get_workspace(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(at): OfWorkspace,
    RawQuery(query): RawQuery,
) -> Result<Json<WholeWorkspaceOut>, Failure> {
    let params = Params::parse(query.as_deref().unwrap_or_default());
    let wants = |what: &str| params.list("include").contains(&what);
    let id = workspace_id(&at.workspace)?;
    let found = members.access().workspace(&caller, id, wants("collaborators")).await.map_err(fail)?;
    let in_base = |(base, held): (BaseId, Collaborator)| CollaboratorOut {
        base_id: Some(base.to_string()),
        ..CollaboratorOut::from(held)
    };
    let individual_collaborators = wants("collaborators").then(|| CollaboratorsOut {
        base_collaborators: found.in_bases.into_iter().map(in_base).collect(),
        workspace_collaborators: found.workspace.into_iter().map(CollaboratorOut::from).collect(),
    });
    Ok(Json(WholeWorkspaceOut {
        id: found.id.to_string(),
        name: found.name,
        created_time: found.created.iso(),
        base_ids: found.bases.iter().map(BaseId::to_string).collect(),
        workspace_restrictions: RestrictionsOut {
            invite_creation_restriction: "onlyOwners",
            share_creation_restriction: "unrestricted",
        },
        individual_collaborators,
        group_collaborators: wants("collaborators").then(RoleGroupsOut::default),
        invite_links: wants("inviteLinks").then(RoleInvitesOut::default),
    }))
}
