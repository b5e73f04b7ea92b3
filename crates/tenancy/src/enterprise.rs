//! The tenant as an enterprise account, and what is known of its people.

use identity::{Times, User};
use model::{BaseId, Caller, TenantId, Timestamp, UserId, WorkspaceId};
use rustc_hash::FxHashSet;

use crate::error::{Denied, Error};
use crate::members::Members;
use crate::policy::Action;
use crate::store::{self, HeldRole};

/// Most people that are asked for at a time.
pub(crate) const ASKED: usize = 100;

/// Of what a tenant consists.
#[derive(Debug)]
pub(crate) struct Enterprise {
    pub id: String,
    pub created: Timestamp,
    pub users: Vec<UserId>,
    pub workspaces: Vec<WorkspaceId>,
}

/// A person and all their roles.
#[derive(Debug)]
pub(crate) struct Person {
    pub user: User,
    pub times: Option<Times>,
    /// In workspaces.
    pub workspaces: Vec<HeldRole>,
    /// In bases themselves.
    pub bases: Vec<(HeldRole, BaseId)>,
}

impl Person {
    /// True for who may manage the people of the tenant.
    pub fn is_admin(&self) -> bool {
        self.workspaces.iter().any(|held| held.role >= Action::ManagePeople.role())
    }
}

/// People to be told about.
#[derive(Debug)]
pub(crate) enum Asked {
    /// Those with these ids or these e-mail addresses.
    Among(Vec<String>, Vec<String>),
    /// The one with this id.
    One(String),
}

/// The id of an enterprise account: as the tenant's, but for the first letters.
fn enterprise_id(tenant: TenantId) -> String {
    format!("ent{}", tenant.body())
}

impl Members {
    /// The caller's tenant by the name that enterprise accounts have.
    pub(crate) async fn enterprise_id(&self, caller: &Caller) -> Result<String, Error> {
        Ok(enterprise_id(store::tenant(self.identity().people().db(), caller.tenant).await?.0))
    }

    /// When the caller may, and this is their tenant: when it was made.
    pub(crate) async fn admit(&self, caller: &Caller, action: Action, account: &str) -> Result<Timestamp, Error> {
        self.access().check_tenant(caller, action).await?;
        let (id, created) = store::tenant(self.identity().people().db(), caller.tenant).await?;
        if enterprise_id(id) == account { Ok(created) } else { Err(Denied::NotFound.into()) }
    }

    /// Of what the caller's tenant consists.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right, and for another account than the caller's.
    pub(crate) async fn enterprise(&self, caller: &Caller, account: &str) -> Result<Enterprise, Error> {
        let created = self.admit(caller, Action::ReadEnterprise, account).await?;
        let workspaces = store::workspaces(self.identity().people().db(), caller.tenant).await?;
        Ok(Enterprise {
            id: account.to_owned(),
            created,
            users: self.identity().list_users(caller.tenant).await?.into_iter().map(|user| user.id).collect(),
            workspaces: workspaces.into_iter().map(|entry| entry.id).collect(),
        })
    }

    /// What is known of people of the tenant; whoever is not of it is left out.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right, and for another account than the caller's or somebody who is not of it;
    /// [`Error::Asked`] for too many.
    pub(crate) async fn people(&self, caller: &Caller, account: &str, asked: &Asked) -> Result<Vec<Person>, Error> {
        self.admit(caller, Action::ReadUsers, account).await?;
        let (db, tenant) = (self.identity().people(), caller.tenant);
        let found = match asked {
            Asked::Among(ids, emails) => self.among(caller, ids, emails).await?,
            Asked::One(id) => {
                let id = id.parse().map_err(|_| Denied::NotFound)?;
                vec![self.identity().find_user(tenant, id).await?.ok_or(Denied::NotFound)?]
            }
        };
        let times = self.identity().list_times(tenant).await?;
        let workspaces = store::members(db.db(), tenant).await?;
        let bases = store::base_members(db.db(), tenant).await?;
        let person = |user: User| {
            let in_bases = bases.iter().filter(|(held, ..)| held.user == user.id);
            Person {
                times: times.get(&user.id).copied(),
                workspaces: workspaces.iter().filter(|held| held.user == user.id).cloned().collect(),
                bases: in_bases.map(|(held, _, base)| (held.clone(), *base)).collect(),
                user,
            }
        };
        Ok(found.into_iter().map(person).collect())
    }

    async fn among(&self, caller: &Caller, ids: &[String], emails: &[String]) -> Result<Vec<User>, Error> {
        if ids.len() + emails.len() > ASKED {
            return Err(Error::Asked { most: ASKED });
        }
        // What cannot be an id is nobody's.
        let ids: Vec<UserId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        let emails: Vec<String> = emails.iter().map(|email| email.trim().to_lowercase()).collect();
        let mut found = self.identity().find_users(caller.tenant, &ids).await?;
        found.extend(self.identity().find_users_by_email(caller.tenant, &emails).await?);
        let mut seen = FxHashSet::default();
        found.retain(|user| seen.insert(user.id));
        Ok(found)
    }
}
