//! Pages as they were written last: a table that nobody changes is asked for the same page again and again.

use std::sync::Arc;
use std::time::Instant;

use model::{BaseNo, Ordinal, TableNo, Timestamp};
use parking_lot::Mutex;

use crate::error::Error;
use crate::json::Shape;
use crate::ops::{Found, Page, QUERY, Records};
use images::period;

/// Pages that are kept.
const PAGES: usize = 64;
/// Bytes of the longest page that is kept.
const LONGEST: usize = 128 * 1_024;

/// Everything that the text of a page depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    base: BaseNo,
    sequence: i64,
    revision: i64,
    /// Addresses of files change with it.
    period: i64,
    /// What is computed of the time changes with it.
    as_of: Option<Timestamp>,
    table: TableNo,
    shape: Shape,
    ordinals: Vec<Ordinal>,
}

/// The pages that were asked for twice, the one used last at the end.
#[derive(Default)]
pub(crate) struct Pages {
    kept: Mutex<Vec<(Key, Arc<[u8]>)>>,
    /// Pages asked for lately that are not kept: a walk comes by each page only once.
    last: Mutex<Vec<Key>>,
}

impl Pages {
    /// Bytes of the pages, which are dropped when `drop` says so.
    pub fn shed(&self, drop: bool) -> usize {
        let mut kept = self.kept.lock();
        if drop {
            kept.clear();
        }
        kept.iter().map(|(_, text)| text.len()).sum()
    }

    fn find(&self, key: &Key) -> Option<Arc<[u8]>> {
        let mut kept = self.kept.lock();
        let at = kept.iter().rposition(|(held, _)| held == key)?;
        let page = kept.remove(at);
        let text = Arc::clone(&page.1);
        kept.push(page);
        Some(text)
    }

    /// Keeps a page that was asked for before, while it was among the last.
    fn note(&self, key: Key, text: &[u8]) {
        let mut last = self.last.lock();
        let Some(at) = last.iter().rposition(|held| *held == key) else {
            if last.len() >= PAGES {
                last.remove(0);
            }
            last.push(key);
            return;
        };
        last.remove(at);
        drop(last);
        if text.len() <= LONGEST {
            let mut kept = self.kept.lock();
            if kept.len() >= PAGES {
                kept.remove(0);
            }
            kept.push((key, text.into()));
        }
    }
}

impl Records {
    /// A page as JSON: its records, and where the next one begins.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when a formula nests too deeply.
    pub fn write_list(&self, page: &Page, shape: &Shape) -> Result<Vec<u8>, Error> {
        // Most pages fit, so the text is not moved while it grows.
        let mut out = Vec::with_capacity(64 * 1_024);
        out.extend_from_slice(b"{\"records\":");
        match &page.counts {
            Some(counts) => page.found.write_counted(shape, counts, &mut out)?,
            None => self.write_page(&page.found, shape, &mut out)?,
        }
        if let Some(offset) = &page.offset {
            out.extend_from_slice(b",\"offset\":");
            model::write_json_string(offset, &mut out);
        }
        out.push(b'}');
        Ok(out)
    }

    /// Appends the records of a page as a JSON array.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when a formula nests too deeply.
    pub fn write_page(&self, found: &Found, shape: &Shape, out: &mut Vec<u8>) -> Result<(), Error> {
        let schema = &found.view.image.schema;
        let key = Key {
            base: schema.base_no,
            sequence: found.view.image.sequence,
            revision: schema.revision,
            period: period(found.view.now),
            as_of: found.view.as_of(&found.table)?,
            table: found.table.no,
            shape: shape.clone(),
            ordinals: found.ordinals.clone(),
        };
        if let Some(text) = self.pages.find(&key) {
            out.extend_from_slice(&text);
            return Ok(());
        }
        let (start, began) = (out.len(), Instant::now());
        found.write_all(shape, out)?;
        // Cells that took too long are not errors for good.
        if began.elapsed() < QUERY && found.view.until.is_none_or(|until| Instant::now() < until) {
            self.pages.note(key, out.get(start..).unwrap_or_default());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
