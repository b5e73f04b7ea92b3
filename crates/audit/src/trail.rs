//! Writing entries, and reading them.

use std::time::Duration;

use clock::Ids;
use db::{Db, Tx};
use model::{Caller, EntryId, TenantNo, Timestamp};

use crate::entry::{By, Entry, Noted};
use crate::error::Error;
use crate::store;

/// How old an entry must be before nothing older than it can still appear: an operation is open for five seconds at most, and
/// the clocks of several processes differ.
pub const SETTLED: Duration = Duration::from_secs(30);

/// Entries that are looked at for one page.
const MOST: usize = 100_000;

/// Notes what the caller does, in the transaction that does it.
pub fn note(tx: &mut Tx, ids: &Ids, (caller, now): (&Caller, Timestamp), entry: Entry) {
    let noted = Noted { id: ids.entry(now), time: now, by: By::new(caller), entry };
    store::insert(tx, caller.tenant, &noted);
}

/// From which end entries are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The oldest first.
    Oldest,
    /// The newest first.
    Newest,
}

/// Which entries are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Made at or after.
    pub from: Option<Timestamp>,
    /// Made at or before, to the millisecond.
    pub until: Option<Timestamp>,
    /// Behind this one.
    pub after: Option<EntryId>,
    /// Ahead of this one.
    pub before: Option<EntryId>,
}

impl Wanted {
    /// The ids between which they lie: the first is among them, the second is not.
    fn bounds(&self) -> (String, String) {
        let at = |millis: i64| EntryId::ordered(millis.max(0) as u64, 0).to_string();
        let from = self.from.map(|from| at(from.millis()));
        // Ids are of one length, so a longer text stands between an id and the next.
        let after = self.after.map(|after| format!("{after}0"));
        let until = self.until.map(|until| at(until.millis() + 1));
        let before = self.before.map(|before| before.to_string());
        let first = from.into_iter().chain(after).max();
        let end = until.into_iter().chain(before).min();
        (first.unwrap_or_default(), end.unwrap_or_else(|| format!("{}~", EntryId::PREFIX)))
    }
}

/// The first entries of a tenant that are wanted and of which `fits` holds, at most `size`, from the end that `order` names.
///
/// # Errors
/// [`Error::Wide`] when too many others lie between them; [`Error::Db`] when the database fails.
pub async fn list(
    db: &Db,
    tenant: TenantNo,
    (wanted, order): (&Wanted, Order),
    fits: impl Fn(&Noted) -> bool,
    size: usize,
) -> Result<Vec<Noted>, Error> {
    let (mut first, mut end) = wanted.bounds();
    let (mut found, mut looked) = (Vec::new(), 0);
    while looked < MOST {
        let step = store::step(db, tenant, (&first, &end), order).await?;
        let Some(last) = step.last().map(|noted| noted.id) else { return Ok(found) };
        looked += step.len();
        match order {
            Order::Oldest => first = format!("{last}0"),
            Order::Newest => end = last.to_string(),
        }
        found.extend(step.into_iter().filter(&fits).take(size - found.len()));
        if found.len() == size {
            return Ok(found);
        }
    }
    Err(Error::Wide { most: MOST })
}
