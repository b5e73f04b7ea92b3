//! Operations on people and their tokens.

use audit::Entry;
use clock::{Clock, Ids};
use db::Group;
use identity::{Identity, NewToken, TokenEntry, TokenText, User};
use model::{BaseId, Caller, Role, Scope, TenantNo, UserId, WorkspaceId};

use crate::access::{Access, WorkspaceEntry};
use crate::collaborators::Grant;
use crate::error::{Denied, Error};
use crate::policy::Action;
use crate::store;

/// Longest name or e-mail address in characters.
const NAME: usize = 255;
/// Most tokens of a person that are worth something.
const TOKENS: usize = 100;

/// A person to let in.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// E-mail address.
    pub email: String,
    /// Name; the part of the address before the `@` when absent.
    pub name: Option<String>,
    /// The workspace by id or name; the caller's first when absent.
    pub workspace: Option<String>,
    /// What they may do there; without, they keep the role that they have there, or become an editor.
    pub role: Option<Role>,
}

/// A person who was let in.
#[derive(Debug)]
pub struct Added {
    /// The user.
    pub user: User,
    /// The workspace.
    pub workspace: WorkspaceEntry,
    /// Their first token, when they are new to the tenant: somebody else's token is nobody's to make.
    pub token: Option<TokenText>,
}

/// A person of the tenant and their roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The user.
    pub user: User,
    /// Their roles by workspace.
    pub roles: Vec<(WorkspaceId, Role)>,
    /// Their roles in bases themselves.
    pub in_bases: Vec<(BaseId, Role)>,
}

/// The handle of people and their tokens.
#[derive(Debug, Clone)]
pub struct Members {
    access: Access,
    identity: Identity,
    clock: Clock,
    ids: Ids,
}

impl Members {
    /// Makes the handle.
    pub fn new(access: Access, identity: Identity, clock: Clock, ids: Ids) -> Self {
        Self { access, identity, clock, ids }
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn ids(&self) -> &Ids {
        &self.ids
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Gives a person a role in a workspace; one who is new to the tenant becomes a user and gets a token.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right to manage people, [`Error::Email`] for what is no address.
    pub async fn add(&self, caller: &Caller, new: &NewMember) -> Result<Added, Error> {
        let workspace = self.workspace(caller, new.workspace.as_deref()).await?;
        let permit = self.access.workspace_permit(caller, Action::ManagePeople, workspace.id).await?;
        let email = address(&new.email)?;
        let now = self.clock.now();
        let known = self.identity.find_user_by_email(caller.tenant, &email).await?;
        let mut tx = self.identity.people().db().begin(Group::House).await?;
        // First, so that its row lock makes two owners who change each other's role wait for one another.
        self.identity.people().raise(&mut tx);
        let (user, token) = if let Some(user) = known {
            (user, None)
        } else {
            let name = new.name.clone().unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
            let user = User { id: self.ids.user(now), email, name: name.chars().take(NAME).collect() };
            self.identity.insert_user(&mut tx, caller.tenant, &user);
            let token = self.identity.insert_token(&mut tx, caller, &first_token(caller.tenant, user.id), None)?;
            (user, Some(token))
        };
        let held = if new.role.is_none() { store::held(&mut tx, &permit, user.id).await? } else { None };
        if let Some(role) = held {
            return Ok(Added { user, workspace: WorkspaceEntry { role, ..workspace }, token });
        }
        let (by, role) = (caller.user().unwrap_or(user.id), new.role.unwrap_or(Role::Editor));
        let grant = store::GrantRow { user: user.id, grant: Grant::Give(role), by, now };
        let before = store::grant(&mut tx, &permit, &grant).await?.unwrap_or_default();
        if store::owners(&mut tx, &permit).await? == 0 {
            return Err(Error::LastOwner);
        }
        let entry = Entry::new("users.add", "user", user.id).in_workspace(workspace.id);
        let entry = entry.with("permissionLevel", role.permission_level()).with("isNew", token.is_some());
        audit::note(&mut tx, &self.ids, (caller, now), before.told(entry));
        tx.commit().await?;
        Ok(Added { user, workspace: WorkspaceEntry { role, ..workspace }, token })
    }

    /// The people of the tenant with their roles, the oldest first.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right to manage people.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<Member>, Error> {
        let workspace = self.workspace(caller, None).await?;
        self.access.workspace_permit(caller, Action::ManagePeople, workspace.id).await?;
        let people = self.identity.people();
        let roles = store::members(people.db(), caller.tenant).await?;
        let bases = store::base_members(people.db(), caller.tenant).await?;
        let users = self.identity.list_users(caller.tenant).await?;
        let with_roles = |user: User| {
            let own = roles.iter().filter(|held| held.user == user.id).map(|held| (held.workspace, held.role));
            let in_bases = bases.iter().filter(|(held, ..)| held.user == user.id);
            let in_bases = in_bases.map(|(held, _, base)| (*base, held.role)).collect();
            Member { roles: own.collect(), in_bases, user }
        };
        Ok(users.into_iter().map(with_roles).collect())
    }

    /// Makes a token of the caller's own, for these scopes or for all. Whoever has a role may, with a token for everything:
    /// one that was made for less makes none. The role says with each use what the token may do.
    ///
    /// # Errors
    /// [`Error::NoRole`]; [`Error::Denied`] for a token for less; [`Error::NoScopes`] for an empty list;
    /// [`Error::Tokens`] for one too many.
    pub async fn create_token(
        &self,
        caller: &Caller,
        name: &str,
        scopes: Option<Vec<Scope>>,
    ) -> Result<TokenText, Error> {
        let owner = self.token_owner(caller).await?;
        let asked = |scope: &Scope| scopes.as_ref().is_none_or(|scopes| scopes.contains(scope));
        let scopes: Vec<Scope> = Scope::ALL.into_iter().filter(asked).collect();
        if scopes.is_empty() {
            return Err(Error::NoScopes);
        }
        let name = name.chars().take(NAME).collect();
        let new = NewToken { tenant: caller.tenant, owner, name, scopes, expires: None };
        let mut tx = self.identity.people().db().begin(Group::House).await?;
        if self.identity.count_tokens(&mut tx, caller.tenant, owner).await? >= TOKENS {
            return Err(Error::Tokens { most: TOKENS });
        }
        let token = self.identity.insert_token(&mut tx, caller, &new, None)?;
        tx.commit().await?;
        Ok(token)
    }

    /// The caller's own tokens, the oldest first.
    ///
    /// # Errors
    /// [`Error::NoRole`]; [`Error::Denied`] for a token that is not for everything.
    pub async fn list_tokens(&self, caller: &Caller) -> Result<Vec<TokenEntry>, Error> {
        let owner = self.token_owner(caller).await?;
        Ok(self.identity.list_tokens(caller.tenant, owner).await?)
    }

    /// Takes one of the caller's own tokens back.
    ///
    /// # Errors
    /// As [`Members::list_tokens`], and [`Error::Identity`] when the caller has no such token.
    pub async fn revoke_token(&self, caller: &Caller, token: &str) -> Result<(), Error> {
        let owner = self.token_owner(caller).await?;
        let id = token.split('.').next().unwrap_or_default();
        let own = self.identity.list_tokens(caller.tenant, owner).await?;
        let Some(own) = own.into_iter().find(|entry| entry.id.to_string() == id) else {
            return Err(identity::Error::TokenNotFound { id: id.chars().take(64).collect() }.into());
        };
        let mut tx = self.identity.people().db().begin(Group::House).await?;
        self.identity.take_token(&mut tx, caller, own.id).await?;
        Ok(tx.commit().await?)
    }

    /// The user behind the caller, when they may manage tokens.
    async fn token_owner(&self, caller: &Caller) -> Result<UserId, Error> {
        self.access.check_anywhere(caller, Action::ManageTokens).await?;
        caller.user().ok_or(Error::Unauthenticated)
    }

    /// The workspace of this id or name; without, the one in which the caller has the greatest role.
    async fn workspace(&self, caller: &Caller, named: Option<&str>) -> Result<WorkspaceEntry, Error> {
        let held = self.access.workspaces(caller).await?;
        let found = match named {
            Some(name) => held.iter().find(|entry| entry.id.to_string() == name || entry.name == name),
            None => held.iter().rev().max_by_key(|entry| entry.role),
        };
        found.cloned().ok_or_else(|| match named {
            Some(name) => Error::NoWorkspace { name: name.chars().take(64).collect() },
            None => Denied::NotFound.into(),
        })
    }
}

pub(crate) fn first_token(tenant: TenantNo, owner: UserId) -> NewToken {
    NewToken { tenant, owner, name: "First token".to_owned(), scopes: Scope::ALL.to_vec(), expires: None }
}

/// An e-mail address as it is kept: without blanks around it, in small letters.
fn address(text: &str) -> Result<String, Error> {
    let email = text.trim().to_lowercase();
    let is_address = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        && email.chars().count() <= NAME
        && !email.chars().any(|char| char.is_whitespace() || char.is_control());
    if is_address { Ok(email) } else { Err(Error::Email { text: text.chars().take(64).collect() }) }
}
