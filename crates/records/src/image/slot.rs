//! Where the images are kept: one slot a base, a published picture for readers and a private one for the writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use changes::{BaseTx, Changes, Since};
use db::Db;
use events::Change;
use model::{BaseNo, TenantNo};
use parking_lot::{Mutex, MutexGuard, RwLock};
use rustc_hash::FxHashMap;
use schema::Schemas;
use tokio::sync::Mutex as AsyncMutex;

use super::{BaseImage, build};
use crate::error::Error;

/// One base's images.
#[derive(Default)]
struct Slot {
    /// What readers see: never ahead of what is synced.
    published: RwLock<Option<Arc<BaseImage>>>,
    /// What the writer's operations decide on: the published picture with the changes of the group that runs.
    private: Mutex<Option<BaseImage>>,
    /// Held while the image is built or brought forward from the log, so that it happens once.
    work: AsyncMutex<()>,
    used: AtomicU64,
}

/// The images of all bases, within a budget.
#[derive(Clone)]
pub(crate) struct Images {
    slots: Arc<RwLock<FxHashMap<BaseNo, Arc<Slot>>>>,
    db: Db,
    changes: Changes,
    schemas: Schemas,
    budget: usize,
    tick: Arc<AtomicU64>,
}

impl Images {
    pub fn new(db: Db, changes: Changes, schemas: Schemas, budget: usize) -> Self {
        Self { slots: Arc::default(), db, changes, schemas, budget, tick: Arc::default() }
    }

    fn slot(&self, base: BaseNo) -> Arc<Slot> {
        let found = self.slots.read().get(&base).cloned();
        let slot = found.unwrap_or_else(|| Arc::clone(self.slots.write().entry(base).or_default()));
        slot.used.store(self.tick.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        slot
    }

    /// The base's picture at its head or later.
    pub async fn current(&self, tenant: TenantNo, base: BaseNo) -> Result<Arc<BaseImage>, Error> {
        let slot = self.slot(base);
        let head = self.changes.head(base).await?.sequence;
        if let Some(image) = slot.published.read().as_ref().filter(|image| image.sequence >= head) {
            return Ok(Arc::clone(image));
        }
        let _work = slot.work.lock().await;
        let held = slot.published.read().clone();
        let image = match held {
            Some(image) if image.sequence >= head => return Ok(image),
            Some(image) => self.forward(tenant, base, image).await?,
            None => Arc::new(self.build(tenant, base).await?),
        };
        publish(&slot, &image);
        self.evict(base);
        Ok(image)
    }

    async fn build(&self, tenant: TenantNo, base: BaseNo) -> Result<BaseImage, Error> {
        let sequence = self.changes.head(base).await?.sequence;
        let schema = self.schemas.snapshot(tenant, base).await?;
        let mut image = build::build(&self.db, tenant, BaseImage::new(sequence, schema)).await?;
        if image.memory() > self.budget {
            return Err(Error::ImageMemory { needed: image.memory(), budget: self.budget });
        }
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
    async fn catch_up(&self, base: BaseNo, image: &mut BaseImage) -> Result<bool, Error> {
        match self.changes.since(base, image.sequence).await? {
            Since::Changes(changes) => {
                for change in &changes {
                    image.apply(change);
                }
                Ok(true)
            }
            Since::TooOld { .. } => Ok(false),
        }
    }

    /// The picture as it was at `sequence`, walked back from the present one.
    pub async fn at(&self, tenant: TenantNo, base: BaseNo, sequence: i64) -> Result<BaseImage, Error> {
        let mut image = BaseImage::clone(&*self.current(tenant, base).await?);
        match self.changes.since(base, sequence).await? {
            Since::Changes(changes) => {
                for change in changes.iter().rev() {
                    image.unapply(change);
                }
                Ok(image)
            }
            Since::TooOld { oldest } => Err(Error::TooOld { oldest }),
        }
    }

    /// Makes the private picture ready for an operation in the writer: everything before it in the group is in it.
    pub async fn private(&self, tenant: TenantNo, base: BaseNo, tx: &mut BaseTx) -> Result<Private, Error> {
        let slot = self.slot(base);
        let sequence = tx.head().sequence;
        let held = slot.private.lock().as_ref().map(|image| image.sequence);
        if held != Some(sequence) {
            let start = match held {
                Some(at) if at < sequence => slot.private.lock().take(),
                _ => None,
            };
            let mut image = match start {
                Some(image) => image,
                None => BaseImage::clone(&*self.current(tenant, base).await?),
            };
            match tx.changes_after(image.sequence).await? {
                Since::Changes(changes) => {
                    for change in &changes {
                        image.apply(change);
                    }
                }
                Since::TooOld { .. } => return Err(Error::ImageGone),
            }
            *slot.private.lock() = Some(image);
        }
        Ok(Private { slot })
    }

    /// Drops the least recently used images until the rest fits; the one in use stays.
    fn evict(&self, keep: BaseNo) {
        loop {
            let slots = self.slots.read();
            let total: usize = slots.values().filter_map(|s| s.published.read().as_ref().map(|i| i.memory())).sum();
            if total <= self.budget {
                return;
            }
            let oldest = slots
                .iter()
                .filter(|(base, slot)| **base != keep && slot.published.read().is_some())
                .min_by_key(|(_, slot)| slot.used.load(Ordering::Relaxed));
            let Some((_, slot)) = oldest else { return };
            *slot.published.write() = None;
            *slot.private.lock() = None;
        }
    }
}

fn publish(slot: &Slot, image: &Arc<BaseImage>) {
    let mut published = slot.published.write();
    if published.as_ref().is_none_or(|held| held.sequence < image.sequence) {
        *published = Some(Arc::clone(image));
    }
}

/// The private picture while an operation holds the writer.
pub(crate) struct Private {
    slot: Arc<Slot>,
}

impl Private {
    /// Reads it; do not hold over an await.
    pub fn read<T>(&self, read: impl FnOnce(&BaseImage) -> T) -> Result<T, Error> {
        let guard: MutexGuard<'_, Option<BaseImage>> = self.slot.private.lock();
        guard.as_ref().map(read).ok_or(Error::ImageGone)
    }

    /// Hooks the change's way into the images: private when the operation succeeds, published after the sync.
    pub fn follow(self, tx: &mut BaseTx, change: Arc<Change>) {
        let (on_commit, on_abort) = (Arc::clone(&self.slot), Arc::clone(&self.slot));
        let sequence = change.sequence;
        tx.on_release(Box::new(move || {
            if let Some(image) = self.slot.private.lock().as_mut() {
                image.apply(&change);
            }
        }));
        tx.on_commit(Box::new(move || {
            let image = on_commit.private.lock().clone();
            // Later operations of the group may be in it already: they were committed by the same sync.
            if let Some(image) = image.filter(|image| image.sequence >= sequence) {
                publish(&on_commit, &Arc::new(image));
            }
        }));
        tx.on_abort(Box::new(move || *on_abort.private.lock() = None));
    }
}
