//! Emptying the trash of bases: tables, fields and views whose time has passed go, and what is left of removed ones is cleared
//! away in steps. Where a sweep stood is not kept: it is found again by what is there.

use std::sync::Arc;

use db::{Group, Value, params};
use events::Gone;
use model::{BaseNo, TenantNo};
use schema::Removal;
use tokio_util::sync::CancellationToken;

use crate::sweep::{AFTERWARDS, STEP};
use crate::{Compaction, PAUSE, earlier, logged};

/// Why what is left of a part could not be cleared away.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Schema(#[from] schema::Error),
    #[error(transparent)]
    Changes(#[from] changes::Error),
    #[error(transparent)]
    Images(#[from] images::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error("{0}")]
    Payloads(String),
}

impl Compaction {
    /// Removes the parts of bases whose time in the trash has passed, and sweeps all that were removed.
    pub(crate) async fn empty_parts(&self, drain: &CancellationToken) -> Result<(), Error> {
        let removed =
            logged(self.schemas.remove_expired_parts().await, "the trash of bases could not be looked through");
        if let Some(removed) = removed.filter(|removed| *removed > 0) {
            tracing::info!(removed, "tables, fields and views were removed whose time in the trash had passed");
        }
        let mut after = BaseNo(0);
        while let Some(removal) = self.schemas.next_removal(after).await? {
            after = removal.place.1;
            let _ =
                logged(self.sweep_parts(&removal, drain).await, "what is left of parts of a base could not be removed");
            if drain.is_cancelled() {
                break;
            }
        }
        Ok(())
    }

    /// Clears away what is left of parts of one base. What is written beside the lock of its head, such as comments, is looked
    /// for again for a day.
    async fn sweep_parts(&self, removal: &Removal, drain: &CancellationToken) -> Result<(), Error> {
        let (gone, place) = (Gone::of(&removal.schema), removal.place);
        if removal.parts.iter().any(|part| !part.swept) {
            self.strip(place, &gone, drain).await?;
        }
        for table in &gone.tables {
            self.clear(place, &self.rows.of_table, i64::from(table.0).into(), drain).await?;
        }
        for number in &gone.numbers {
            self.clear(place, &self.rows.of_links, i64::from(number.0).into(), drain).await?;
        }
        for part in removal.parts.iter().filter(|part| part.id.parse::<model::ViewId>().is_ok()) {
            self.clear(place, &self.rows.of_view, part.id.as_str().into(), drain).await?;
        }
        let ids = Arc::new(removal.parts.iter().map(|part| part.id.clone()).collect());
        (self.rows.payloads)(place, ids).await.map_err(Error::Payloads)?;
        if !drain.is_cancelled() {
            let before = earlier(self.clock.now(), AFTERWARDS);
            self.schemas.note_parts_swept(removal, before).await?;
        }
        Ok(())
    }

    /// Takes them out of the log, and out of the rows of tables that go on.
    async fn strip(&self, place: (TenantNo, BaseNo), gone: &Gone, drain: &CancellationToken) -> Result<(), Error> {
        let mut after = 0;
        while let Some(last) = self.changes.strip(place.1, gone, after).await?.filter(|_| !drain.is_cancelled()) {
            after = last;
            tokio::time::sleep(PAUSE).await;
        }
        for table in gone.reduced() {
            let (mut after, at) = (-1, (place.0, place.1, table));
            while let Some(last) =
                images::strip_cells(&self.db, at, &gone.numbers, after).await?.filter(|_| !drain.is_cancelled())
            {
                after = last;
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    /// Removes the rows of one part, a step after the other.
    async fn clear(
        &self,
        (tenant, base): (TenantNo, BaseNo),
        texts: &[&'static str],
        part: Value,
        drain: &CancellationToken,
    ) -> Result<(), Error> {
        for text in texts.iter().copied() {
            loop {
                let mut tx = self.db.begin(Group::Base(base.0)).await?;
                let gone = tx.query(text, params![tenant, base, part.clone(), STEP]).await?.len();
                tx.commit().await?;
                if gone == 0 || drain.is_cancelled() {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }
}
