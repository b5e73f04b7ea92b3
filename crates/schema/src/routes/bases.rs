//! Bases as a whole: what Airtable tells of one, deleting it, and the way back.

use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use model::{Caller, Timestamp};
use serde::Serialize;
use tenancy::{CollaboratorOut, Collaborators, CollaboratorsOut, RoleGroupsOut, RoleInvitesOut};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::Params;

use super::trash::{DeletedPartOut, own, own_base};
use super::{Answer, AtBase, BasePath, base_id, fail};
use crate::ops::{Schemas, TrashedBase};

/// The doors.
pub(super) fn router() -> OpenApiRouter<Schemas> {
    OpenApiRouter::new()
        .routes(routes!(get, delete))
        .routes(routes!(list_deleted))
        .routes(routes!(restore))
        .routes(routes!(remove))
}

/// Interfaces of the base.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = BaseInterfacesOut)]
struct InterfacesOut {}

/// A base.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WholeBaseOut)]
struct WholeBaseOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// When it was created.
    #[schema(format = DateTime)]
    created_time: String,
    /// What the caller may do: `read`, `comment`, `edit` or `create`.
    permission_level: &'static str,
    /// The workspace that it belongs to.
    workspace_id: String,
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
    /// Interfaces by id, with `include[]=interfaces`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    interfaces: Option<InterfacesOut>,
}

/// Gets what Airtable tells of a base; who has a role there with the scope to read that.
#[utoipa::path(
    get, path = "/v0/meta/bases/{base}", operation_id = "bases.get", tag = "bases",
    params(
        BasePath,
        ("include[]" = Option<Vec<String>>, Query, description = "`collaborators`, `inviteLinks`, `interfaces`"),
    ),
    responses((status = 200, description = "The base", body = WholeBaseOut))
)]
async fn get(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtBase,
    RawQuery(query): RawQuery,
) -> Answer<WholeBaseOut> {
    let base = schemas.get_base(&caller, base_id(&place.base)?).await.map_err(fail)?;
    let params = Params::parse(query.as_deref().unwrap_or_default());
    let wants = |what: &str| params.list("include").contains(&what);
    let individual_collaborators = if wants("collaborators") {
        Some(collaborators(schemas.collaborators(&caller, base.id).await.map_err(fail)?))
    } else {
        None
    };
    Ok(Json(WholeBaseOut {
        id: base.id.to_string(),
        name: base.name,
        created_time: base.created.iso(),
        permission_level: base.role.min(model::Role::Creator).permission_level(),
        workspace_id: base.workspace.to_string(),
        individual_collaborators,
        group_collaborators: wants("collaborators").then(RoleGroupsOut::default),
        invite_links: wants("inviteLinks").then(RoleInvitesOut::default),
        interfaces: wants("interfaces").then(InterfacesOut::default),
    }))
}

fn collaborators(held: Collaborators) -> CollaboratorsOut {
    CollaboratorsOut {
        base_collaborators: held.base.into_iter().map(CollaboratorOut::from).collect(),
        workspace_collaborators: held.workspace.into_iter().map(CollaboratorOut::from).collect(),
    }
}

/// Moves a base to the trash: from then on it is as if it were not, until `/api/v1` brings it back.
#[utoipa::path(
    delete, path = "/v0/meta/bases/{base}", operation_id = "bases.delete", tag = "bases", params(BasePath),
    responses((status = 200, description = "It is in the trash", body = DeletedPartOut))
)]
async fn delete(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtBase,
) -> Answer<DeletedPartOut> {
    let base = base_id(&place.base)?;
    schemas.delete_base(&caller, base).await.map_err(fail)?;
    Ok(Json(DeletedPartOut::new(&base)))
}

/// A base in the trash.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeletedBaseOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// The workspace that it belongs to.
    workspace_id: String,
    /// When it is removed for good, where `history.trash_days` is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    expires_time: Option<String>,
}

/// The bases in the trash.
#[derive(Serialize, ToSchema)]
struct DeletedBasesOut {
    /// Them.
    bases: Vec<DeletedBaseOut>,
}

/// Lists the bases in the trash of the caller's workspaces.
#[utoipa::path(
    get, path = "/api/v1/trash/bases", operation_id = "bases.list_deleted", tag = "bases",
    responses((status = 200, description = "The bases", body = DeletedBasesOut))
)]
async fn list_deleted(State(schemas): State<Schemas>, Extension(caller): Extension<Caller>) -> Answer<DeletedBasesOut> {
    let bases = schemas.list_deleted_bases(&caller).await.map_err(own)?;
    let bases = bases.into_iter().map(|TrashedBase { base, expires }| DeletedBaseOut {
        id: base.id.to_string(),
        name: base.name,
        workspace_id: base.workspace.to_string(),
        expires_time: expires.map(Timestamp::iso),
    });
    Ok(Json(DeletedBasesOut { bases: bases.collect() }))
}

/// A base that came back.
#[derive(Serialize, ToSchema)]
struct RestoredBaseOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Always true.
    restored: bool,
}

/// Brings a base back from the trash with all that it held.
#[utoipa::path(
    post, path = "/api/v1/trash/bases/{base}/restore", operation_id = "bases.restore", tag = "bases",
    params(BasePath), responses((status = 200, description = "It is back", body = RestoredBaseOut))
)]
async fn restore(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtBase,
) -> Answer<RestoredBaseOut> {
    let base = schemas.restore_base(&caller, own_base(&place.base)?).await.map_err(own)?;
    Ok(Json(RestoredBaseOut { id: base.id.to_string(), name: base.name, restored: true }))
}

/// Removes a base from the trash for good, with all that it held. Its id is never used again.
#[utoipa::path(
    delete, path = "/api/v1/trash/bases/{base}", operation_id = "bases.remove", tag = "bases", params(BasePath),
    responses((status = 200, description = "It is gone", body = DeletedPartOut))
)]
async fn remove(
    State(schemas): State<Schemas>,
    Extension(caller): Extension<Caller>,
    Path(place): AtBase,
) -> Answer<DeletedPartOut> {
    let base = own_base(&place.base)?;
    schemas.remove_base(&caller, base).await.map_err(own)?;
    Ok(Json(DeletedPartOut::new(&base)))
}
