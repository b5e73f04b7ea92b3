//! The order of pairs in the lists of either side, where a change put pairs between others.

use db::Tx;
use events::{Body, TableChange};
use model::{FieldNo, Ordinal};
use rustc_hash::FxHashMap;
use sql::Value;
use tenancy::Permit;

use super::{Mark, ORDER, ORDER_BACK, POSITIONS, position};
use crate::BaseImage;
use crate::error::Error;
use crate::lists::{LinkCell, LinkList};

/// A list as the change leaves it.
struct List {
    items: LinkList,
    /// The first item of those that need a new position.
    first: usize,
    /// True on the side of the field that the relation is called by.
    own: bool,
}

/// Queues new positions for pairs that were put before others, and for all that follow them in the same list.
pub(super) fn write(tx: &mut Tx, permit: &Permit, mark: &Mark, body: &Body, image: &BaseImage) -> Result<(), Error> {
    // The positions before were given to the pairs of the change as they came.
    let mut index: usize = body.tables.iter().map(|part| part.links.len()).sum();
    room(index)?;
    for part in &body.tables {
        if !part.links.iter().any(|link| link.added && link.places.is_some()) {
            continue;
        }
        for ((relation, record), list) in lists(image, part) {
            room(index + list.items.items().len().saturating_sub(list.first))?;
            for other in list.items.items().iter().skip(list.first).map(|other| Ordinal(*other)) {
                let (from, to) = if list.own { (record, other) } else { (other, record) };
                let key = [permit.tenant().0.into(), permit.base_no().0.into(), relation.0.into()];
                let values: [Value; 3] = [from.0.into(), to.0.into(), position(mark, index).into()];
                tx.queue(if list.own { ORDER } else { ORDER_BACK }, key.into_iter().chain(values));
                index += 1;
            }
        }
    }
    Ok(())
}

/// Positions of one change do not reach those of the next.
fn room(positions: usize) -> Result<(), Error> {
    if positions > POSITIONS { Err(Error::TooManyPlaces { most: POSITIONS }) } else { Ok(()) }
}

/// The lists that pairs of a change lead to, by relation and record.
fn lists(image: &BaseImage, part: &TableChange) -> impl Iterator<Item = ((FieldNo, Ordinal), List)> {
    let mut lists: FxHashMap<LinkCell, (FieldNo, List)> = FxHashMap::default();
    for link in &part.links {
        let Some((other, inverse)) = image.sides(part.table, link.relation) else { continue };
        let (at, at_other) = link.places.unzip();
        let own = Some(((part.table, link.relation, link.from), link.to, at, true));
        let back = inverse.map(|inverse| ((other, inverse, link.to), link.from, at_other, false));
        for (place, linked, at, own) in own.into_iter().chain(back) {
            let (_, list) = lists.entry(place).or_insert_with(|| {
                let items = image.links(place.0, place.1, place.2);
                (link.relation, List { first: items.len(), items: LinkList::new(items), own })
            });
            list.relink(linked, (link.added, at));
        }
    }
    lists.into_iter().map(|((_, _, record), (relation, list))| ((relation, record), list))
}

impl List {
    fn relink(&mut self, linked: Ordinal, (added, at): (bool, Option<u32>)) {
        let len = self.items.items().len();
        let Some(at) = self.items.relink(linked.0, (added, at)) else { return };
        self.first = match (added, at < self.first) {
            // What is last has its position already, unless others before it get a new one.
            (true, _) if at == len && self.first == len => len + 1,
            (true, true) => at,
            (false, true) => self.first - 1,
            (_, false) => self.first,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::room;

    #[test]
    fn positions_stay_within_their_change() {
        assert!(room(1 << 20).is_ok());
        assert_eq!(room((1 << 20) + 1).unwrap_err().to_string(), "the change gives more than 1048576 links a place");
    }
}
