//! What a change did to records, seen from both sides of it: links as whole lists, computed cells with their values,
//! and what came into a view or left it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use events::{Change, LinkDelta, SchemaChange};
use model::{Bits, CellValue, Field, FieldNo, Ordinal, RecordId, Schema, Table, TableNo, Timestamp, View, ViewId};
use records::{Error, Picture, Reach};
use serde_json::Value;

use crate::cells;
use crate::spec::Specification;

/// More records than this come into a view, or leave it, only because the view or a formula became another. A table
/// that appears with more is told without them.
const MOST: usize = 4_096;

/// What became different.
#[derive(Debug, Default)]
pub(crate) struct Happened {
    /// By table.
    pub tables: BTreeMap<TableNo, Rows>,
    /// The same by view, as far as its records go; none where they are too many to be told.
    pub views: BTreeMap<ViewId, Option<Rows>>,
    /// The records of tables that appeared, as copies do or out of the trash; none where they are too many to be told.
    pub appeared: BTreeMap<TableNo, Option<Vec<NewRow>>>,
}

/// What happened to the records of one table or view.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// New records and such as exist again; in a view: such as came into it.
    pub created: BTreeMap<Ordinal, NewRow>,
    /// Records with other cells than before.
    pub changed: BTreeMap<Ordinal, ChangedRow>,
    /// Records that are gone; in a view: such as left it.
    pub destroyed: BTreeMap<Ordinal, RecordId>,
}

/// A record that is new.
#[derive(Debug, Clone)]
pub(crate) struct NewRow {
    pub id: RecordId,
    pub created: Timestamp,
    /// Its cells; empty ones are absent.
    pub cells: BTreeMap<FieldNo, Value>,
}

/// A record that changed.
#[derive(Debug, Clone)]
pub(crate) struct ChangedRow {
    pub id: RecordId,
    /// What its cells held, and what they hold; null where they are empty.
    pub cells: BTreeMap<FieldNo, (Value, Value)>,
}

/// One cell.
type Cell = (TableNo, Ordinal, FieldNo);

/// What webhooks want to know of records.
pub(crate) struct Wants<'w>(pub Vec<&'w Specification>);

impl Wants<'_> {
    fn tables<'s>(&self, schema: &'s Schema) -> impl Iterator<Item = &'s Table> {
        let wanted = |table: &&Table| self.0.iter().any(|spec| spec.wants_records_of(table));
        schema.live_tables().map(AsRef::as_ref).filter(wanted)
    }

    fn views<'t>(&self, table: &'t Table) -> impl Iterator<Item = &'t View> {
        table.live_views().filter(|view| self.0.iter().any(|spec| spec.view() == Some(view.id)))
    }
}

/// What there was before a change, as far as it may become another by it.
#[derive(Debug, Default)]
pub(crate) struct Held {
    cells: BTreeMap<Cell, Value>,
    views: BTreeMap<ViewId, Members>,
}

/// The records of a view.
#[derive(Debug)]
struct Members {
    /// Those that may come into it or leave it; nothing when any may.
    within: Option<Bits>,
    held: Bits,
}

/// Reads from the base before a change what it may make another.
///
/// # Errors
/// Those of [`Picture::cell`].
pub(crate) fn held(before: &Picture, change: &Change, wants: &Wants<'_>) -> Result<Held, Error> {
    let mut held = Held::default();
    let mut reach = before.reach(change);
    for table in wants.tables(before.schema()) {
        let mut rows: BTreeSet<Ordinal> = reach.touched(table.no).into_iter().collect();
        let gone: BTreeSet<Ordinal> = deleted(change, table.no).map(|(ordinal, _)| ordinal).collect();
        let stays = |ordinal: &Ordinal| before.is_live(table.no, *ordinal) && !gone.contains(ordinal);
        for field in computed(table) {
            // Where thousands look at what changed, only the records that were written are looked at.
            let reached = reach.of(table, field)?.unwrap_or_else(|| reach.touched(table.no));
            for ordinal in reached.into_iter().filter(stays) {
                held.cells.insert((table.no, ordinal, field.no), cells::of(before, table, field, ordinal)?);
                rows.insert(ordinal);
            }
        }
        for view in wants.views(table) {
            let within = if is_remade(change) { None } else { may_move(&mut reach, table, view, &rows)? };
            let members = members(before, table, view, within.as_ref())?;
            held.views.insert(view.id, Members { within, held: members });
        }
        for (ordinal, field, cell) in updated(change, table.no) {
            let field = table.field_by_no(field);
            if let Some(field) = field.filter(|field| !field.kind.is_derived() && !field.kind.is_modified()) {
                held.cells.insert((table.no, ordinal, field.no), cells::value(before, field, cell.0)?);
            }
        }
        for (ordinal, field) in linked(before.schema(), change, table.no) {
            if let Some(field) = table.field_by_no(field).filter(|_| stays(&ordinal)) {
                held.cells.insert((table.no, ordinal, field.no), cells::of(before, table, field, ordinal)?);
            }
        }
    }
    Ok(held)
}

/// True when the change makes tables others: then any cell may be another, and views may list other records.
fn is_remade(change: &Change) -> bool {
    change.body.schema.iter().any(|part| matches!(part, SchemaChange::Table { .. }))
}

/// The records that may come into a view or leave it: these, and those that its filter sees to have changed. Nothing
/// when they are too many to be looked at one by one.
fn may_move(
    reach: &mut Reach<'_>,
    table: &Table,
    view: &View,
    rows: &BTreeSet<Ordinal>,
) -> Result<Option<Bits>, Error> {
    let mut within = Bits::default();
    for ordinal in rows {
        within.set(ordinal.0 as usize, true);
    }
    for field in view.filter.iter().flat_map(model::Condition::fields) {
        let Some(field) = table.field_by_id(field) else { continue };
        let Some(reached) = reach.of(table, field)? else { return Ok(None) };
        for ordinal in reached {
            within.set(ordinal.0 as usize, true);
        }
    }
    Ok(Some(within))
}

fn members(picture: &Picture, table: &Table, view: &View, within: Option<&Bits>) -> Result<Bits, Error> {
    if within.is_some_and(|within| within.count() == 0) {
        return Ok(Bits::default());
    }
    picture.members(table, view.filter.as_ref(), within)
}

/// What the change did; `after` is the base after it, `held` what there was before.
///
/// # Errors
/// Those of [`Picture::cell`].
pub(crate) fn happened(change: &Change, after: &Picture, held: &Held, wants: &Wants<'_>) -> Result<Happened, Error> {
    let mut all = Happened::default();
    for table in wants.tables(after.schema()) {
        if has_appeared(change, table.no) {
            all.appeared.insert(table.no, every(after, table)?);
            continue;
        }
        let mut rows = written(change, after, table)?;
        changed(&mut rows, (change, held), after, table)?;
        for view in wants.views(table) {
            let seen = in_view(&rows, held.views.get(&view.id), after, (table, view))?;
            all.views.insert(view.id, seen);
        }
        all.tables.insert(table.no, rows);
    }
    Ok(all)
}

/// True when the table was not there before the change.
fn has_appeared(change: &Change, no: TableNo) -> bool {
    change.body.schema.iter().any(|part| match part {
        SchemaChange::Table { before, after } => {
            after.no == no && !after.deleted && before.as_ref().is_none_or(|before| before.deleted)
        }
        SchemaChange::BaseName { .. } => false,
    })
}

/// All records of a table, unless they are too many to be told.
fn every(after: &Picture, table: &Table) -> Result<Option<Vec<NewRow>>, Error> {
    let live = after.members(table, None, None)?;
    if live.count() > MOST {
        return Ok(None);
    }
    let ordinals = live.ones().map(|at| Ordinal(at as u32));
    let rows = ordinals.filter_map(|at| Some(new_row(after, table, at, after.id(table.no, at)?)));
    rows.collect::<Result<_, _>>().map(Some)
}

/// The records that the change made and deleted.
fn written(change: &Change, after: &Picture, table: &Table) -> Result<Rows, Error> {
    let mut rows = Rows::default();
    for part in change.body.tables.iter().filter(|part| part.table == table.no) {
        for record in part.created.iter().chain(&part.restored) {
            rows.created.insert(record.ordinal, new_row(after, table, record.ordinal, record.id)?);
        }
    }
    rows.destroyed.extend(deleted(change, table.no));
    Ok(rows)
}

fn new_row(after: &Picture, table: &Table, ordinal: Ordinal, id: RecordId) -> Result<NewRow, Error> {
    let mut cells = BTreeMap::new();
    for field in table.live_fields() {
        // A picture that was walked back to knows the last change of a record only.
        if field.kind.is_modified() {
            continue;
        }
        let value = cells::of(after, table, field, ordinal)?;
        if !value.is_null() {
            cells.insert(field.no, value);
        }
    }
    Ok(NewRow { id, created: after.created(table.no, ordinal), cells })
}

/// Adds the records of which a cell is another.
fn changed(rows: &mut Rows, (change, held): (&Change, &Held), after: &Picture, table: &Table) -> Result<(), Error> {
    let mut told: BTreeMap<(Ordinal, FieldNo), Option<&CellValue>> = BTreeMap::new();
    let before = held.cells.range((table.no, Ordinal(0), FieldNo(0))..);
    let before = before.take_while(|((no, ..), _)| *no == table.no);
    told.extend(before.map(|((_, ordinal, field), _)| ((*ordinal, *field), None)));
    told.extend(linked(after.schema(), change, table.no).into_iter().map(|cell| (cell, None)));
    for (ordinal, field, cell) in updated(change, table.no) {
        if is_remade(change) {
            // A computed field may be new, as when a field becomes one.
            told.extend(computed(table).map(|field| ((ordinal, field.no), None)));
        }
        told.insert((ordinal, field), Some(cell.1));
    }
    for ((ordinal, no), cell) in told {
        let is_told = !rows.created.contains_key(&ordinal) && after.is_live(table.no, ordinal);
        // When others were changed is told among unchanged cells only.
        let is_told = |field: &&Arc<Field>| is_told && !field.deleted && !field.kind.is_modified();
        let Some(field) = table.field_by_no(no).filter(is_told) else { continue };
        let current = match cell {
            Some(cell) if !field.kind.is_derived() => cells::value(after, field, cell)?,
            _ => cells::of(after, table, field, ordinal)?,
        };
        let previous = held.cells.get(&(table.no, ordinal, no)).cloned().unwrap_or_default();
        if let Some(id) = after.id(table.no, ordinal).filter(|_| previous != current) {
            let row = rows.changed.entry(ordinal).or_insert_with(|| ChangedRow { id, cells: BTreeMap::new() });
            row.cells.insert(no, (previous, current));
        }
    }
    Ok(())
}

/// What a view shows of it. Nothing when more records move than are told at a time, and they were not written.
fn in_view(
    rows: &Rows,
    held: Option<&Members>,
    after: &Picture,
    (table, view): (&Table, &View),
) -> Result<Option<Rows>, Error> {
    let now = members(after, table, view, held.and_then(|held| held.within.as_ref()))?;
    // Nothing comes into a view that has just come back itself.
    let was = held.map_or(&now, |held| &held.held);
    let ordinal = |at: usize| Ordinal(at as u32);
    let came: Vec<_> = now.ones().filter(|at| !was.get(*at)).map(ordinal).collect();
    let left: Vec<_> = was.ones().filter(|at| !now.get(*at)).map(ordinal).collect();
    let unwritten = came.iter().filter(|at| !rows.created.contains_key(at)).count()
        + left.iter().filter(|at| !rows.destroyed.contains_key(at)).count();
    if unwritten > MOST.max(rows.changed.len()) {
        return Ok(None);
    }
    let mut seen = Rows::default();
    for ordinal in came {
        let Some(id) = after.id(table.no, ordinal) else { continue };
        let row = match rows.created.get(&ordinal) {
            Some(row) => row.clone(),
            None => new_row(after, table, ordinal, id)?,
        };
        seen.created.insert(ordinal, row);
    }
    seen.destroyed.extend(left.into_iter().filter_map(|ordinal| Some((ordinal, after.id(table.no, ordinal)?))));
    let stayed = |at: &Ordinal| was.get(at.0 as usize) && now.get(at.0 as usize);
    let changed = rows.changed.iter().filter(|(ordinal, _)| stayed(ordinal));
    seen.changed.extend(changed.map(|(ordinal, row)| (*ordinal, row.clone())));
    Ok(Some(seen))
}

fn computed(table: &Table) -> impl Iterator<Item = &Field> {
    table.live_fields().filter(|field| field.kind.is_derived() && !field.kind.is_modified()).map(AsRef::as_ref)
}

/// Every cell that was written in records of a table, with what it held and what it holds.
fn updated(change: &Change, table: TableNo) -> impl Iterator<Item = (Ordinal, FieldNo, (&CellValue, &CellValue))> {
    let parts = change.body.tables.iter().filter(move |part| part.table == table);
    parts
        .flat_map(|part| &part.updated)
        .flat_map(|record| record.cells.iter().map(|cell| (record.ordinal, cell.field, (&cell.before, &cell.after))))
}

/// Every record of a table that was deleted.
fn deleted(change: &Change, table: TableNo) -> impl Iterator<Item = (Ordinal, RecordId)> {
    let parts = change.body.tables.iter().filter(move |part| part.table == table);
    parts.flat_map(|part| &part.deleted).map(|record| (record.ordinal, record.id))
}

/// Every link cell of a table that became different.
fn linked(schema: &Schema, change: &Change, wanted: TableNo) -> BTreeSet<(Ordinal, FieldNo)> {
    let parts = change.body.tables.iter();
    let links = parts.flat_map(|part| part.links.iter().map(|link| (part.table, link)));
    let sides = links.flat_map(|(table, link)| sides(schema, table, link));
    sides.filter(|(table, ..)| *table == wanted).map(|(_, ordinal, field)| (ordinal, field)).collect()
}

fn sides(schema: &Schema, table: TableNo, link: &LinkDelta) -> Vec<Cell> {
    let field = schema.table_by_no(table).and_then(|table| table.field_by_no(link.relation));
    let Some(options) = field.and_then(|field| field.kind.link()) else { return Vec::new() };
    let mut sides = vec![(table, link.from, link.relation)];
    let other = schema.table_by_no(options.linked_table_no);
    let inverse = other.zip(options.inverse).and_then(|(other, id)| other.fields.iter().find(|field| field.id == id));
    sides.extend(inverse.map(|inverse| (options.linked_table_no, link.to, inverse.no)));
    sides
}

#[cfg(test)]
mod tests;
