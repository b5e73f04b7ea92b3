//! What was removed from the trash of a base for good, and what changes tell of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{FieldNo, Schema, Table, TableNo};

use crate::body::{Body, SchemaChange, TableChange};

/// The tables and fields of a base that were removed for good.
#[derive(Debug, Clone, Default)]
pub struct Gone {
    /// The tables.
    pub tables: BTreeSet<TableNo>,
    /// Every number that one of the fields has or had, also of the fields of these tables: of cells, or of links.
    pub numbers: BTreeSet<FieldNo>,
    now: Vec<Arc<Table>>,
}

impl Gone {
    /// What of this schema was.
    pub fn of(schema: &Schema) -> Self {
        let touched = |table: &&Arc<Table>| table.removed || table.fields.iter().any(|field| field.removed);
        let now: Vec<Arc<Table>> = schema.tables.iter().filter(touched).cloned().collect();
        let fields = now.iter().flat_map(|table| &table.fields).filter(|field| field.removed);
        let numbers = fields.flat_map(|field| field.numbers().collect::<Vec<_>>()).collect();
        Self { tables: now.iter().filter(|table| table.removed).map(|table| table.no).collect(), numbers, now }
    }

    /// The tables that go on without some of their fields.
    pub fn reduced(&self) -> impl Iterator<Item = TableNo> + '_ {
        self.now.iter().filter(|table| !table.removed).map(|table| table.no)
    }

    /// Takes out of a change what it tells of them: definitions, records, cells and links. The numbers of fields are left, and tables
    /// without records, so that it can be said why such a change is not taken back. False when it told nothing.
    pub fn strip(&self, body: &mut Body) -> bool {
        let mut stripped = false;
        for part in &mut body.schema {
            let SchemaChange::Table { before, after } = part else { continue };
            for table in before.iter_mut().chain([after]) {
                let now = self.now.iter().find(|now| now.no == table.no);
                if let Some(without) = now.and_then(|now| table.without_removed(now)) {
                    *table = Arc::new(without);
                    stripped = true;
                }
            }
        }
        let mut numbers: BTreeSet<FieldNo> = body.stripped.iter().copied().collect();
        for part in &mut body.tables {
            stripped |= self.strip_table(part, &mut numbers);
        }
        body.stripped = numbers.into_iter().collect();
        stripped
    }

    fn strip_table(&self, part: &mut TableChange, numbers: &mut BTreeSet<FieldNo>) -> bool {
        if self.tables.contains(&part.table) {
            let told = !part.is_empty();
            *part = TableChange::new(part.table);
            return told;
        }
        let mut stripped = false;
        let mut keep = |no: FieldNo| {
            let gone = self.numbers.contains(&no);
            stripped |= gone;
            if gone {
                numbers.insert(no);
            }
            !gone
        };
        for record in part.created.iter_mut().chain(&mut part.deleted).chain(&mut part.restored) {
            record.cells.retain(|(no, _)| keep(*no));
        }
        for record in &mut part.updated {
            record.cells.retain(|cell| keep(cell.field));
        }
        part.links.retain(|link| keep(link.relation));
        stripped
    }
}

#[cfg(test)]
mod tests;
