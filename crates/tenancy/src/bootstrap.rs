//! The first start: a tenant, its owner, a workspace and one token.

use clock::{Clock, Ids};
use db::{Db, Group};
use identity::{Identity, NewToken, TokenText, User};
use model::{Role, Scope, TenantNo, UserId};

use crate::error::Error;
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
        let now = clock.now();
        let tenant = TenantNo(1);
        let email = self.email.clone().unwrap_or_else(|| "owner@localhost".to_owned());
        let name = email.split('@').next().unwrap_or_default().to_owned();
        let owner = User { id: ids.user(now), email, name };
        let workspace = ids.workspace(now);
        let mut tx = db.begin(Group::House).await?;
        store::insert_tenant(&mut tx, tenant, ids.tenant(now), "Home", now);
        identity.insert_user(&mut tx, tenant, &owner);
        store::insert_workspace(&mut tx, tenant, workspace, "My workspace", now);
        store::insert_member(&mut tx, tenant, workspace, owner.id, Role::Owner);
        let new = NewToken {
            tenant,
            owner: owner.id,
            name: "First token".to_owned(),
            scopes: Scope::ALL.to_vec(),
            expires: None,
        };
        let token = identity.insert_token(&mut tx, &new, self.token.as_deref())?;
        tx.commit().await?;
        Ok(Some(Installed { owner, token }))
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
