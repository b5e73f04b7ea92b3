//! An entry, as it is noted and as it is read.

use std::borrow::Cow;

use model::{Actor, BaseId, Caller, Door, EntryId, Origin, Timestamp, TokenId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Every action there is; what stands before the dot is its category.
pub const ACTIONS: [&str; 36] = [
    "bases.create",
    "bases.update",
    "bases.delete",
    "bases.restore",
    "bases.remove",
    "tables.create",
    "tables.update",
    "tables.delete",
    "tables.restore",
    "tables.remove",
    "fields.create",
    "fields.update",
    "fields.delete",
    "fields.restore",
    "fields.remove",
    "views.create",
    "views.update",
    "views.delete",
    "views.restore",
    "views.remove",
    "users.add",
    "collaborators.add",
    "collaborators.change",
    "collaborators.remove",
    "tokens.create",
    "tokens.revoke",
    "webhooks.create",
    "webhooks.delete",
    "webhooks.enable_notifications",
    "webhooks.refresh",
    "syncs.create",
    "syncs.delete",
    "shares.create",
    "shares.update",
    "shares.renew",
    "shares.delete",
];

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// `base`, `table`, `field`, `view`, `workspace`, `user`, `token`, `webhook`, `sync`, `share`.
    pub kind: Cow<'static, str>,
    /// Its id.
    pub id: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The operation, such as `tables.create`.
    pub action: Cow<'static, str>,
    /// To what.
    pub subject: Subject,
    /// The base that it is in, or is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<BaseId>,
    /// The workspace that it is in, or is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<WorkspaceId>,
    /// What there is to say of it: names, roles, which settings became others.
    pub payload: Map<String, Value>,
}

impl Entry {
    /// An entry with nothing to say yet.
    pub fn new(action: &'static str, kind: &'static str, id: impl ToString) -> Self {
        debug_assert!(ACTIONS.contains(&action), "`{action}` is no action of the trail");
        let subject = Subject { kind: kind.into(), id: id.to_string() };
        Self { action: action.into(), subject, base: None, workspace: None, payload: Map::new() }
    }

    /// In this base.
    #[must_use]
    pub fn in_base(self, base: BaseId) -> Self {
        Self { base: Some(base), ..self }
    }

    /// In this workspace.
    #[must_use]
    pub fn in_workspace(self, workspace: WorkspaceId) -> Self {
        Self { workspace: Some(workspace), ..self }
    }

    /// Says this of it, too.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.payload.insert(key.to_owned(), value.into());
        self
    }

    /// Of which sort the action is: what stands before its dot.
    pub fn category(&self) -> &str {
        self.action.split('.').next().unwrap_or_default()
    }

    /// True when this id is that of the subject or its base.
    pub fn involves(&self, id: &str) -> bool {
        self.subject.id == id || self.base.is_some_and(|base| base.to_string() == id)
    }
}

/// An entry with who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Its id; ids sort by time.
    pub id: EntryId,
    /// When.
    pub time: Timestamp,
    /// Who.
    pub by: By,
    /// What.
    pub entry: Entry,
}

/// Who did something, and how they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// Through which door.
    pub door: Door,
    /// With which token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenId>,
    /// From where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The request's id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request: String,
}

impl By {
    /// The user who did it, if it was one.
    pub fn user(&self) -> Option<UserId> {
        if let Actor::User(user) = self.actor { Some(user) } else { None }
    }

    pub(crate) fn new(caller: &Caller) -> Self {
        Self {
            actor: caller.actor.clone(),
            door: caller.door,
            token: caller.token,
            origin: caller.origin.as_deref().cloned(),
            request: caller.request.clone(),
        }
    }
}
