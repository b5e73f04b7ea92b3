//! Operations on users and tokens.

use std::sync::Arc;

use clock::{Clock, Ids};
use db::{Db, Group, Tx};
use model::{Scope, TenantNo, Timestamp, TokenId, UserId};
use parking_lot::RwLock;
use rustc_hash::FxHashMap;

use crate::error::Error;
use crate::store;
use crate::token::{Secret, TokenText};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
}

/// What is known of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownToken {
    /// Its public part.
    pub id: TokenId,
    /// The owner's tenant.
    pub tenant: TenantNo,
    /// The owner.
    pub owner: UserId,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// Taken back.
    pub revoked: bool,
}

/// A token to make.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The tenant.
    pub tenant: TenantNo,
    /// The owner.
    pub owner: UserId,
    /// A name to know it by.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

type Cache = Arc<RwLock<FxHashMap<TokenId, (Secret, KnownToken)>>>;

/// The handle of this context.
#[derive(Clone)]
pub struct Identity {
    db: Db,
    clock: Clock,
    ids: Ids,
    known: Cache,
}

impl Identity {
    /// Makes the handle.
    pub fn new(db: Db, clock: Clock, ids: Ids) -> Self {
        Self { db, clock, ids, known: Cache::default() }
    }

    /// The token with this text, unless it is unknown, revoked or has ended.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn authenticate(&self, text: &str) -> Result<Option<KnownToken>, Error> {
        let Ok(token) = TokenText::parse(text) else { return Ok(None) };
        let (id, secret) = (token.id()?, token.secret());
        let held = self.known.read().get(&id).cloned();
        let found = match held {
            Some(found) => found,
            None => match store::token(&self.db, id).await? {
                Some(found) => {
                    self.known.write().insert(id, found.clone());
                    found
                }
                None => return Ok(None),
            },
        };
        let (kept, known) = found;
        let ended = known.expires.is_some_and(|at| at <= self.clock.now());
        Ok((kept.matches(&secret) && !known.revoked && !ended).then_some(known))
    }

    /// Writes a user in the caller's transaction.
    pub fn insert_user(&self, tx: &mut Tx, tenant: TenantNo, user: &User) {
        store::insert_user(tx, tenant, user, self.clock.now());
    }

    /// The user with this id.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn find_user(&self, tenant: TenantNo, id: UserId) -> Result<Option<User>, Error> {
        store::user(&self.db, tenant, id).await
    }

    /// Writes a token in the caller's transaction; its text is shown only here. `given` is used where the installer
    /// chose it.
    ///
    /// # Errors
    /// [`Error::TokenForm`] when the given text is not a token.
    pub fn insert_token(&self, tx: &mut Tx, new: &NewToken, given: Option<&str>) -> Result<TokenText, Error> {
        let now = self.clock.now();
        let text = match given {
            Some(text) => TokenText::parse(text)?,
            None => TokenText::generate(self.ids.token(now))?,
        };
        let row = store::TokenRow {
            tenant: new.tenant,
            id: text.id()?,
            secret: &text.secret(),
            owner: new.owner,
            name: &new.name,
            scopes: serde_json::to_string(&new.scopes).map_err(|_| Error::Stored)?,
            created: now,
            expires: new.expires,
        };
        store::insert_token(tx, &row);
        Ok(text)
    }

    /// Creates a token.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn create_token(&self, new: &NewToken) -> Result<TokenText, Error> {
        let mut tx = self.db.begin(Group::House).await?;
        let text = self.insert_token(&mut tx, new, None)?;
        tx.commit().await?;
        Ok(text)
    }

    /// Takes a token back; from the next request on it is worth nothing.
    ///
    /// # Errors
    /// [`Error::TokenNotFound`] when the tenant has no such token.
    pub async fn revoke_token(&self, tenant: TenantNo, id: &str) -> Result<(), Error> {
        let not_found = || Error::TokenNotFound { id: id.chars().take(64).collect() };
        let id: TokenId = id.split('.').next().unwrap_or_default().parse().map_err(|_| not_found())?;
        let mut tx = self.db.begin(Group::House).await?;
        if !store::revoke(&mut tx, tenant, id, self.clock.now()).await? {
            return Err(not_found());
        }
        let known = Arc::clone(&self.known);
        tx.on_commit(Box::new(move || {
            known.write().remove(&id);
        }));
        Ok(tx.commit().await?)
    }
}
