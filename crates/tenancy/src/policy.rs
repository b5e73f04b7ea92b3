//! The policy: which role and which token scope each action needs.

use model::{Role, Scope};

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Read records.
    ReadRecords,
    /// Create, update and delete records.
    WriteRecords,
    /// Read tables and fields.
    ReadSchema,
    /// Change tables and fields.
    EditSchema,
    /// Create a base in a workspace.
    CreateBase,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] =
        [Self::ReadRecords, Self::WriteRecords, Self::ReadSchema, Self::EditSchema, Self::CreateBase];

    /// The least role that may.
    pub fn role(self) -> Role {
        match self {
            Self::ReadRecords | Self::ReadSchema => Role::ReadOnly,
            Self::WriteRecords => Role::Editor,
            Self::EditSchema | Self::CreateBase => Role::Creator,
        }
    }

    /// The scope that a token needs.
    pub fn scope(self) -> Scope {
        match self {
            Self::ReadRecords => Scope::RecordsRead,
            Self::WriteRecords => Scope::RecordsWrite,
            Self::ReadSchema => Scope::SchemaRead,
            Self::EditSchema | Self::CreateBase => Scope::SchemaWrite,
        }
    }
}
