//! When, and by whom, a record was changed, or the fields of it that a field watches.
//!
//! As long as its cell is empty, such a field shows the last change of the record. The first change of other fields writes
//! down what it has shown until then; so nothing has to be written when such a field or a record is made. What is written
//! is part of the change: the log holds what was shown on either side of it.

use events::{Body, CellChange, LastModified, RecordChange};
use model::{
    CellRef, CellValue, Field, FieldId, FieldKind, FieldNo, Keeper, Ordinal, Table, TableImage, TableNo, Timestamp,
    UserId, Watched, user_ids,
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::BaseImage;
use crate::error::Error;
use crate::store::Mark;

/// Stands between the times of several lists.
const BETWEEN: &str = ",";

/// When one of the watched fields was last changed, as the first of these knows that has written it down. As long as none has, the
/// last change of the record counts.
pub fn time_of<'r>(rows: &'r TableImage, keepers: &[Keeper], ordinal: Ordinal) -> CellRef<'r> {
    let written = |keeper: &Keeper| (rows.cell(keeper.field, ordinal), keeper.list);
    let (time, list) = keepers.iter().map(written).find(|(cell, _)| !cell.is_empty()).unwrap_or((CellRef::Empty, 0));
    match time {
        CellRef::Empty => rows.modified.cell(ordinal.0 as usize),
        CellRef::Text(times) => {
            let time = times.split(BETWEEN).nth(list).and_then(|time| time.parse().ok());
            time.map_or(CellRef::Empty, CellRef::Time)
        }
        cell => cell,
    }
}

/// The times of all lists of fields that a field watches, as its cell keeps them: of one the time, of several the text of all.
pub fn kept(times: &[CellRef<'_>]) -> CellValue {
    let micros = |time: &CellRef<'_>| if let CellRef::Time(time) = time { time.to_string() } else { String::new() };
    match times {
        [time] => time.to_value(),
        times => CellValue::Text(times.iter().map(micros).collect::<Vec<_>>().join(BETWEEN)),
    }
}

/// Who last changed the record, or one of the fields that this one watches.
pub fn author(rows: &TableImage, field: &Field, ordinal: Ordinal) -> Option<UserId> {
    match rows.cell(field.no, ordinal) {
        CellRef::Text(id) if !field.kind.watched().is_empty() => user_ids(id).next(),
        _ => rows.user(rows.modified_by.cell(ordinal.0 as usize)),
    }
}

/// The sequence of a record's last change.
pub fn previous(rows: &TableImage, ordinal: Ordinal) -> i64 {
    if let CellRef::Time(sequence) = rows.changed.cell(ordinal.0 as usize) { sequence } else { 0 }
}

/// Link fields by table and record.
pub type Linked = FxHashMap<TableNo, FxHashMap<Ordinal, Vec<FieldId>>>;

/// The cell of an author where it was nobody.
const NOBODY: &str = "-";

/// Adds to a change what it does to the fields that watch others. What the house does by itself is no change of theirs.
///
/// # Errors
/// [`Error::NotLoaded`] where the cells of a record are not all in memory.
pub fn note_watched(image: &BaseImage, mark: &Mark, linked: &Linked, body: &mut Body) -> Result<(), Error> {
    for part in &mut body.tables {
        let Some(table) = image.schema.table_by_no(part.table) else { continue };
        let watching = if part.updated.is_empty() { Vec::new() } else { watching_fields(table) };
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

/// Adds to a user's change what the last one of each of its records was, so that the past can be told.
pub fn note_modified(image: &BaseImage, mark: &Mark, body: &mut Body) {
    if mark.by.is_none() {
        return;
    }
    for part in &mut body.tables {
        let rows = image.table(part.table);
        for record in &part.updated {
            let row = record.ordinal.0 as usize;
            let CellRef::Time(time) = rows.modified.cell(row) else { continue };
            let (time, by) = (Timestamp(time), rows.user(rows.modified_by.cell(row)));
            match part.modified.last_mut().filter(|last| (last.time, last.by) == (time, by)) {
                Some(last) => last.records.push(record.ordinal),
                None => part.modified.push(LastModified { time, by, records: vec![record.ordinal] }),
            }
        }
    }
}

/// A field that watches others, with what knows the times of each of its lists.
type Watching<'t> = (&'t Field, Vec<Vec<Keeper>>);

fn watching_fields(table: &Table) -> Vec<Watching<'_>> {
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
    let (mut after, mut looked) = (None, FxHashSet::default());
    for part in &body.tables {
        for link in &part.links {
            let Some((other, inverse)) = image.sides(part.table, link.relation) else { continue };
            let sides = [(part.table, Some(link.relation), link.from), (other, inverse, link.to)];
            for (no, side, ordinal) in sides {
                let Some((side, id)) = side.and_then(|side| Some((side, watched(no, side)?))) else { continue };
                if !looked.insert((no, side, ordinal)) {
                    continue;
                }
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
pub fn join_linked(image: &BaseImage, body: &mut Body) -> Linked {
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
