//! Names of records in texts that become links.

use std::collections::BTreeMap;
use std::sync::Arc;

use fields::split_names;
use images::View;
use model::{CellValue, Field, FieldKind, LinkOptions, Ordinal, RecordId, Table, TableImage};
use rustc_hash::FxHashMap;

use crate::error::Error;

/// Names by what they are without regard to case: the first of several spellings.
pub(super) type Missing = BTreeMap<String, String>;

/// The records of a linked table by what they are called, the oldest of several.
#[derive(Clone)]
pub(super) struct Names {
    table: Arc<Table>,
    exact: FxHashMap<String, Ordinal>,
    /// Without regard to case.
    folded: FxHashMap<String, Ordinal>,
    /// The change that they are of.
    sequence: i64,
    /// Names that no record has and that records can be given; none where nothing is made.
    missing: Option<Missing>,
}

impl Names {
    /// `make`: records will be made for names that none has.
    pub fn new(view: &View, link: &LinkOptions, make: bool) -> Result<Self, Error> {
        let table = view.image.schema.table_by_no(link.linked_table_no).cloned().ok_or(Error::ImageGone)?;
        let make = make && table.primary_field().is_some_and(|primary| takes_names(&primary.kind));
        let (exact, folded) = (FxHashMap::default(), FxHashMap::default());
        let (sequence, missing) = (view.image.sequence, make.then(Missing::new));
        let mut names = Self { table, exact, folded, sequence, missing };
        names.read(view)?;
        Ok(names)
    }

    /// Looks again where somebody has written since. `own`: the last change that makes no difference.
    pub fn renew(&mut self, view: &View, own: i64) -> Result<(), Error> {
        if view.image.sequence > self.sequence.max(own) {
            self.read(view)?;
        }
        self.sequence = view.image.sequence;
        Ok(())
    }

    fn read(&mut self, view: &View) -> Result<(), Error> {
        self.exact.clear();
        self.folded.clear();
        let rows = view.image.table(self.table.no);
        for ordinal in rows.live.ones().map(|ordinal| Ordinal(ordinal as u32)) {
            let title = view.title(&self.table, &rows, ordinal)?;
            self.exact.entry(title.trim().to_owned()).or_insert(ordinal);
            self.folded.entry(title.trim().to_lowercase()).or_insert(ordinal);
        }
        Ok(())
    }

    /// The record with this name, else with it in other letters, else with it as its id.
    fn find(&self, name: &str, rows: &TableImage) -> Option<Ordinal> {
        let named = self.exact.get(name).or_else(|| self.folded.get(&name.to_lowercase()));
        named.copied().or_else(|| rows.find(name.parse::<RecordId>().ok()?))
    }

    /// The links to the records that a text names, as a whole or one after the other, and whether there is, or will be,
    /// one for each name.
    pub fn links(&mut self, text: &str, view: &View) -> (CellValue, bool) {
        let rows = view.image.table(self.table.no);
        if let Some(ordinal) = self.find(text.trim(), &rows) {
            return (CellValue::Links(vec![ordinal.0]), true);
        }
        let names = split_names(text);
        let (mut links, mut whole) = (Vec::new(), !names.is_empty());
        for name in names {
            match (self.find(&name, &rows), &mut self.missing) {
                (Some(ordinal), _) if links.contains(&ordinal.0) => {}
                (Some(ordinal), _) => links.push(ordinal.0),
                (None, Some(missing)) => drop(missing.entry(name.to_lowercase()).or_insert(name)),
                (None, None) => whole = false,
            }
        }
        (if links.is_empty() { CellValue::Empty } else { CellValue::Links(links) }, whole)
    }

    /// The names of records to make, their table and its primary field.
    pub fn missing(&self) -> Option<(&Table, &Field, &Missing)> {
        let missing = self.missing.as_ref().filter(|missing| !missing.is_empty())?;
        Some((&self.table, self.table.primary_field()?, missing))
    }
}

/// True for a field that shows whatever name it is given.
fn takes_names(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::SingleLineText | FieldKind::MultilineText)
}
