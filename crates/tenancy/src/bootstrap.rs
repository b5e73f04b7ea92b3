//! The first start: a tenant, its owner, a workspace and one token.

use audit::Entry;
use clock::{Clock, Ids};
use db::{Db, Group};
use identity::{Identity, TokenText, User};
use model::{Caller, Role, TenantNo, UserId};

use crate::error::Error;
use crate::members::first_token;
use crate::store;

/// What the installer chose; the rest is made up.
#[derive(Debug, Clone, Default)]
pub struct Bootstrap {
    /// The owner's e-mail address.
    pub email: Option<String>,
    /// The first token.
    pub token: Option<String>,
}

/// What was made, to be shown once.
#[derive(Debug)]
pub struct Installed {
    /// The owner.
    pub owner: User,
    /// The first token, with all scopes.
    pub token: TokenText,
}

impl Bootstrap {
    /// Makes the first tenant on an empty store; `None` when it has one already.
    ///
    /// # Errors
    /// [`Error::Identity`] when the chosen token is not one.
    pub async fn run(
        &self,
        db: &Db,
        identity: &Identity,
        (clock, ids): (&Clock, &Ids),
    ) -> Result<Option<Installed>, Error> {
        if store::first_tenant(db).await?.is_some() {
            return Ok(None);
        }
        self.install(TenantNo(1), db, identity, (clock, ids)).await.map(Some)
    }

    /// Makes one more tenant, with an owner, a workspace and a token of its own.
    ///
    /// # Errors
    /// As [`Bootstrap::run`].
    pub async fn add(&self, db: &Db, identity: &Identity, made_with: (&Clock, &Ids)) -> Result<Installed, Error> {
        let last = store::last_tenant(db).await?.map_or(0, |last| last.0);
        self.install(TenantNo(last + 1), db, identity, made_with).await
    }

    async fn install(
        &self,
        tenant: TenantNo,
        db: &Db,
        identity: &Identity,
        (clock, ids): (&Clock, &Ids),
    ) -> Result<Installed, Error> {
        let now = clock.now();
        let email = self.email.as_deref().unwrap_or("owner@localhost").trim().to_lowercase();
        let name = email.split('@').next().unwrap_or_default().to_owned();
        let owner = User { id: ids.user(now), email, name };
        let workspace = ids.workspace(now);
        let mut tx = db.begin(Group::House).await?;
        store::insert_tenant(&mut tx, tenant, ids.tenant(now), "Home", now);
        identity.insert_user(&mut tx, tenant, &owner);
        store::insert_workspace(&mut tx, tenant, workspace, "My workspace", now);
        store::insert_owner(&mut tx, tenant, workspace, owner.id, now);
        let house = Caller::system(tenant, "the first start");
        let entry = Entry::new("users.add", "user", owner.id).in_workspace(workspace);
        audit::note(&mut tx, ids, (&house, now), entry.with("permissionLevel", Role::Owner.permission_level()));
        let token = identity.insert_token(&mut tx, &house, &first_token(tenant, owner.id), self.token.as_deref())?;
        tx.commit().await?;
        Ok(Installed { owner, token })
    }

    /// The owner of the store, for commands that act on its files.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn owner(db: &Db) -> Result<Option<(TenantNo, UserId)>, Error> {
        let Some(tenant) = store::first_tenant(db).await? else { return Ok(None) };
        Ok(store::owner(db, tenant).await?.map(|owner| (tenant, owner)))
    }
}
