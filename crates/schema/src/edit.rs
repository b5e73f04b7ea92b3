//! Making and changing tables and fields in memory; the operations write what comes out.

mod copy;
mod links;
mod modified;
mod new;
mod new_views;
mod remove;
mod retype;
mod slow;
mod through;
mod together;
mod trash;
mod uncomputed;
mod views;

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;

use clock::Ids;
use fields::{OptionsIn, PromptIn, RollupIn};
use formula::Program;
use model::{
    AiTextOptions, ButtonOptions, CountOptions, Field, FieldId, FieldKind, FieldNo, FormulaOptions, IdError,
    LinkOptions, PromptPart, Schema, Table, TableId, TableNo, Timestamp, WantedName, Watched, folded_name,
};
use rustc_hash::FxHashSet;
use serde_json::Value;

use crate::diagnosis::Nameable;
use crate::error::Error;
use crate::names::valid_name;
use crate::needs::needs_of;

use links::offered;
use modified::same_watched;

pub use copy::Copied;
pub(crate) use copy::{Wanted, copy_name, numbers_to_copy};
pub use new::{NewField, NewTable};
pub use new_views::NewView;
pub(crate) use remove::{Part, is_due};
pub(crate) use retype::after_retype;
pub use retype::{FieldPart, link_in_trash, retype, retyped, updated, without_link};
pub(crate) use slow::refuse_slow;
pub use through::rollup_reference;
pub(crate) use trash::{Trashed, TrashedView, not_in_trash, trashed_fields, trashed_views};
pub use views::ViewPart;
pub(crate) use views::placed;

/// Most tables of a base.
const TABLES: usize = 1_000;
/// Most characters of a description.
const DESCRIPTION: usize = 20_000;
/// Most fields of a table.
const FIELDS: usize = 1_000;

/// A schema being edited: the tables after, and which of them became different.
pub(crate) struct Draft<'a> {
    pub schema: Schema,
    pub touched: Vec<(Option<Arc<Table>>, TableNo)>,
    next_table: u32,
    next_field: u32,
    ids: &'a Ids,
    now: Timestamp,
    /// Where in the request for tables that is which is being made.
    at: String,
    /// Names of fields that are still to be made, in small letters.
    reserved: FxHashSet<(TableNo, String)>,
    /// Whether formulas have only the functions that Airtable has.
    pub only_airtable: bool,
}

/// How many numbers the new fields may need: a link field makes its other side too.
pub(crate) fn numbers_needed(fields: &[NewField]) -> u32 {
    fields.iter().map(|field| if field.is_link() { 2 } else { 1 }).sum()
}

impl<'a> Draft<'a> {
    pub fn new(schema: Schema, next: (u32, u32), ids: &'a Ids, now: Timestamp) -> Self {
        let (next_table, next_field) = next;
        let (touched, at, reserved) = (Vec::new(), String::new(), FxHashSet::default());
        Self { schema, touched, next_table, next_field, ids, now, at, reserved, only_airtable: false }
    }

    /// The table after, for each that became different.
    pub fn changes(&self) -> impl Iterator<Item = (Option<Arc<Table>>, &Arc<Table>)> {
        self.touched.iter().filter_map(|(before, no)| Some((before.clone(), self.schema.table_by_no(*no)?)))
    }

    fn touch(&mut self, no: TableNo) {
        if !self.touched.iter().any(|(_, touched)| *touched == no) {
            let before = self.schema.table_by_no(no).cloned();
            self.touched.push((before, no));
        }
    }

    fn table_mut(&mut self, no: TableNo) -> Option<&mut Table> {
        self.touch(no);
        self.schema.tables.iter_mut().find(|table| table.no == no).map(Arc::make_mut)
    }

    fn add_table(&mut self, new: &NewTable) -> Result<TableNo, Error> {
        let name = self.table_name(&new.name, None)?;
        if new.fields.is_empty() {
            return Err(Error::Invalid { reason: format!("table `{name}` needs at least one field") });
        }
        let description = described(new.description.as_deref())?;
        let id = self.table_id(new.id.as_deref())?;
        let primary = self.primary_id(new)?;
        let no = TableNo(self.next_table);
        self.next_table += 1;
        let views = self.new_views(new.views.as_ref())?;
        self.touched.push((None, no));
        self.schema.tables.push(Arc::new(Table {
            no,
            id,
            name,
            description,
            primary,
            fields: Vec::new(),
            views,
            deleted: false,
            deleted_at: None,
            removed: false,
        }));
        Ok(no)
    }

    /// The id that the primary field of a new table will have.
    fn primary_id(&self, new: &NewTable) -> Result<FieldId, Error> {
        let Some(field) = new.primary().and_then(|at| new.fields.get(at)) else {
            let named = new.primary_field_id.as_deref().unwrap_or_default().chars().take(64).collect::<String>();
            let reason = format!("`primaryFieldId` is the id of one of the table's fields, not `{named}`");
            return Err(Error::Invalid { reason });
        };
        if let Some(field_type) = fields::by_name(&field.field_type).filter(|known| !known.can_be_primary()) {
            return Err(Error::Primary { field_type: field_type.name() });
        }
        field.id.as_deref().map_or_else(|| Ok(self.ids.field(self.now)), given_id)
    }

    fn table_name(&self, name: &str, except: Option<TableNo>) -> Result<String, Error> {
        let name = name.trim();
        if name.is_empty() || self.has_table(name, except) {
            return Err(Error::TableName { name: name.to_owned() });
        }
        valid_name("table", name)
    }

    fn has_table(&self, name: &str, except: Option<TableNo>) -> bool {
        let mut others = self.schema.live_tables().filter(|table| Some(table.no) != except);
        WantedName::new(name).is_some_and(|wanted| others.any(|table| wanted.is_same(&table.name)))
    }

    pub fn rename_table(&mut self, no: TableNo, name: Option<&str>, text: Option<&str>) -> Result<(), Error> {
        let name = name.map(|name| self.table_name(name, Some(no))).transpose()?;
        let described = described(text)?;
        if let Some(table) = self.table_mut(no) {
            if let Some(name) = name {
                table.name = name;
            }
            if text.is_some() {
                table.description = described;
            }
        }
        Ok(())
    }

    fn field_name(&self, no: TableNo, name: &str, except: Option<FieldId>) -> Result<String, Error> {
        let name = name.trim();
        if name.is_empty() || self.has_field(no, name, except) {
            return Err(Error::FieldName { name: name.to_owned() });
        }
        valid_name("field", name)
    }

    fn has_field(&self, no: TableNo, name: &str, except: Option<FieldId>) -> bool {
        let (Some(table), Some(wanted)) = (self.schema.table_by_no(no), WantedName::new(name)) else { return false };
        table.live_fields().any(|field| Some(field.id) != except && wanted.is_same(&field.name))
    }

    /// The name of a field to make, where there is room for one.
    fn new_field_name(&self, no: TableNo, new: &NewField) -> Result<String, Error> {
        let name = self.field_name(no, &new.name, None)?;
        if self.schema.table_by_no(no).is_some_and(|table| table.live_fields().count() >= FIELDS) {
            return Err(Error::TooMany { what: "the number of fields", bound: FIELDS });
        }
        Ok(name)
    }

    /// Adds a field, and its other side when it is a link to another table.
    pub fn add_field(&mut self, no: TableNo, new: &NewField) -> Result<FieldId, Error> {
        let id = self.field_id(new.id.as_deref())?;
        self.reviving(|draft| draft.add_field_as(no, id, new))
    }

    fn add_field_as(&mut self, no: TableNo, id: FieldId, new: &NewField) -> Result<FieldId, Error> {
        let name = self.new_field_name(no, new)?;
        let description = described(new.description.as_deref())?;
        let options = read_options(&name, &new.field_type, new.options.as_ref(), None, self.ids, self.now);
        if let Ok(OptionsIn::Link { linked_table, prefers_single, view, inverse_name }) = options {
            // A table that is linked to itself has one side.
            let is_own = self.schema.table_by_no(no).is_some_and(|table| table.id == linked_table);
            let inverse = new.option("inverseLinkFieldId").filter(|_| new.id.is_some() && !is_own);
            let ids = (id, self.field_id(inverse)?);
            if ids.0 == ids.1 {
                return Err(taken(&id.to_string()));
            }
            let named = (name, description);
            return self.add_link(no, ids, named, linked_table, (prefers_single, view), inverse_name);
        }
        let kind = options.and_then(|options| self.first_kind(no, &name, new, options));
        let kind = kind.or_else(|why| self.uncomputed(no, id, new, why))?;
        self.push_field(no, id, name, description, kind);
        Ok(id)
    }

    /// What a new field is.
    fn first_kind(&self, no: TableNo, name: &str, new: &NewField, options: OptionsIn) -> Result<FieldKind, Error> {
        match options {
            OptionsIn::Kind(mut kind) => {
                if new.id.is_some() {
                    keep_choice_ids(&mut kind, new.options.as_ref())?;
                }
                Ok(kind)
            }
            OptionsIn::Formula { text } => self.formula(no, name, None, &text),
            OptionsIn::Modified { kind, watched } => {
                let watched = if watched.is_empty() { new.untold_watched() } else { watched };
                self.modified(no, name, None, (kind, &watched))
            }
            OptionsIn::Count { link } => self.count(no, name, &link),
            OptionsIn::Button { label, text } => self.button(no, name, None, (label, &text)),
            OptionsIn::AiText { prompt } => self.ai_text(no, name, None, prompt),
            OptionsIn::Lookup { link, field } => self.lookup(no, name, None, (&link, &field)),
            OptionsIn::Rollup { link, field, by: RollupIn::Untold(result) } if new.id.is_some() => {
                self.untold_rollup(no, name, (&link, &field), result)
            }
            OptionsIn::Rollup { link, field, by } => self.rollup(no, name, None, (&link, &field), &by),
            OptionsIn::Link { linked_table, .. } => Err(Error::TableNotFound { name: linked_table.to_string() }),
        }
    }

    fn push_field(&mut self, no: TableNo, id: FieldId, name: String, description: Option<String>, kind: FieldKind) {
        let number = self.take_number();
        if let Some(table) = self.table_mut(no) {
            hide_new(table, id);
            table.fields.push(Arc::new(Field::new(number, id, name, description, kind)));
        }
    }

    /// Takes a field away as if it had never been; views may name it.
    fn forget_field(&mut self, no: TableNo, id: FieldId) -> Option<Arc<Field>> {
        let table = self.table_mut(no)?;
        for view in &mut table.views {
            view.hidden.retain(|hidden| *hidden != id);
        }
        let at = table.fields.iter().position(|field| field.id == id)?;
        Some(table.fields.remove(at))
    }

    fn take_number(&mut self) -> FieldNo {
        let number = FieldNo(self.next_field);
        self.next_field += 1;
        number
    }

    /// The id that was given, or a new one.
    fn table_id(&self, given: Option<&str>) -> Result<TableId, Error> {
        let Some(given) = given else { return Ok(self.ids.table(self.now)) };
        let id = given_id(given)?;
        if self.schema.tables.iter().any(|table| table.id == id) { Err(taken(given)) } else { Ok(id) }
    }

    /// The id that was given, or a new one.
    fn field_id(&self, given: Option<&str>) -> Result<FieldId, Error> {
        let Some(given) = given else { return Ok(self.ids.field(self.now)) };
        let id = given_id(given)?;
        let fields = self.schema.tables.iter().flat_map(|table| &table.fields);
        let is_taken = id == FieldId::UNTOLD || fields.into_iter().any(|field| field.id == id);
        if is_taken { Err(taken(given)) } else { Ok(id) }
    }

    fn free_field_name(&self, no: TableNo, wanted: &str) -> String {
        free_name(wanted, |name| !self.has_field(no, name, None) && !self.reserved.contains(&(no, folded_name(name))))
    }

    /// A field of a formula.
    fn formula(&self, no: TableNo, name: &str, own: Option<FieldId>, text: &str) -> Result<FieldKind, Error> {
        Ok(FieldKind::Formula(self.computed(no, name, own, text)?))
    }

    /// Compiles a formula against the table and refuses one that needs itself. It may be one that knows when fields were last changed. What its constants
    /// take is [asked](refuse_slow) before the writer is there.
    fn computed(&self, no: TableNo, name: &str, own: Option<FieldId>, text: &str) -> Result<FormulaOptions, Error> {
        let Some(table) = self.schema.table_by_no(no) else {
            return Err(Error::TableNotFound { name: no.to_string() });
        };
        let program = formula::compile_new(text, &|field| reference(table, field));
        let program = self.usable((name, own), text, program, Nameable::Fields(table))?;
        let options = formula_options(&program);
        let needs = options.references.iter().flat_map(|id| needs_of(&self.schema, table, *id));
        self.refuse_cycle(name, own.map(|own| (no, own)), needs.collect())?;
        Ok(options)
    }

    /// A button that opens what a formula says.
    fn button(
        &self,
        no: TableNo,
        name: &str,
        own: Option<FieldId>,
        (label, text): (String, &str),
    ) -> Result<FieldKind, Error> {
        let FormulaOptions { formula, references, watched, .. } = self.computed(no, name, own, text)?;
        Ok(FieldKind::Button(ButtonOptions { label, formula, references, watched }))
    }

    /// Text that a model writes, asked this about fields of the same table.
    fn ai_text(
        &self,
        no: TableNo,
        name: &str,
        own: Option<FieldId>,
        prompt: Vec<PromptIn>,
    ) -> Result<FieldKind, Error> {
        let Some(table) = self.schema.table_by_no(no) else {
            return Err(Error::TableNotFound { name: no.to_string() });
        };
        let part = |part: PromptIn| match part {
            PromptIn::Text(text) => Ok(PromptPart::Text(text)),
            PromptIn::Field(wanted) => match table.field(&wanted) {
                Some(field) => Ok(PromptPart::Field(field.id)),
                None => Err(Error::Options {
                    field: name.to_owned(),
                    reason: format!("options.prompt: the table `{}` has no field `{wanted}`", table.name),
                }),
            },
        };
        let options = AiTextOptions { prompt: prompt.into_iter().map(part).collect::<Result<_, _>>()? };
        let needs = options.references().into_iter().flat_map(|id| needs_of(&self.schema, table, id));
        self.refuse_cycle(name, own.map(|own| (no, own)), needs.collect())?;
        Ok(FieldKind::AiText(options))
    }

    /// Counts the records of a link field of the same table.
    fn count(&self, no: TableNo, name: &str, link: &str) -> Result<FieldKind, Error> {
        let (field, _) = self.link_field(no, name, link)?;
        Ok(FieldKind::Count(CountOptions { link: field.id, link_no: field.no }))
    }

    /// Changes name, description or options of a field; with options it may need a number.
    pub fn update_field(
        &mut self,
        no: TableNo,
        id: FieldId,
        name: Option<&str>,
        description: Option<&str>,
        options: Option<&Value>,
    ) -> Result<(), Error> {
        let name = name.map(|name| self.field_name(no, name, Some(id))).transpose()?;
        let described = described(description)?;
        let Some(field) = self.schema.table_by_no(no).and_then(|table| table.field_by_id(id)).cloned() else {
            return Ok(());
        };
        let kind = match options {
            None => None,
            Some(options) => Some(self.new_kind(no, &field, options)?),
        };
        // Cells that tell of other fields are left behind: it begins as a new one does.
        let anew = kind.as_ref().is_some_and(|kind| !same_watched(kind, &field.kind)).then(|| self.take_number());
        let Some(table) = self.table_mut(no) else { return Ok(()) };
        if let Some(field) = table.fields.iter_mut().find(|field| field.id == id).map(Arc::make_mut) {
            field.no = anew.unwrap_or(field.no);
            if let Some(name) = name {
                field.name = name;
            }
            if description.is_some() {
                field.description = described;
            }
            if let Some(kind) = kind {
                field.kind = kind;
            }
        }
        self.settle_results();
        Ok(())
    }

    fn new_kind(&self, no: TableNo, field: &Field, options: &Value) -> Result<FieldKind, Error> {
        let type_name = fields::of(&field.kind).name();
        match read_options(&field.name, type_name, Some(options), Some(&field.kind), self.ids, self.now)? {
            OptionsIn::Kind(kind) => Ok(kind),
            OptionsIn::Formula { text } => self.formula(no, &field.name, Some(field.id), &text),
            OptionsIn::Modified { kind, watched } => self.modified(no, &field.name, Some(field), (kind, &watched)),
            OptionsIn::Count { link } => self.count(no, &field.name, &link),
            OptionsIn::Button { label, text } => self.button(no, &field.name, Some(field.id), (label, &text)),
            OptionsIn::AiText { prompt } => self.ai_text(no, &field.name, Some(field.id), prompt),
            OptionsIn::Lookup { link, field: looked } => self.lookup(no, &field.name, Some(field.id), (&link, &looked)),
            OptionsIn::Rollup { link, field: looked, by } => {
                self.rollup(no, &field.name, Some(field.id), (&link, &looked), &by)
            }
            OptionsIn::Link { linked_table, prefers_single, view, .. } => match &field.kind {
                FieldKind::MultipleRecordLinks(link) if link.linked_table == linked_table => {
                    let linked = self.linked_table(&field.name, linked_table)?;
                    let view = offered(&field.name, &linked, view.as_deref(), link.view)?;
                    Ok(FieldKind::MultipleRecordLinks(LinkOptions { prefers_single, view, ..link.clone() }))
                }
                _ => Err(Error::Options {
                    field: field.name.clone(),
                    reason: "the linked table of a link field cannot be changed; make a new field".to_owned(),
                }),
            },
        }
    }
}

/// Hides a new field in each view that hides others: whoever chose what it shows, perhaps to everybody who has a link, has not
/// seen this one.
fn hide_new(table: &mut Table, id: FieldId) {
    table.views.iter_mut().filter(|view| !view.hidden.is_empty()).for_each(|view| view.hidden.push(id));
}

/// An id that was given.
pub(crate) fn given_id<T: FromStr<Err = IdError>>(given: &str) -> Result<T, Error> {
    given.parse().map_err(|error: IdError| Error::Invalid { reason: error.to_string() })
}

pub(crate) fn taken(id: &str) -> Error {
    Error::Invalid { reason: format!("the id `{id}` is in use already, or was once") }
}

/// Gives new choices the ids that were given with them.
fn keep_choice_ids(kind: &mut FieldKind, options: Option<&Value>) -> Result<(), Error> {
    let (FieldKind::SingleSelect(select) | FieldKind::MultipleSelects(select) | FieldKind::ExternalSyncSource(select)) =
        kind
    else {
        return Ok(());
    };
    let given = options.and_then(|options| options.get("choices")?.as_array()).map(Vec::as_slice).unwrap_or_default();
    for (choice, given) in select.choices.iter_mut().zip(given) {
        if let Some(id) = given.get("id").and_then(Value::as_str) {
            choice.id = given_id(id)?;
        }
    }
    let mut ids: Vec<_> = select.choices.iter().map(|choice| choice.id).collect();
    ids.sort_unstable();
    match ids.array_windows().find(|[one, next]| one == next) {
        Some([id, _]) => Err(taken(&id.to_string())),
        None => Ok(()),
    }
}

/// The name, or with the first number behind it with which it is free.
fn free_name(wanted: &str, is_free: impl Fn(&str) -> bool) -> String {
    let mut name = wanted.to_owned();
    let mut count = 2;
    while !is_free(&name) && count < 10_000 {
        name = format!("{wanted} {count}");
        count += 1;
    }
    name
}

fn read_options(
    name: &str,
    type_name: &str,
    given: Option<&Value>,
    old: Option<&FieldKind>,
    ids: &Ids,
    now: Timestamp,
) -> Result<OptionsIn, Error> {
    let Some(field_type) = fields::by_name(type_name) else {
        let known: Vec<&str> = fields::all().iter().map(|t| t.name()).collect();
        return Err(Error::FieldType { name: type_name.chars().take(64).collect(), known: known.join(", ") });
    };
    field_type
        .read_options(given, old, &mut || ids.choice(now))
        .map_err(|error| Error::Options { field: name.to_owned(), reason: error.to_string() })
}

/// A description; an empty one is none.
fn described(text: Option<&str>) -> Result<Option<String>, Error> {
    let length = text.map_or(0, |text| text.chars().count());
    if length > DESCRIPTION {
        let reason = format!("a description of {length} characters is too long: the most is {DESCRIPTION}");
        return Err(Error::Invalid { reason });
    }
    Ok(text.filter(|text| !text.is_empty()).map(str::to_owned))
}

/// What is kept of a formula.
fn formula_options(program: &Program) -> FormulaOptions {
    let mut references: Vec<FieldId> = Vec::new();
    for reference in program.references() {
        if !references.contains(&reference.field) {
            references.push(reference.field);
        }
    }
    // In an order of their own: cells keep a time for each.
    let watched: BTreeSet<&Vec<FieldId>> = program.watched().iter().collect();
    FormulaOptions {
        formula: program.canonical(),
        references,
        result: program.result(),
        valid: true,
        watched: watched.into_iter().cloned().map(Watched).collect(),
    }
}

/// How a formula sees a field of its table.
pub fn reference(table: &Table, name: &str) -> Option<formula::Reference> {
    let field = table.field(name)?;
    let shape = match fields::shape(&field.kind) {
        fields::Shape::Number => formula::Shape::Number,
        fields::Shape::Text | fields::Shape::Links => formula::Shape::Text,
        fields::Shape::Flag => formula::Shape::Flag,
        fields::Shape::Date => formula::Shape::Date,
        fields::Shape::DateTime => formula::Shape::DateTime,
        fields::Shape::Choice => formula::Shape::Choice,
        fields::Shape::Choices => formula::Shape::Choices,
        fields::Shape::List(item) => formula::Shape::List(item),
    };
    Some(formula::Reference { field: field.id, no: field.no, shape })
}

#[cfg(test)]
mod tests;
