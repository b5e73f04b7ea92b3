//! What computed fields are made of, and compiled formulas. Each is found once a schema revision.

use std::sync::Arc;
use std::time::Instant;

use formula::{Ages, Program};
use model::{ButtonOptions, Field, FieldId, FieldKind, FieldNo, FormulaOptions, Schema, Table, TableNo};
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use schema::{Nameable, Rules, Times};

use crate::error::Error;

/// Filters that are kept; they are dropped together when there are more.
const FILTERS: usize = 256;

/// How a computed field comes about; of a link field the names of its records.
pub(super) struct Compiled {
    /// The program of a formula or a rollup.
    pub program: Option<Program>,
    /// How it depends on the time now.
    pub ages: Ages,
    /// True when it depends on the names of people.
    pub people: bool,
    /// True when it shows addresses of files.
    pub files: bool,
    /// True when it depends on link cells of its record.
    pub linked: bool,
    /// What it reads through links, also by way of other fields of its table.
    pub through: Vec<Through>,
    /// The tables that it reads through links, and those that these read.
    pub tables: Vec<TableNo>,
}

/// A field that is read through a link field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Through {
    /// The link field.
    pub link: FieldNo,
    /// The linked table.
    pub other: TableNo,
    /// The field there.
    pub field: FieldNo,
}

/// By table, field and schema revision; none where a field cannot be computed any more.
type Fields = FxHashMap<(TableNo, FieldId, i64), Option<Arc<Compiled>>>;
/// By table, schema revision and text.
type Filters = FxHashMap<(TableNo, i64), FxHashMap<String, Arc<Program>>>;

/// The compiled fields of a base.
#[derive(Default)]
pub(super) struct Programs {
    fields: Mutex<Fields>,
    filters: Mutex<Filters>,
}

impl Programs {
    /// How a field comes about, if it is computed and can be.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when fields need each other too deeply.
    pub fn of_field(
        &self,
        schema: &Schema,
        table: &Table,
        field: &Field,
        depth: usize,
    ) -> Result<Option<Arc<Compiled>>, Error> {
        if !field.kind.is_evaluated() && field.kind.link().is_none() {
            return Ok(None);
        }
        let key = |field: &Field| (table.no, field.id, schema.revision);
        if let Some(known) = self.fields.lock().get(&key(field)) {
            return Ok(known.clone());
        }
        let depth = depth.checked_sub(1).ok_or(Error::TooDeep)?;
        for needed in needed(table, field, &|field| self.fields.lock().contains_key(&key(field))) {
            self.compile(schema, table, &needed, depth)?;
        }
        self.compile(schema, table, field, depth)
    }

    /// The same, once what the field needs of its own table is known.
    fn compile(
        &self,
        schema: &Schema,
        table: &Table,
        field: &Field,
        depth: usize,
    ) -> Result<Option<Arc<Compiled>>, Error> {
        let revision = schema.revision;
        let compiled = match made_of(schema, table, field) {
            Some(compiled) => self.with_needs(compiled, schema, (table, field), depth)?.map(Arc::new),
            None => None,
        };
        let mut fields = self.fields.lock();
        // What was compiled for an earlier schema is not asked for again.
        fields.retain(|(_, _, held), _| *held >= revision);
        fields.insert((table.no, field.id, revision), compiled.clone());
        Ok(compiled)
    }

    /// With what the fields that it reads need themselves; none where it is an error in every record as they cannot be computed.
    fn with_needs(
        &self,
        mut compiled: Compiled,
        schema: &Schema,
        (table, field): (&Table, &Field),
        depth: usize,
    ) -> Result<Option<Compiled>, Error> {
        let mut lost = Vec::new();
        let own = compiled.through.is_empty().then_some(&compiled.program).and_then(Option::as_ref);
        let references = own.map(Program::references).unwrap_or_default();
        for no in references.iter().map(|reference| reference.no).collect::<Vec<_>>() {
            let Some(inner) = table.field_by_no(no) else { continue };
            let Some(made) = self.of_field(schema, table, inner, depth)? else {
                lost.extend(inner.kind.is_evaluated().then_some(inner.id));
                continue;
            };
            compiled.ages = compiled.ages.max(made.ages);
            compiled.people |= made.people;
            compiled.files |= made.files;
            compiled.linked |= made.linked;
            compiled.through.extend(&made.through);
        }
        compiled.through.sort_unstable();
        compiled.through.dedup();
        for through in &compiled.through {
            compiled.tables.push(through.other);
            let Some(other) = schema.table_by_no(through.other) else { continue };
            let Some(looked) = other.field_by_no(through.field) else { continue };
            let Some(made) = self.of_field(schema, other, looked, depth)? else {
                lost.extend(looked.kind.is_evaluated().then_some(looked.id));
                continue;
            };
            compiled.ages = compiled.ages.max(made.ages);
            compiled.people |= made.people;
            compiled.files |= made.files;
            compiled.tables.extend(&made.tables);
        }
        compiled.tables.sort_unstable();
        compiled.tables.dedup();
        let fails = !lost.is_empty()
            && match (&field.kind, &compiled.program) {
                (_, Some(program)) => program.fails_with(&|id| lost.contains(&id)),
                (kind, None) => matches!(kind, FieldKind::MultipleLookupValues(_)),
            };
        Ok((!fails).then_some(compiled))
    }

    /// The formula that a caller filters by, in a house that may have only the functions of Airtable.
    pub fn of_text(
        &self,
        table: &Table,
        text: &str,
        revision: i64,
        only_airtable: bool,
        until: Option<Instant>,
    ) -> Result<Arc<Program>, Error> {
        let key = (table.no, revision);
        if let Some(known) = self.filters.lock().get(&key).and_then(|held| held.get(text)) {
            return Ok(Arc::clone(known));
        }
        if let Some(slow) = formula::slow(text, until) {
            let is_late = until.is_some_and(|until| Instant::now() >= until);
            return Err(if is_late {
                Error::TooSlow { field: None }
            } else {
                Error::Formula { reason: slow.to_string() }
            });
        }
        let compiled = formula::compile_new(text, &|name| schema::reference(table, name));
        let rules = Rules { times: Times::Found, only_airtable };
        let program = schema::usable(text, compiled, Nameable::Fields(table), rules);
        let program = program.map_err(|problems| Error::Formula { reason: schema::summary(&problems) })?;
        let program = Arc::new(program);
        let mut filters = self.filters.lock();
        if filters.values().map(FxHashMap::len).sum::<usize>() >= FILTERS {
            filters.clear();
        }
        filters.entry(key).or_default().insert(text.to_owned(), Arc::clone(&program));
        Ok(program)
    }
}

/// The fields that a formula needs of its own table and that are not known, the deepest first.
pub(super) fn needed(table: &Table, field: &Field, is_known: &dyn Fn(&Field) -> bool) -> Vec<Arc<Field>> {
    let references = |field: &Field| -> Vec<Arc<Field>> {
        let ids = match &field.kind {
            FieldKind::Formula(FormulaOptions { references, .. }) => references.as_slice(),
            FieldKind::Button(ButtonOptions { references, .. }) => references.as_slice(),
            _ => &[],
        };
        let fields = ids.iter().filter_map(|id| table.field_by_id(*id));
        fields.filter(|field| field.kind.is_evaluated()).cloned().collect()
    };
    let mut needed = Vec::new();
    let mut seen = FxHashSet::default();
    let mut left: Vec<(Arc<Field>, bool)> = references(field).into_iter().map(|field| (field, false)).collect();
    while let Some((field, is_last)) = left.pop() {
        if is_last {
            needed.push(field);
        } else if !is_known(&field) && seen.insert(field.id) {
            let inner = references(&field);
            left.push((field, true));
            left.extend(inner.into_iter().map(|field| (field, false)));
        }
    }
    needed
}

/// What a field is made of by itself; none when something of it is in the trash or its formula cannot be compiled.
fn made_of(schema: &Schema, table: &Table, field: &Field) -> Option<Compiled> {
    let plain = Compiled {
        program: None,
        ages: Ages::Never,
        people: false,
        files: false,
        linked: true,
        through: Vec::new(),
        tables: Vec::new(),
    };
    Some(match &field.kind {
        FieldKind::MultipleRecordLinks(link) => {
            let other = schema.table_by_no(link.linked_table_no)?;
            let primary = other.primary_field()?;
            Compiled { through: vec![Through { link: field.no, other: other.no, field: primary.no }], ..plain }
        }
        FieldKind::AutoNumber | FieldKind::LastModifiedTime(_) => Compiled { linked: false, ..plain },
        FieldKind::Count(count) => table.field_by_id(count.link)?.kind.link().map(|_| plain)?,
        FieldKind::MultipleLookupValues(_) => {
            let (link, other, looked) = looked(schema, table, field)?;
            Compiled { through: vec![Through { link, other: other.no, field: looked.no }], ..plain }
        }
        FieldKind::Rollup(rollup) => {
            let (link, other, looked) = looked(schema, table, field)?;
            let through = Through { link, other: other.no, field: looked.no };
            let text = rollup.formula.as_deref()?;
            let program = formula::compile_rollup(text, &|word| schema::rollup_reference(looked, word)).ok()?;
            Compiled { ages: program.ages(), program: Some(program), through: vec![through], ..plain }
        }
        kind if kind.is_shown() => {
            Compiled { people: kind.is_people(), files: kind.is_files(), linked: false, ..plain }
        }
        FieldKind::Formula(FormulaOptions { formula, .. }) | FieldKind::Button(ButtonOptions { formula, .. }) => {
            let program = formula::compile(formula, &|name| schema::reference(table, name)).ok()?;
            schema::refused(table, &program).is_none().then_some(())?;
            Compiled { ages: program.ages(), program: Some(program), linked: false, ..plain }
        }
        _ => return None,
    })
}

/// Where a lookup or a rollup looks: through which link field of its table, and at which field of which other table.
pub fn looked<'s>(
    schema: &'s Schema,
    table: &Table,
    field: &Field,
) -> Option<(FieldNo, &'s Arc<Table>, &'s Arc<Field>)> {
    let (link, looked) = field.kind.looks_through()?;
    let link = table.field_by_id(link)?;
    let other =
        schema.live_tables().find(|other| Some(other.no) == link.kind.link().map(|link| link.linked_table_no))?;
    Some((link.no, other, other.field_by_id(looked)?))
}
