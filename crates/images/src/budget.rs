//! The memory of all images: what leaves first, and what comes back when a query looks at it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::{BaseNo, Kind, Ordinal, Table, TableNo, TenantNo};

use super::absent::{ColumnKey, StoredCells};
use super::slot::{Images, Private, Slot};
use super::{BaseImage, build, record_cells};
use crate::error::Error;
use crate::store;

/// How deep names of linked records are made of names of linked records.
const DEPTH: usize = 8;

/// A column that may leave.
struct Leaving {
    slot: Arc<Slot>,
    column: ColumnKey,
    /// Texts leave before the rest, then what was used longest ago.
    order: (bool, u64),
    bytes: usize,
}

impl Images {
    fn images(&self) -> Vec<(BaseNo, Arc<Slot>, Arc<BaseImage>)> {
        let slots = self.slots.read();
        let held = slots.iter().filter_map(|(base, slot)| {
            let image = slot.published.read().clone()?;
            Some((*base, Arc::clone(slot), image))
        });
        held.collect()
    }

    /// The bytes of all images and what is kept of their results.
    pub fn memory(&self) -> usize {
        let images: usize = self.images().iter().map(|(.., image)| image.memory() + image.computed.memory()).sum();
        images + (self.shed)(false)
    }

    /// Drops what is needed least until everything and `more` bytes fit, or nothing is left to drop: kept results,
    /// then columns, then whole images. The image of `keep` and the columns `wanted` of it stay. Answers how many
    /// bytes are held.
    pub(super) fn make_room(&self, keep: BaseNo, wanted: &[ColumnKey], more: usize) -> usize {
        let mut held = self.memory();
        let fits = |held: usize| held.saturating_add(more) <= self.budget;
        if fits(held) {
            return held;
        }
        (self.shed)(true);
        self.images().iter().for_each(|(.., image)| image.computed.clear());
        held = self.memory();
        for leaving in self.leaving(keep, wanted) {
            if fits(held) {
                return held;
            }
            drop_column(&leaving.slot, leaving.column);
            held = held.saturating_sub(leaving.bytes);
        }
        let mut others = self.images();
        others.retain(|(base, ..)| *base != keep);
        others.sort_by_key(|(_, slot, _)| slot.used.load(Ordering::Relaxed));
        for (_, slot, image) in others {
            if fits(held) {
                return held;
            }
            slot.renew(|_| None);
            held = held.saturating_sub(image.memory());
        }
        held
    }

    fn leaving(&self, keep: BaseNo, wanted: &[ColumnKey]) -> Vec<Leaving> {
        let mut leaving = Vec::new();
        for (base, slot, image) in self.images() {
            for (column, kind, bytes) in image.columns().filter(|(_, kind, _)| *kind != Kind::Links) {
                if base == keep && wanted.contains(&column) {
                    continue;
                }
                let order = (kind != Kind::Text, image.last_use(column.1));
                leaving.push(Leaving { slot: Arc::clone(&slot), column, order, bytes });
            }
        }
        leaving.sort_by_key(|leaving| leaving.order);
        leaving
    }

    /// The base's picture at `sequence`, or at its head, with these columns in memory.
    ///
    /// # Errors
    /// [`Error::ImageMemory`] when they do not fit.
    pub async fn with(
        &self,
        tenant: TenantNo,
        base: BaseNo,
        wanted: &[ColumnKey],
        sequence: Option<i64>,
    ) -> Result<Arc<BaseImage>, Error> {
        let slot = self.slot(base);
        let image = {
            let _work = slot.work.lock().await;
            let head = self.changes.head(base).await?.sequence;
            let image = self.current_in(&slot, tenant, base, head).await?;
            self.load(&slot, tenant, base, image, wanted).await?
        };
        match sequence {
            Some(sequence) if sequence < image.sequence => Ok(Arc::new(self.walk_back(base, &image, sequence).await?)),
            _ => Ok(image),
        }
    }

    async fn load(
        &self,
        slot: &Slot,
        tenant: TenantNo,
        base: BaseNo,
        image: Arc<BaseImage>,
        wanted: &[ColumnKey],
    ) -> Result<Arc<BaseImage>, Error> {
        let missing: Vec<ColumnKey> = wanted.iter().filter(|column| image.lacks(**column)).copied().collect();
        if missing.is_empty() {
            return Ok(image);
        }
        let mut image = BaseImage::clone(&image);
        // What must stay beside the new columns: the picture without what may leave.
        let bare: usize = image.memory()
            - image
                .columns()
                .filter(|(c, kind, _)| *kind != Kind::Links && !wanted.contains(c))
                .map(|(.., b)| b)
                .sum::<usize>();
        let limit = self.budget.saturating_sub(bare);
        let read = Box::pin(build::columns(&self.db, tenant, &image.schema, &missing, limit)).await;
        let read = read.map_err(|error| match error {
            Error::ImageMemory { needed, .. } => Error::ImageMemory { needed: needed + bare, budget: self.budget },
            error => error,
        })?;
        let bytes: usize = read.iter().map(|(_, column)| column.memory()).sum();
        self.make_room(base, wanted, bytes);
        // Some of the image's own columns may have left.
        for (column, ..) in image.clone().columns() {
            let left = slot.published.read().as_ref().is_some_and(|held| held.lacks(column));
            if left && !wanted.contains(&column) {
                image.drop_column(column);
            }
        }
        for column in missing {
            image.forget_absence(column);
        }
        for (column, values) in read {
            image.put_column(column, values);
        }
        image.used(wanted.iter().map(|(_, field)| *field));
        // The rows may have been newer than the picture.
        if !self.catch_up(base, &mut image).await? {
            return Err(Error::ImageGone);
        }
        let image = Arc::new(image);
        slot.renew(|_| Some(Arc::clone(&image)));
        Ok(image)
    }

    /// The stored cells of records: those of the picture, or where columns of it are not in memory those that are
    /// committed now.
    pub async fn stored(
        &self,
        tenant: TenantNo,
        image: &BaseImage,
        table: TableNo,
        ordinals: &[Ordinal],
    ) -> Result<Vec<StoredCells>, Error> {
        if ordinals.iter().any(|ordinal| image.wants(table, *ordinal)) {
            return store::records_at(&self.db, tenant, image.schema.base_no, table, ordinals).await;
        }
        let rows = image.table(table);
        let cells = |ordinal: &Ordinal| StoredCells { ordinal: *ordinal, cells: record_cells(&rows, *ordinal) };
        Ok(ordinals.iter().map(cells).collect())
    }

    /// A picture to read these records from, whose cells are fetched where columns are not in memory. Rows are read
    /// as they are committed now, which may be later than the picture.
    pub async fn page(
        &self,
        tenant: TenantNo,
        image: Arc<BaseImage>,
        table: &Table,
        ordinals: &[Ordinal],
    ) -> Result<Arc<BaseImage>, Error> {
        if image.is_whole() {
            return Ok(image);
        }
        let base = image.schema.base_no;
        let mut page = image.to_page();
        let mut steps = vec![(table.no, ordinals.to_vec(), DEPTH)];
        while let Some((no, ordinals, depth)) = steps.pop() {
            let wanted: Vec<Ordinal> = ordinals.iter().copied().filter(|ordinal| page.wants(no, *ordinal)).collect();
            let records = store::records_at(&self.db, tenant, base, no, &wanted).await?;
            page.fill(no, records);
            if let Some(depth) = depth.checked_sub(1) {
                steps.extend(page.linked(no, &ordinals, depth + 1 == DEPTH).into_iter().map(|(no, o)| (no, o, depth)));
            }
        }
        Ok(Arc::new(page))
    }
}

fn drop_column(slot: &Slot, column: ColumnKey) {
    slot.renew(|published| {
        let mut image = published?;
        Arc::make_mut(&mut image).drop_column(column);
        Some(image)
    });
}

impl Images {
    /// Takes a base out of memory; the next reader builds it anew.
    pub fn drop_image(&self, base: BaseNo) {
        self.slot(base).renew(|_| None);
    }

    /// Takes a column out of memory; a query that looks at it brings it back.
    pub fn drop_column(&self, base: BaseNo, column: ColumnKey) {
        drop_column(&self.slot(base), column);
    }
}

impl Private {
    /// Fetches the cells of these records where columns are not in memory, as the operation finds them.
    pub async fn fill(
        &mut self,
        tx: &mut changes::BaseTx,
        tenant: TenantNo,
        table: TableNo,
        ordinals: &[Ordinal],
    ) -> Result<(), Error> {
        let wanted: Vec<Ordinal> = ordinals.iter().copied().filter(|o| self.image.wants(table, *o)).collect();
        if !wanted.is_empty() {
            let base = self.image.schema.base_no;
            let records = store::records_within(tx, tenant, base, table, &wanted).await?;
            self.image.fill(table, records);
        }
        Ok(())
    }
}
