//! Emptying the trash: bases whose time has passed go, and what is left of removed ones is cleared away in steps.

use std::time::Duration;

use db::{Group, params};
use model::{BaseNo, TenantNo};
use schema::Removed;
use tokio_util::sync::CancellationToken;

use crate::{Compaction, PAUSE, earlier, logged};

/// Most rows that one step removes: the writer is held for no longer than that takes.
pub(crate) const STEP: i64 = 256;
/// How long a removed base is looked at again: who was let in before may have written a row behind the sweep.
pub(crate) const AFTERWARDS: Duration = Duration::from_hours(24);

impl Compaction {
    /// Removes the bases whose time in the trash has passed, and sweeps all that were removed.
    pub(crate) async fn empty_trash(&self, drain: &CancellationToken) -> Result<(), schema::Error> {
        if let Some(removed) = logged(self.schemas.remove_expired().await, "the trash could not be looked through")
            && removed > 0
        {
            tracing::info!(removed, "bases were removed whose time in the trash had passed");
        }
        let mut after = BaseNo(0);
        loop {
            let removed = self.schemas.list_removed(after).await?;
            let Some(last) = removed.last() else { return Ok(()) };
            after = last.place.1;
            for base in removed {
                let _ = logged(self.sweep(base, drain).await, "what is left of a base could not be removed");
                if drain.is_cancelled() {
                    return Ok(());
                }
            }
        }
    }

    async fn sweep(&self, base: Removed, drain: &CancellationToken) -> Result<(), schema::Error> {
        for text in self.rows.of_base.iter().copied() {
            while self.step(base.place, text).await? {
                if drain.is_cancelled() {
                    return Ok(());
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        while self.changes.sweep(base.place).await? {
            if drain.is_cancelled() {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        if base.time < earlier(self.clock.now(), AFTERWARDS) {
            self.schemas.note_swept(base.place).await?;
        }
        Ok(())
    }

    /// Removes a step of what one table holds of a base; true when there may be more.
    async fn step(&self, (tenant, base): (TenantNo, BaseNo), text: &'static str) -> Result<bool, schema::Error> {
        let mut tx = self.db.begin(Group::Base(base.0)).await?;
        let gone = tx.query(text, params![tenant, base, STEP]).await?.len();
        tx.commit().await?;
        Ok(gone > 0)
    }
}
