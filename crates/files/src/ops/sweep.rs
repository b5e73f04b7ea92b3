//! Removing files that nothing names any more.
//!
//! Two looks at everything that names files: the first notes what nothing names, the second asks the log, some hours later,
//! whether that was named since. Why nothing is lost: `docs/adr/0028-files-that-nothing-names-go.md`.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::ops::Bound;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use model::{BaseNo, TenantNo, Timestamp};

use super::Attachments;
use crate::error::Error;

/// Between two looks: longer than any operation, and than addresses of files are good for.
const WAIT: Duration = Duration::from_hours(4);
/// Between two sweeps.
const EVERY: Duration = Duration::from_hours(24);
/// Between two steps: reading and removing belong to others first.
const PAUSE: Duration = Duration::from_millis(20);
/// Most objects of one sweep; the next goes on behind them.
const MOST: usize = 100_000;
/// Bases that are looked up at a time.
const BASES: i64 = 256;

const OBJECTS: &str = "files.swept";
const BYTES: &str = "files.swept.bytes";
const LAST: &str = "files.swept.at";

/// What the first look found.
#[derive(Debug)]
pub(super) struct Look {
    at: Timestamp,
    unnamed: Unnamed,
    /// The last change of each base that was looked at.
    seen: BTreeMap<BaseNo, i64>,
    /// Behind which object the next sweep begins; none when there is no more.
    next: Option<String>,
}

/// Objects that nothing was found to name, by their key, with their bytes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Unnamed(BTreeMap<String, u64>);

impl Unnamed {
    /// Takes an object in, and puts out the last one when there are too many; true then.
    fn offer(&mut self, key: String, bytes: u64, most: usize) -> bool {
        self.0.insert(key, bytes);
        self.0.len() > most && self.0.pop_last().is_some()
    }

    /// Forgets what a text names, renditions too.
    fn spare(&mut self, text: &str) {
        for key in keys(text) {
            let from = (Bound::Included(key), Bound::Unbounded);
            let named = self.0.range::<str, _>(from).map(|(found, _)| found).take_while(|found| found.starts_with(key));
            for found in named.cloned().collect::<Vec<_>>() {
                self.0.remove(&found);
            }
        }
    }
}

impl Attachments {
    /// Says what sweeps count.
    pub(crate) fn describe_sweeps() {
        metrics::describe_counter!(OBJECTS, "objects of files that were removed because nothing named them");
        metrics::describe_counter!(BYTES, metrics::Unit::Bytes, "their bytes");
        metrics::describe_gauge!(LAST, metrics::Unit::Seconds, "when this process last came to the end of a sweep");
    }

    /// Does the next step: looks, or removes what a look some hours ago found. Answers when to do the next.
    ///
    /// # Errors
    /// [`Error::Blob`], [`Error::Log`], [`Error::Rows`], [`Error::Overtaken`]: the next sweep begins anew.
    pub(crate) async fn sweep(&self, days: NonZeroU16) -> Result<Duration, Error> {
        let now = self.parts.clock.now();
        let mut looked = self.looked.lock().await;
        let next = match looked.take() {
            None => Some(String::new()),
            Some(look) => {
                let due = Timestamp(look.at.0.saturating_add(micros(WAIT)));
                if now < due {
                    *looked = Some(look);
                    return Ok(Duration::from_micros((due.0 - now.0).unsigned_abs()));
                }
                self.remove_unnamed(look).await?
            }
        };
        let Some(next) = next else { return Ok(EVERY) };
        let before = month(Timestamp(now.0.saturating_sub(micros(Duration::from_hours(24 * u64::from(days.get()))))));
        *looked = self.look(&before, &next).await?;
        if looked.is_none() {
            self.note_end();
        }
        Ok(if looked.is_some() { WAIT } else { EVERY })
    }

    /// The first look: objects of months before this one that nothing names; none when there are no such objects.
    async fn look(&self, before: &str, after: &str) -> Result<Option<Look>, Error> {
        let (mut unnamed, mut is_more) = (Unnamed::default(), false);
        let mut objects = self.parts.blobs.list();
        while let Some((key, bytes)) = objects.try_next().await? {
            if key.as_str() > after && kept_in(&key).is_some_and(|month| month < before) {
                is_more |= unnamed.offer(key, bytes, MOST);
            }
        }
        let Some((last, _)) = unnamed.0.last_key_value() else { return Ok(None) };
        let next = is_more.then(|| last.clone());
        let mut seen = BTreeMap::new();
        let mut place = BaseNo(0);
        loop {
            let bases = self.parts.changes.list_heads(place, BASES).await?;
            let Some((_, last, _)) = bases.last() else { break };
            place = *last;
            for (tenant, base, head) in bases {
                unnamed = self.spare_rows((tenant, base), unnamed).await?;
                unnamed = self.spare_changes(base, (0, head), unnamed, false).await?;
                seen.insert(base, head);
            }
        }
        Ok(Some(Look { at: self.parts.clock.now(), unnamed, seen, next }))
    }

    /// The second look, and removing what it leaves. Answers where the next sweep begins.
    async fn remove_unnamed(&self, look: Look) -> Result<Option<String>, Error> {
        let Look { mut unnamed, seen, next, .. } = look;
        let mut place = BaseNo(0);
        loop {
            let bases = self.parts.changes.list_heads(place, BASES).await?;
            let Some((_, last, _)) = bases.last() else { break };
            place = *last;
            for (_, base, head) in bases {
                let from = seen.get(&base).copied().unwrap_or_default();
                unnamed = self.spare_changes(base, (from, head), unnamed, true).await?;
            }
        }
        let (objects, bytes) = (unnamed.0.len(), unnamed.0.values().sum::<u64>());
        for (key, bytes) in unnamed.0 {
            self.parts.blobs.delete(&key).await?;
            metrics::counter!(OBJECTS).increment(1);
            metrics::counter!(BYTES).increment(bytes);
            tokio::time::sleep(PAUSE).await;
        }
        self.note_end();
        if objects > 0 {
            tracing::info!(objects, bytes, "files that nothing names were removed");
        }
        Ok(next)
    }

    fn note_end(&self) {
        metrics::gauge!(LAST).set(self.parts.clock.now().millis() as f64 / 1_000.0);
    }

    /// Forgets what the records of a base name.
    async fn spare_rows(&self, base: (TenantNo, BaseNo), mut unnamed: Unnamed) -> Result<Unnamed, Error> {
        let mut after = None;
        loop {
            let page =
                images::each_text(&self.parts.db, base, after, (unnamed, None), |(unnamed, last), place, cells| {
                    unnamed.spare(cells);
                    *last = Some(place);
                });
            let last;
            (unnamed, last) = page.await?;
            if last.is_none() {
                return Ok(unnamed);
            }
            after = last;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Forgets what changes of a base name after one up to and with another. Where every one of them counts, none may be
    /// gone.
    async fn spare_changes(
        &self,
        base: BaseNo,
        (mut after, until): (i64, i64),
        mut unnamed: Unnamed,
        is_each_needed: bool,
    ) -> Result<Unnamed, Error> {
        while after < until {
            let state = (unnamed, after, true);
            let page = self.parts.changes.each_text(base, (after, until), state, |(unnamed, last, whole), at, body| {
                unnamed.spare(body);
                *whole &= at == *last + 1;
                *last = at;
            });
            let (rest, last, is_whole) = page.await?;
            if is_each_needed && (!is_whole || last == after) {
                return Err(Error::Overtaken { base });
            }
            unnamed = rest;
            if last == after {
                break;
            }
            after = last;
            tokio::time::sleep(PAUSE).await;
        }
        Ok(unnamed)
    }
}

/// The month of a time, as keys of objects have it.
pub(super) fn month(time: Timestamp) -> String {
    time.iso().chars().take(7).collect()
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

/// The month in which an object was kept; none for what is not an object of a file, or from before keys had months.
fn kept_in(object: &str) -> Option<&str> {
    let key = keys(object).next().filter(|key| object.starts_with(key))?;
    let rest = object.get(key.len()..)?;
    (rest.is_empty() || rest.starts_with('.')).then(|| key.split('/').nth(1)).flatten()
}

/// The keys of objects in a text, wherever they stand: `tenant/month/two digits/digest`.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('/').filter_map(|(at, _)| {
        let rest = text.get(at + 1..at + 76)?.as_bytes();
        let (month, rest) = rest.split_at_checked(7)?;
        let is_month =
            month.iter().enumerate().all(|(at, byte)| if at == 4 { *byte == b'-' } else { byte.is_ascii_digit() });
        let is_hex =
            |(at, byte): (usize, &u8)| if at == 0 || at == 3 { *byte == b'/' } else { byte.is_ascii_hexdigit() };
        let before = text.get(..at)?;
        let tenant = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let is_key = is_month && tenant > 0 && rest.iter().enumerate().all(is_hex);
        text.get(at - tenant..at + 76).filter(|_| is_key)
    })
}

#[cfg(test)]
mod tests;
