//! What the doors of the enterprise account answer.

use std::collections::BTreeMap;

use model::{BaseId, Timestamp, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::enterprise::{Enterprise, Person};
use crate::store::HeldRole;

/// An enterprise account.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AccountPath {
    /// The account's id: `ent` and the rest of the tenant's id.
    pub account: String,
}

/// Somebody of an enterprise account.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PersonPath {
    /// The account's id: `ent` and the rest of the tenant's id.
    pub account: String,
    /// The user's id.
    pub user: String,
}

/// What belongs to an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct EnterpriseIdsOut {
    /// Empty: there are no groups.
    #[serde(rename = "groupIds")]
    groups: Vec<String>,
    /// Its people.
    #[serde(rename = "userIds")]
    users: Vec<String>,
    /// Its workspaces.
    #[serde(rename = "workspaceIds")]
    workspaces: Vec<String>,
}

impl EnterpriseIdsOut {
    fn new(found: &Enterprise) -> Self {
        Self {
            groups: Vec::new(),
            users: found.users.iter().map(UserId::to_string).collect(),
            workspaces: found.workspaces.iter().map(WorkspaceId::to_string).collect(),
        }
    }
}

/// An enterprise account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnterpriseOut {
    /// Its id.
    id: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_time: String,
    /// What belongs to it.
    #[serde(flatten)]
    ids: EnterpriseIdsOut,
    /// Empty: nobody is let in by the end of their address.
    email_domains: Vec<String>,
    /// Its own id: no account is above it.
    root_enterprise_account_id: String,
    /// Empty: no account is below it.
    descendant_enterprise_account_ids: Vec<String>,
    /// The same, with `include[]=aggregated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    aggregated: Option<EnterpriseIdsOut>,
    /// Empty, with `include[]=descendants`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    descendants: Option<BTreeMap<String, EnterpriseIdsOut>>,
}

impl EnterpriseOut {
    pub fn new(found: &Enterprise, aggregated: bool, descendants: bool) -> Self {
        Self {
            id: found.id.clone(),
            created_time: found.created.iso(),
            ids: EnterpriseIdsOut::new(found),
            email_domains: Vec::new(),
            root_enterprise_account_id: found.id.clone(),
            descendant_enterprise_account_ids: Vec::new(),
            aggregated: aggregated.then(|| EnterpriseIdsOut::new(found)),
            descendants: descendants.then(BTreeMap::new),
        }
    }
}

/// A role of somebody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CollaborationOut {
    /// The base, of a role in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    base_id: Option<String>,
    /// The workspace, of a role in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    workspace_id: Option<String>,
    /// Since when they have a role there.
    #[schema(format = DateTime)]
    created_time: String,
    /// Who gave it.
    granted_by_user_id: String,
    /// `read`, `comment`, `edit`, `create` or, in a workspace, `owner`.
    permission_level: &'static str,
}

impl CollaborationOut {
    fn new(held: &HeldRole, base: Option<BaseId>) -> Self {
        Self {
            base_id: base.map(|base| base.to_string()),
            workspace_id: base.is_none().then(|| held.workspace.to_string()),
            created_time: held.since.iso(),
            granted_by_user_id: held.by.to_string(),
            permission_level: held.role.permission_level(),
        }
    }
}

/// All roles of somebody.
#[derive(Serialize, ToSchema)]
pub(crate) struct CollaborationsOut {
    /// In bases themselves.
    #[serde(rename = "baseCollaborations")]
    bases: Vec<CollaborationOut>,
    /// Empty: there are no interfaces.
    #[serde(rename = "interfaceCollaborations")]
    interfaces: Vec<String>,
    /// In workspaces.
    #[serde(rename = "workspaceCollaborations")]
    workspaces: Vec<CollaborationOut>,
}

/// Somebody of the account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "so many flags clients ask for")]
pub(crate) struct PersonOut {
    /// Their id.
    id: String,
    /// Their name.
    name: String,
    /// Their e-mail address.
    email: String,
    /// Always `provisioned`.
    state: &'static str,
    /// Always false.
    is_service_account: bool,
    /// Always false: people come with tokens.
    is_sso_required: bool,
    /// Always false.
    is_two_factor_auth_enabled: bool,
    /// Always true: a person belongs to one tenant.
    is_managed: bool,
    /// True for owners of a workspace, who let people in and see everybody.
    is_admin: bool,
    /// When they were let in.
    #[schema(format = DateTime)]
    created_time: Option<String>,
    /// When they last used a token, to about a minute; null before they did.
    #[schema(format = DateTime)]
    last_activity_time: Option<String>,
    /// Empty: there are no groups.
    groups: Vec<String>,
    /// Their roles, with `include[]=collaborations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    collaborations: Option<CollaborationsOut>,
}

impl PersonOut {
    pub fn new(person: &Person, with_roles: bool) -> Self {
        let bases = person.bases.iter().map(|(held, base)| CollaborationOut::new(held, Some(*base)));
        let workspaces = person.workspaces.iter().map(|held| CollaborationOut::new(held, None));
        Self {
            id: person.user.id.to_string(),
            name: person.user.name.clone(),
            email: person.user.email.clone(),
            state: "provisioned",
            is_service_account: false,
            is_sso_required: false,
            is_two_factor_auth_enabled: false,
            is_managed: true,
            is_admin: person.is_admin(),
            created_time: person.times.map(|times| times.created.iso()),
            last_activity_time: person.times.and_then(|times| times.last_used).map(Timestamp::iso),
            groups: Vec::new(),
            collaborations: with_roles.then(|| CollaborationsOut {
                bases: bases.collect(),
                interfaces: Vec::new(),
                workspaces: workspaces.collect(),
            }),
        }
    }
}

/// People of the account.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonsOut {
    /// Them.
    pub users: Vec<PersonOut>,
}
