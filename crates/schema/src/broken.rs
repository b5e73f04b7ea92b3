//! Why fields are not computed.

use std::collections::VecDeque;

use model::{ButtonOptions, Field, FieldId, FieldKind, FormulaOptions, RollupOptions, Schema, Table};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnosis::refused;
use crate::edit::{reference, rollup_reference};
use crate::needs::{field_at, looked_at, made_of};

/// What is said of a rollup whose formula is not known.
const UNTOLD: &str =
    "Airtable's API does not tell the formula of a rollup: set `options.formula`, such as `SUM(values)`";

/// The fields of a schema that are not computed, each with the reason.
pub struct Broken(FxHashMap<FieldId, String>);

impl Broken {
    /// Looks at every field, and at what they are made of.
    pub fn of(schema: &Schema) -> Self {
        let all = || schema.live_tables().flat_map(|table| table.live_fields().map(move |field| (&**table, &**field)));
        let own = all().filter_map(|(table, field)| Some(((table, field), broken(schema, table, field)?)));
        let mut left: VecDeque<_> = own.collect();
        let mut reasons: FxHashMap<_, _> = left.iter().map(|((_, field), reason)| (field.id, reason.clone())).collect();
        if left.is_empty() {
            return Self(reasons);
        }
        let made_of = made_of(schema);
        // What is an error in every record because of a field that is not computed is not computed either.
        let mut errors = FxHashSet::default();
        while let Some(((at, field), reason)) = left.pop_front() {
            // What watches none of its fields any more keeps the times that it has.
            if field.kind.is_modified() {
                continue;
            }
            errors.insert(field.id);
            for (table, made) in made_of.get(&field.id).into_iter().flatten() {
                if reasons.contains_key(&made.id) || !fails((schema, table, made), &|id| errors.contains(&id)) {
                    continue;
                }
                let place = if at.id == table.id { String::new() } else { format!(" of `{}`", at.name) };
                let told = format!("it needs `{}`{place}, which is not computed: {reason}", field.name);
                reasons.insert(made.id, told);
                left.push_back(((table, made), reason.clone()));
            }
        }
        Self(reasons)
    }

    /// Why the field with this id is not computed; none where it is, or where nobody computes it.
    pub fn reason(&self, id: FieldId) -> Option<&str> {
        self.0.get(&id).map(String::as_str)
    }
}

/// True for a field that is an error in every record, given which others are.
fn fails((schema, table, field): (&Schema, &Table, &Field), is_error: &dyn Fn(FieldId) -> bool) -> bool {
    let made = match &field.kind {
        FieldKind::Formula(FormulaOptions { formula, .. }) | FieldKind::Button(ButtonOptions { formula, .. }) => {
            formula::compile(formula, &|name| reference(table, name))
        }
        FieldKind::Rollup(RollupOptions { formula: Some(formula), .. }) => {
            let looked = looked_at(table, field).and_then(|place| field_at(schema, place));
            formula::compile_rollup(formula, &|word| rollup_reference(looked?.1, word))
        }
        kind => return kind.looks_through().is_some_and(|(_, looked)| is_error(looked)),
    };
    made.map_or(true, |program| program.fails_with(is_error))
}

/// What of a field itself keeps it from being computed: what it is made of was deleted, or became something else, or was
/// never told. None for others.
pub fn broken(schema: &Schema, table: &Table, field: &Field) -> Option<String> {
    match &field.kind {
        kind if kind.is_modified() && !kind.watched().is_empty() => {
            let is_left = kind.watched_fields().any(|id| is_written(table, id));
            (!is_left).then(|| "none of the fields that it watches is there and written by people".to_owned())
        }
        FieldKind::Formula(FormulaOptions { formula, references, .. })
        | FieldKind::Button(ButtonOptions { formula, references, .. }) => gone_from(schema, table, formula, references)
            .or_else(|| field.kind.watched_fields().find_map(|id| unwritten(table, id)))
            .or_else(|| unpaired(table, formula)),
        FieldKind::Count(count) => no_link(schema, table, count.link),
        kind => {
            let (link, looked) = kind.looks_through()?;
            let untold =
                || matches!(kind, FieldKind::Rollup(rollup) if rollup.formula.is_none()).then(|| UNTOLD.to_owned());
            no_link(schema, table, link).or_else(|| not_there(schema, table, (link, looked))).or_else(untold)
        }
    }
}

/// True for a field that is there and that people write.
pub(crate) fn is_written(table: &Table, id: FieldId) -> bool {
    table.field_by_id(id).is_some_and(|field| !field.kind.is_computed())
}

/// The first field that a formula names and that is gone, with its place in the formula as it is kept.
fn gone_from(schema: &Schema, table: &Table, formula: &str, references: &[FieldId]) -> Option<String> {
    let id = *references.iter().find(|id| table.field_by_id(**id).is_none())?;
    let before = formula.split(&format!("{{{id}}}")).next().unwrap_or_default();
    Some(format!("{} (at character {} of the formula)", gone(schema, id), before.chars().count() + 1))
}

fn unwritten(table: &Table, id: FieldId) -> Option<String> {
    let field = table.field_by_id(id).filter(|field| field.kind.is_computed())?;
    let kind = fields::of(&field.kind).name();
    Some(format!(
        "LAST_MODIFIED_TIME is asked about `{}`, which is of type `{kind}` now and written by nobody",
        field.name
    ))
}

/// Why a formula looks for values in fields that are no lookups through one link any more.
fn unpaired(table: &Table, formula: &str) -> Option<String> {
    if !formula.to_ascii_uppercase().contains("XLOOKUP") {
        return None;
    }
    match formula::compile(formula, &|name| reference(table, name)) {
        Ok(program) => refused(table, &program).map(|problem| problem.message),
        Err(problems) => problems.into_iter().next().map(|problem| problem.message),
    }
}

fn no_link(schema: &Schema, table: &Table, id: FieldId) -> Option<String> {
    match table.field_by_id(id) {
        None => Some(gone(schema, id)),
        Some(field) if field.kind.link().is_none() => {
            Some(format!("`{}` is of type `{}` now and links no records", field.name, fields::of(&field.kind).name()))
        }
        Some(_) => None,
    }
}

/// Why a field is not seen through a link, which may be one to another table by now.
fn not_there(schema: &Schema, table: &Table, (link, looked): (FieldId, FieldId)) -> Option<String> {
    let field = table.field_by_id(link)?;
    let linked = field.kind.link().map(|link| link.linked_table_no);
    let is_there = schema.live_tables().any(|table| Some(table.no) == linked && table.field_by_id(looked).is_some());
    if is_there {
        return None;
    }
    Some(schema.table_of(looked).map_or_else(
        || gone(schema, looked),
        |table| format!("`{}` links no records of `{}` any more, of which the field is", field.name, table.name),
    ))
}

/// Says that a field is gone, and how to get on.
fn gone(schema: &Schema, id: FieldId) -> String {
    let mut held = schema.tables.iter().flat_map(|table| table.fields.iter().map(move |field| (table, field)));
    match held.find(|(_, field)| field.id == id) {
        Some((table, field)) if table.deleted => {
            format!(
                "the table `{}` with the field `{}` was deleted: bring it back, or name another",
                table.name, field.name
            )
        }
        Some((_, field)) => format!("the field `{}` was deleted: bring it back, or name another", field.name),
        None if id == FieldId::UNTOLD => {
            "a field that it needs was deleted before it came here: name another".to_owned()
        }
        None => format!("the field {id} was deleted: name another"),
    }
}
