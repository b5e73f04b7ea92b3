//! Lists of linked records while pairs come and go.

use std::collections::VecDeque;

use events::LinkDelta;
use model::{CellRef, FieldNo, Kind, Ordinal, TableNo};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::BaseImage;

/// One record's list in a link field.
pub type LinkCell = (TableNo, FieldNo, Ordinal);

/// A list of linked records that many pairs come into or go from. A pair that goes next to where the one before went, and one
/// that comes first or last, takes constant time; any other is looked for from the beginning.
#[derive(Debug)]
pub struct LinkList {
    items: VecDeque<u32>,
    /// Where the pair before went.
    near: usize,
    /// What is in it, from the second question on that would have to go through all of a long list.
    members: Option<FxHashSet<u32>>,
    asked: bool,
}

/// Lists up to this length are gone through.
const SHORT: usize = 64;

impl LinkList {
    /// A list as it is.
    pub fn new(items: Vec<u32>) -> Self {
        Self { items: items.into(), near: 0, members: None, asked: false }
    }

    /// The linked records in their order.
    pub fn items(&self) -> &VecDeque<u32> {
        &self.items
    }

    fn contains(&mut self, item: u32) -> bool {
        if self.items.len() > SHORT && std::mem::replace(&mut self.asked, true) {
            return self.members.get_or_insert_with(|| self.items.iter().copied().collect()).contains(&item);
        }
        self.items.contains(&item)
    }

    /// Links a record at a place, or last, and answers where; `None` when it is there already.
    pub fn link(&mut self, item: u32, at: Option<u32>) -> Option<usize> {
        if self.contains(item) {
            return None;
        }
        let at = at.map_or(self.items.len(), |at| self.items.len().min(at as usize));
        self.items.insert(at, item);
        if let Some(members) = &mut self.members {
            members.insert(item);
        }
        Some(at)
    }

    /// Unlinks a record and answers where it was; `None` when it is not there.
    pub fn unlink(&mut self, item: u32) -> Option<usize> {
        let likely = [Some(self.near), self.near.checked_sub(1), self.items.len().checked_sub(1)];
        let found = likely.into_iter().flatten().find(|at| self.items.get(*at) == Some(&item));
        let at = found.or_else(|| self.items.iter().position(|held| *held == item))?;
        self.items.remove(at);
        self.near = at;
        if let Some(members) = &mut self.members {
            members.remove(&item);
        }
        Some(at)
    }

    /// Links or unlinks; answers where, when something became different.
    pub fn relink(&mut self, item: u32, (added, at): (bool, Option<u32>)) -> Option<usize> {
        if added { self.link(item, at) } else { self.unlink(item) }
    }
}

impl From<LinkList> for Vec<u32> {
    fn from(list: LinkList) -> Self {
        list.items.into()
    }
}

/// A list of linked records in which what comes finds its place: where the list that is written says, or where it was before.
#[derive(Debug)]
pub struct PlacedList {
    items: LinkList,
    /// The list that was written; the one before where none was.
    order: Vec<u32>,
    is_written: bool,
    /// What went.
    gone: FxHashSet<u32>,
    /// Where items stand in the order, once it is asked.
    ranks: Option<Ranks>,
}

/// The places of items in an order of which some are absent.
#[derive(Debug)]
struct Ranks {
    by_item: FxHashMap<u32, usize>,
    /// Those of absent items, in their order.
    absent: VecDeque<usize>,
}

/// Where a record came into a list or went from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Put {
    /// Its place.
    pub at: u32,
    /// True when nothing stands behind it.
    pub is_last: bool,
}

impl Ranks {
    fn new(order: &[u32], items: &VecDeque<u32>) -> Self {
        let by_item: FxHashMap<u32, usize> = order.iter().enumerate().map(|(rank, item)| (*item, rank)).collect();
        let present: FxHashSet<usize> = items.iter().filter_map(|item| by_item.get(item).copied()).collect();
        Self { absent: (0..order.len()).filter(|rank| !present.contains(rank)).collect(), by_item }
    }

    /// How many of the items before this rank are there.
    fn place(&self, rank: usize) -> usize {
        rank - self.absent.partition_point(|absent| *absent < rank)
    }

    fn note(&mut self, item: u32, is_absent: bool) {
        let Some(rank) = self.by_item.get(&item) else { return };
        match self.absent.binary_search(rank) {
            Ok(at) if !is_absent => drop(self.absent.remove(at)),
            Err(at) if is_absent => self.absent.insert(at, *rank),
            _ => {}
        }
    }
}

impl PlacedList {
    /// A list as it is, and as it was written, where it was.
    pub fn new(before: Vec<u32>, wanted: Option<&[Ordinal]>) -> Self {
        let order = wanted.map_or_else(|| before.clone(), |wanted| wanted.iter().map(|item| item.0).collect());
        let (items, is_written) = (LinkList::new(before), wanted.is_some());
        Self { items, order, is_written, gone: FxHashSet::default(), ranks: None }
    }

    /// The place of an item of the order among those that are there.
    fn place(&mut self, item: u32) -> Option<usize> {
        let items = self.items.items();
        let ranks = self.ranks.get_or_insert_with(|| Ranks::new(&self.order, items));
        let rank = *ranks.by_item.get(&item)?;
        let is_behind = |last| ranks.by_item.get(last).is_some_and(|last| *last < rank);
        Some(if items.back().is_some_and(is_behind) { items.len() } else { ranks.place(rank) })
    }

    /// Links a record, where nothing else says so at the place that is told, or last; `None` when it is there already.
    pub fn link(&mut self, item: u32, told: Option<u32>) -> Option<Put> {
        let len = self.items.items().len();
        // Into an empty list, as most do, an item comes without a question.
        let at = match told {
            _ if self.is_written && len > 0 => self.place(item).map(|at| at as u32).or(told),
            None if self.gone.contains(&item) => self.place(item).map(|at| at as u32),
            told => told,
        };
        let at = self.items.link(item, at)?;
        if let Some(ranks) = &mut self.ranks {
            ranks.note(item, false);
        }
        Some(Put { at: at as u32, is_last: at == len })
    }

    /// Unlinks a record; `None` when it is not there.
    pub fn unlink(&mut self, item: u32) -> Option<Put> {
        let at = self.items.unlink(item)?;
        self.gone.insert(item);
        if let Some(ranks) = &mut self.ranks {
            ranks.note(item, true);
        }
        Some(Put { at: at as u32, is_last: at == self.items.items().len() })
    }
}

impl BaseImage {
    /// Links and unlinks pairs one after the other, in the lists of both sides. Each list is taken and put back once.
    pub(crate) fn apply_links(&mut self, table: TableNo, links: &[LinkDelta]) {
        let mut lists: FxHashMap<LinkCell, LinkList> = FxHashMap::default();
        for link in links {
            let Some((other, inverse)) = self.sides(table, link.relation) else { continue };
            let (at, at_other) = link.places.unzip();
            let own = Some(((table, link.relation, link.from), link.to, at));
            let back = inverse.map(|inverse| ((other, inverse, link.to), link.from, at_other));
            for (cell, linked, at) in own.into_iter().chain(back) {
                let list = lists.entry(cell).or_insert_with(|| LinkList::new(self.links(cell.0, cell.1, cell.2)));
                list.relink(linked.0, (link.added, at));
            }
        }
        for ((table, field, record), list) in lists {
            self.table_mut(table).set(field, Kind::Links, record, CellRef::Links(&Vec::from(list)));
        }
    }

    /// Whether a pair is linked, asked on the side that has the shorter list.
    pub fn is_linked(&self, table: TableNo, relation: FieldNo, (from, to): (Ordinal, Ordinal)) -> bool {
        let Some((other, inverse)) = self.sides(table, relation) else { return false };
        let (rows, others) = (self.table(table), self.table(other));
        let list = |cell| if let CellRef::Links(list) = cell { list } else { &[] };
        let own = list(rows.cell(relation, from));
        match inverse.map(|inverse| list(others.cell(inverse, to))) {
            Some(back) if back.len() < own.len() => back.contains(&from.0),
            _ => own.contains(&to.0),
        }
    }
}

#[cfg(test)]
mod tests;
