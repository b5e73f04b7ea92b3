//! Link cells that changes made others. The log knows pairs only: the lists on both sides of a change are walked back to
//! from the picture of now.

use std::collections::BTreeMap;
use std::sync::Arc;

use events::{Change, LinkDelta};
use images::{BaseImage, LinkList, View, taken_back};
use model::{BaseNo, FieldNo, Ordinal, RecordId, TableNo};
use rustc_hash::FxHashMap;

use super::{CellHeld, ConvertedCell, Records, Retyped};
use crate::error::Error;

/// Most link cells that are told of one change.
const CELLS: usize = 1_000;
/// Link cells after which a page ends, whatever its limit.
const PAGE_CELLS: usize = 2_000;
/// Most records of a list that are told.
const LISTED: usize = 100;
/// Most linked records of a page that are named.
const NAMED: usize = 1_000;

/// A link cell.
pub(super) type LinkCell = (TableNo, Ordinal, FieldNo);

/// A list of linked records.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Linked {
    /// The first of them.
    pub ids: Vec<RecordId>,
    /// How many there are.
    pub count: usize,
}

impl Linked {
    /// True when nothing of it is left out.
    pub fn is_whole(&self) -> bool {
        self.ids.len() == self.count
    }
}

/// A link cell that a change made another.
pub(crate) struct LinkEdit {
    /// The change.
    pub change: i64,
    /// The table of the record.
    pub table: TableNo,
    /// The record.
    pub record: RecordId,
    /// The link field.
    pub field: FieldNo,
    /// The lists before and after; none where the change is so old that they are not walked back to.
    pub lists: Option<(Linked, Linked)>,
    /// What it was linked to by the change.
    pub linked: Linked,
    /// What it was unlinked from.
    pub unlinked: Linked,
}

/// Link cells by the change that is asked about.
pub(super) type Wanted = BTreeMap<i64, Vec<LinkCell>>;
/// The lists of link cells on both sides of a change.
pub(super) type Lists = FxHashMap<(i64, LinkCell), Both>;

/// A list before and after a change.
#[derive(Clone)]
pub(super) struct Both {
    pub before: Linked,
    pub after: Linked,
    /// They are the same, also as far as they are not told.
    same: bool,
}

/// Both sides of a pair: the cell, the record that is in its list, and where.
fn sides(
    image: &BaseImage,
    table: TableNo,
    link: &LinkDelta,
) -> impl Iterator<Item = (LinkCell, Ordinal, Option<u32>)> {
    let (at, at_other) = link.places.unzip();
    let sides = image.sides(table, link.relation);
    let own = sides.map(|_| ((table, link.from, link.relation), link.to, at));
    let other = sides.and_then(|(other, inverse)| Some(((other, link.to, inverse?), link.from, at_other)));
    own.into_iter().chain(other)
}

/// What a change did to a link cell.
#[derive(Default)]
struct Touched {
    linked: Vec<u32>,
    unlinked: Vec<u32>,
}

/// The link cells that a change touched.
fn touched(image: &BaseImage, change: &Change) -> BTreeMap<LinkCell, Touched> {
    let mut cells: BTreeMap<LinkCell, Touched> = BTreeMap::new();
    for part in &change.body.tables {
        for link in &part.links {
            for (cell, other, _) in sides(image, part.table, link) {
                let cell = cells.entry(cell).or_default();
                let (to, from) = (&mut cell.linked, &mut cell.unlinked);
                let (to, from) = if link.added { (to, from) } else { (from, to) };
                // What is unlinked and linked again only went to another place.
                match from.iter().position(|held| *held == other.0) {
                    Some(at) => drop(from.remove(at)),
                    None => to.push(other.0),
                }
            }
        }
    }
    cells
}

/// True when a change linked or unlinked something in a cell that is asked about.
pub(super) fn touches(image: &BaseImage, change: &Change, asked: impl Fn(LinkCell) -> bool) -> bool {
    let links = change.body.tables.iter().flat_map(|part| part.links.iter().map(|link| (part.table, link)));
    links.flat_map(|(table, link)| sides(image, table, link)).any(|(cell, ..)| asked(cell))
}

fn listed(image: &BaseImage, cell: LinkCell, list: &[u32]) -> Linked {
    let table = image.schema.table_by_no(cell.0).and_then(|table| table.field_by_no(cell.2));
    let Some(link) = table.and_then(|field| field.kind.link()) else { return Linked::default() };
    let other = image.table(link.linked_table_no);
    let ids = list.iter().take(LISTED).filter_map(|no| other.ids.get(Ordinal(*no)));
    Linked { ids: ids.collect(), count: list.len() }
}

/// The link cells that changes made others, those of one record first where one is asked about. Ends before the change with
/// which they would be too many for a page.
pub(super) fn edits(
    image: &BaseImage,
    changes: &mut Vec<Arc<Change>>,
    first: Option<(TableNo, Ordinal)>,
) -> Vec<(LinkCell, LinkEdit)> {
    let mut edits = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        if edits.len() >= PAGE_CELLS {
            changes.truncate(at);
            break;
        }
        let mut cells: Vec<(LinkCell, Touched)> = touched(image, change).into_iter().collect();
        cells.sort_by_key(|((table, ordinal, _), _)| first != Some((*table, *ordinal)));
        for (cell, touched) in cells.into_iter().take(CELLS) {
            let (table, ordinal, field) = cell;
            let Some(record) = image.table(table).ids.get(ordinal) else { continue };
            let linked = listed(image, cell, &touched.linked);
            let unlinked = listed(image, cell, &touched.unlinked);
            edits.push((
                cell,
                LinkEdit { change: change.sequence, table, record, field, lists: None, linked, unlinked },
            ));
        }
    }
    edits
}

impl Records {
    /// The lists of link cells on both sides of changes, as far as not more than `most` changes lie between.
    pub(super) async fn lists(
        &self,
        base: BaseNo,
        image: &BaseImage,
        wanted: &Wanted,
        most: usize,
    ) -> Result<Lists, Error> {
        let (mut lists, mut seen) = (Lists::default(), 0);
        let Some(oldest) = wanted.keys().next() else { return Ok(lists) };
        let mut held: FxHashMap<LinkCell, LinkList> = FxHashMap::default();
        for cell in wanted.values().flatten() {
            held.entry(*cell).or_insert_with(|| LinkList::new(image.links(cell.0, cell.2, cell.1)));
        }
        let mut before = image.sequence + 1;
        while before > *oldest && seen < most {
            let changes = self.changes.list_newest(base, Some(before), 256).await?;
            let Some(last) = changes.last() else { break };
            before = last.sequence;
            seen += changes.len();
            for change in changes.iter().take_while(|change| change.sequence >= *oldest) {
                let asked = wanted.get(&change.sequence).map(Vec::as_slice).unwrap_or_default();
                let list = |held: &FxHashMap<LinkCell, LinkList>, cell| -> Vec<u32> {
                    held.get(cell).map(|list| list.items().iter().copied().collect()).unwrap_or_default()
                };
                let after: Vec<Vec<u32>> = asked.iter().map(|cell| list(&held, cell)).collect();
                take_back(image, change, &mut held);
                lists.extend(asked.iter().zip(after).map(|(cell, after)| {
                    let before = list(&held, cell);
                    let same = before == after;
                    let (before, after) = (listed(image, *cell, &before), listed(image, *cell, &after));
                    ((change.sequence, *cell), Both { before, after, same })
                }));
            }
        }
        Ok(lists)
    }
}

/// Gives link cells their lists, and leaves out those that are as they were: on the other side of a pair that only went to
/// another place, and of links that were in the trash.
pub(super) fn settle(
    image: &BaseImage,
    edits: &mut Vec<(LinkCell, LinkEdit)>,
    (lists, conversions): (&Lists, &[Retyped]),
) {
    edits.retain_mut(|(cell, edit)| {
        let both = lists.get(&(edit.change, *cell));
        edit.lists = both.map(|both| (both.before.clone(), both.after.clone()));
        let field = image.schema.table_by_no(edit.table).and_then(|table| table.field_by_no(edit.field));
        let left = |retyped: &Retyped| {
            let before = &retyped.before;
            let inverse = || before.kind.link().is_some_and(|link| link.inverse == field.map(|field| field.id));
            retyped.change < edit.change && ((retyped.table, before.no) == (edit.table, edit.field) || inverse())
        };
        let in_trash = field.is_some_and(|field| field.deleted) && conversions.iter().any(left);
        !in_trash && !both.is_some_and(|both| both.same)
    });
}

fn take_back(image: &BaseImage, change: &Change, held: &mut FxHashMap<LinkCell, LinkList>) {
    for part in change.body.tables.iter().rev() {
        for link in taken_back(&part.links) {
            for (cell, other, place) in sides(image, part.table, &link) {
                if let Some(list) = held.get_mut(&cell) {
                    list.relink(other.0, (link.added, place));
                }
            }
        }
    }
}

/// What the records that are told as linked are called now.
pub(super) fn names(
    view: &View,
    edits: &[LinkEdit],
    converted: &[ConvertedCell],
) -> Result<BTreeMap<RecordId, String>, Error> {
    let mut names = BTreeMap::new();
    let tables = &view.image.schema.tables;
    let of = |linked: &Linked| linked.ids.clone();
    let edits = edits.iter().flat_map(|edit| {
        let lists = edit.lists.iter().flat_map(|(before, after)| [of(before), of(after)]);
        lists.chain([of(&edit.linked), of(&edit.unlinked)])
    });
    let converted = converted.iter().flat_map(|cell| [&cell.before, &cell.after]).filter_map(|held| match held {
        CellHeld::Links(linked) => linked.as_ref().map(of),
        CellHeld::Value(_) => None,
    });
    for id in edits.chain(converted).flatten() {
        if names.len() >= NAMED || names.contains_key(&id) {
            continue;
        }
        let found = tables.iter().find_map(|table| Some((table, view.image.table(table.no).ids.find(id)?)));
        if let Some((table, ordinal)) = found {
            names.insert(id, view.title(table, &view.image.table(table.no), ordinal)?);
        }
    }
    Ok(names)
}

/// True for a cell of links.
pub(super) fn is_link(image: &BaseImage, (table, _, field): LinkCell) -> bool {
    let field = image.schema.table_by_no(table).and_then(|table| table.field_by_no(field));
    field.is_some_and(|field| field.kind.link().is_some())
}

#[cfg(test)]
mod tests;
