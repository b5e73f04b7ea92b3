//! What a change did to records, seen from both sides of it: links as whole lists, formulas with their values.

use std::collections::{BTreeMap, BTreeSet};

use events::{Change, LinkDelta, RecordCells, RecordChange};
use model::{CellValue, Field, FieldNo, Ordinal, RecordId, Schema, Table, TableNo, Timestamp};
use records::Picture;

/// Records that became different, by table.
pub(crate) type Happened = BTreeMap<TableNo, Rows>;

/// What happened to the records of one table.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// New records and such as exist again.
    pub created: BTreeMap<Ordinal, NewRow>,
    /// Records with other cells than before.
    pub changed: BTreeMap<Ordinal, ChangedRow>,
    /// Records that are gone.
    pub destroyed: Vec<RecordId>,
}

/// A record that is new.
#[derive(Debug)]
pub(crate) struct NewRow {
    pub id: RecordId,
    pub created: Timestamp,
    /// Its cells; empty ones are absent.
    pub cells: BTreeMap<FieldNo, CellValue>,
}

/// A record that changed.
#[derive(Debug)]
pub(crate) struct ChangedRow {
    pub id: RecordId,
    /// What its cells held, and what they hold.
    pub cells: BTreeMap<FieldNo, (CellValue, CellValue)>,
}

/// One side of a relation: a link field, and a record that it became different in.
type Side = (TableNo, FieldNo, Ordinal);

/// Values of formulas before a change.
pub(crate) type Formulas = BTreeMap<(TableNo, FieldNo, Ordinal), CellValue>;

/// The formulas of the records that the change will touch, before it does.
///
/// # Errors
/// Those of [`Picture::cell`].
pub(crate) fn formulas(before: &Picture, change: &Change) -> Result<Formulas, records::Error> {
    let mut found = Formulas::new();
    for (no, ordinal) in touched(before.schema(), change) {
        let Some(table) = before.schema().table_by_no(no) else { continue };
        for field in formulas_of(table) {
            found.insert((no, field.no, ordinal), before.cell(table, field, ordinal)?);
        }
    }
    Ok(found)
}

/// What the change did; `before` and `after` are the base on both sides of it.
///
/// # Errors
/// Those of [`Picture::cell`].
pub(crate) fn happened(
    change: &Change,
    before: &Picture,
    after: &Picture,
    formulas: &Formulas,
) -> Result<Happened, records::Error> {
    let mut all = Happened::new();
    for part in &change.body.tables {
        let rows = all.entry(part.table).or_default();
        rows.created.extend(part.created.iter().map(|record| (record.ordinal, new_row(record, change.time))));
        for record in &part.restored {
            rows.created.insert(record.ordinal, new_row(record, after.created(part.table, record.ordinal)));
        }
        rows.changed.extend(part.updated.iter().map(|record| (record.ordinal, changed_row(record))));
        rows.destroyed.extend(part.deleted.iter().map(|record| record.id));
    }
    for (table, field, ordinal) in linked(after.schema(), change) {
        let lists = [before, after].map(|picture| list(picture.links(table, field, ordinal)));
        relink(all.entry(table).or_default(), (field, ordinal), lists, after.id(table, ordinal));
    }
    for (no, rows) in &mut all {
        if let Some(table) = after.schema().table_by_no(*no) {
            compute(rows, table, after, formulas)?;
        }
    }
    Ok(all)
}

fn new_row(record: &RecordCells, created: Timestamp) -> NewRow {
    NewRow { id: record.id, created, cells: record.cells.iter().cloned().collect() }
}

fn changed_row(record: &RecordChange) -> ChangedRow {
    let cells = record.cells.iter().map(|cell| (cell.field, (cell.before.clone(), cell.after.clone())));
    ChangedRow { id: record.id, cells: cells.collect() }
}

fn relink(
    rows: &mut Rows,
    (field, ordinal): (FieldNo, Ordinal),
    [before, after]: [CellValue; 2],
    id: Option<RecordId>,
) {
    let Some(id) = id.filter(|id| !rows.destroyed.contains(id)) else { return };
    if let Some(row) = rows.created.get_mut(&ordinal) {
        if !after.is_empty() {
            row.cells.insert(field, after);
        }
    } else if before != after {
        let row = rows.changed.entry(ordinal).or_insert_with(|| ChangedRow { id, cells: BTreeMap::new() });
        row.cells.insert(field, (before, after));
    }
}

/// Adds the formulas of the records, as far as they became different.
fn compute(rows: &mut Rows, table: &Table, after: &Picture, formulas: &Formulas) -> Result<(), records::Error> {
    for field in formulas_of(table) {
        for (ordinal, row) in &mut rows.created {
            let value = after.cell(table, field, *ordinal)?;
            if !value.is_empty() {
                row.cells.insert(field.no, value);
            }
        }
        for (ordinal, row) in &mut rows.changed {
            let value = after.cell(table, field, *ordinal)?;
            // A field that is new has no value before.
            let held = formulas.get(&(table.no, field.no, *ordinal)).cloned().unwrap_or_default();
            if held != value {
                row.cells.insert(field.no, (held, value));
            }
        }
    }
    Ok(())
}

fn formulas_of(table: &Table) -> impl Iterator<Item = &Field> {
    table.live_fields().filter(|field| field.kind.is_derived()).map(AsRef::as_ref)
}

/// The records that were there before and are still there after, with other cells.
fn touched(schema: &Schema, change: &Change) -> BTreeSet<(TableNo, Ordinal)> {
    let updated = change.body.tables.iter().flat_map(|part| part.updated.iter().map(|r| (part.table, r.ordinal)));
    let mut found: BTreeSet<_> = updated.collect();
    found.extend(linked(schema, change).into_iter().map(|(table, _, ordinal)| (table, ordinal)));
    for part in &change.body.tables {
        for record in part.created.iter().chain(&part.deleted).chain(&part.restored) {
            found.remove(&(part.table, record.ordinal));
        }
    }
    found
}

/// Every link cell that became different.
fn linked(schema: &Schema, change: &Change) -> BTreeSet<Side> {
    let parts = change.body.tables.iter();
    let links = parts.flat_map(|part| part.links.iter().map(|link| (part.table, link)));
    links.flat_map(|(table, link)| sides(schema, table, link)).collect()
}

fn sides(schema: &Schema, table: TableNo, link: &LinkDelta) -> Vec<Side> {
    let field = schema.table_by_no(table).and_then(|table| table.field_by_no(link.relation));
    let Some(options) = field.and_then(|field| field.kind.link()) else { return Vec::new() };
    let mut sides = vec![(table, link.relation, link.from)];
    let other = schema.table_by_no(options.linked_table_no);
    let inverse = other.zip(options.inverse).and_then(|(other, id)| other.fields.iter().find(|field| field.id == id));
    sides.extend(inverse.map(|inverse| (options.linked_table_no, inverse.no, link.to)));
    sides
}

fn list(links: Vec<u32>) -> CellValue {
    if links.is_empty() { CellValue::Empty } else { CellValue::Links(links) }
}
