//! Link cells as pairs of records.

use std::sync::Arc;

use events::{Body, LinkDelta};
use model::{CellRef, Field, FieldNo, Ordinal, TableNo};
use rustc_hash::{FxHashMap, FxHashSet};

use images::{BaseImage, LinkCell, PlacedList};

/// The whole list that a link cell shall hold.
pub(crate) struct LinkWrite {
    /// The table of the record.
    pub table: TableNo,
    /// The link field written.
    pub field: Arc<Field>,
    /// The record written.
    pub record: Ordinal,
    /// What it shall be linked to, in order.
    pub list: Vec<Ordinal>,
}

/// The pairs to unlink and link, each with the table of its relation. As many as can be stay linked: what goes to
/// another place in its list is unlinked and linked again.
pub(crate) fn deltas(image: &BaseImage, writes: &[LinkWrite], body: &Body) -> Vec<(TableNo, LinkDelta)> {
    let mut out = Deltas::default();
    for write in writes {
        let Some(link) = write.field.kind.link() else { continue };
        let table = if link.reversed { link.linked_table_no } else { write.table };
        let before = image.links(write.table, write.field.no, write.record);
        let kept = kept(&before, &write.list);
        let pair = |other: Ordinal, added: bool| {
            let (from, to) = if link.reversed { (other, write.record) } else { (write.record, other) };
            (table, LinkDelta { relation: link.relation, from, to, added, places: None })
        };
        for held in before.iter().filter(|held| !kept.contains(held)) {
            out.push(pair(Ordinal(*held), false));
        }
        let linked = write.list.iter().filter(|wanted| !kept.contains(&wanted.0));
        for wanted in linked.filter(|wanted| !deleted(body, link.linked_table_no, **wanted)) {
            out.push(pair(*wanted, true));
        }
    }
    led_to_deleted(image, body, &mut out);
    // First what goes: where both sides are written, an item finds its place among those that stay.
    out.pairs.sort_by_key(|(_, link)| link.added);
    out.pairs
}

/// Pairs to unlink and link. Two sides written together name the same pair: once is enough.
#[derive(Default)]
struct Deltas {
    pairs: Vec<(TableNo, LinkDelta)>,
    known: FxHashSet<(TableNo, FieldNo, Ordinal, Ordinal, bool)>,
}

impl Deltas {
    fn push(&mut self, (table, link): (TableNo, LinkDelta)) {
        if self.known.insert((table, link.relation, link.from, link.to, link.added)) {
            self.pairs.push((table, link));
        }
    }
}

/// Unlinks deleted records from those that lead to them through a link without another side, as of a table to itself.
fn led_to_deleted(image: &BaseImage, body: &Body, out: &mut Deltas) {
    for change in body.tables.iter().filter(|change| !change.deleted.is_empty()) {
        let deleted: FxHashSet<u32> = change.deleted.iter().map(|record| record.ordinal.0).collect();
        let tables = image.schema.tables.iter();
        let links =
            tables.flat_map(|table| table.fields.iter().filter_map(|field| Some((table.no, field.kind.link()?))));
        let one_sided = links.filter(|(no, link)| {
            let leads_here = !link.reversed && link.linked_table_no == change.table;
            leads_here && matches!(image.sides(*no, link.relation), Some((_, None)))
        });
        for (table, link) in one_sided {
            let rows = image.table(table);
            for from in rows.live.ones().map(|row| Ordinal(row as u32)) {
                let CellRef::Links(list) = rows.cell(link.relation, from) else { continue };
                for to in list.iter().filter(|linked| deleted.contains(linked)).map(|linked| Ordinal(*linked)) {
                    out.push((table, LinkDelta { relation: link.relation, from, to, added: false, places: None }));
                }
            }
        }
    }
}

/// The most items of `before` that stand in `wanted` in the same order: a longest increasing subsequence of their places
/// there (C. Schensted, "Longest increasing and decreasing subsequences", 1961).
fn kept(before: &[u32], wanted: &[Ordinal]) -> FxHashSet<u32> {
    if before.is_empty() {
        return FxHashSet::default();
    }
    let places: FxHashMap<u32, usize> = wanted.iter().enumerate().map(|(at, item)| (item.0, at)).collect();
    // By length: the place at which a sequence of this length ends soonest, and the item there.
    let mut ends: Vec<(usize, u32)> = Vec::new();
    let mut followed: FxHashMap<u32, u32> = FxHashMap::default();
    for item in before {
        let Some(place) = places.get(item) else { continue };
        let length = ends.partition_point(|(end, _)| end < place);
        if let Some((_, earlier)) = length.checked_sub(1).and_then(|at| ends.get(at)) {
            followed.insert(*item, *earlier);
        }
        match ends.get_mut(length) {
            Some(end) => *end = (*place, *item),
            None => ends.push((*place, *item)),
        }
    }
    let last = ends.last().map(|(_, item)| *item);
    std::iter::successors(last, |item| followed.get(item).copied()).collect()
}

/// Leaves out the pairs that are as they shall be, and says of the others where they stand in both lists, so that they
/// can be taken back to there. A list that is written gets the order that it was given; in any other a pair comes where it is
/// told to, or was before, or last.
pub(crate) fn place(image: &BaseImage, writes: &[LinkWrite], body: &mut Body) {
    let wanted: FxHashMap<LinkCell, &[Ordinal]> =
        writes.iter().map(|write| ((write.table, write.field.no, write.record), &write.list[..])).collect();
    let mut lists: FxHashMap<LinkCell, PlacedList> = FxHashMap::default();
    for part in &mut body.tables {
        let table = part.table;
        part.links.retain_mut(|link| {
            let Some((other, inverse)) = image.sides(table, link.relation) else { return true };
            let mut put = |cell: LinkCell, linked: Ordinal, told: Option<u32>| {
                let list = lists.entry(cell).or_insert_with(|| {
                    PlacedList::new(image.links(cell.0, cell.1, cell.2), wanted.get(&cell).copied())
                });
                if link.added { list.link(linked.0, told) } else { list.unlink(linked.0) }
            };
            let (told, told_other) = link.places.unzip();
            let Some(own) = put((table, link.relation, link.from), link.to, told) else { return false };
            let back = inverse.and_then(|inverse| put((other, inverse, link.to), link.from, told_other));
            let is_last = own.is_last && back.is_none_or(|back| back.is_last);
            link.places = (!link.added || !is_last).then(|| (own.at, back.map_or(0, |back| back.at)));
            true
        });
    }
}

/// Records by table.
pub(crate) type Places = FxHashSet<(TableNo, Ordinal)>;

/// The records whose own link cells were written, of those that pairs of the change lead to: they were changed, though no
/// cell is stored in them. Those on the other side were not.
pub(crate) fn edited(image: &BaseImage, body: &Body, written: &Places) -> Places {
    let mut edited = Places::default();
    for part in &body.tables {
        for link in &part.links {
            let Some((other, _)) = image.sides(part.table, link.relation) else { continue };
            let places = [(part.table, link.from), (other, link.to)];
            edited.extend(places.into_iter().filter(|place| written.contains(place)));
        }
    }
    edited
}

fn deleted(body: &Body, table: TableNo, record: Ordinal) -> bool {
    body.tables.iter().any(|change| change.table == table && change.deleted.iter().any(|d| d.ordinal == record))
}

#[cfg(test)]
mod tests {
    use model::Ordinal;
    use proptest::prelude::*;

    use super::kept;

    /// As many items of both lists in the same order as can be: the table of R. Wagner and M. Fischer, "The string-to-string
    /// correction problem", 1974.
    fn common(one: &[u32], other: &[u32]) -> usize {
        let mut row = vec![0; other.len() + 1];
        for left in one {
            let mut diagonal = 0;
            for (at, right) in other.iter().enumerate() {
                let best = if left == right { diagonal + 1 } else { row[at].max(row[at + 1]) };
                diagonal = std::mem::replace(&mut row[at + 1], best);
            }
        }
        row[other.len()]
    }

    fn some_items() -> impl Strategy<Value = Vec<u32>> {
        proptest::collection::vec(0_u32..12, 0..12).prop_map(|mut items| {
            let mut seen = std::collections::HashSet::new();
            items.retain(|item| seen.insert(*item));
            items
        })
    }

    proptest! {
        #[test]
        fn as_many_as_can_be_stay_linked(before in some_items(), wanted in some_items()) {
            let list: Vec<Ordinal> = wanted.iter().map(|item| Ordinal(*item)).collect();
            let kept = kept(&before, &list);
            let stays = |items: &[u32]| items.iter().copied().filter(|item| kept.contains(item)).collect::<Vec<_>>();
            prop_assert_eq!(stays(&before), stays(&wanted));
            prop_assert_eq!(kept.len(), common(&before, &wanted));
        }
    }
}
