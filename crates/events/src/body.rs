//! What a change did, in memory.

use std::sync::Arc;

use model::{CellValue, FieldNo, Ordinal, RecordId, Table, TableNo, Timestamp, UserId};

/// Cells of a record by field number; empty cells are absent.
pub type Cells = Vec<(FieldNo, CellValue)>;

/// What a change did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// Schema parts that became different.
    pub schema: Vec<SchemaChange>,
    /// Records that became different, by table.
    pub tables: Vec<TableChange>,
    /// The sequence of the change that this one takes back.
    pub undoes: Option<i64>,
    /// The numbers of fields of which it told until they were removed for good.
    pub stripped: Vec<FieldNo>,
}

/// A schema part that became different.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemaChange {
    /// The base's name.
    BaseName {
        /// The old name.
        before: String,
        /// The new name.
        after: String,
    },
    /// A table, its fields and views; `before` is absent for a new table.
    Table {
        /// The table before.
        before: Option<Arc<Table>>,
        /// The table after.
        after: Arc<Table>,
    },
}

/// What happened to the records of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableChange {
    /// The table.
    pub table: TableNo,
    /// New records, in ordinal order.
    pub created: Vec<RecordCells>,
    /// When new records were created that say so themselves; the others when the change was.
    pub times: Vec<(Ordinal, Timestamp)>,
    /// Records with other cells than before; without cells those that were changed by their links only.
    pub updated: Vec<RecordChange>,
    /// What the last change of the `updated` records was before this one. Empty in changes of the house, which are
    /// nobody's last change, and in those that were written before this was kept.
    pub modified: Vec<LastModified>,
    /// Deleted records with the cells they had.
    pub deleted: Vec<RecordCells>,
    /// Records that exist again, with their cells.
    pub restored: Vec<RecordCells>,
    /// Pairs linked or unlinked whose relation belongs to this table.
    pub links: Vec<LinkDelta>,
}

impl TableChange {
    /// A change of `table` that does nothing yet.
    pub fn new(table: TableNo) -> Self {
        Self {
            table,
            created: vec![],
            times: vec![],
            updated: vec![],
            modified: vec![],
            deleted: vec![],
            restored: vec![],
            links: vec![],
        }
    }

    /// True when nothing happened.
    pub fn is_empty(&self) -> bool {
        self.created.is_empty()
            && self.updated.is_empty()
            && self.deleted.is_empty()
            && self.restored.is_empty()
            && self.links.is_empty()
    }
}

/// A record with all its stored cells.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordCells {
    /// Place in creation order.
    pub ordinal: Ordinal,
    /// Id.
    pub id: RecordId,
    /// Sequence of the record's previous change; 0 for a new record.
    pub previous: i64,
    /// Stored cells.
    pub cells: Cells,
}

/// A record with the cells that became different.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordChange {
    /// Place in creation order.
    pub ordinal: Ordinal,
    /// Id.
    pub id: RecordId,
    /// Sequence of the record's previous change.
    pub previous: i64,
    /// What became different.
    pub cells: Vec<CellChange>,
}

/// When records were last changed, and by whom: some that share both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastModified {
    /// When.
    pub time: Timestamp,
    /// By whom; nobody for what came of no user.
    pub by: Option<UserId>,
    /// The records.
    pub records: Vec<Ordinal>,
}

/// A cell that became different.
#[derive(Debug, Clone, PartialEq)]
pub struct CellChange {
    /// The field.
    pub field: FieldNo,
    /// What it held.
    pub before: CellValue,
    /// What it holds.
    pub after: CellValue,
}

/// A pair of records linked or unlinked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkDelta {
    /// The relation: the field that was created first of the two sides.
    pub relation: FieldNo,
    /// The record on the side of that field.
    pub from: Ordinal,
    /// The record on the other side.
    pub to: Ordinal,
    /// Linked, or unlinked.
    pub added: bool,
    /// Where the pair stands in the list of either side, that of `from` first: of what was unlinked, where it stood
    /// before. Absent for what is linked last in both, and in changes that were written before this was kept.
    pub places: Option<(u32, u32)>,
}

impl Body {
    /// The change of `table`, made when absent.
    pub fn table(&mut self, table: TableNo) -> &mut TableChange {
        let index = self.tables.iter().position(|change| change.table == table).unwrap_or_else(|| {
            self.tables.push(TableChange::new(table));
            self.tables.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "the index was found or made just above")]
        &mut self.tables[index]
    }

    /// True when nothing happened.
    pub fn is_empty(&self) -> bool {
        self.schema.is_empty() && self.tables.iter().all(TableChange::is_empty)
    }

    /// How many records it touches.
    pub fn records(&self) -> usize {
        self.tables.iter().map(|t| t.created.len() + t.updated.len() + t.deleted.len() + t.restored.len()).sum()
    }
}
