//! Durable cursors: how far each subscriber has read each base.

use db::Tx;
use model::{BaseNo, TenantNo, Timestamp};

use crate::{Changes, Error, store};

/// A base that was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lately {
    /// Whose base it is.
    pub tenant: TenantNo,
    /// Its number.
    pub base: BaseNo,
    /// Its newest sequence.
    pub sequence: i64,
    /// When that change was made.
    pub changed: Timestamp,
}

impl Changes {
    /// How far `subscriber` has read `base`, if it ever has.
    pub async fn find_cursor(&self, base: BaseNo, subscriber: &str) -> Result<Option<i64>, Error> {
        store::cursor(&self.db, base, subscriber).await
    }

    /// Moves a cursor in the transaction that stores what was made of the changes. A cursor never moves back.
    pub fn advance(tx: &mut Tx, base: BaseNo, subscriber: &str, sequence: i64) {
        store::advance(tx, base, subscriber, sequence);
    }

    /// Moves a cursor on from where it was read; false when somebody else has moved it, and then nothing of that
    /// transaction may stay.
    pub async fn advance_from(
        tx: &mut Tx,
        base: BaseNo,
        subscriber: &str,
        (from, to): (i64, i64),
    ) -> Result<bool, Error> {
        store::advance_from(tx, base, subscriber, (from, to)).await
    }

    /// Takes a cursor away: `subscriber` follows the base no longer.
    pub fn forget(tx: &mut Tx, base: BaseNo, subscriber: &str) {
        store::forget(tx, base, subscriber);
    }

    /// The bases that `subscriber` has a cursor on and has not read to their end.
    pub async fn list_followed(&self, subscriber: &str, limit: i64) -> Result<Vec<Lately>, Error> {
        store::followed(&self.db, subscriber, limit).await
    }

    /// The bases changed at or after `from`, oldest change first. Read it with overlap: clocks of several
    /// processes differ, and a change is seen only after its commit.
    pub async fn list_lately(&self, from: Timestamp, limit: i64) -> Result<Vec<Lately>, Error> {
        store::lately(&self.db, from, limit).await
    }

    /// The bases of which `subscriber` has not read everything. Looks at every head: to be asked rarely.
    pub async fn list_behind(&self, subscriber: &str, limit: i64) -> Result<Vec<Lately>, Error> {
        store::behind(&self.db, subscriber, limit).await
    }
}
