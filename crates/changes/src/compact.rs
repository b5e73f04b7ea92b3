//! Removing the oldest changes.

use db::Group;
use model::{BaseNo, TenantNo, Timestamp};

use crate::{Changes, Error, store};

/// Most changes that one step removes: the writer is held for no longer than that takes.
const STEP: i64 = 64;
/// A step ends before the change that makes it remove more bytes of bodies, except that one change is always removed.
const STEP_BYTES: i64 = 4 << 20;

/// Which changes may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// Those made before, once every cursor has passed them.
    pub before: Timestamp,
    /// Those made before go whatever cursors say.
    pub at_latest: Timestamp,
}

/// A change that may be old enough to go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Old {
    /// Its number.
    pub sequence: i64,
    /// When it was made.
    pub time: Timestamp,
    /// How long its body is.
    pub bytes: i64,
}

/// How much is kept of all bases together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Changes.
    pub changes: i64,
    /// The newest time of a change that is gone: since then every base can be read as it was. 0 when nothing is gone.
    pub since: Timestamp,
}

impl Changes {
    /// Bases after a number that keep changes, in the order of their numbers.
    pub async fn list_kept(&self, after: BaseNo, limit: i64) -> Result<Vec<(TenantNo, BaseNo)>, Error> {
        store::kept_bases(&self.db, after, limit).await
    }

    /// How much is kept.
    pub async fn count_kept(&self) -> Result<Kept, Error> {
        store::kept(&self.db).await
    }

    /// Removes the oldest changes of a base in one transaction, and tells how many: 0 when none may go, or when
    /// somebody else removes them.
    ///
    /// # Errors
    /// [`Error::NoBase`]; [`Error::Db`] when the database fails, and then nothing is removed.
    pub async fn compact(&self, (tenant, base): (TenantNo, BaseNo), horizon: Horizon) -> Result<usize, Error> {
        let head = self.head_even_removed(base).await?;
        let slowest = store::slowest(&self.db, base).await?;
        let oldest = store::oldest(&self.db, base, head.oldest, STEP).await?;
        let mut bytes = 0;
        let may_go = |old: &Old| {
            let is_first = bytes == 0;
            bytes += old.bytes;
            let passed = slowest.is_none_or(|slowest| old.sequence <= slowest);
            (is_first || bytes <= STEP_BYTES) && old.time < if passed { horizon.before } else { horizon.at_latest }
        };
        let gone: Vec<_> = oldest.into_iter().take_while(may_go).collect();
        let (Some(last), Some(newest)) = (gone.last(), gone.iter().map(|old| old.time).max()) else { return Ok(0) };
        let mut tx = self.begin_even_removed(tenant, base).await?;
        if tx.head().oldest != head.oldest {
            return Ok(0);
        }
        tx.remove_until(last.sequence, newest);
        tx.commit().await?;
        Ok(gone.len())
    }

    /// Removes a step of the log of a base that was removed, at last its cursors; true when there may be more.
    ///
    /// # Errors
    /// [`Error::NoBase`]; [`Error::Db`] when the database fails, and then the step is not made.
    pub async fn sweep(&self, (tenant, base): (TenantNo, BaseNo)) -> Result<bool, Error> {
        if !self.head_even_removed(base).await?.removed {
            return Ok(false);
        }
        let all = Horizon { before: Timestamp(i64::MAX), at_latest: Timestamp(i64::MAX) };
        if self.compact((tenant, base), all).await? > 0 {
            return Ok(true);
        }
        let mut tx = self.db.begin(Group::Base(base.0)).await?;
        store::forget_all(&mut tx, base);
        tx.commit().await?;
        Ok(false)
    }
}
