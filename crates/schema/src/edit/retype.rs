//! Making a field one of another type.

use std::sync::Arc;

use clock::Ids;
use events::SchemaChange;
use fields::OptionsIn;
use model::{Field, FieldId, FieldKind, FieldNo, Schema, Table, TableNo, Timestamp};
use serde_json::Value;

use super::{Draft, hide_new, read_options, refuse_slow};
use crate::error::Error;

/// What becomes different of a field; what is absent stays as it is.
#[derive(Debug, Clone, Copy)]
pub struct FieldPart<'p> {
    /// The new name.
    pub name: Option<&'p str>,
    /// The new description; an empty one removes it.
    pub description: Option<&'p str>,
    /// The type that it has; a conversion makes it one of another.
    pub field_type: Option<&'p str>,
    /// The new options.
    pub options: Option<&'p Value>,
}

impl FieldPart<'_> {
    /// True when nothing is said.
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.description.is_none() && self.field_type.is_none() && self.options.is_none()
    }

    /// Refuses another type than the field has.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn check_type(&self, field: &Field) -> Result<(), Error> {
        let (name, held) = (&field.name, fields::of(&field.kind).name());
        let Some(other) = self.field_type.filter(|wanted| *wanted != held) else { return Ok(()) };
        let other: String = other.chars().take(64).collect();
        let reason = format!(
            "`type`: `{name}` is of type `{held}`; it becomes one of type `{other}` by \
             `POST /api/v1/bases/{{base}}/tables/{{table}}/fields/{{field}}/convert`"
        );
        Err(Error::Invalid { reason })
    }
}

/// The tables that become others when a field that is not computed becomes different; none when it is so already.
///
/// # Errors
/// [`Error::FieldName`], [`Error::Options`].
pub fn updated(
    schema: &Schema,
    (table, field): (TableNo, FieldId),
    part: &FieldPart<'_>,
    ids: &Ids,
    now: Timestamp,
) -> Result<Vec<SchemaChange>, Error> {
    let mut draft = Draft::new(schema.clone(), (0, 0), ids, now);
    draft.update_field(table, field, part.name, part.description, part.options)?;
    let mut changes = draft.into_changes();
    changes.retain(|change| !matches!(change, SchemaChange::Table { before: Some(before), after } if before == after));
    Ok(changes)
}

/// The type that a field of this name and place would have, in a house that may have only the functions of Airtable in formulas.
///
/// # Errors
/// [`Error::FieldType`], [`Error::Options`], [`Error::Formula`], [`Error::Cycle`]; [`Error::Invalid`] for links that are
/// to become others, and for a primary field that would name no records.
pub fn retyped(
    schema: &Schema,
    (table, field): (TableNo, &Field),
    (new_type, options): (&str, Option<&Value>),
    only_airtable: bool,
    ids: &Ids,
    now: Timestamp,
) -> Result<FieldKind, Error> {
    refuse_slow([(field.name.as_str(), options)])?;
    let mut draft = Draft::new(schema.clone(), (0, 0), ids, now);
    draft.only_airtable = only_airtable;
    let (no, name, own) = (table, field.name.as_str(), Some(field.id));
    let (old, options) = kept_choices(&field.kind, new_type, options);
    let kind = match read_options(name, new_type, options, old, ids, now)? {
        OptionsIn::Kind(kind) => kind,
        OptionsIn::Formula { text } => draft.formula(no, name, own, &text)?,
        OptionsIn::Modified { kind, watched } => draft.modified(no, name, Some(field), (kind, &watched))?,
        OptionsIn::Count { link } => draft.count(no, name, &link)?,
        OptionsIn::Button { label, text } => draft.button(no, name, own, (label, &text))?,
        OptionsIn::AiText { prompt } => draft.ai_text(no, name, own, prompt)?,
        OptionsIn::Lookup { link, field } => draft.lookup(no, name, own, (&link, &field))?,
        OptionsIn::Rollup { link, field, by } => draft.rollup(no, name, own, (&link, &field), &by)?,
        OptionsIn::Link { .. } if field.kind.link().is_some() => {
            let way_out = "make it a text first, which has the names of records, and links of that";
            return Err(Error::Invalid { reason: format!("`{name}` is a field of links already: {way_out}") });
        }
        OptionsIn::Link { linked_table, prefers_single, view, inverse_name } => {
            let (link, _) = draft.link(no, name, linked_table, (prefers_single, view), inverse_name)?;
            FieldKind::MultipleRecordLinks(link)
        }
    };
    let is_primary = schema.table_by_no(table).is_some_and(|table| table.primary == field.id);
    let field_type = fields::of(&kind);
    if is_primary && !field_type.can_be_primary() {
        return Err(Error::Primary { field_type: field_type.name() });
    }
    Ok(kind)
}

/// What a select starts from that becomes another select: its choices, all of them where the options name none.
fn kept_choices<'k>(
    kind: &'k FieldKind,
    new_type: &str,
    options: Option<&'k Value>,
) -> (Option<&'k FieldKind>, Option<&'k Value>) {
    if kind.select().is_none() || !["singleSelect", "multipleSelects"].contains(&new_type) {
        return (None, options);
    }
    let names_none = |options: &&Value| options.get("choices").and_then(Value::as_array).is_some_and(Vec::is_empty);
    (Some(kind), options.filter(|options| !names_none(options)))
}

/// The tables that become others when the links that a field shall become get a place: a field in the trash with this
/// number, and its other side with the next one.
///
/// # Errors
/// Those of [`retyped`].
pub fn link_in_trash(
    schema: &Schema,
    (table, field): (TableNo, &Field),
    options: Option<&Value>,
    no: FieldNo,
    ids: &Ids,
    now: Timestamp,
) -> Result<Vec<SchemaChange>, Error> {
    let mut draft = Draft::new(schema.clone(), (0, no.0), ids, now);
    let link = read_options(&field.name, "multipleRecordLinks", options, None, ids, now)?;
    if let OptionsIn::Link { linked_table, prefers_single, view, inverse_name } = link {
        let sides = (ids.field(now), ids.field(now));
        let named = (field.name.clone(), None);
        draft.add_link(table, sides, named, linked_table, (prefers_single, view), inverse_name)?;
        for id in [sides.0, sides.1] {
            draft.set_deleted(id, true);
        }
    }
    Ok(draft.into_changes())
}

/// The tables that become others when links lose the place that [`link_in_trash`] gave them; none once they are no longer in
/// the trash.
pub fn without_link(schema: &Schema, (table, no): (TableNo, FieldNo), ids: &Ids, now: Timestamp) -> Vec<SchemaChange> {
    let mut draft = Draft::new(schema.clone(), (0, 0), ids, now);
    let held = schema.table_by_no(table).and_then(|table| table.field_by_no(no)).filter(|field| field.deleted);
    let Some((id, link)) = held.and_then(|field| Some((field.id, field.kind.link()?))) else { return Vec::new() };
    draft.forget_field(table, id);
    if let Some(inverse) = link.inverse {
        draft.forget_field(link.linked_table_no, inverse);
    }
    draft.into_changes()
}

/// The tables that become others when a field takes this type under a new number, in which its cells are. Links that were
/// in it go to the trash with their other side; those that it becomes come from there ([`link_in_trash`]).
pub fn retype(
    schema: &Schema,
    (table, field): (TableNo, FieldId),
    (no, kind): (FieldNo, FieldKind),
    ids: &Ids,
    now: Timestamp,
) -> Vec<SchemaChange> {
    let mut draft = Draft::new(schema.clone(), (0, 0), ids, now);
    draft.retype((table, field), (no, kind));
    draft.into_changes()
}

/// The schema that comes of [`retype`].
pub(crate) fn after_retype(
    schema: &Schema,
    (table, field): (TableNo, FieldId),
    (no, kind): (FieldNo, FieldKind),
    ids: &Ids,
    now: Timestamp,
) -> Schema {
    let mut draft = Draft::new(schema.clone(), (0, 0), ids, now);
    draft.retype((table, field), (no, kind));
    draft.schema
}

impl Draft<'_> {
    fn retype(&mut self, (table, field): (TableNo, FieldId), (no, kind): (FieldNo, FieldKind)) {
        let (id, now) = (self.ids.field(self.now), self.now);
        let held = self.table_mut(table).and_then(|table| table.fields.iter_mut().find(|held| held.id == field));
        if let Some(held) = held.map(Arc::make_mut) {
            let before = Field { deleted: true, deleted_at: Some(now), id, ..held.clone() };
            // Links are kept by what goes to the trash.
            held.was.extend(Some(held.no).filter(|_| held.kind.link().is_none()));
            (held.no, held.kind) = (no, kind);
            self.trash_links(table, before);
            self.take_links(table, (field, no));
        }
        self.settle_results();
    }

    fn into_changes(self) -> Vec<SchemaChange> {
        let changes = self.changes().map(|(before, after)| SchemaChange::Table { before, after: Arc::clone(after) });
        changes.collect()
    }

    /// Marks a field of any table, or takes the mark away.
    fn set_deleted(&mut self, id: FieldId, deleted: bool) {
        let holds = |table: &&Arc<Table>| table.fields.iter().any(|field| field.id == id);
        let Some(no) = self.schema.tables.iter().find(holds).map(|table| table.no) else { return };
        let time = deleted.then_some(self.now);
        let field = self.table_mut(no).and_then(|table| table.fields.iter_mut().find(|field| field.id == id));
        if let Some(field) = field {
            let field = Arc::make_mut(field);
            (field.deleted, field.deleted_at) = (deleted, time);
        }
    }

    /// Gives a field the links that were filled in the trash under its number.
    fn take_links(&mut self, table: TableNo, (id, no): (FieldId, FieldNo)) {
        let filled = self
            .schema
            .table_by_no(table)
            .and_then(|table| table.fields.iter().find(|field| field.no == no && field.id != id).map(|field| field.id));
        let Some(filled) = filled.and_then(|filled| self.forget_field(table, filled)) else { return };
        let field = self.table_mut(table).and_then(|table| table.fields.iter_mut().find(|field| field.id == id));
        if let Some(field) = field {
            Arc::make_mut(field).kind = filled.kind.clone();
        }
        let Some(link) = filled.kind.link() else { return };
        let Some(inverse) = link.inverse else { return };
        self.set_deleted(inverse, false);
        let other = self.table_mut(link.linked_table_no);
        let other = other.and_then(|table| table.fields.iter_mut().find(|field| field.id == inverse));
        if let Some(FieldKind::MultipleRecordLinks(back)) = other.map(|field| &mut Arc::make_mut(field).kind) {
            back.inverse = Some(id);
        }
    }

    /// Keeps the links of a field that has become another in the trash, under an id of their own.
    fn trash_links(&mut self, table: TableNo, before: Field) {
        let Some(link) = before.kind.link().cloned() else { return };
        let id = before.id;
        if let Some(table) = self.table_mut(table) {
            hide_new(table, id);
            table.fields.push(Arc::new(before));
        }
        let Some(inverse) = link.inverse else { return };
        let now = Some(self.now);
        let other = self.table_mut(link.linked_table_no);
        let other = other.and_then(|table| table.fields.iter_mut().find(|field| field.id == inverse));
        if let Some(other) = other.map(Arc::make_mut) {
            (other.deleted, other.deleted_at) = (true, now);
            if let FieldKind::MultipleRecordLinks(back) = &mut other.kind {
                back.inverse = Some(id);
            }
        }
    }
}
