//! Why fields are not computed any more.

use model::{Field, FieldId, FieldKind, Schema};

/// What keeps a field from being computed: what it is made of was deleted, or became something else. None for others.
pub fn broken(schema: &Schema, field: &Field) -> Option<String> {
    match &field.kind {
        kind if kind.is_modified() && !kind.watched().is_empty() => {
            let is_left = kind.watched_fields().any(|id| is_written(schema, id));
            (!is_left).then(|| "none of the fields that it watches is there and written by people".to_owned())
        }
        FieldKind::Formula(formula) => gone_from(schema, &formula.formula, &formula.references)
            .or_else(|| field.kind.watched_fields().find_map(|id| unwritten(schema, id))),
        FieldKind::Button(button) => gone_from(schema, &button.formula, &button.references)
            .or_else(|| field.kind.watched_fields().find_map(|id| unwritten(schema, id))),
        FieldKind::Count(count) => no_link(schema, count.link),
        kind => {
            let (link, looked) = kind.looks_through()?;
            no_link(schema, link).or_else(|| not_there(schema, link, looked))
        }
    }
}

/// True for a field that is there and that people write.
pub(crate) fn is_written(schema: &Schema, id: FieldId) -> bool {
    live(schema, id).is_some_and(|field| !field.kind.is_computed())
}

fn live(schema: &Schema, id: FieldId) -> Option<&Field> {
    schema.table_of(id)?.field_by_id(id).map(AsRef::as_ref)
}

/// The first field that a formula names and that is gone, with its place in the formula as it is kept.
fn gone_from(schema: &Schema, formula: &str, references: &[FieldId]) -> Option<String> {
    let id = *references.iter().find(|id| schema.table_of(**id).is_none())?;
    let before = formula.split(&format!("{{{id}}}")).next().unwrap_or_default();
    Some(format!("{} (at character {} of the formula)", gone(schema, id), before.chars().count() + 1))
}

fn unwritten(schema: &Schema, id: FieldId) -> Option<String> {
    let field = live(schema, id).filter(|field| field.kind.is_computed())?;
    let kind = fields::of(&field.kind).name();
    Some(format!(
        "LAST_MODIFIED_TIME is asked about `{}`, which is of type `{kind}` now and written by nobody",
        field.name
    ))
}

fn no_link(schema: &Schema, id: FieldId) -> Option<String> {
    match live(schema, id) {
        None => Some(gone(schema, id)),
        Some(field) if field.kind.link().is_none() => {
            Some(format!("`{}` is of type `{}` now and links no records", field.name, fields::of(&field.kind).name()))
        }
        Some(_) => None,
    }
}

/// Why a field is not seen through a link, which may be one to another table by now.
fn not_there(schema: &Schema, link: FieldId, looked: FieldId) -> Option<String> {
    let Some(table) = schema.table_of(looked) else { return Some(gone(schema, looked)) };
    let field = live(schema, link)?;
    let is_there = field.kind.link().is_some_and(|link| link.linked_table_no == table.no);
    let reason = || format!("`{}` links no records of `{}` any more, of which the field is", field.name, table.name);
    (!is_there).then(reason)
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
        None => format!("the field {id} was deleted: name another"),
    }
}
