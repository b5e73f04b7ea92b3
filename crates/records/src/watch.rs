//! When, and by whom, one of the fields was changed that a field of the last change watches.
//!
//! As long as its cell is empty, such a field shows the last change of the record. The first change of other fields writes
//! down what it has shown until then; so nothing has to be written when such a field or a record is made. What is written
//! is part of the change: the log holds what was shown on either side of it.

use events::{Body, CellChange, RecordChange};
use model::{
    CellRef, CellValue, Field, FieldId, FieldKind, FieldNo, Keeper, Ordinal, Table, TableImage, TableNo, Watched,
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::error::Error;
use crate::plan::previous;
use images::{BaseImage, Mark, author, kept, time_of};

/// Link fields by table and record.
pub(crate) type Linked = FxHashMap<TableNo, FxHashMap<Ordinal, Vec<FieldId>>>;

/// The cell of an author where it was nobody.
const NOBODY: &str = "-";

/// Adds to a change what it does to the fields that watch others. What the house does by itself is no change of theirs.
///
/// # Errors
/// [`Error::NotLoaded`] where the cells of a record are not all in memory.
pub(crate) fn note(image: &BaseImage, mark: &Mark, linked: &Linked, body: &mut Body) -> Result<(), Error> {
    for part in &mut body.tables {
        let Some(table) = image.schema.table_by_no(part.table) else { continue };
        let watching = if part.updated.is_empty() { Vec::new() } else { watching(table) };
        if watching.is_empty() {
            continue;
        }
        let rows = image.table(table.no);
        for record in &mut part.updated {
            image.need_record(table.no, record.ordinal)?;
            let links = linked.get(&table.no).and_then(|records| records.get(&record.ordinal));
            let written = record.cells.iter().filter_map(|cell| table.field_by_no(cell.field)).map(|field| field.id);
            let changed: FxHashSet<FieldId> = written.chain(links.into_iter().flatten().copied()).collect();
            let noted = watching.iter().filter_map(|field| noted(&rows, field, record.ordinal, &changed, mark));
            record.cells.extend(noted.collect::<Vec<_>>());
        }
    }
    Ok(())
}

/// A field that watches others, with what knows the times of each of its lists.
type Watching<'t> = (&'t Field, Vec<Vec<Keeper>>);

fn watching(table: &Table) -> Vec<Watching<'_>> {
    let keepers = |field: &Field| {
        let lists = field.kind.watched().iter();
        lists.map(|list| table.keepers_of(&list.0, Some(field.no))).collect()
    };
    let watching = table.fields.iter().filter(|field| !field.kind.watched().is_empty());
    watching.map(|field| (&**field, keepers(field))).collect()
}

/// The link fields of records that become others, where somebody watches them.
fn linked(image: &BaseImage, body: &Body) -> Linked {
    let mut linked = Linked::default();
    let watched = |no: TableNo, field: FieldNo| {
        let table = image.schema.table_by_no(no)?;
        let id = table.field_by_no(field)?.id;
        table.fields.iter().any(|watching| watching.kind.watched_fields().any(|watched| watched == id)).then_some(id)
    };
    let mut after = None;
    for part in &body.tables {
        for link in &part.links {
            let Some((other, inverse)) = image.sides(part.table, link.relation) else { continue };
            let sides = [(part.table, Some(link.relation), link.from), (other, inverse, link.to)];
            for (no, side, ordinal) in sides {
                let Some((side, id)) = side.and_then(|side| Some((side, watched(no, side)?))) else { continue };
                // A pair may be taken away and come back to where it was.
                let after = after.get_or_insert_with(|| image.linked_as(body));
                if image.links(no, side, ordinal) != after.links(no, side, ordinal) {
                    linked.entry(no).or_default().entry(ordinal).or_default().push(id);
                }
            }
        }
    }
    linked
}

/// The link fields of records that become others by a change, where somebody watches them. The records are made part of
/// it: their cells will be written.
pub(crate) fn join(image: &BaseImage, body: &mut Body) -> Linked {
    let linked = linked(image, body);
    for (table, records) in &linked {
        join_table(image, *table, records, body);
    }
    linked
}

/// Those that the change makes, deletes or brings back are told as a whole already.
fn join_table(image: &BaseImage, no: TableNo, records: &FxHashMap<Ordinal, Vec<FieldId>>, body: &mut Body) {
    let rows = image.table(no);
    let part = body.table(no);
    let whole = part.created.iter().chain(&part.deleted).chain(&part.restored).map(|record| record.ordinal);
    let told: FxHashSet<Ordinal> = whole.chain(part.updated.iter().map(|record| record.ordinal)).collect();
    let mut joining: Vec<Ordinal> = records.keys().copied().filter(|ordinal| !told.contains(ordinal)).collect();
    joining.sort_unstable();
    for ordinal in joining.into_iter().filter(|ordinal| rows.is_live(*ordinal)) {
        let Some(id) = rows.ids.get(ordinal) else { continue };
        part.updated.push(RecordChange { ordinal, id, previous: previous(&rows, ordinal), cells: Vec::new() });
    }
}

/// What becomes of a field that watches others.
fn noted(
    rows: &TableImage,
    (field, keepers): &Watching<'_>,
    ordinal: Ordinal,
    changed: &FxHashSet<FieldId>,
    mark: &Mark,
) -> Option<CellChange> {
    let watched = field.kind.watched();
    let is_time = !matches!(field.kind, FieldKind::LastModifiedBy(_));
    let text = |id: Option<String>| CellValue::Text(id.unwrap_or_else(|| NOBODY.to_owned()));
    let times: Vec<CellRef<'_>> = keepers.iter().map(|keepers| time_of(rows, keepers, ordinal)).collect();
    let before = if is_time { kept(&times) } else { text(author(rows, field, ordinal).map(|id| id.to_string())) };
    let is_hit = |list: &Watched| list.0.iter().any(|id| changed.contains(id));
    let after = match &mark.by {
        Some(_) if is_time && watched.iter().any(is_hit) => {
            let now = CellRef::Time(mark.time.0);
            let moved = watched.iter().zip(times).map(|(list, time)| if is_hit(list) { now } else { time });
            kept(&moved.collect::<Vec<_>>())
        }
        Some(by) if watched.iter().any(is_hit) => text(Some(by.to_string())),
        _ if rows.cell(field.no, ordinal).is_empty() => before.clone(),
        _ => return None,
    };
    Some(CellChange { field: field.no, before, after })
}

#[cfg(test)]
mod tests;
