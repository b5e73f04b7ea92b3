//! `airloom migrate`.

use clock::{Clock, Ids};
use tokio_util::sync::CancellationToken;

use crate::catalog::House;
use crate::settings::Settings;

/// Brings the database up to date.
///
/// # Errors
/// When the store cannot be opened or a migration fails.
pub async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    let built = House::build(settings, (Clock::system(), Ids::system()), None, CancellationToken::new()).await?;
    built.db().clone().close().await;
    Ok(())
}
