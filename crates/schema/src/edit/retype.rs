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
/// [`Error::FieldType`], [`Error::Options`], [`Error::Formula`], [`Error::Cycle`]; [`Error::Invalid`] for links, of which
/// none are made of other values, and for a primary field that would name no records.
pub fn retyped(
    schema: &Schema,
    (table, field): (TableNo, &Field),
    (new_type, options): (&str, Option<&Value>),
    ids: &Ids,
    now: Timestamp,
) -> Result<FieldKind, Error> {
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
        OptionsIn::Link { .. } => {
            let way_out = "make a new field, and write the names of records to it with `typecast`";
            let reason = format!("`{name}`: no links between records are made of other values; {way_out}");
            return Err(Error::Invalid { reason });
        }
    };
    let is_primary = schema.table_by_no(table).is_some_and(|table| table.primary == field.id);
    let field_type = fields::of(&kind);
    if is_primary && !field_type.can_be_primary() {
        return Err(Error::Primary { field_type: field_type.name() });
    }
    Ok(kind)
}

/// The tables that become others when a field takes this type under a new number, in which its cells are. Links that were
/// in it go to the trash with their other side.
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
        let before = Field { deleted: true, id: ids.field(now), ..held.clone() };
        (held.no, held.kind) = (no, kind);
        draft.trash_links(table, before);
    }
    draft.settle_results();
    let changes = draft.changes().map(|(before, after)| SchemaChange::Table { before, after: Arc::clone(after) });
    changes.collect()
}

impl Draft<'_> {
    /// Keeps the links of a field that has become another in the trash, under an id of their own.
    fn trash_links(&mut self, table: TableNo, before: Field) {
        let Some(link) = before.kind.link().cloned() else { return };
        let id = before.id;
        if let Some(table) = self.table_mut(table) {
            table.fields.push(Arc::new(before));
        }
        let Some(inverse) = link.inverse else { return };
        let other = self.table_mut(link.linked_table_no);
        let other = other.and_then(|table| table.fields.iter_mut().find(|field| field.id == inverse));
        if let Some(other) = other.map(Arc::make_mut) {
            other.deleted = true;
            if let FieldKind::MultipleRecordLinks(back) = &mut other.kind {
                back.inverse = Some(id);
            }
        }
    }
}
