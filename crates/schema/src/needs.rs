//! What computed fields are made of.

use std::sync::Arc;

use model::{ButtonOptions, Field, FieldId, FieldKind, FormulaOptions, Schema, Table, TableNo};
use rustc_hash::FxHashMap;

/// A field of a table.
pub(crate) type Place = (TableNo, FieldId);

/// The field that is there and not deleted.
pub(crate) fn field_at(schema: &Schema, (no, id): Place) -> Option<(&Arc<Table>, &Arc<Field>)> {
    let table = schema.table_by_no(no)?;
    Some((table, table.field_by_id(id)?))
}

/// The fields that a formula needs where it names this field of its table: the field itself, and of a link the names of
/// the linked records.
pub(crate) fn needs_of(schema: &Schema, table: &Table, id: FieldId) -> Vec<Place> {
    let mut needs = vec![(table.no, id)];
    if let Some(link) = table.field_by_id(id).and_then(|field| field.kind.link())
        && let Some(linked) = schema.live_tables().find(|table| table.no == link.linked_table_no)
    {
        needs.push((linked.no, linked.primary));
    }
    needs
}

/// The fields that a computed field is made of.
pub(crate) fn needs(schema: &Schema, table: &Table, field: &Field) -> Vec<Place> {
    match &field.kind {
        FieldKind::Formula(FormulaOptions { references, .. }) | FieldKind::Button(ButtonOptions { references, .. }) => {
            references.iter().flat_map(|id| needs_of(schema, table, *id)).collect()
        }
        FieldKind::AiText(options) => {
            options.references().into_iter().flat_map(|id| needs_of(schema, table, id)).collect()
        }
        FieldKind::MultipleLookupValues(_) | FieldKind::Rollup(_) => {
            let looked = looked_at(table, field).and_then(|place| field_at(schema, place));
            looked.map(|(linked, looked)| needs_of(schema, linked, looked.id)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// A field with its table.
type Placed<'s> = (&'s Table, &'s Field);

/// The fields that are made of each, of the link that they look through, and of when it was changed.
pub(crate) fn made_of(schema: &Schema) -> FxHashMap<FieldId, Vec<Placed<'_>>> {
    let mut made: FxHashMap<FieldId, Vec<_>> = FxHashMap::default();
    for table in schema.live_tables() {
        for field in table.live_fields() {
            let link = match &field.kind {
                FieldKind::Count(count) => Some(count.link),
                kind => kind.looks_through().map(|(link, _)| link),
            };
            let needs = needs(schema, table, field).into_iter().map(|(_, need)| need);
            for need in needs.chain(link).chain(field.kind.watched_fields()) {
                made.entry(need).or_default().push((&**table, &**field));
            }
        }
    }
    made
}

/// Where a lookup or a rollup looks.
pub(crate) fn looked_at(table: &Table, field: &Field) -> Option<Place> {
    let (link, looked) = field.kind.looks_through()?;
    Some((table.field_by_id(link)?.kind.link()?.linked_table_no, looked))
}
