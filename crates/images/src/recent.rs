//! Which records the last changes touched: what computed columns are brought forward by.

use std::collections::VecDeque;
use std::sync::Arc;

use events::Change;
use model::TableNo;
use rustc_hash::FxHashSet;

use super::BaseImage;

/// Changes that are remembered.
const KEPT: usize = 64;
/// Records of a change that are remembered; of a larger one nothing is.
const MANY: usize = 256;

/// The records that a change touched; none when they are many.
pub(super) type Touched = Option<Arc<[(TableNo, u32)]>>;

/// The records that each of the last changes touched, the newest change last.
#[derive(Clone, Default)]
pub(super) struct Recent {
    changes: Arc<VecDeque<Touched>>,
}

impl Recent {
    /// Takes the next change in.
    pub fn note(&mut self, touched: Touched) {
        let changes = Arc::make_mut(&mut self.changes);
        if changes.len() == KEPT {
            changes.pop_front();
        }
        changes.push_back(touched);
    }

    /// Forgets the last change.
    pub fn forget(&mut self) {
        Arc::make_mut(&mut self.changes).pop_back();
    }

    /// The records of a table that the last `count` changes touched; none when that is not known.
    pub fn touched(&self, table: TableNo, count: usize) -> Option<FxHashSet<u32>> {
        let before = self.changes.len().checked_sub(count)?;
        let mut found = FxHashSet::default();
        for change in self.changes.iter().skip(before) {
            let rows = change.as_ref()?.iter().filter(|(no, _)| *no == table);
            found.extend(rows.map(|(_, ordinal)| *ordinal));
        }
        Some(found)
    }
}

impl BaseImage {
    /// The records that a change touches, as far as they are remembered.
    pub(super) fn touched_by(&self, change: &Change) -> Touched {
        if change.body.records() > MANY {
            return None;
        }
        let touched: Vec<_> = self.touches(change).take(MANY + 1).collect();
        (touched.len() <= MANY).then(|| touched.into())
    }

    /// The records that a change touches, those whose link cells become others included; some more than once.
    pub(super) fn touches<'c>(&'c self, change: &'c Change) -> impl Iterator<Item = (TableNo, u32)> + 'c {
        change.body.tables.iter().flat_map(move |part| {
            let whole = part.created.iter().chain(&part.restored).chain(&part.deleted).map(|record| record.ordinal);
            let ordinals = whole.chain(part.updated.iter().map(|record| record.ordinal));
            let linked = part.links.iter().flat_map(move |link| {
                let other = self.sides(part.table, link.relation).map(|(other, _)| (other, link.to.0));
                std::iter::once((part.table, link.from.0)).chain(other)
            });
            ordinals.map(|ordinal| (part.table, ordinal.0)).chain(linked)
        })
    }
}
