//! Making a field one of another type.

use std::sync::Arc;

use clock::Ids;
use events::SchemaChange;
use fields::OptionsIn;
use model::{Field, FieldId, FieldKind, FieldNo, Schema, TableNo, Timestamp};
use serde_json::Value;

use super::{Draft, read_options};
use crate::error::Error;

/// The type that a field of this name and place would have.
///
/// # Errors
/// [`Error::FieldType`], [`Error::Options`], [`Error::Formula`], [`Error::Cycle`]; [`Error::Invalid`] for links, which
/// stay links, and for a primary field that would name no records.
pub fn retyped(
    schema: &Schema,
    (table, field): (TableNo, &Field),
    (new_type, options): (&str, Option<&Value>),
    ids: &Ids,
    now: Timestamp,
) -> Result<FieldKind, Error> {
    let links = |reason: &str| Err(Error::Invalid { reason: format!("`{}`: {reason}", field.name) });
    if field.kind.link().is_some() || new_type == "multipleRecordLinks" {
        return links("links between records are not converted; make a new field");
    }
    let draft = Draft::new(schema.clone(), (0, 0), ids, now);
    let (no, name, own) = (table, field.name.as_str(), Some(field.id));
    let kind = match read_options(name, new_type, options, None, ids, now)? {
        OptionsIn::Kind(kind) => kind,
        OptionsIn::Formula { text } => draft.formula(no, name, own, &text)?,
        OptionsIn::Modified { kind, watched } => draft.modified(no, name, Some(field), (kind, &watched))?,
        OptionsIn::Count { link } => draft.count(no, name, &link)?,
        OptionsIn::Button { label, text } => draft.button(no, name, own, (label, &text))?,
        OptionsIn::AiText { prompt } => draft.ai_text(no, name, own, prompt)?,
        OptionsIn::Lookup { link, field } => draft.lookup(no, name, own, (&link, &field))?,
        OptionsIn::Rollup { link, field, text } => draft.rollup(no, name, own, (&link, &field), &text)?,
        OptionsIn::Link { .. } => return links("links between records are not converted; make a new field"),
    };
    let is_primary = schema.table_by_no(table).is_some_and(|table| table.primary == field.id);
    let field_type = fields::of(&kind);
    if is_primary && !field_type.can_be_primary() {
        return Err(Error::Primary { field_type: field_type.name() });
    }
    Ok(kind)
}

/// The tables that become others when a field takes this type under a new number, in which its cells are.
pub fn retype(
    schema: &Schema,
    (table, field): (TableNo, FieldId),
    (no, kind): (FieldNo, FieldKind),
    ids: &Ids,
    now: Timestamp,
) -> Vec<SchemaChange> {
    let mut draft = Draft::new(schema.clone(), (0, 0), ids, now);
    let held = draft.table_mut(table).and_then(|table| table.fields.iter_mut().find(|held| held.id == field));
    if let Some(held) = held.map(Arc::make_mut) {
        (held.no, held.kind) = (no, kind);
    }
    draft.settle_results();
    let changes = draft.changes().map(|(before, after)| SchemaChange::Table { before, after: Arc::clone(after) });
    changes.collect()
}
