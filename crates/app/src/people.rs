//! Commands about tokens, on the store itself: whoever may write its files is its owner.

use anyhow::Context;
use clock::{Clock, Ids};
use identity::{NewToken, TokenEntry};
use model::{Scope, TenantNo, UserId};
use tenancy::Bootstrap;
use tokio_util::sync::CancellationToken;

use crate::catalog::House;
use crate::settings::Settings;

async fn house(settings: &Settings) -> anyhow::Result<(House, TenantNo, UserId)> {
    let built = House::build(settings, (Clock::system(), Ids::system()), None, CancellationToken::new()).await;
    let house = built.context("the store must be free for this: stop the server that uses it")?;
    let owner = Bootstrap::owner(house.db()).await?;
    let (tenant, user) = owner.context("the store has no owner yet: start `airloom serve` once")?;
    Ok((house, tenant, user))
}

/// Makes a token of the owner; all scopes when none are named. The text is shown only here.
///
/// # Errors
/// When the store cannot be opened.
pub async fn create_token(settings: &Settings, name: &str, scopes: Vec<Scope>) -> anyhow::Result<String> {
    let (house, tenant, owner) = house(settings).await?;
    let scopes = if scopes.is_empty() { Scope::ALL.to_vec() } else { scopes };
    let new = NewToken { tenant, owner, name: name.to_owned(), scopes, expires: None };
    let text = house.identity().create_token(&new).await?.reveal().to_owned();
    house.db().clone().close().await;
    Ok(text)
}

/// The tokens of the owner.
///
/// # Errors
/// When the store cannot be opened.
pub async fn list_tokens(settings: &Settings) -> anyhow::Result<Vec<TokenEntry>> {
    let (house, tenant, owner) = house(settings).await?;
    let tokens = house.identity().list_tokens(tenant, owner).await?;
    house.db().clone().close().await;
    Ok(tokens)
}

/// Takes a token back.
///
/// # Errors
/// When there is no such token, or the store cannot be opened.
pub async fn revoke_token(settings: &Settings, token: &str) -> anyhow::Result<()> {
    let (house, tenant, _) = house(settings).await?;
    house.identity().revoke_token(tenant, token).await?;
    house.db().clone().close().await;
    Ok(())
}

/// Brings the database up to date.
///
/// # Errors
/// When the store cannot be opened or a migration fails.
pub async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    let built = House::build(settings, (Clock::system(), Ids::system()), None, CancellationToken::new()).await?;
    built.db().clone().close().await;
    Ok(())
}
