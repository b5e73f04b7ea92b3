//! How far a change reaches: the records that it touches, and those that look at one of them through links.

use events::Change;
use model::{Field, Ordinal, Table, TableNo};
use rustc_hash::{FxHashMap, FxHashSet};

use super::look::{Known, Search};
use super::{DEPTH, View};
use crate::error::Error;

/// What a change reaches, seen from either side of it.
pub struct Reach<'v> {
    view: &'v View,
    touched: FxHashMap<TableNo, FxHashSet<u32>>,
    found: Known,
}

impl<'v> Reach<'v> {
    /// From a view of either side of the change.
    pub fn new(view: &'v View, change: &Change) -> Self {
        let mut touched: FxHashMap<TableNo, FxHashSet<u32>> = FxHashMap::default();
        for (table, ordinal) in view.image.touches(change) {
            touched.entry(table).or_default().insert(ordinal);
        }
        Self { view, touched, found: Known::default() }
    }

    /// The records of a table that the change touches itself, link cells included.
    pub fn touched(&self, table: TableNo) -> Vec<Ordinal> {
        self.touched.get(&table).into_iter().flatten().copied().map(Ordinal).collect()
    }

    /// The records of which a field may become another, those that are touched included; none when thousands look at
    /// touched ones through links.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when fields need each other too deeply.
    pub fn of(&mut self, table: &Table, field: &Field) -> Result<Option<Vec<Ordinal>>, Error> {
        let compiled = self.view.compiled(table, field, DEPTH)?;
        let touched = |table| Some(self.touched.get(&table).cloned().unwrap_or_default());
        let mut search = Search { touched: &touched, scans: true, found: std::mem::take(&mut self.found) };
        let stale = self.view.stale(table.no, compiled.as_deref(), &mut search, DEPTH)?;
        self.found = search.found;
        Ok(stale.map(|stale| stale.into_iter().map(Ordinal).collect()))
    }
}
