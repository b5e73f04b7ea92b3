//! Link cells as pairs of records.

use std::sync::Arc;

use events::{Body, LinkDelta};
use model::{Field, FieldNo, Ordinal, TableNo};
use rustc_hash::{FxHashMap, FxHashSet};

use images::BaseImage;

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

/// The pairs to unlink and link, each with the table of its relation. What stays keeps its place; a list that is
/// only reordered is unlinked and linked again from the first difference on.
pub(crate) fn deltas(image: &BaseImage, writes: &[LinkWrite], body: &Body) -> Vec<(TableNo, LinkDelta)> {
    let mut out: Vec<(TableNo, LinkDelta)> = Vec::new();
    for write in writes {
        let Some(link) = write.field.kind.link() else { continue };
        let table = if link.reversed { link.linked_table_no } else { write.table };
        let before = image.links(write.table, write.field.no, write.record);
        let same = before.iter().zip(&write.list).take_while(|(held, wanted)| **held == wanted.0).count();
        let pair = |other: Ordinal, added: bool| {
            let (from, to) = if link.reversed { (other, write.record) } else { (write.record, other) };
            (table, LinkDelta { relation: link.relation, from, to, added, places: None })
        };
        for held in before.iter().skip(same) {
            push(&mut out, pair(Ordinal(*held), false));
        }
        for wanted in write.list.iter().skip(same).filter(|wanted| !deleted(body, link.linked_table_no, **wanted)) {
            push(&mut out, pair(*wanted, true));
        }
    }
    out
}

/// Leaves out the pairs that are as they shall be, and says of those that go where they stand, so that they can be
/// taken back to there.
pub(crate) fn place(image: &BaseImage, body: &mut Body) {
    let mut lists: FxHashMap<(TableNo, FieldNo, Ordinal), Vec<u32>> = FxHashMap::default();
    for part in &mut body.tables {
        let table = part.table;
        part.links.retain_mut(|link| {
            let Some((other, inverse)) = image.sides(table, link.relation) else { return true };
            let mut put = |table, field, record, linked: Ordinal| {
                let list = lists.entry((table, field, record)).or_insert_with(|| image.links(table, field, record));
                let at = list.iter().position(|held| *held == linked.0);
                match at {
                    None if link.added => list.push(linked.0),
                    Some(at) if !link.added => drop(list.remove(at)),
                    _ => {}
                }
                at.map(|at| at as u32)
            };
            let at = put(table, link.relation, link.from, link.to);
            let at_other = inverse.and_then(|inverse| put(other, inverse, link.to, link.from));
            link.places = at.filter(|_| !link.added).map(|at| (at, at_other.unwrap_or_default()));
            at.is_some() != link.added
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

/// Two sides written together name the same pair: once is enough.
fn push(out: &mut Vec<(TableNo, LinkDelta)>, delta: (TableNo, LinkDelta)) {
    if !out.contains(&delta) {
        out.push(delta);
    }
}

fn deleted(body: &Body, table: TableNo, record: Ordinal) -> bool {
    body.tables.iter().any(|change| change.table == table && change.deleted.iter().any(|d| d.ordinal == record))
}
