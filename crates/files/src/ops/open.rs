//! Handing files out.

use std::ops::Range;

use blob::Opened;
use records::Ticket;

use super::Attachments;
use crate::error::Error;

/// Which bytes of a file somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// From the first to the last, that one included; without it to the end.
    From(u64, Option<u64>),
    /// So many at the end.
    Last(u64),
}

impl Wanted {
    /// The bytes of a file of this size; none when it has none of them.
    pub fn of(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From(first, last) => first..last.map_or(size, |last| last.saturating_add(1).min(size)),
            Self::Last(count) => size.saturating_sub(count)..size,
        };
        (range.start < range.end).then_some(range)
    }
}

/// A file on its way out.
pub(crate) struct Download {
    pub ticket: Ticket,
    pub opened: Opened,
}

impl Attachments {
    /// What an address leads to.
    ///
    /// # Errors
    /// [`Error::Ended`], also where the share by whose link it was told has; [`Error::Links`] when nobody can tell.
    pub(crate) async fn ticket(&self, text: &str) -> Result<Ticket, Error> {
        let ticket = self.parts.addresses.open(text, self.parts.clock.now()).ok_or(Error::Ended)?;
        match ticket.share {
            Some(share) if !(self.parts.is_shared)(share).await.ok_or(Error::Links)? => Err(Error::Ended),
            _ => Ok(ticket),
        }
    }

    /// Opens a file, or the bytes of it that are wanted.
    ///
    /// # Errors
    /// [`Error::Range`] when it does not have them; [`Error::Missing`], [`Error::Blob`].
    pub(crate) async fn open(&self, ticket: Ticket, wanted: Option<Wanted>) -> Result<Download, Error> {
        let missing = || Error::Missing { key: ticket.key.clone() };
        let range = match wanted {
            None => None,
            Some(wanted) => {
                let size = self.parts.blobs.size(&ticket.key).await?.ok_or_else(missing)?;
                Some(wanted.of(size).ok_or(Error::Range { size })?)
            }
        };
        let opened = self.parts.blobs.open_range(&ticket.key, range).await?.ok_or_else(missing)?;
        Ok(Download { ticket, opened })
    }
}
