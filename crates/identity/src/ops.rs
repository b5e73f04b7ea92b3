//! Operations on users and tokens.

use std::sync::Arc;
use std::time::Duration;

use audit::Entry;
use clock::{Clock, Ids};
use db::{Db, Group, Tx};
use model::{Caller, Scope, TenantNo, Timestamp, TokenId, UserId};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use sql::Value;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::people::{Kept, People};
use crate::store::{self, Wanted};
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

/// Times of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When they were made.
    pub created: Timestamp,
    /// When they last used a token, to about [`USE_NOTED`].
    pub last_used: Option<Timestamp>,
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

/// A token as its owner sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenEntry {
    /// Its public part.
    pub id: TokenId,
    /// A name to know it by.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// When it was taken back.
    pub revoked: Option<Timestamp>,
    /// When it was last used, to about [`USE_NOTED`].
    pub last_used: Option<Timestamp>,
}

/// How often uses of tokens are written down.
pub const USE_NOTED: Duration = Duration::from_mins(1);

type Known = FxHashMap<TokenId, (Secret, KnownToken)>;
type Used = FxHashMap<TokenId, (TenantNo, Timestamp)>;

/// The handle of this context.
#[derive(Debug, Clone)]
pub struct Identity {
    db: Db,
    clock: Clock,
    ids: Ids,
    people: People,
    known: Arc<Kept<Known>>,
    used: Arc<Mutex<Used>>,
}

impl Identity {
    /// Makes the handle.
    pub fn new(db: Db, clock: Clock, ids: Ids) -> Self {
        Self { people: People::new(db.clone()), db, clock, ids, known: Arc::default(), used: Arc::default() }
    }

    /// The people revision, for those who keep what they read of people.
    pub fn people(&self) -> People {
        self.people.clone()
    }

    /// The token with this text, unless it is unknown, revoked or has ended.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn authenticate(&self, text: &str) -> Result<Option<KnownToken>, Error> {
        let Ok(token) = TokenText::parse(text) else { return Ok(None) };
        let Some((kept, known)) = self.known(token.id()?).await? else { return Ok(None) };
        let now = self.clock.now();
        let ended = known.expires.is_some_and(|at| at <= now);
        if !kept.matches(&token.secret()) || known.revoked || ended {
            return Ok(None);
        }
        self.used.lock().insert(known.id, (known.tenant, now));
        Ok(Some(known))
    }

    async fn known(&self, id: TokenId) -> Result<Option<(Secret, KnownToken)>, Error> {
        let revision = self.people.revision().await?;
        if let Some(found) = self.known.get(revision, |known| known.get(&id).cloned()) {
            return Ok(Some(found));
        }
        let found = store::token(&self.db, id).await?;
        if let Some(found) = &found {
            self.known.put(revision, |known| drop(known.insert(id, found.clone())));
        }
        Ok(found)
    }

    /// Writes down which tokens were used since the last time.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails; the uses of that time are lost.
    pub async fn note_uses(&self) -> Result<(), Error> {
        let used = std::mem::take(&mut *self.used.lock());
        if used.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin(Group::House).await?;
        for (id, (tenant, at)) in used {
            store::used(&mut tx, tenant, id, at);
        }
        Ok(tx.commit().await?)
    }

    /// Notes uses every [`USE_NOTED`] until `drain`, and a last time then.
    pub async fn keep_noting(self, drain: CancellationToken) {
        let mut more = true;
        while more {
            more = drain.run_until_cancelled(tokio::time::sleep(USE_NOTED)).await.is_some();
            if let Err(error) = self.note_uses().await {
                tracing::warn!(%error, "uses of tokens could not be noted");
            }
        }
    }

    /// The tokens of a user, the oldest first, those that were taken back included.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn list_tokens(&self, tenant: TenantNo, owner: UserId) -> Result<Vec<TokenEntry>, Error> {
        store::tokens(&self.db, tenant, owner).await
    }

    /// How many tokens a user has that were not taken back.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn count_tokens(&self, tx: &mut Tx, tenant: TenantNo, owner: UserId) -> Result<usize, Error> {
        store::count_tokens(tx, tenant, owner).await
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

    /// The user with this e-mail address, as it is kept.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn find_user_by_email(&self, tenant: TenantNo, email: &str) -> Result<Option<User>, Error> {
        store::user_by_email(&self.db, tenant, email).await
    }

    /// Those of these users who are of the tenant.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn find_users(&self, tenant: TenantNo, ids: &[UserId]) -> Result<Vec<User>, Error> {
        let values: Vec<Value> = ids.iter().map(|id| id.to_string().into()).collect();
        store::users_with(&self.db, tenant, Wanted::Id, &values).await
    }

    /// The users of the tenant with one of these e-mail addresses, as they are kept.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn find_users_by_email(&self, tenant: TenantNo, emails: &[String]) -> Result<Vec<User>, Error> {
        let values: Vec<Value> = emails.iter().map(|email| email.clone().into()).collect();
        store::users_with(&self.db, tenant, Wanted::Email, &values).await
    }

    /// The users of a tenant, the oldest first.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn list_users(&self, tenant: TenantNo) -> Result<Vec<User>, Error> {
        self.people.users(tenant).await
    }

    /// When each user of a tenant was made, and when they last used a token.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn list_times(&self, tenant: TenantNo) -> Result<FxHashMap<UserId, Times>, Error> {
        store::times(&self.db, tenant).await
    }

    /// Writes a token in the transaction of whoever makes it, and notes that they did; its text is shown only here.
    /// `given` is used where the installer chose it.
    ///
    /// # Errors
    /// [`Error::TokenForm`] when the given text is not a token.
    pub fn insert_token(
        &self,
        tx: &mut Tx,
        by: &Caller,
        new: &NewToken,
        given: Option<&str>,
    ) -> Result<TokenText, Error> {
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
            scopes: &new.scopes,
            created: now,
            expires: new.expires,
        };
        store::insert_token(tx, &row);
        let entry = Entry::new("tokens.create", "token", row.id).with("name", new.name.as_str());
        // What is made for others is for everything.
        let entry = if by.user() == Some(new.owner) {
            entry.with("scopes", new.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>())
        } else {
            entry.with("owner", new.owner.to_string())
        };
        audit::note(tx, &self.ids, (by, now), entry);
        Ok(text)
    }

    /// Takes a token back in the transaction of whoever does, and notes it; from its commit on it is worth nothing.
    ///
    /// # Errors
    /// [`Error::TokenNotFound`] when the tenant has no such token.
    pub async fn take_token(&self, tx: &mut Tx, by: &Caller, id: TokenId) -> Result<(), Error> {
        let now = self.clock.now();
        let name = store::revoke(tx, by.tenant, id, now).await?;
        let name = name.ok_or_else(|| Error::TokenNotFound { id: id.to_string() })?;
        self.people.raise(tx);
        audit::note(tx, &self.ids, (by, now), Entry::new("tokens.revoke", "token", id).with("name", name));
        Ok(())
    }
}
