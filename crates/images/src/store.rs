//! Rows of records and links.

mod orders;
mod removed;

use std::sync::Arc;

use db::{Db, Row, RowRef, Tx};
use events::{Body, LinkDelta, RecordChange, TableChange};
use model::{
    Actor, BaseNo, CellRef, CellValue, FieldNo, Ordinal, RecordId, TableImage, TableNo, TenantNo, Timestamp,
    decode_cells, encode_cells,
};
use sql::Value;
use tenancy::Permit;

use crate::error::Error;
use crate::{BaseImage, StoredCells, StoredRecord};

pub use removed::{LINK_ROWS, TABLE_ROWS, strip_cells};

const EACH: &str = "SELECT ordinal, id, created_at, modified_at, sequence, deleted, cells, created_by, modified_by FROM records \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal >= $4 AND ordinal < $5 ORDER BY ordinal";
const CELLS: &str = "SELECT tbl, ordinal, cells FROM records WHERE tenant = $1 AND base = $2 \
     AND (tbl, ordinal) > ($3, $4) ORDER BY tbl, ordinal LIMIT 1000";
const ORDINALS: &str = "SELECT MAX(ordinal) FROM records WHERE tenant = $1 AND base = $2 AND tbl = $3";
const AT: &str = "SELECT ordinal, cells FROM records WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal IN \
     ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
const LINKS: &str = "SELECT from_ordinal, to_ordinal, position_back FROM links WHERE tenant = $1 AND base = $2 AND relation = $3 \
     ORDER BY position";
const INSERT: &str = "INSERT INTO records (tenant, base, tbl, ordinal, id, created_at, created_by, modified_at, \
     modified_by, sequence, deleted, cells) VALUES ($4, $5, $6, $1, $2, $7, $8, $7, $8, $9, FALSE, $3)";
const CREATED_AT: &str = "UPDATE records SET created_at = $5 \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4";
const UPDATE: &str = "UPDATE records SET modified_at = $5, modified_by = $6, sequence = $7, cells = $8 \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4";
const UPDATE_BY_HOUSE: &str = "UPDATE records SET sequence = $5, cells = $6 \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4";
const MARK: &str = "UPDATE records SET sequence = $5, deleted = $6 \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4";
const LINK: &str = "INSERT INTO links (tenant, base, relation, from_ordinal, to_ordinal, position, position_back) \
     VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (tenant, base, relation, from_ordinal, to_ordinal) DO NOTHING";
const UNLINK: &str = "DELETE FROM links WHERE tenant = $1 AND base = $2 AND relation = $3 \
     AND from_ordinal = $4 AND to_ordinal = $5";

const ORDER: &str = "UPDATE links SET position = $6 WHERE tenant = $1 AND base = $2 AND relation = $3 \
     AND from_ordinal = $4 AND to_ordinal = $5";
const ORDER_BACK: &str = "UPDATE links SET position_back = $6 WHERE tenant = $1 AND base = $2 AND relation = $3 \
     AND from_ordinal = $4 AND to_ordinal = $5";

/// What removes the rows of a base that was removed, by [`sql::base_rows!`].
pub const BASE_ROWS: [&str; 2] =
    [sql::base_rows!("links", "relation, from_ordinal, to_ordinal"), sql::base_rows!("records", "tbl, ordinal")];

/// How many ordinals [`AT`] asks for.
const ASKED: usize = 16;

/// Every text, so that a test can show each to both databases.
#[cfg(test)]
pub(crate) const TEXTS: [&str; 14] = [
    EACH,
    CELLS,
    ORDINALS,
    AT,
    LINKS,
    INSERT,
    CREATED_AT,
    UPDATE,
    UPDATE_BY_HOUSE,
    MARK,
    LINK,
    UNLINK,
    ORDER,
    ORDER_BACK,
];

/// Streams the record rows of a table with ordinals from the first to before the second, deleted ones included.
pub async fn each_record<S: Send + 'static>(
    db: &Db,
    tenant: TenantNo,
    base: BaseNo,
    (table, from, until): (TableNo, u32, u32),
    state: S,
    add: impl Fn(&mut S, &StoredRecord<'_>) + Send + 'static,
) -> Result<S, Error> {
    let params = vec![tenant.0.into(), base.0.into(), table.0.into(), from.into(), until.into()];
    let read = move |state: &mut S, row: &RowRef<'_>| {
        let id = row.get::<&str>(1)?;
        let Ok(id) = id.parse() else { return Ok(()) };
        add(
            state,
            &StoredRecord {
                ordinal: Ordinal(row.get::<i64>(0)? as u32),
                id,
                created: row.get(2)?,
                modified: row.get(3)?,
                sequence: row.get(4)?,
                deleted: row.get(5)?,
                cells: row.get(6)?,
                created_by: row.get::<Option<&str>>(7)?.and_then(|id| id.parse().ok()),
                modified_by: row.get::<Option<&str>>(8)?.and_then(|id| id.parse().ok()),
            },
        );
        Ok(())
    };
    Ok(db.each(EACH, params, state, read).await?)
}

/// Hands out the texts of cells of a base's records after a place in it, as many as are read at a time; those of deleted
/// records, tables and fields too.
pub async fn each_text<S: Send + 'static>(
    db: &Db,
    (tenant, base): (TenantNo, BaseNo),
    after: Option<(TableNo, Ordinal)>,
    state: S,
    add: impl Fn(&mut S, (TableNo, Ordinal), &str) + Send + 'static,
) -> Result<S, Error> {
    let (table, ordinal) = after.map_or((-1, -1), |(table, ordinal)| (i64::from(table.0), i64::from(ordinal.0)));
    let params: Vec<Value> = vec![tenant.0.into(), base.0.into(), table.into(), ordinal.into()];
    let read = move |state: &mut S, row: &RowRef<'_>| {
        let place = (TableNo(row.get::<i64>(0)? as u32), Ordinal(row.get::<i64>(1)? as u32));
        add(state, place, row.get(2)?);
        Ok(())
    };
    Ok(db.each(CELLS, params, state, read).await?)
}

/// How many ordinals of a table were given out.
pub async fn count_ordinals(db: &Db, tenant: TenantNo, base: BaseNo, table: TableNo) -> Result<u32, Error> {
    let rows = db.read(ORDINALS, vec![tenant.0.into(), base.0.into(), table.0.into()]).await?;
    let last: Option<i64> = rows.first().map(|row| row.get(0)).transpose()?.flatten();
    Ok(last.map_or(0, |last| last as u32 + 1))
}

/// The parameters of [`AT`], a statement at a time.
fn asked(tenant: TenantNo, base: BaseNo, table: TableNo, ordinals: &[Ordinal]) -> impl Iterator<Item = Vec<Value>> {
    ordinals.chunks(ASKED).map(move |part| {
        let mut values: Vec<Value> = vec![tenant.0.into(), base.0.into(), table.0.into()];
        // The last one is named again to fill the places.
        values.extend(
            part.iter().chain(std::iter::repeat_n(part.last(), ASKED).flatten()).take(ASKED).map(|o| o.0.into()),
        );
        values
    })
}

fn cells_at(rows: &[Row]) -> Result<Vec<StoredCells>, Error> {
    rows.iter()
        .map(|row| {
            let (ordinal, text): (i64, &str) = (row.get(0)?, row.get(1)?);
            let mut cells = Vec::new();
            let read = decode_cells(text, |field, cell| cells.push((field, cell.to_value())));
            read.map_err(|source| Error::Unreadable { ordinal, source })?;
            Ok(StoredCells { ordinal: Ordinal(ordinal as u32), cells })
        })
        .collect()
}

/// The stored cells of records, as committed.
pub async fn records_at(
    db: &Db,
    tenant: TenantNo,
    base: BaseNo,
    table: TableNo,
    ordinals: &[Ordinal],
) -> Result<Vec<StoredCells>, Error> {
    let mut out = Vec::with_capacity(ordinals.len());
    for values in asked(tenant, base, table, ordinals) {
        out.extend(cells_at(&db.read(AT, values).await?)?);
    }
    Ok(out)
}

/// The stored cells of records, as the transaction sees them.
pub async fn records_within(
    tx: &mut Tx,
    tenant: TenantNo,
    base: BaseNo,
    table: TableNo,
    ordinals: &[Ordinal],
) -> Result<Vec<StoredCells>, Error> {
    let mut out = Vec::with_capacity(ordinals.len());
    for values in asked(tenant, base, table, ordinals) {
        out.extend(cells_at(&tx.query(AT, values).await?)?);
    }
    Ok(out)
}

/// A pair of linked records.
pub struct Pair {
    pub from: Ordinal,
    pub to: Ordinal,
    /// Orders the pairs of the other side's lists.
    pub back: i64,
}

/// The pairs of a relation, in the order of the lists on its own side.
pub async fn links(db: &Db, tenant: TenantNo, base: BaseNo, relation: FieldNo) -> Result<Vec<Pair>, Error> {
    let rows = db.read(LINKS, vec![tenant.0.into(), base.0.into(), relation.0.into()]).await?;
    let ordinal = |row: &Row, at| Ok::<_, Error>(Ordinal(row.get::<i64>(at)? as u32));
    rows.iter().map(|row| Ok(Pair { from: ordinal(row, 0)?, to: ordinal(row, 1)?, back: row.get(2)? })).collect()
}

/// Who and when, for the rows of one change.
pub struct Mark {
    pub sequence: i64,
    pub time: Timestamp,
    pub by: Option<Arc<str>>,
}

impl Mark {
    /// Of a change by this actor.
    pub fn new(sequence: i64, time: Timestamp, actor: &Actor) -> Self {
        let by = if let Actor::User(user) = actor { Some(user.to_string().into()) } else { None };
        Self { sequence, time, by }
    }
}

/// Queues the rows of a change. `image`, the picture before it, tells the cells that a changed record keeps, and lists of links.
///
/// # Errors
/// [`Error::TooManyPlaces`] where more links get a place than numbers are there for.
pub fn write(tx: &mut Tx, permit: &Permit, mark: &Mark, body: &Body, image: &BaseImage) -> Result<(), Error> {
    for table in &body.tables {
        write_table(tx, permit, mark, table, &image.table(table.table));
    }
    orders::write(tx, permit, mark, body, image)
}

fn write_table(tx: &mut Tx, permit: &Permit, mark: &Mark, table: &TableChange, image: &TableImage) {
    let key = |ordinal: Ordinal| -> Vec<Value> {
        vec![permit.tenant().0.into(), permit.base_no().0.into(), table.table.0.into(), ordinal.0.into()]
    };
    for record in &table.created {
        let cells = stored(record.cells.iter().map(|(field, cell)| (*field, cell.view())));
        let own = [record.ordinal.0.into(), record.id.to_string().into(), cells];
        tx.queue(INSERT, own.into_iter().chain(shared(permit, table.table, mark)));
    }
    for (ordinal, time) in &table.times {
        tx.queue(CREATED_AT, key(*ordinal).into_iter().chain([time.0.into()]));
    }
    for record in &table.updated {
        update(tx, key(record.ordinal), mark, record, image);
    }
    for (records, deleted) in [(&table.deleted, true), (&table.restored, false)] {
        for record in records {
            let mut values = key(record.ordinal);
            values.extend([mark.sequence.into(), Value::Bool(deleted)]);
            tx.queue(MARK, values);
        }
    }
    for (index, link) in table.links.iter().enumerate() {
        write_link(tx, permit, mark, link, index);
    }
}

/// The values of [`INSERT`] that new records of one table and change share.
fn shared(permit: &Permit, table: TableNo, mark: &Mark) -> [Value; 6] {
    [
        permit.tenant().0.into(),
        permit.base_no().0.into(),
        table.0.into(),
        mark.time.0.into(),
        mark.by.clone().into(),
        mark.sequence.into(),
    ]
}

/// The rows of new records, put together before the writer says where they go.
#[derive(Debug, Default)]
pub struct PreparedRows(Vec<Value>);

/// Values of a row that are its own.
const WIDTH: usize = 3;

impl PreparedRows {
    /// None yet, with room for so many.
    pub fn with_capacity(rows: usize) -> Self {
        Self(Vec::with_capacity(rows * WIDTH))
    }

    /// Adds a record with its cells as they are stored.
    pub fn push(&mut self, id: RecordId, cells: String) {
        self.0.extend([Value::Int(0), id.to_string().into(), Value::Json(cells)]);
    }

    /// Gives the records their places, from this ordinal on; `told` is given each one's place and its cells.
    pub fn place(&mut self, first: u32, mut told: impl FnMut(Ordinal, &str)) {
        let (rows, _) = self.0.as_chunks_mut::<WIDTH>();
        for (ordinal, [place, _, cells]) in (first..).zip(rows) {
            *place = ordinal.into();
            if let Value::Json(cells) = cells {
                told(Ordinal(ordinal), cells);
            }
        }
    }

    /// Queues them as rows of a table's records.
    pub fn insert(self, tx: &mut Tx, permit: &Permit, table: TableNo, mark: &Mark) {
        tx.queue_each(INSERT, (WIDTH, self.0), shared(permit, table, mark).into());
    }
}

fn update(tx: &mut Tx, mut values: Vec<Value>, mark: &Mark, record: &RecordChange, image: &TableImage) {
    let mut cells: Vec<(FieldNo, CellRef<'_>)> = Vec::new();
    for (field, column) in &image.columns {
        let kept = record.cells.iter().all(|change| change.field != *field);
        let cell = column.cell(record.ordinal.0 as usize);
        if kept && !cell.is_empty() {
            cells.push((*field, cell));
        }
    }
    cells.extend(record.cells.iter().map(|change| (change.field, CellValue::view(&change.after))));
    cells.sort_unstable_by_key(|(field, _)| *field);
    if mark.by.is_none() {
        // What the house does by itself is nobody's last change.
        values.extend([mark.sequence.into(), stored(cells)]);
        return tx.queue(UPDATE_BY_HOUSE, values);
    }
    values.extend([mark.time.0.into(), mark.by.clone().into(), mark.sequence.into(), stored(cells)]);
    tx.queue(UPDATE, values);
}

fn stored<'c>(cells: impl IntoIterator<Item = (FieldNo, CellRef<'c>)>) -> Value {
    let mut out = Vec::with_capacity(192);
    encode_cells(cells, &mut out);
    Value::Json(String::from_utf8(out).unwrap_or_default())
}

/// How many pairs of a change get a position.
const POSITIONS: usize = 1 << 20;

/// Where the pair of this number in a change comes. Later changes come later: [`POSITIONS`] fit into one.
fn position(mark: &Mark, index: usize) -> i64 {
    (mark.sequence << 20) + index as i64
}

fn write_link(tx: &mut Tx, permit: &Permit, mark: &Mark, link: &LinkDelta, index: usize) {
    let mut values: Vec<Value> = vec![
        permit.tenant().0.into(),
        permit.base_no().0.into(),
        link.relation.0.into(),
        link.from.0.into(),
        link.to.0.into(),
    ];
    if link.added {
        values.push(position(mark, index).into());
        tx.queue(LINK, values);
    } else {
        tx.queue(UNLINK, values);
    }
}

#[cfg(test)]
mod tests;
