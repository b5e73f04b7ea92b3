//! Building an image from rows: streamed by ranges of ordinals over two connections, without a value in between.

mod part;

use std::sync::Arc;

use db::Db;
use model::{CHUNK, Chunk, Column, Ordinal, RecordId, RecordIds, Schema, TableNo, TenantNo, UserId};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use super::BaseImage;
use super::absent::{Absent, ColumnKey};
use crate::error::Error;
use crate::store;

pub(super) use part::Meter;
use part::{Part, Wanted};

/// A record as its row says.
pub struct StoredRecord<'r> {
    pub ordinal: Ordinal,
    pub id: RecordId,
    pub created: i64,
    pub modified: i64,
    pub created_by: Option<UserId>,
    pub modified_by: Option<UserId>,
    pub sequence: i64,
    pub deleted: bool,
    pub cells: &'r str,
}

/// Ordinals of a table that are read in one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    table: TableNo,
    from: u32,
    until: u32,
}

/// The base's records and links as they are stored; columns are left out where the whole takes more than `limit`.
pub(super) async fn build(db: &Db, tenant: TenantNo, image: BaseImage, limit: usize) -> Result<BaseImage, Error> {
    let mut image = image;
    let meter = Arc::new(Mutex::new(Meter::dropping(limit)));
    let ranges = ranges(db, tenant, &image.schema).await?;
    for part in read(db, tenant, &image.schema, ranges, Wanted::All, &meter).await? {
        add(&mut image, part);
    }
    image.absent = Absent::new(meter.lock().absent.clone());
    for column in &meter.lock().absent {
        image.table_mut(column.0).columns.remove(&column.1);
    }
    for table in image.schema.tables.clone() {
        for field in &table.fields {
            let Some(link) = field.kind.link().filter(|link| !link.reversed) else { continue };
            let Some((other, inverse)) = image.sides(table.no, link.relation) else { continue };
            let mut pairs = store::links(db, tenant, image.schema.base_no, link.relation).await?;
            image.set_lists((table.no, link.relation), pairs.iter().map(|pair| (pair.from, pair.to)));
            if let Some(inverse) = inverse {
                pairs.sort_by_key(|pair| pair.back);
                image.set_lists((other, inverse), pairs.iter().map(|pair| (pair.to, pair.from)));
            }
        }
    }
    // Their rows may not be swept yet.
    image.forget_removed();
    Ok(image)
}

/// Single columns as they are stored; none of them when they take more than `limit` together.
pub(super) async fn columns(
    db: &Db,
    tenant: TenantNo,
    schema: &Schema,
    wanted: &[ColumnKey],
    limit: usize,
) -> Result<Vec<(ColumnKey, Column)>, Error> {
    let meter = Arc::new(Mutex::new(Meter::refusing(limit)));
    let mut all = ranges(db, tenant, schema).await?;
    all.retain(|range| wanted.iter().any(|(table, _)| *table == range.table));
    let fields = wanted.iter().map(|(_, field)| *field).collect();
    let mut out: FxHashMap<ColumnKey, Column> = FxHashMap::default();
    for part in read(db, tenant, schema, all, fields, &meter).await? {
        for (field, kind, chunks) in part.columns {
            place(out.entry((part.table, field)).or_insert_with(|| Column::new(kind)), part.first, chunks);
        }
    }
    if meter.lock().is_over() {
        return Err(Error::ImageMemory { needed: meter.lock().bytes(), budget: limit });
    }
    Ok(out.into_iter().collect())
}

/// Two halves of about the same number of records, cut at borders of chunks.
async fn ranges(db: &Db, tenant: TenantNo, schema: &Schema) -> Result<Vec<Range>, Error> {
    let mut ranges = Vec::new();
    for table in schema.tables.iter().filter(|table| !table.removed) {
        let len = store::count_ordinals(db, tenant, schema.base_no, table.no).await?;
        if len > 0 {
            ranges.push(Range { table: table.no, from: 0, until: len });
        }
    }
    Ok(ranges)
}

/// Deals ranges out to two streams, cutting the one that lies across the middle.
fn halves(ranges: Vec<Range>) -> [Vec<Range>; 2] {
    let total: u64 = ranges.iter().map(|range| u64::from(range.until - range.from)).sum();
    let mut left = total / 2;
    let [mut first, mut second] = [Vec::new(), Vec::new()];
    for range in ranges {
        let len = u64::from(range.until - range.from);
        let cut = range.from + (left.min(len) as u32).next_multiple_of(CHUNK as u32);
        left -= left.min(len);
        if cut >= range.until {
            first.push(range);
        } else if cut == range.from {
            second.push(range);
        } else {
            first.push(Range { until: cut, ..range });
            second.push(Range { from: cut, ..range });
        }
    }
    [first, second]
}

async fn read(
    db: &Db,
    tenant: TenantNo,
    schema: &Schema,
    ranges: Vec<Range>,
    wanted: Wanted,
    meter: &Arc<Mutex<Meter>>,
) -> Result<Vec<Part>, Error> {
    let base = schema.base_no;
    let stream = |ranges: Vec<Range>| {
        let wanted = wanted.clone();
        async move {
            let mut parts = Vec::with_capacity(ranges.len());
            for range in ranges {
                let part = Part::new(range.table, range.from, wanted.clone(), Arc::clone(meter));
                let part =
                    store::each_record(db, tenant, base, (range.table, range.from, range.until), part, Part::add);
                parts.push(part.await?.end());
            }
            Ok::<_, Error>(parts)
        }
    };
    let [first, second] = halves(ranges);
    let (first, second) = tokio::join!(stream(first), stream(second));
    let mut parts = first?;
    parts.extend(second?);
    parts.sort_unstable_by_key(|part| (part.table, part.first));
    Ok(parts)
}

/// Adds a part behind what the table has.
fn add(image: &mut BaseImage, part: Part) {
    let rows = image.table_mut(part.table);
    let Part { first, ids, live, created, modified, changed, created_by, modified_by, users, columns, .. } = part;
    let numbers: Vec<u32> = users.iter().map(|user| rows.user_no(*user)).collect();
    for (column, chunks) in [(&mut rows.created_by, created_by), (&mut rows.modified_by, modified_by)] {
        place(column, first, chunks.into_iter().map(|chunk| renumbered(chunk, &numbers)).collect());
    }
    push_ids(&mut rows.ids, first, &ids);
    let all = Arc::make_mut(&mut rows.live);
    live.ones().for_each(|row| all.set(first * CHUNK + row, true));
    for (column, chunks) in [(&mut rows.created, created), (&mut rows.modified, modified), (&mut rows.changed, changed)]
    {
        place(column, first, chunks);
    }
    for (field, kind, chunks) in columns {
        place(rows.columns.entry(field).or_insert_with(|| Column::new(kind)), first, chunks);
    }
    for chunk in first..rows.len().div_ceil(CHUNK) {
        rows.touch(Ordinal((chunk * CHUNK) as u32));
    }
}

/// A part numbers its users by itself.
fn renumbered(mut chunk: Chunk, numbers: &[u32]) -> Chunk {
    if let Chunk::Choice(held) = &mut chunk {
        for no in held.iter_mut().filter(|no| **no > 0) {
            *no = numbers.get(*no as usize - 1).copied().unwrap_or(0);
        }
    }
    chunk
}

fn push_ids(ids: &mut RecordIds, first: usize, new: &[RecordId]) {
    while ids.len() < first * CHUNK {
        ids.push(super::nobody(ids.len()));
    }
    ids.reserve(new.len());
    for id in new {
        ids.push(*id);
    }
}

/// Puts chunks at their places; a column has no chunks where it has no cells.
fn place(column: &mut Column, first: usize, chunks: Vec<Chunk>) {
    while column.chunks().len() < first {
        column.push_chunk(Chunk::new(column.kind()));
    }
    for chunk in chunks {
        column.push_chunk(chunk);
    }
}

#[cfg(test)]
mod tests;
