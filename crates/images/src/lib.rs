//! Records as they are kept: rows in the database, and images of whole bases in memory.
//!
//! Words: an *image* is a base's tables in memory at one sequence; the *private* one is the writer's, the *published* one
//! what everybody reads; a *view* is an image as somebody looks at it now, with what is computed.
//!
//! Invariants: the rows are the only truth and an image may be dropped at any moment; pictures move only by
//! [`BaseImage::apply`], from the change log; applying a change again does no harm, so an image may be built from rows that
//! are newer than the sequence it starts from; nothing is published that is not synced; computed values are never stored.

mod absent;
mod addresses;
mod budget;
mod build;
mod computed;
mod error;
mod lists;
mod recent;
mod slot;
mod store;
mod tick;
mod watch;

use std::sync::Arc;

use db::Migration;
use events::{Body, Change, LinkDelta, RecordCells, RecordChange, SchemaChange, TableChange};
use model::{
    Actor, CHUNK, CellRef, CellValue, Chunk, Column, FieldKind, FieldNo, Kind, Ordinal, RecordId, RecordIds, Schema,
    Table, TableImage, TableNo, Timestamp,
};
use rustc_hash::FxHashMap;

use absent::{Absent, Usage};
use recent::Recent;

pub use absent::{ColumnKey, StoredCells};
pub use addresses::{Addresses, FILES_PATH, Ticket, period};
pub use build::StoredRecord;
pub use computed::{Asked, Computed, Reach, Values, View, is_stale, looked, users_of, watching};
pub use error::Error;
pub use lists::{LinkCell, LinkList, PlacedList, Put};
pub use slot::{Images, Private};
pub use store::{BASE_ROWS, LINK_ROWS, Mark, PreparedRows, TABLE_ROWS, each_text, records_at, strip_cells, write};
pub use tick::tick;
pub use watch::{Linked, author, join_linked, kept, note_modified, note_watched, previous, time_of};

/// The tables of records and links.
pub const MIGRATIONS: [Migration; 2] = [
    Migration { name: "2026_03_01_0400_records", sql: include_str!("../migrations/2026_03_01_0400_records.sql") },
    Migration {
        name: "2026_11_29_1000_both_orders",
        sql: include_str!("../migrations/2026_11_29_1000_both_orders.sql"),
    },
];

/// All tables of a base at one sequence. Cloning is cheap; writing copies only the chunks that a clone still holds.
#[derive(Clone)]
pub struct BaseImage {
    /// The last change in it.
    pub sequence: i64,
    /// The schema at that sequence.
    pub schema: Arc<Schema>,
    tables: FxHashMap<TableNo, Arc<TableImage>>,
    /// Computed columns, shared by all pictures of the base: an entry names the versions that it was computed from.
    pub computed: Arc<Computed>,
    /// What of it is not in memory.
    absent: Absent,
    /// When its columns were last used, shared by all pictures of the base.
    usage: Arc<Usage>,
    /// What the last changes touched.
    recent: Recent,
}

impl BaseImage {
    /// A picture without records.
    pub fn new(sequence: i64, schema: Arc<Schema>) -> Self {
        let tables = FxHashMap::default();
        Self {
            sequence,
            schema,
            tables,
            computed: Arc::default(),
            absent: Absent::default(),
            usage: Arc::default(),
            recent: Recent::default(),
        }
    }

    /// The records of a table.
    pub fn table(&self, no: TableNo) -> Arc<TableImage> {
        self.tables.get(&no).cloned().unwrap_or_else(|| Arc::new(TableImage::new(no)))
    }

    fn table_mut(&mut self, no: TableNo) -> &mut TableImage {
        Arc::make_mut(self.tables.entry(no).or_insert_with(|| Arc::new(TableImage::new(no))))
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.tables.values().map(|table| table.memory()).sum()
    }

    /// Records that were ever made, in all tables.
    pub fn records(&self) -> usize {
        self.tables.values().map(|table| table.len()).sum()
    }

    /// Brings the image forward by one change; earlier ones are skipped.
    pub fn apply(&mut self, change: &Change) {
        if change.sequence <= self.sequence {
            return;
        }
        self.apply_schema(&change.body);
        self.recent.note(self.touched_by(change));
        for table in &change.body.tables {
            self.apply_table(table, change);
        }
        self.sequence = change.sequence;
    }

    fn apply_schema(&mut self, body: &Body) {
        if body.schema.is_empty() {
            return;
        }
        let schema = Arc::make_mut(&mut self.schema);
        for part in &body.schema {
            match part {
                SchemaChange::BaseName { after, .. } => schema.name.clone_from(after),
                SchemaChange::Table { after, .. } => put_table(schema, after),
            }
        }
        schema.revision += 1;
        let reduces = |part: &SchemaChange| matches!(part, SchemaChange::Table { after, .. } if is_reduced(after));
        if body.schema.iter().any(reduces) {
            self.forget_removed();
        }
    }

    /// Lets go of what removed tables and fields held: a row is written as the picture knows it.
    pub(crate) fn forget_removed(&mut self) {
        let schema = Arc::clone(&self.schema);
        for table in schema.tables.iter().filter(|table| is_reduced(table)) {
            for no in table.fields.iter().filter(|field| field.removed).flat_map(|field| field.numbers()) {
                self.forget_column((table.no, no));
            }
            if table.removed {
                self.tables.remove(&table.no);
            }
        }
    }

    fn apply_table(&mut self, change: &TableChange, whole: &Change) {
        let absent = self.absent.clone();
        let (sequence, time) = (whole.sequence, whole.time);
        let table = self.table_mut(change.table);
        let by =
            if let Actor::User(user) = whole.actor { CellRef::Choice(table.user_no(user)) } else { CellRef::Empty };
        create(table, &absent, &change.created, sequence, (time, by));
        for (ordinal, time) in &change.times {
            table.created.set(ordinal.0 as usize, CellRef::Time(time.0));
        }
        create(table, &absent, &change.restored, sequence, (time, by));
        for record in &change.updated {
            // What the house does by itself is nobody's last change.
            let modified = matches!(whole.actor, Actor::User(_)).then_some(time);
            update(table, &absent, record, sequence, modified, |cell| cell.after.view());
            if modified.is_some() {
                table.modified_by.set(record.ordinal.0 as usize, by);
            }
        }
        for record in &change.deleted {
            delete(table, record.ordinal, sequence);
        }
        self.apply_links(change.table, &change.links);
    }

    /// Both sides of a relation: the field that was created first and, unless a table links to itself, the other.
    pub fn sides(&self, table: TableNo, relation: FieldNo) -> Option<(TableNo, Option<FieldNo>)> {
        let table = self.schema.table_by_no(table)?;
        let link = table.field_by_no(relation)?.kind.link()?;
        let other = self.schema.table_by_no(link.linked_table_no)?;
        let inverse = link.inverse.and_then(|id| other.fields.iter().find(|field| field.id == id));
        Some((other.no, inverse.map(|field| field.no)))
    }

    /// Gives each record on one side of a relation its list, from pairs in its order.
    fn set_lists(&mut self, (table, field): (TableNo, FieldNo), pairs: impl Iterator<Item = (Ordinal, Ordinal)>) {
        let mut lists: FxHashMap<Ordinal, Vec<u32>> = FxHashMap::default();
        for (record, other) in pairs {
            lists.entry(record).or_default().push(other.0);
        }
        let table = self.table_mut(table);
        for (record, list) in lists {
            table.set(field, Kind::Links, record, CellRef::Links(&list));
        }
    }

    /// The picture once the pairs of a change are linked and unlinked.
    #[must_use]
    pub fn linked_as(&self, body: &Body) -> Self {
        let mut after = self.clone();
        for part in &body.tables {
            after.apply_links(part.table, &part.links);
        }
        after
    }

    /// Takes pairs back, the last one first, each to where it stood.
    fn unapply_links(&mut self, table: TableNo, links: &[LinkDelta]) {
        self.apply_links(table, &taken_back(links));
    }

    /// The records that a link cell leads to, in their order.
    pub fn links(&self, table: TableNo, field: FieldNo, record: Ordinal) -> Vec<u32> {
        match self.table(table).cell(field, record) {
            CellRef::Links(list) => list.to_vec(),
            _ => Vec::new(),
        }
    }

    /// Takes a change back: the picture before it. Used to answer for a sequence that has passed.
    pub fn unapply(&mut self, change: &Change) {
        if change.sequence != self.sequence {
            return;
        }
        for table in change.body.tables.iter().rev() {
            self.unapply_links(table.table, &table.links);
            let absent = self.absent.clone();
            let image = self.table_mut(table.table);
            for record in &table.deleted {
                create(image, &absent, std::slice::from_ref(record), record.previous, (change.time, CellRef::Empty));
            }
            // Changes of users that do not tell what was before them were written before this was kept.
            let untold = table.modified.is_empty() && matches!(change.actor, Actor::User(_));
            let modified = untold.then_some(change.time);
            for record in &table.updated {
                update(image, &absent, record, record.previous, modified, |cell| cell.before.view());
            }
            for last in &table.modified {
                let by = last.by.map_or(CellRef::Empty, |user| CellRef::Choice(image.user_no(user)));
                for ordinal in &last.records {
                    image.modified.set(ordinal.0 as usize, CellRef::Time(last.time.0));
                    image.modified_by.set(ordinal.0 as usize, by);
                }
            }
            for record in table.restored.iter().chain(&table.created) {
                delete(image, record.ordinal, record.previous);
            }
        }
        self.unapply_schema(&change.body);
        self.recent.forget();
        self.sequence = change.sequence - 1;
        // Versions that are counted on from here may be met again in the present with other contents.
        self.computed = Arc::default();
    }

    fn unapply_schema(&mut self, body: &Body) {
        if body.schema.is_empty() {
            return;
        }
        let schema = Arc::make_mut(&mut self.schema);
        for part in body.schema.iter().rev() {
            match part {
                SchemaChange::BaseName { before, .. } => schema.name.clone_from(before),
                SchemaChange::Table { before: Some(before), .. } => put_table(schema, before),
                SchemaChange::Table { before: None, after } => schema.tables.retain(|table| table.no != after.no),
            }
        }
        schema.revision -= 1;
    }
}

fn is_reduced(table: &Table) -> bool {
    table.removed || table.fields.iter().any(|field| field.removed)
}

/// Puts a definition in its place. What was removed for good by then stays so, wherever the picture is moved.
fn put_table(schema: &mut Schema, table: &Arc<Table>) {
    match schema.tables.iter_mut().find(|held| held.no == table.no) {
        Some(held) => *held = table.without_removed(held).map_or_else(|| Arc::clone(table), Arc::new),
        None => schema.tables.push(Arc::clone(table)),
    }
}

/// Makes records that exist; those that are new were created at this time by this user of the table.
fn create(
    table: &mut TableImage,
    absent: &Absent,
    records: &[RecordCells],
    sequence: i64,
    new: (Timestamp, CellRef<'_>),
) {
    let chunk = |record: &RecordCells| record.ordinal.0 as usize / CHUNK;
    for records in records.chunk_by(|one, next| chunk(one) == chunk(next)) {
        create_in(table, absent, records, sequence, new);
    }
}

/// Writes records of one chunk, which is taken in hand once: it may have to be copied, and a change may have thousands.
fn create_in(
    table: &mut TableImage,
    absent: &Absent,
    records: &[RecordCells],
    sequence: i64,
    (time, by): (Timestamp, CellRef<'_>),
) {
    let Some(first) = records.first() else { return };
    let index = first.ordinal.0 as usize / CHUNK;
    let TableImage { table: no, ids, live, created, modified, changed, created_by, modified_by, columns, .. } =
        &mut *table;
    let marks = [created, modified, changed, created_by, modified_by].map(|column| column.chunk_mut(index));
    let [Some(created), Some(modified), Some(changed), Some(created_by), Some(modified_by)] = marks else { return };
    let live = Arc::make_mut(live);
    for record in records {
        let ordinal = record.ordinal.0 as usize;
        if ordinal >= ids.len() {
            grow(ids, record.ordinal, record.id);
            created.set(ordinal % CHUNK, CellRef::Time(time.0));
            modified.set(ordinal % CHUNK, CellRef::Time(time.0));
            created_by.set(ordinal % CHUNK, by);
            modified_by.set(ordinal % CHUNK, by);
        }
        changed.set(ordinal % CHUNK, CellRef::Time(sequence));
        live.set(ordinal, true);
    }
    let held = |field: FieldNo| !absent.has(*no, field);
    let mut chunks = chunks_of(columns, index, records, held);
    for record in records {
        let row = record.ordinal.0 as usize % CHUNK;
        for (field, cell) in &record.cells {
            if let Ok(at) = chunks.binary_search_by_key(field, |(field, _)| *field)
                && let Some((_, chunk)) = chunks.get_mut(at)
            {
                chunk.set(row, cell.view());
            }
        }
    }
    table.touch(first.ordinal);
}

/// Chunk number `index` of every column that these records have a cell in, by field. `held`: not left out of memory.
fn chunks_of<'c>(
    columns: &'c mut FxHashMap<FieldNo, Column>,
    index: usize,
    records: &[RecordCells],
    held: impl Fn(FieldNo) -> bool,
) -> Vec<(FieldNo, &'c mut Chunk)> {
    let mut fields: Vec<FieldNo> = Vec::new();
    for (field, cell) in records.iter().flat_map(|record| &record.cells) {
        if let Err(at) = fields.binary_search(field)
            && let Some(kind) = cell.view().kind().filter(|_| held(*field))
        {
            fields.insert(at, *field);
            columns.entry(*field).or_insert_with(|| Column::new(kind));
        }
    }
    let named = columns.iter_mut().filter(|(field, _)| fields.binary_search(field).is_ok());
    let mut chunks: Vec<_> = named.filter_map(|(field, column)| Some((*field, column.chunk_mut(index)?))).collect();
    chunks.sort_unstable_by_key(|(field, _)| *field);
    chunks
}

/// Gives out ordinals up to this one. A gap is left by records that were deleted before the image was built; their
/// places hold the id of their successor's batch and are never live.
fn grow(ids: &mut RecordIds, ordinal: Ordinal, id: RecordId) {
    while ids.len() < ordinal.0 as usize {
        ids.push(nobody(ids.len()));
    }
    ids.push(id);
}

/// The id at a place where no record is.
fn nobody(ordinal: usize) -> RecordId {
    RecordId::ordered(0, ordinal as u64)
}

fn update(
    table: &mut TableImage,
    absent: &Absent,
    record: &RecordChange,
    sequence: i64,
    modified: Option<Timestamp>,
    value: impl Fn(&events::CellChange) -> CellRef<'_>,
) {
    let index = record.ordinal.0 as usize;
    let no = table.table;
    for cell in record.cells.iter().filter(|cell| !absent.has(no, cell.field)) {
        let kind = cell.after.view().kind().or_else(|| cell.before.view().kind());
        if let Some(kind) = kind {
            table.set(cell.field, kind, record.ordinal, value(cell));
        }
    }
    if let Some(time) = modified {
        table.modified.set(index, CellRef::Time(time.0));
    }
    table.changed.set(index, CellRef::Time(sequence));
    table.touch(record.ordinal);
}

fn delete(table: &mut TableImage, ordinal: Ordinal, sequence: i64) {
    Arc::make_mut(&mut table.live).set(ordinal.0 as usize, false);
    table.changed.set(ordinal.0 as usize, CellRef::Time(sequence));
    table.touch(ordinal);
}

/// The column that a field is read from when it is neither computed nor a link: system times have their own.
pub fn stored_column<'t>(table: &'t TableImage, no: FieldNo, kind: &FieldKind) -> Option<&'t Column> {
    match kind {
        FieldKind::CreatedTime(_) => Some(&table.created),
        FieldKind::LastModifiedTime(_) => Some(&table.modified),
        _ => table.columns.get(&no),
    }
}

/// The pairs of a part of a change as they are taken back: the last one first, each to where it stood.
pub fn taken_back(links: &[LinkDelta]) -> Vec<LinkDelta> {
    if links.iter().any(|link| !link.added && link.places.is_none()) {
        return turned(links).collect();
    }
    links.iter().rev().map(|link| LinkDelta { added: !link.added, ..*link }).collect()
}

/// Pairs turned around: what was linked goes, then what was unlinked comes back, in its order.
fn turned(links: &[LinkDelta]) -> impl Iterator<Item = LinkDelta> + '_ {
    let gone = links.iter().rev().filter(|link| link.added);
    gone.chain(links.iter().filter(|link| !link.added)).map(|link| LinkDelta {
        added: !link.added,
        places: None,
        ..*link
    })
}

/// Every stored cell of a record, links left out.
pub fn record_cells(rows: &TableImage, ordinal: Ordinal) -> Vec<(FieldNo, CellValue)> {
    let mut cells: Vec<(FieldNo, CellValue)> = rows
        .columns
        .iter()
        .map(|(field, column)| (*field, column.cell(ordinal.0 as usize)))
        .filter(|(_, cell)| !matches!(cell, CellRef::Empty | CellRef::Links(_)))
        .map(|(field, cell)| (field, cell.to_value()))
        .collect();
    cells.sort_unstable_by_key(|(field, _)| *field);
    cells
}
