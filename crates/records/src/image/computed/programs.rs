//! Compiled formulas: of fields, and of what callers filter by. Each is compiled once a schema revision.

use std::sync::Arc;

use formula::Program;
use model::{Field, FieldId, FieldKind, FieldNo, Table, TableNo};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::error::Error;

/// Filters that are kept; they are dropped together when there are more.
const FILTERS: usize = 256;

/// The formula of a field, with what it needs through other formulas of its table.
pub(super) struct Compiled {
    pub program: Program,
    /// True when it depends on the time now.
    pub volatile: bool,
    /// The link fields that it reads.
    pub links: Vec<FieldNo>,
}

/// By table, field and schema revision; none where a formula cannot be compiled any more.
type Fields = FxHashMap<(TableNo, FieldId, i64), Option<Arc<Compiled>>>;
/// By table, schema revision and text.
type Filters = FxHashMap<(TableNo, i64), FxHashMap<String, Arc<Program>>>;

/// The compiled formulas of a base.
#[derive(Default)]
pub(super) struct Programs {
    fields: Mutex<Fields>,
    filters: Mutex<Filters>,
}

impl Programs {
    /// The formula of a field, if it is one that can be compiled.
    pub fn of_field(
        &self,
        table: &Table,
        field: &Field,
        revision: i64,
        depth: usize,
    ) -> Result<Option<Arc<Compiled>>, Error> {
        let FieldKind::Formula(formula) = &field.kind else { return Ok(None) };
        let key = (table.no, field.id, revision);
        if let Some(known) = self.fields.lock().get(&key) {
            return Ok(known.clone());
        }
        let depth = depth.checked_sub(1).ok_or(Error::TooDeep)?;
        let program = formula::compile(&formula.formula, &|name| schema::reference(table, name)).ok();
        let compiled = program.map(|program| self.with_needs(program, table, revision, depth)).transpose()?;
        let compiled = compiled.map(Arc::new);
        let mut fields = self.fields.lock();
        // What was compiled for an earlier schema is not asked for again.
        fields.retain(|(_, _, held), _| *held >= revision);
        fields.insert(key, compiled.clone());
        Ok(compiled)
    }

    fn with_needs(&self, program: Program, table: &Table, revision: i64, depth: usize) -> Result<Compiled, Error> {
        let mut compiled = Compiled { volatile: program.is_volatile(), links: Vec::new(), program };
        for reference in compiled.program.references() {
            let Some(inner) = table.field_by_no(reference.no) else { continue };
            if inner.kind.link().is_some() {
                compiled.links.push(inner.no);
            }
            if let Some(inner) = self.of_field(table, inner, revision, depth)? {
                compiled.volatile |= inner.volatile;
                compiled.links.extend(&inner.links);
            }
        }
        compiled.links.sort_unstable();
        compiled.links.dedup();
        Ok(compiled)
    }

    /// The formula that a caller filters by.
    pub fn of_text(&self, table: &Table, text: &str, revision: i64) -> Result<Arc<Program>, Error> {
        let key = (table.no, revision);
        if let Some(known) = self.filters.lock().get(&key).and_then(|held| held.get(text)) {
            return Ok(Arc::clone(known));
        }
        let program = formula::compile(text, &|name| schema::reference(table, name)).map_err(|problems| {
            Error::Formula { reason: problems.first().map_or_else(String::new, |p| p.message.clone()) }
        })?;
        let program = Arc::new(program);
        let mut filters = self.filters.lock();
        if filters.values().map(FxHashMap::len).sum::<usize>() >= FILTERS {
            filters.clear();
        }
        filters.entry(key).or_default().insert(text.to_owned(), Arc::clone(&program));
        Ok(program)
    }
}
