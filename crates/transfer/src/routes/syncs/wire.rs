//! What the doors of syncs take and answer.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::model::{Missing, Sync};

/// A table of a base.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TablePath {
    /// The base's id.
    pub base: String,
    /// The table's id or name.
    pub table: String,
}

/// A sync of a table.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct SyncPath {
    /// The base's id.
    pub base: String,
    /// The table's id or name.
    pub table: String,
    /// The sync's id.
    pub sync: String,
}

/// A sync to make.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SyncIn {
    /// What it is called.
    pub name: String,
    /// The field that tells records apart, by id or name.
    pub key_field: String,
    /// What becomes of records that a file does not have.
    #[serde(default)]
    pub missing: Missing,
}

/// How a table follows files.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncOut {
    /// Its id, for the address that files are sent to.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The table's id.
    table_id: String,
    /// The id of the field that tells records apart.
    key_field_id: String,
    /// What becomes of records that a file does not have.
    pub missing: Missing,
    /// Who made it.
    created_by_user_id: String,
    /// When.
    created_time: String,
}

impl SyncOut {
    pub fn new(sync: &Sync, table: &str) -> Self {
        Self {
            id: sync.id.clone(),
            name: sync.name.clone(),
            table_id: table.to_owned(),
            key_field_id: sync.key.to_string(),
            missing: sync.missing,
            created_by_user_id: sync.owner.to_string(),
            created_time: sync.created.iso(),
        }
    }
}

/// The syncs of a table.
#[derive(Serialize, ToSchema)]
pub(crate) struct SyncsOut {
    /// Them, the oldest first.
    pub syncs: Vec<SyncOut>,
}

/// A sync that is no more.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletedSyncOut {
    /// Its id.
    pub id: String,
    /// Always true.
    pub deleted: bool,
}

/// That a file was taken.
#[derive(Serialize, ToSchema)]
pub(crate) struct SyncedOut {
    /// Always true.
    pub success: bool,
}
