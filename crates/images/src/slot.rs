//! Where the images are kept: one slot a base, a published picture for readers and a private one for the writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use changes::{BaseTx, Changes, Since};
use db::Db;
use events::Change;
use model::{BaseNo, TenantNo};
use parking_lot::{Mutex, RwLock};
use rustc_hash::FxHashMap;
use schema::Schemas;
use tokio::sync::Mutex as AsyncMutex;

use super::absent::next_use;
use web::aside;

use super::{BaseImage, Computed, build};
use crate::error::Error;

/// After this many changed records the images are measured again.
const MEASURE: usize = 1_024;

/// One base's images.
#[derive(Default)]
pub(super) struct Slot {
    /// What readers see: never ahead of what is synced.
    pub published: RwLock<Option<Arc<BaseImage>>>,
    /// What the writer's operations decide on: the published picture with the changes of the group that runs.
    private: Mutex<Line>,
    /// Held while the image is built, brought forward from the log or given columns, so that it happens once.
    pub work: AsyncMutex<()>,
    pub used: AtomicU64,
}

/// The writer's picture. Whoever takes columns away from the published one, or adds some, begins a new line: the
/// pictures of the old one are published no more.
#[derive(Default)]
struct Line {
    number: u64,
    image: Option<BaseImage>,
}

impl Slot {
    /// Replaces the published picture and begins a new line. What comes out may be older than what goes in: the
    /// next reader brings it forward.
    pub fn renew(&self, change: impl FnOnce(Option<Arc<BaseImage>>) -> Option<Arc<BaseImage>>) {
        let mut line = self.private.lock();
        line.number += 1;
        line.image = None;
        let mut published = self.published.write();
        *published = change(published.take());
    }

    /// Applies a change to the private picture, if it is the next one there and still stands.
    fn follow(&self, next: &Next) {
        let mut line = self.private.lock();
        // A line that was begun anew since follows from the log.
        if let Some(image) = line.image.as_mut().filter(|image| image.sequence + 1 == next.change.sequence)
            && !next.aborted.load(Ordering::Relaxed)
        {
            image.apply(&next.change);
        }
    }

    fn publish(&self, image: &Arc<BaseImage>) {
        let mut published = self.published.write();
        if published.as_ref().is_none_or(|held| held.sequence < image.sequence) {
            *published = Some(Arc::clone(image));
        }
    }
}

/// A change on its way into the private picture.
struct Next {
    change: Arc<Change>,
    /// Written and read while the line is held: a thread that comes late must not apply what was taken back.
    aborted: AtomicBool,
}

/// Records of a change that another thread brings into the private image.
const MANY: usize = 100;

/// Says how many bytes of kept results others hold, and drops them when told to.
type Shed = Arc<dyn Fn(bool) -> usize + Send + Sync>;

/// The images of all bases, within a budget.
#[derive(Clone)]
pub struct Images {
    pub(super) slots: Arc<RwLock<FxHashMap<BaseNo, Arc<Slot>>>>,
    pub(super) db: Db,
    pub(super) changes: Changes,
    schemas: Schemas,
    pub(super) budget: usize,
    pub(super) shed: Shed,
    /// Records changed since the images were measured.
    changed: Arc<AtomicUsize>,
    due: Arc<AtomicBool>,
}

impl Images {
    /// The images of the bases of a database, within `budget` bytes together with what `shed` tells that others keep.
    pub fn new(
        db: Db,
        changes: Changes,
        schemas: Schemas,
        budget: usize,
        shed: impl Fn(bool) -> usize + Send + Sync + 'static,
    ) -> Self {
        let (slots, changed, due) = Default::default();
        Self { slots, db, changes, schemas, budget, shed: Arc::new(shed), changed, due }
    }

    pub(super) fn slot(&self, base: BaseNo) -> Arc<Slot> {
        let found = self.slots.read().get(&base).cloned();
        let slot = found.unwrap_or_else(|| Arc::clone(self.slots.write().entry(base).or_default()));
        slot.used.store(next_use(), Ordering::Relaxed);
        slot
    }

    /// The picture that readers see, if memory holds one; it may be behind.
    pub fn held(&self, base: BaseNo) -> Option<Arc<BaseImage>> {
        self.slot(base).published.read().clone()
    }

    /// Has the next reader see whether everything still fits.
    pub fn measure_soon(&self) {
        self.due.store(true, Ordering::Relaxed);
    }

    /// The base's picture at its head or later.
    pub async fn current(&self, tenant: TenantNo, base: BaseNo) -> Result<Arc<BaseImage>, Error> {
        let slot = self.slot(base);
        let head = self.changes.head(base).await?.sequence;
        let published = slot.published.read().as_ref().filter(|image| image.sequence >= head).map(Arc::clone);
        if let Some(image) = published {
            if self.due.swap(false, Ordering::Relaxed) {
                self.make_room(base, &[], 0);
            }
            return Ok(image);
        }
        // Rare and large: boxed, it is not moved with every question that memory answers.
        let read = async {
            let _work = slot.work.lock().await;
            self.current_in(&slot, tenant, base, head).await
        };
        Box::pin(read).await
    }

    /// As [`Images::current`], by whoever holds the slot's work.
    pub(super) async fn current_in(
        &self,
        slot: &Slot,
        tenant: TenantNo,
        base: BaseNo,
        head: i64,
    ) -> Result<Arc<BaseImage>, Error> {
        let held = slot.published.read().clone();
        let image = match held {
            Some(image) if image.sequence >= head => return Ok(image),
            Some(image) => self.forward(tenant, base, image).await?,
            None => Arc::new(self.build(tenant, base).await?),
        };
        slot.publish(&image);
        self.make_room(base, &[], 0);
        Ok(slot.published.read().clone().filter(|held| held.sequence >= image.sequence).unwrap_or(image))
    }

    async fn build(&self, tenant: TenantNo, base: BaseNo) -> Result<BaseImage, Error> {
        let (sequence, schema) = loop {
            let head = self.changes.head(base).await?;
            let schema = self.schemas.snapshot(tenant, base).await?;
            // A change of the schema between the two would be applied to a schema that has it already.
            if schema.revision == head.schema_revision {
                break (head.sequence, schema);
            }
        };
        let mut image = BaseImage::new(sequence, schema);
        // What is computed leaves first where everything does not fit; it is bounded on its own while a query is at work.
        image.computed = Arc::new(Computed::within(self.budget / 2));
        let mut image = Box::pin(build::build(&self.db, tenant, image, self.budget)).await?;
        image.used_all();
        self.catch_up(base, &mut image).await?;
        Ok(image)
    }

    async fn forward(&self, tenant: TenantNo, base: BaseNo, held: Arc<BaseImage>) -> Result<Arc<BaseImage>, Error> {
        let mut image = BaseImage::clone(&held);
        drop(held);
        if self.catch_up(base, &mut image).await? {
            Ok(Arc::new(image))
        } else {
            Ok(Arc::new(self.build(tenant, base).await?))
        }
    }

    /// Applies what the log holds after the image; false when the log no longer reaches back that far.
    pub async fn catch_up(&self, base: BaseNo, image: &mut BaseImage) -> Result<bool, Error> {
        let head = self.changes.head(base).await?.sequence;
        loop {
            let Since::Changes(changes) = self.changes.since(base, image.sequence).await? else { return Ok(false) };
            for change in &changes {
                image.apply(change);
            }
            if changes.is_empty() || image.sequence >= head {
                return Ok(true);
            }
        }
    }

    /// The picture as it was at `sequence`, walked back from the present one.
    pub async fn at(&self, tenant: TenantNo, base: BaseNo, sequence: i64) -> Result<BaseImage, Error> {
        let image = self.current(tenant, base).await?;
        self.walk_back(base, &image, sequence).await
    }

    pub(super) async fn walk_back(&self, base: BaseNo, from: &BaseImage, sequence: i64) -> Result<BaseImage, Error> {
        let mut changes: Vec<Arc<Change>> = Vec::new();
        let mut reached = sequence;
        while reached < from.sequence {
            // The image holds what was synced with the head, which may not be counted as the head yet.
            match self.changes.since_to(base, reached, from.sequence).await? {
                Since::Changes(read) => changes.extend(read),
                Since::TooOld { oldest, kept_since } => return Err(Error::TooOld { oldest, kept_since }),
            }
            match changes.last().map(|change| change.sequence) {
                Some(last) if last > reached => reached = last,
                _ => return Err(Error::ImageGone),
            }
        }
        let mut image = from.clone();
        aside(changes.len() >= MANY, || {
            for change in changes.iter().rev() {
                image.unapply(change);
            }
        });
        // Changes that are not stripped yet have brought it back.
        image.forget_removed();
        Ok(image)
    }

    /// Makes the private picture ready for an operation in the writer: everything before it in the group is in it.
    pub async fn private(&self, tenant: TenantNo, base: BaseNo, tx: &mut BaseTx) -> Result<Private, Error> {
        let slot = self.slot(base);
        let sequence = tx.head().sequence;
        let (number, held) = {
            let mut line = slot.private.lock();
            let held = line.image.as_ref().map(|image| image.sequence);
            match held {
                Some(at) if at == sequence => (line.number, line.image.clone()),
                Some(at) if at < sequence => (line.number, line.image.take()),
                _ => (line.number, None),
            }
        };
        // What readers have caught up with needs not be read from the log once more.
        let published = slot.published.read().clone().filter(|image| image.sequence <= sequence);
        let mut image = match (held, published) {
            (Some(held), Some(seen)) if seen.sequence > held.sequence => BaseImage::clone(&seen),
            (Some(held), _) => held,
            (None, _) => BaseImage::clone(&*self.current(tenant, base).await?),
        };
        if image.sequence < sequence {
            let mut after = tx.changes_after(image.sequence).await?;
            if let Since::TooOld { .. } = after {
                // It lay for longer than changes are kept.
                image = BaseImage::clone(&*self.current(tenant, base).await?);
                after = tx.changes_after(image.sequence).await?;
            }
            match after {
                Since::Changes(changes) => changes.iter().for_each(|change| image.apply(change)),
                Since::TooOld { .. } => return Err(Error::ImageGone),
            }
        }
        let mut line = slot.private.lock();
        if line.number == number {
            line.image = Some(image.clone());
        }
        drop(line);
        Ok(Private { slot, image, changed: Arc::clone(&self.changed), due: Arc::clone(&self.due) })
    }
}

/// The private picture while an operation holds the writer. It stays whatever happens to the slot meanwhile.
pub struct Private {
    slot: Arc<Slot>,
    pub image: BaseImage,
    changed: Arc<AtomicUsize>,
    due: Arc<AtomicBool>,
}

impl Private {
    /// Reads it.
    pub fn read<T>(&self, read: impl FnOnce(&BaseImage) -> T) -> T {
        read(&self.image)
    }

    /// Hooks the change's way into the images: private when the operation succeeds, published after the sync.
    pub fn follow(self, tx: &mut BaseTx, change: Arc<Change>) {
        let Self { slot, image, changed, due } = self;
        // Held on, it would make every change copy what it touches.
        drop(image);
        let (on_commit, on_abort) = (Arc::clone(&slot), Arc::clone(&slot));
        let (sequence, records) = (change.sequence, change.body.records());
        let next = Arc::new(Next { change, aborted: AtomicBool::new(false) });
        let (committed, aborted) = (Arc::clone(&next), Arc::clone(&next));
        let threads = if records >= MANY { tokio::runtime::Handle::try_current().ok() } else { None };
        tx.on_release(Box::new(move || match threads {
            // The writer goes on to the sync meanwhile.
            Some(threads) => drop(threads.spawn_blocking(move || slot.follow(&next))),
            None => slot.follow(&next),
        }));
        tx.on_commit(Box::new(move || {
            on_commit.follow(&committed);
            let line = on_commit.private.lock();
            // Later operations of the group may be in it already: they were committed by the same sync.
            if let Some(image) = line.image.as_ref().filter(|image| image.sequence >= sequence) {
                on_commit.publish(&Arc::new(image.clone()));
            }
            if changed.fetch_add(records, Ordering::Relaxed) + records >= MEASURE {
                changed.store(0, Ordering::Relaxed);
                due.store(true, Ordering::Relaxed);
            }
        }));
        tx.on_abort(Box::new(move || {
            let mut line = on_abort.private.lock();
            aborted.aborted.store(true, Ordering::Relaxed);
            if let Some(image) = line.image.take() {
                // Another change will have this number.
                image.computed.clear();
            }
        }));
    }
}
