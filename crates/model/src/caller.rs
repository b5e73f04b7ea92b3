//! Who is asking.

use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::{TenantNo, TokenId, UserId};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Actor {
    /// A person, perhaps by a token.
    User(UserId),
    /// The house itself, with its reason.
    System(String),
}

/// Which door a request came through; the change log keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Door {
    /// The Web API.
    PublicApi,
    /// A tool called by the assistant or over MCP.
    Tool,
    /// An import.
    Import,
    /// A file that a table follows.
    Sync,
    /// The command line.
    Cli,
    /// The house itself.
    System,
}

/// A named set of rights on a workspace or base. The order is the order of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Reads.
    ReadOnly,
    /// Reads and comments.
    Commenter,
    /// Writes records.
    Editor,
    /// Changes the schema.
    Creator,
    /// Everything, people included.
    Owner,
}

impl Role {
    /// Airtable's `permissionLevel`.
    pub fn permission_level(self) -> &'static str {
        match self {
            Self::ReadOnly => "read",
            Self::Commenter => "comment",
            Self::Editor => "edit",
            Self::Creator => "create",
            Self::Owner => "owner",
        }
    }

    /// The role with this `permissionLevel`.
    pub fn of_level(level: &str) -> Option<Self> {
        let all = [Self::ReadOnly, Self::Commenter, Self::Editor, Self::Creator, Self::Owner];
        all.into_iter().find(|role| role.permission_level() == level)
    }
}

/// What a token may be used for; names as Airtable's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Read records.
    #[serde(rename = "data.records:read")]
    RecordsRead,
    /// Write records.
    #[serde(rename = "data.records:write")]
    RecordsWrite,
    /// Read comments on records.
    #[serde(rename = "data.recordComments:read")]
    CommentsRead,
    /// Write comments on records.
    #[serde(rename = "data.recordComments:write")]
    CommentsWrite,
    /// Read schemas.
    #[serde(rename = "schema.bases:read")]
    SchemaRead,
    /// Write schemas.
    #[serde(rename = "schema.bases:write")]
    SchemaWrite,
    /// Read the own e-mail address.
    #[serde(rename = "user.email:read")]
    EmailRead,
    /// Make and read webhooks.
    #[serde(rename = "webhook:manage")]
    WebhookManage,
    /// Make things with ids that somebody else gave, as an import does that keeps them.
    #[serde(rename = "ids:write")]
    IdsWrite,
    /// Read who has a role.
    #[serde(rename = "workspacesAndBases:read")]
    WorkspacesRead,
    /// Give and take roles.
    #[serde(rename = "workspacesAndBases:write")]
    WorkspacesWrite,
    /// Read of what the tenant consists.
    #[serde(rename = "enterprise.account:read")]
    EnterpriseRead,
    /// Read about the people of the tenant.
    #[serde(rename = "enterprise.user:read")]
    UsersRead,
    /// Read the audit trail.
    #[serde(rename = "enterprise.auditLogs:read")]
    AuditRead,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 14] = [
        Self::RecordsRead,
        Self::RecordsWrite,
        Self::CommentsRead,
        Self::CommentsWrite,
        Self::SchemaRead,
        Self::SchemaWrite,
        Self::EmailRead,
        Self::WebhookManage,
        Self::IdsWrite,
        Self::WorkspacesRead,
        Self::WorkspacesWrite,
        Self::EnterpriseRead,
        Self::UsersRead,
        Self::AuditRead,
    ];

    /// The wire name.
    pub fn name(self) -> &'static str {
        match self {
            Self::RecordsRead => "data.records:read",
            Self::RecordsWrite => "data.records:write",
            Self::CommentsRead => "data.recordComments:read",
            Self::CommentsWrite => "data.recordComments:write",
            Self::SchemaRead => "schema.bases:read",
            Self::SchemaWrite => "schema.bases:write",
            Self::EmailRead => "user.email:read",
            Self::WebhookManage => "webhook:manage",
            Self::IdsWrite => "ids:write",
            Self::WorkspacesRead => "workspacesAndBases:read",
            Self::WorkspacesWrite => "workspacesAndBases:write",
            Self::EnterpriseRead => "enterprise.account:read",
            Self::UsersRead => "enterprise.user:read",
            Self::AuditRead => "enterprise.auditLogs:read",
        }
    }

    /// The scope with this wire name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// From where somebody came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The other end of the connection.
    pub address: IpAddr,
    /// The program, as it calls itself; at most [`Origin::AGENT`] characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub agent: String,
}

impl Origin {
    /// Characters that are kept of a program's name.
    pub const AGENT: usize = 256;
}

/// Who asks now: a plain value that proves nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who acts.
    pub actor: Actor,
    /// The tenant.
    pub tenant: TenantNo,
    /// The token used, if one was.
    pub token: Option<TokenId>,
    /// What that token may do; all scopes without a token.
    pub scopes: Vec<Scope>,
    /// Through which door.
    pub door: Door,
    /// The request's id, for logs.
    pub request: String,
    /// From where, where that is known.
    pub origin: Option<Arc<Origin>>,
}

impl Caller {
    /// The user who acts, if it is one.
    pub fn user(&self) -> Option<UserId> {
        if let Actor::User(user) = self.actor { Some(user) } else { None }
    }

    /// Somebody with every scope, who came without a token and for no request.
    pub fn unlimited(actor: Actor, tenant: TenantNo, door: Door) -> Self {
        Self { actor, tenant, token: None, scopes: Scope::ALL.to_vec(), door, request: String::new(), origin: None }
    }

    /// The house itself, for a reason that the log shows.
    pub fn system(tenant: TenantNo, reason: &str) -> Self {
        Self::unlimited(Actor::System(reason.to_owned()), tenant, Door::System)
    }

    /// True when the token may do this.
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}
