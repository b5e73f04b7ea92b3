//! The handle and its operations.

mod aggregate;
mod append;
mod attach;
mod bulk;
mod choices;
mod convert;
mod copy;
mod duplicate;
mod export;
mod find_values;
mod generate;
mod get;
mod history;
mod list;
mod past;
mod picture;
mod retyped;
mod search;
mod sync;
mod undo;
mod upsert;
mod write;

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use changes::Changes;
use clock::{Clock, Ids};
use db::Db;
use model::{BaseId, Caller, People, Table, TenantNo};
use parking_lot::Mutex;
use schema::{Schemas, closest};
use tenancy::{Access, Scope};
use web::{Signer, aside};

use crate::counts::CommentCounts;
use crate::error::Error;
use crate::files::Files;
use crate::pages::Pages;
use crate::prompts::Generation;
use images::{BaseImage, Images, View};

/// Most changes that are walked back.
const BACK: usize = 100_000;

pub use aggregate::{AggregateQuery, Aggregated, GROUPS, GroupOut};
pub use append::Appending;
pub use attach::{Attached, FilesCell};
pub use bulk::{BULK_BYTES, BULK_RECORDS, Bulk, BulkRows};
pub(crate) use convert::{How, NewType};
pub use duplicate::Duplicated;
pub use export::Export;
pub use find_values::{ValueMatch, WORDS};
pub use get::{Found, Place};
pub(crate) use history::{CellHeld, ConvertedCell, LinkEdit, Linked};
pub use history::{HISTORY, History};
pub(crate) use list::chosen;
pub use list::{ListQuery, PAGE, Page, Sort};
#[cfg(test)]
pub(crate) use past::Restored;
pub(crate) use past::{At, Part, TableOrFieldOut};
pub use picture::Picture;
pub use retyped::LeftOut;
pub(crate) use retyped::Retyped;
pub use search::Hits;
pub use sync::{SYNC_RECORDS, SyncRows};
pub use undo::Undone;
pub use upsert::{UpsertHow, UpsertRecord, Upserted};
pub(crate) use write::End;
pub use write::{Deleted, Moved, NewRecord, UpdateRecord, Written};

/// The handle of this context. Every request takes a copy, so there is only one thing to count.
#[derive(Clone)]
pub struct Records(Arc<Parts>);

/// What the operations work with.
pub struct Parts {
    pub(crate) access: Access,
    pub(crate) changes: Changes,
    pub(crate) clock: Clock,
    pub(crate) counts: CommentCounts,
    pub(crate) files: Files,
    pub(crate) generation: Generation,
    pub(crate) ids: Ids,
    pub(crate) images: Images,
    pub(crate) signer: Signer,
    pub(crate) kept: Arc<Mutex<Vec<list::Kept>>>,
    pub(crate) pages: Arc<Pages>,
    pub(crate) schemas: Schemas,
}

impl Deref for Records {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Records {
    /// Makes the handle; `memory` bounds all images together, in bytes; `counts` knows the comments on records,
    /// `files` those who keep files, and `generation` those who have cells written.
    pub fn new(
        (db, changes): (Db, Changes),
        access: Access,
        schemas: Schemas,
        (clock, ids): (Clock, Ids),
        signer: Signer,
        memory: usize,
        (counts, files, generation): (CommentCounts, Files, Generation),
    ) -> Self {
        let kept: Arc<Mutex<Vec<list::Kept>>> = Arc::default();
        let pages: Arc<Pages> = Arc::default();
        let results = (Arc::clone(&kept), Arc::clone(&pages));
        let shed = move |drop| list::shed(&results.0, drop) + results.1.shed(drop);
        let images = Images::new(db, changes.clone(), schemas.clone(), memory, shed);
        let parts =
            Parts { access, changes, clock, counts, files, generation, ids, images, signer, kept, pages, schemas };
        Self(Arc::new(parts))
    }

    /// Where bases, tables and fields are.
    pub fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// A base by its id, which need not be there, or by its name.
    ///
    /// # Errors
    /// Those of [`Schemas::find_base`](schema::Schemas::find_base), when there is none of this name or several.
    pub async fn find_base(&self, caller: &Caller, text: &str) -> Result<BaseId, Error> {
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        Ok(self.schemas.find_base(caller, text).await?.id)
    }

    /// A read scope and the base's picture for it.
    ///
    /// # Errors
    /// [`Error::Denied`] when the caller may not read the base, or why it cannot be read.
    pub async fn view(&self, caller: &Caller, base: BaseId) -> Result<(Scope, View), Error> {
        let scope = self.access.scope(caller, base).await?;
        let image = self.images.current(scope.tenant(), scope.base_no()).await?;
        let view = self.seen(image, self.people(&scope).await?);
        Ok((scope, view))
    }

    /// Answers a question about the present picture of a base, for which what it misses is brought into memory.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::ImageMemory`]; those of the question.
    pub async fn consult<T>(
        &self,
        caller: &Caller,
        base: BaseId,
        question: impl Fn(&View) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (scope, mut view) = self.view(caller, base).await?;
        self.answer(&scope, &mut view, question).await
    }

    /// A picture as it is looked at now.
    pub(crate) fn seen(&self, image: Arc<BaseImage>, people: Arc<People>) -> View {
        View::new(image, self.clock.now())
            .with_people(people)
            .with_addresses(self.files.addresses.clone())
            .with_formulas_of_airtable(self.schemas.has_formulas_of_airtable())
    }

    /// Who cells of a base may name.
    pub(crate) async fn people(&self, scope: &Scope) -> Result<Arc<People>, Error> {
        Ok(self.access.people(scope).await?)
    }

    /// Answers a query from a picture. Columns that it misses are brought into memory, and it is asked again.
    ///
    /// # Errors
    /// [`Error::ImageMemory`] when they do not fit; those of the query.
    pub(crate) async fn answer<T>(
        &self,
        scope: &Scope,
        view: &mut View,
        query: impl Fn(&View) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut wanted = Vec::new();
        let (began, mut long) = (Instant::now(), view.image.records() >= MANY);
        loop {
            view.until = Some(began + if long { QUERY } else { BRIEF });
            match aside(long, || query(view)) {
                // It is asked again where it holds nobody up.
                Err(Error::TooSlow { .. }) if !long => long = true,
                Err(Error::NotLoaded { columns }) => {
                    let known = wanted.len();
                    wanted.extend(columns.into_iter().filter(|column| !wanted.contains(column)).collect::<Vec<_>>());
                    if wanted.len() == known {
                        return Err(Error::ImageGone);
                    }
                    let at = Some(view.image.sequence);
                    view.image = Box::pin(self.images.with(scope.tenant(), scope.base_no(), &wanted, at)).await?;
                }
                answer => {
                    view.until = None;
                    // Orders and computed columns are kept of it.
                    self.images.measure_soon();
                    return answer;
                }
            }
        }
    }

    /// Records to be told, with the cells that are not in memory.
    pub(crate) async fn told(&self, tenant: TenantNo, found: Found) -> Result<Found, Error> {
        if found.view.image.is_whole() {
            return Ok(found);
        }
        let Found { view, table, ordinals } = found;
        let image = Box::pin(self.images.page(tenant, view.image, &table, &ordinals)).await?;
        Ok(Found { view: View { image, ..view }, table, ordinals })
    }
}

/// How long a query may take.
pub const QUERY: Duration = Duration::from_secs(10);
/// How long one may keep a thread that has other requests.
pub(crate) const BRIEF: Duration = Duration::from_millis(10);
/// Records of a base whose queries may keep a thread busy for long.
const MANY: usize = 4 * model::CHUNK;

/// The table named, or an error, for whoever may read the schema with the closest names.
pub fn find_table<'s>(caller: &Caller, schema: &'s model::Schema, name: &str) -> Result<&'s Arc<Table>, Error> {
    schema.table(name).ok_or_else(|| Error::TableNotFound {
        name: name.chars().take(255).collect(),
        hint: hint(caller, name, schema.live_tables().map(|table| table.name.as_str())),
    })
}

/// The view of the table named.
pub(crate) fn find_view<'t>(caller: &Caller, table: &'t Table, name: &str) -> Result<&'t model::View, Error> {
    table.view(name).ok_or_else(|| Error::ViewNotFound {
        name: name.chars().take(255).collect(),
        hint: hint(caller, name, table.live_views().map(|view| view.name.as_str())),
    })
}

fn hint<'n>(caller: &Caller, wanted: &str, names: impl Iterator<Item = &'n str>) -> String {
    if caller.has(model::Scope::SchemaRead) { closest(wanted, names) } else { String::new() }
}

#[cfg(test)]
mod tests;
