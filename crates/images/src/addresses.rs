//! Addresses of files, which those who read records are told.

use std::fmt;
use std::fmt::Write as _;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use model::{ShareId, Timestamp};
use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};
use web::Signer;

/// Addresses end at full hours, in the third hour from now: a page that is asked for again within the hour has the same
/// ones, and none is good for less than two.
const PERIOD: i64 = 3_600_000_000;
/// Periods that an address is good for, the present one included.
const PERIODS: i64 = 3;
/// The path of addresses.
pub const FILES_PATH: &str = "/api/v1/attachments";

/// What an address leads to, and how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The key of an object.
    #[serde(rename = "k")]
    pub key: String,
    /// Its media type.
    #[serde(rename = "t")]
    pub media_type: String,
    /// The name of the file.
    #[serde(rename = "f")]
    pub filename: String,
    /// When the address ends, in microseconds since 1970.
    #[serde(rename = "e")]
    pub until: i64,
    /// The share by whose link it was told, with which it ends.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub share: Option<ShareId>,
}

/// Makes addresses that end, and knows those that it has made. Copies are the same one.
#[derive(Clone)]
pub struct Addresses {
    place: Arc<str>,
    signer: Signer,
    share: Option<ShareId>,
}

impl Addresses {
    /// Addresses under the address by which clients reach the house.
    pub fn new(public_url: &str, signer: &Signer) -> Self {
        let place = format!("{}{FILES_PATH}/", public_url.trim_end_matches('/'));
        // A cursor is never an address, nor the other way round.
        Self { place: place.into(), signer: Signer::new(&signer.derive("files", "addresses")), share: None }
    }

    /// Addresses for whoever comes by the link of a share: they end with it.
    #[must_use]
    pub fn of_share(self, share: ShareId) -> Self {
        Self { share: Some(share), ..self }
    }

    /// What tells the addresses that are made now from all others.
    pub(crate) fn stamp(&self, now: Timestamp) -> u64 {
        let mut hasher = FxHasher::default();
        (period(now), self.share).hash(&mut hasher);
        hasher.finish()
    }

    /// The address of an object for whoever reads now.
    pub fn of(&self, key: &str, media_type: &str, filename: &str, now: Timestamp) -> String {
        let until = (period(now) + PERIODS) * PERIOD;
        let (key, media_type) = (key.to_owned(), media_type.to_owned());
        let ticket = Ticket { key, media_type, filename: filename.to_owned(), until, share: self.share };
        let mut url = format!("{}{}/", self.place, self.signer.seal(&ticket));
        escape(filename, &mut url);
        url
    }

    /// What one of these addresses leads to that a client hands back, by whatever name it reaches the house.
    pub fn of_url(&self, url: &str, now: Timestamp) -> Option<Ticket> {
        let (_, rest) = url.split_once(FILES_PATH)?;
        self.open(rest.strip_prefix('/')?.split('/').next()?, now)
    }

    /// What an address leads to, unless it was made by others or has ended.
    pub fn open(&self, text: &str, now: Timestamp) -> Option<Ticket> {
        self.signer.open(text).filter(|ticket: &Ticket| ticket.until > now.0)
    }
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Addresses").field("place", &self.place).finish_non_exhaustive()
    }
}

/// What all addresses made within an hour have in common.
pub fn period(now: Timestamp) -> i64 {
    now.0.div_euclid(PERIOD)
}

/// A name as the last part of a path.
fn escape(name: &str, out: &mut String) {
    // Clients take these out of a path.
    let name = if matches!(name, "." | ".." | "") { "file" } else { name };
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests;
