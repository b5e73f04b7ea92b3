//! The handle and its operations.

mod aggregate;
mod bulk;
mod find_values;
mod get;
mod list;
mod search;
mod undo;
mod write;

use std::sync::Arc;

use changes::Changes;
use clock::{Clock, Ids};
use db::Db;
use model::{BaseId, Caller, Table};
use parking_lot::Mutex;
use schema::Schemas;
use tenancy::{Access, Scope};
use web::Signer;

use crate::error::Error;
use crate::image::{Images, View};
use crate::plan::closest;

pub use aggregate::{AggregateQuery, Aggregated, GROUPS, GroupOut};
pub use bulk::{Bulk, BulkRow, Export};
pub use find_values::{ValueMatch, WORDS};
pub use get::Found;
pub(crate) use list::chosen;
pub use list::{ListQuery, PAGE, Page, Sort};
pub use search::Hits;
pub use undo::{HISTORY, History, Undone};
pub use write::{Deleted, NewRecord, UpdateRecord, Written};

/// The handle of this context.
#[derive(Clone)]
pub struct Records {
    pub(crate) access: Access,
    pub(crate) changes: Changes,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) images: Images,
    pub(crate) signer: Signer,
    pub(crate) kept: Arc<Mutex<Vec<list::Kept>>>,
    pub(crate) schemas: Schemas,
    /// Confirmations that were used, by digest and time.
    pub(crate) confirmed: Arc<Mutex<Vec<(u64, i64)>>>,
}

impl Records {
    /// Makes the handle; `memory` bounds all images together, in bytes.
    pub fn new(
        (db, changes): (Db, Changes),
        access: Access,
        schemas: Schemas,
        (clock, ids): (Clock, Ids),
        signer: Signer,
        memory: usize,
    ) -> Self {
        let images = Images::new(db, changes.clone(), schemas.clone(), memory);
        Self { access, changes, clock, ids, images, signer, kept: Arc::default(), schemas, confirmed: Arc::default() }
    }

    /// A read scope and the base's picture for it.
    pub(crate) async fn view(&self, caller: &Caller, base: BaseId) -> Result<(Scope, View), Error> {
        let scope = self.access.scope(caller, base).await?;
        let image = self.images.current(scope.tenant(), scope.base_no()).await?;
        Ok((scope, View { image, now: self.clock.now() }))
    }
}

/// The table named, or an error with the closest names.
pub(crate) fn find_table<'s>(schema: &'s model::Schema, name: &str) -> Result<&'s Arc<Table>, Error> {
    schema.table(name).ok_or_else(|| Error::TableNotFound {
        name: name.chars().take(255).collect(),
        hint: closest(name, schema.live_tables().map(|table| table.name.as_str())),
    })
}
