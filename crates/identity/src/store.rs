//! Rows of users and tokens.

use db::{Db, Row, Tx};
use model::{Scope, TenantNo, Timestamp, TokenId, UserId};
use rustc_hash::FxHashMap;
use sql::Value;

use crate::error::Error;
use crate::ops::{KnownToken, Times, TokenEntry, User};
use crate::token::Secret;

const INSERT_USER: &str = "INSERT INTO users (tenant, id, email, name, created_at) VALUES ($1, $2, $3, $4, $5)";
const USER: &str = "SELECT email, name FROM users WHERE tenant = $1 AND id = $2";
const USER_BY_EMAIL: &str = "SELECT id, name FROM users WHERE tenant = $1 AND email = $2";
const USERS: &str = "SELECT id, email, name FROM users WHERE tenant = $1 ORDER BY created_at, id";
const USERS_WITH_ID: &str =
    sql::among!("SELECT id, email, name FROM users WHERE id IN ", " AND tenant = $101 ORDER BY created_at, id");
const USERS_WITH_EMAIL: &str =
    sql::among!("SELECT id, email, name FROM users WHERE email IN ", " AND tenant = $101 ORDER BY created_at, id");
const TIMES: &str = "SELECT u.id, u.created_at, MAX(t.last_used_at) FROM users u \
     LEFT JOIN tokens t ON t.tenant = u.tenant AND t.owner = u.id WHERE u.tenant = $1 GROUP BY u.id, u.created_at";
const INSERT_TOKEN: &str = "INSERT INTO tokens (tenant, id, hash, owner, name, scopes, created_at, expires_at, \
     revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)";
const TOKEN: &str = "SELECT tenant, hash, owner, scopes, expires_at, revoked_at FROM tokens WHERE id = $1";
const REVOKE: &str = "UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND tenant = $3 AND revoked_at IS NULL \
     RETURNING name";

const TOKENS: &str = "SELECT id, name, scopes, created_at, expires_at, revoked_at, last_used_at FROM tokens \
     WHERE tenant = $1 AND owner = $2 ORDER BY created_at, id";
const COUNT_TOKENS: &str = "SELECT COUNT(*) FROM tokens WHERE tenant = $1 AND owner = $2 AND revoked_at IS NULL";
pub(crate) const REVISION: &str = "SELECT revision FROM people WHERE one = 1";
pub(crate) const RAISE: &str = "UPDATE people SET revision = revision + 1 WHERE one = 1";
const USED: &str = "UPDATE tokens SET last_used_at = $1 WHERE tenant = $2 AND id = $3";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 15] = [
    TIMES,
    INSERT_USER,
    USER,
    USER_BY_EMAIL,
    USERS,
    USERS_WITH_ID,
    USERS_WITH_EMAIL,
    INSERT_TOKEN,
    TOKEN,
    REVOKE,
    TOKENS,
    COUNT_TOKENS,
    USED,
    REVISION,
    RAISE,
];

pub(crate) fn insert_user(tx: &mut Tx, tenant: TenantNo, user: &User, now: Timestamp) {
    let values: Vec<Value> = vec![
        tenant.0.into(),
        user.id.to_string().into(),
        user.email.clone().into(),
        user.name.clone().into(),
        now.0.into(),
    ];
    tx.queue(INSERT_USER, values);
}

pub(crate) async fn user(db: &Db, tenant: TenantNo, id: UserId) -> Result<Option<User>, Error> {
    let rows = db.read(USER, vec![tenant.0.into(), id.to_string().into()]).await?;
    rows.first().map(|row| Ok(User { id, email: row.get(0)?, name: row.get(1)? })).transpose()
}

pub(crate) async fn user_by_email(db: &Db, tenant: TenantNo, email: &str) -> Result<Option<User>, Error> {
    let rows = db.read(USER_BY_EMAIL, vec![tenant.0.into(), email.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let id = row.get::<String>(0)?.parse().map_err(|_| Error::Stored)?;
    Ok(Some(User { id, email: email.to_owned(), name: row.get(1)? }))
}

pub(crate) async fn users(db: &Db, tenant: TenantNo) -> Result<Vec<User>, Error> {
    read_users(&db.read(USERS, vec![tenant.0.into()]).await?)
}

/// When each user of a tenant was made, and when they last used a token.
pub(crate) async fn times(db: &Db, tenant: TenantNo) -> Result<FxHashMap<UserId, Times>, Error> {
    let rows = db.read(TIMES, vec![tenant.0.into()]).await?;
    rows.iter()
        .map(|row| {
            let id = row.get::<String>(0)?.parse().map_err(|_| Error::Stored)?;
            let last_used = row.get::<Option<i64>>(2)?.map(Timestamp);
            Ok((id, Times { created: Timestamp(row.get(1)?), last_used }))
        })
        .collect()
}

/// Which of many users.
pub(crate) enum Wanted {
    Id,
    Email,
}

/// The users of a tenant that have one of these values.
pub(crate) async fn users_with(
    db: &Db,
    tenant: TenantNo,
    wanted: Wanted,
    values: &[Value],
) -> Result<Vec<User>, Error> {
    let text = match wanted {
        Wanted::Id => USERS_WITH_ID,
        Wanted::Email => USERS_WITH_EMAIL,
    };
    let mut found = Vec::new();
    for mut values in sql::among(values) {
        values.push(tenant.0.into());
        found.extend(read_users(&db.read(text, values).await?)?);
    }
    Ok(found)
}

fn read_users(rows: &[Row]) -> Result<Vec<User>, Error> {
    rows.iter()
        .map(|row| {
            let id = row.get::<String>(0)?.parse().map_err(|_| Error::Stored)?;
            Ok(User { id, email: row.get(1)?, name: row.get(2)? })
        })
        .collect()
}

pub(crate) struct TokenRow<'t> {
    pub tenant: TenantNo,
    pub id: TokenId,
    pub secret: &'t Secret,
    pub owner: UserId,
    pub name: &'t str,
    pub scopes: &'t [Scope],
    pub created: Timestamp,
    pub expires: Option<Timestamp>,
}

/// How a token for everything is kept: scopes that are yet to come are among it.
const EVERY: &str = "[\"*\"]";

fn scopes_text(scopes: &[Scope]) -> String {
    if Scope::ALL.iter().all(|scope| scopes.contains(scope)) {
        return EVERY.to_owned();
    }
    let names: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
    serde_json::json!(names).to_string()
}

fn scopes(text: &str) -> Result<Vec<Scope>, Error> {
    if text == EVERY { Ok(Scope::ALL.to_vec()) } else { serde_json::from_str(text).map_err(|_| Error::Stored) }
}

pub(crate) fn insert_token(tx: &mut Tx, token: &TokenRow<'_>) {
    tx.queue(
        INSERT_TOKEN,
        vec![
            token.tenant.0.into(),
            token.id.to_string().into(),
            token.secret.text().into(),
            token.owner.to_string().into(),
            token.name.into(),
            Value::Json(scopes_text(token.scopes)),
            token.created.0.into(),
            token.expires.map(|at| at.0).into(),
        ],
    );
}

pub(crate) async fn token(db: &Db, id: TokenId) -> Result<Option<(Secret, KnownToken)>, Error> {
    let rows = db.read(TOKEN, vec![id.to_string().into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let owner: String = row.get(2)?;
    let known = KnownToken {
        id,
        tenant: TenantNo(row.get(0)?),
        owner: owner.parse().map_err(|_| Error::Stored)?,
        scopes: scopes(&row.get::<String>(3)?)?,
        expires: row.get::<Option<i64>>(4)?.map(Timestamp),
        revoked: row.get::<Option<i64>>(5)?.is_some(),
    };
    let secret = Secret::stored(row.get(1)?).ok_or(Error::Stored)?;
    Ok(Some((secret, known)))
}

/// Takes a token back, and tells its name; none where the tenant has no such token that is worth something.
pub(crate) async fn revoke(
    tx: &mut Tx,
    tenant: TenantNo,
    id: TokenId,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    let rows = tx.query(REVOKE, vec![now.0.into(), id.to_string().into(), tenant.0.into()]).await?;
    Ok(rows.first().map(|row| row.get(0)).transpose()?)
}

pub(crate) async fn tokens(db: &Db, tenant: TenantNo, owner: UserId) -> Result<Vec<TokenEntry>, Error> {
    let rows = db.read(TOKENS, vec![tenant.0.into(), owner.to_string().into()]).await?;
    rows.iter()
        .map(|row| {
            let time = |column| Ok::<_, db::Error>(row.get::<Option<i64>>(column)?.map(Timestamp));
            Ok(TokenEntry {
                id: row.get::<String>(0)?.parse().map_err(|_| Error::Stored)?,
                name: row.get(1)?,
                scopes: scopes(&row.get::<String>(2)?)?,
                created: Timestamp(row.get(3)?),
                expires: time(4)?,
                revoked: time(5)?,
                last_used: time(6)?,
            })
        })
        .collect()
}

/// How many tokens of a user were not taken back.
pub(crate) async fn count_tokens(tx: &mut Tx, tenant: TenantNo, owner: UserId) -> Result<usize, Error> {
    let rows = tx.query(COUNT_TOKENS, vec![tenant.0.into(), owner.to_string().into()]).await?;
    let count = rows.first().map(|row| row.get::<i64>(0)).transpose()?;
    Ok(count.and_then(|count| usize::try_from(count).ok()).unwrap_or_default())
}

pub(crate) fn used(tx: &mut Tx, tenant: TenantNo, id: TokenId, at: Timestamp) {
    tx.queue(USED, vec![at.0.into(), tenant.0.into(), id.to_string().into()]);
}
