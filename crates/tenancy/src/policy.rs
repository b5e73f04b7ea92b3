//! The policy: which role and which token scopes each action needs.

use model::{Role, Scope};

use crate::error::Denied;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Read records.
    ReadRecords,
    /// Read comments on records.
    ReadComments,
    /// Comment on records.
    Comment,
    /// Create, update and delete records.
    WriteRecords,
    /// Read tables and fields.
    ReadSchema,
    /// Change tables and fields.
    EditSchema,
    /// Make, change and delete views.
    EditViews,
    /// Create a base in a workspace.
    CreateBase,
    /// Make things with ids that were given.
    KeepIds,
    /// Delete a base of a workspace, and bring it back.
    DeleteBase,
    /// Remove a base of a workspace from the trash for good.
    RemoveBase,
    /// Make webhooks and read what they tell.
    ManageWebhooks,
    /// Read who has a role, and their e-mail addresses.
    ReadPeople,
    /// Give and take roles in a base.
    ShareBase,
    /// Give and take roles in a workspace.
    ShareWorkspace,
    /// Let new people in, and see everybody.
    ManagePeople,
    /// Make tokens of one's own and take them back.
    ManageTokens,
    /// Read of what the tenant consists.
    ReadEnterprise,
    /// Read about the people of the tenant.
    ReadUsers,
    /// Read the audit trail of the tenant.
    ReadAudit,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 20] = [
        Self::ReadRecords,
        Self::ReadComments,
        Self::Comment,
        Self::WriteRecords,
        Self::ReadSchema,
        Self::EditSchema,
        Self::EditViews,
        Self::CreateBase,
        Self::KeepIds,
        Self::DeleteBase,
        Self::RemoveBase,
        Self::ManageWebhooks,
        Self::ReadPeople,
        Self::ShareBase,
        Self::ShareWorkspace,
        Self::ManagePeople,
        Self::ManageTokens,
        Self::ReadEnterprise,
        Self::ReadUsers,
        Self::ReadAudit,
    ];

    /// What it is, behind "You are not permitted to" and before "in" a base or a workspace.
    pub fn words(self) -> &'static str {
        match self {
            Self::ReadRecords => "read records",
            Self::ReadComments => "read comments",
            Self::Comment => "comment on records",
            Self::WriteRecords => "create, change or delete records",
            Self::ReadSchema => "read tables and fields",
            Self::EditSchema => "create, change or delete tables and fields",
            Self::EditViews => "create, change or delete views",
            Self::CreateBase => "create bases",
            Self::KeepIds => "choose the ids of what you create",
            Self::DeleteBase => "delete or bring back bases",
            Self::RemoveBase => "remove anything for good from the trash",
            Self::ManageWebhooks => "manage webhooks",
            Self::ReadPeople => "read who has a role",
            Self::ShareBase | Self::ShareWorkspace => "give or take away roles and links",
            Self::ManagePeople => "add or list people",
            Self::ManageTokens => "make or take back tokens",
            Self::ReadEnterprise => "read about the enterprise account",
            Self::ReadUsers => "read about the people of the enterprise account",
            Self::ReadAudit => "read the audit trail",
        }
    }

    /// The least role that may.
    pub fn role(self) -> Role {
        match self {
            Self::ReadRecords
            | Self::ReadComments
            | Self::ReadSchema
            | Self::ReadPeople
            // What a token may do is the role's to say whenever it is used.
            | Self::ManageTokens => Role::ReadOnly,
            Self::Comment => Role::Commenter,
            Self::WriteRecords | Self::EditViews => Role::Editor,
            Self::EditSchema
            | Self::CreateBase
            | Self::KeepIds
            | Self::DeleteBase
            | Self::ManageWebhooks
            | Self::ShareBase => Role::Creator,
            Self::RemoveBase
            | Self::ShareWorkspace
            | Self::ManagePeople
            | Self::ReadEnterprise
            | Self::ReadUsers
            | Self::ReadAudit => Role::Owner,
        }
    }

    /// The scopes that a token needs, each of them. No scope of its own stands for new people and for tokens, so a token
    /// needs them all: one that was made for less must not make itself more.
    pub fn scopes(self) -> &'static [Scope] {
        match self {
            Self::ReadRecords => &[Scope::RecordsRead],
            Self::ReadComments => &[Scope::CommentsRead],
            Self::Comment => &[Scope::CommentsWrite],
            Self::WriteRecords => &[Scope::RecordsWrite],
            Self::ReadSchema => &[Scope::SchemaRead],
            Self::EditSchema | Self::EditViews | Self::CreateBase | Self::DeleteBase | Self::RemoveBase => {
                &[Scope::SchemaWrite]
            }
            Self::KeepIds => &[Scope::IdsWrite],
            Self::ManageWebhooks => &[Scope::WebhookManage],
            Self::ReadPeople => &[Scope::WorkspacesRead],
            Self::ShareBase | Self::ShareWorkspace => &[Scope::WorkspacesWrite],
            Self::ReadEnterprise => &[Scope::EnterpriseRead],
            Self::ReadUsers => &[Scope::UsersRead],
            Self::ReadAudit => &[Scope::AuditRead],
            Self::ManagePeople | Self::ManageTokens => &Scope::ALL,
        }
    }

    /// Whether a role with these token scopes may.
    ///
    /// # Errors
    /// [`Denied::Scope`] before [`Denied::Role`]: what a token is not for, it need not learn about.
    pub fn check(self, role: Role, scopes: &[Scope]) -> Result<(), Denied> {
        check(&[self], role, scopes)
    }
}

impl AsRef<[Action]> for Action {
    fn as_ref(&self) -> &[Action] {
        std::slice::from_ref(self)
    }
}

/// Whether a role with these token scopes may do all of this.
pub(crate) fn check(actions: &[Action], role: Role, scopes: &[Scope]) -> Result<(), Denied> {
    Denied::lacking(actions.iter().flat_map(|action| action.scopes()).copied(), scopes)?;
    let beyond = actions.iter().find(|action| role < action.role());
    beyond.map_or(Ok(()), |action| Err(Denied::Role { doing: action.words(), place: None }))
}
