//! The handle and its operations.

mod fetch;
mod keep;
mod open;
mod sweep;
mod upload;

use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::Arc;

use blob::Blobs;
use changes::Changes;
use clock::{Clock, Ids};
use db::{Db, Tx};
use futures_util::future::BoxFuture;
use jobs::{Jobs, NewJob};
use model::{ShareId, TenantNo};
use outbound::Outbound;
use records::{Addresses, Awaited, Records, Ticket};
use serde::{Deserialize, Serialize};
use tenancy::Permit;
use tokio::sync::{Mutex, Semaphore};

pub use fetch::MAX_FETCH;
pub(crate) use open::{Download, Wanted};
use sweep::Look;
pub use upload::MAX_UPLOAD;
pub(crate) use upload::Upload;

/// Jobs that fetch.
pub(crate) const FETCH: &str = "files.fetch";

/// Says whether the link of a share leads somewhere; none when that cannot be found out.
pub type IsShared = Arc<dyn Fn(ShareId) -> BoxFuture<'static, Option<bool>> + Send + Sync>;

/// What the handle is made of.
pub struct Parts {
    /// Where records and jobs are kept.
    pub db: Db,
    /// The log of what cells held.
    pub changes: Changes,
    /// The cells that files are in.
    pub records: Records,
    /// The queue that files to be fetched wait in.
    pub jobs: Jobs,
    /// The way out.
    pub outbound: Outbound,
    /// Where files are kept.
    pub blobs: Blobs,
    /// How many days after the month in which it was kept a file goes that nothing names; never when absent.
    pub sweep_days: Option<NonZeroU16>,
    /// How they are reached.
    pub addresses: Addresses,
    /// Who knows shares.
    pub is_shared: IsShared,
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// A folder of this machine for files on their way.
    pub folder: PathBuf,
}

/// Files in cells. Copies are the same one.
#[derive(Clone)]
pub struct Attachments {
    pub(crate) parts: Arc<Parts>,
    /// One picture is unpacked at a time: each may take much memory.
    rendering: Arc<Semaphore>,
    /// What the sweep has looked at.
    looked: Arc<Mutex<Option<Look>>>,
}

/// What the job of a file holds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fetching {
    pub tenant: TenantNo,
    pub awaited: Awaited,
}

impl Attachments {
    /// Makes the handle.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts), rendering: Arc::new(Semaphore::new(1)), looked: Arc::default() }
    }
}

/// Queues the fetching of files in the transactions of records.
pub fn queue(
    jobs: Jobs,
    outbound: Outbound,
    addresses: Addresses,
    clock: Clock,
) -> impl Fn(&mut Tx, &Permit, Awaited, &str) -> Result<(), String> {
    move |tx, permit, awaited, url| {
        if own(&addresses, permit.tenant(), url, &clock).is_none() {
            outbound.check(url).map_err(|refusal| format!("`{}` cannot be fetched: {refusal}", shown(url)))?;
        }
        let key = awaited.id.to_string();
        let fetching = Fetching { tenant: permit.tenant(), awaited };
        let payload = serde_json::to_string(&fetching).map_err(|error| error.to_string())?;
        jobs.enqueue(tx, NewJob { kind: FETCH, key: &key, payload, run_at: clock.now() });
        Ok(())
    }
}

/// Tells whether a file may be fetched from an address.
pub fn allowed(outbound: Outbound, addresses: Addresses, clock: Clock) -> impl Fn(&str) -> bool {
    move |url| addresses.of_url(url, clock.now()).is_some() || outbound.check(url).is_ok()
}

/// A file of the tenant itself, at an address that the house gave.
fn own(addresses: &Addresses, tenant: TenantNo, url: &str, clock: &Clock) -> Option<Ticket> {
    let is_own = |ticket: &Ticket| ticket.key.split('/').next() == Some(tenant.to_string().as_str());
    addresses.of_url(url, clock.now()).filter(is_own)
}

/// An address without what may be a secret of it, for errors.
fn shown(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    match bare.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?))) {
        Some((scheme, (_, host))) => format!("{scheme}://{host}"),
        None => bare.chars().take(200).collect(),
    }
}
