//! Copies of tables: each part has an id and a number of its own, and what parts say of each other they say of the
//! copies.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{
    AiTextOptions, ButtonOptions, ColorRule, Coloring, Comparison, Condition, CountOptions, Field, FieldId, FieldKind,
    FieldNo, FormulaOptions, LinkOptions, LookupOptions, ModifiedOptions, PromptPart, RecordId, RollupOptions,
    SelectOptions, Table, TableId, TableNo, View, ViewId, ViewKey, Watched,
};
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{Draft, FIELDS, TABLES, free_name};
use crate::conditions::holding;
use crate::error::Error;
use crate::names::NAME;

/// Which number each table and field has in the copy.
#[derive(Debug, Clone, Default)]
pub struct Copied {
    /// The tables with their copies.
    pub tables: Vec<(TableNo, TableNo)>,
    /// The fields.
    pub fields: FxHashMap<FieldNo, FieldNo>,
    /// The ids that records get which filters name.
    pub records: FxHashMap<RecordId, RecordId>,
}

/// A table to copy, and what the copy is called.
pub(crate) type Wanted = (Arc<Table>, String);

/// What is called as the copy of something, where that is free.
pub(crate) fn copy_name(of: &str, is_free: impl Fn(&str) -> bool) -> String {
    // Room for what comes behind it.
    let kept: String = of.chars().take(NAME - " copy 10000".len()).collect();
    free_name(&format!("{kept} copy"), is_free)
}

/// How many numbers the copies may need: those of tables, and those of fields with the other sides of links.
pub(crate) fn numbers_to_copy(tables: &[Arc<Table>]) -> (u32, u32) {
    let fields = tables.iter().flat_map(|table| &table.fields);
    let fields: usize = fields.map(|field| if field.kind.link().is_some() { 2 } else { 1 }).sum();
    (tables.len() as u32, fields as u32)
}

/// The ids and numbers of copies by those of what is copied.
#[derive(Default)]
struct Twins {
    tables: FxHashMap<TableNo, (TableNo, TableId)>,
    fields: FxHashMap<FieldId, FieldId>,
    views: FxHashMap<ViewId, ViewId>,
    numbers: FxHashMap<FieldNo, FieldNo>,
    /// Of records that filters name.
    records: FxHashMap<RecordId, RecordId>,
}

/// The other side of a copied link, in a table that is not copied.
struct Inverse {
    table: TableNo,
    id: FieldId,
    options: LinkOptions,
}

impl Draft<'_> {
    /// The name of a table's copy: the one that was given, or a free one.
    pub fn table_copy_name(&self, table: &Table, given: Option<&str>) -> Result<String, Error> {
        match given {
            Some(name) => self.table_name(name, None),
            None => Ok(copy_name(&table.name, |name| self.table_name(name, None).is_ok())),
        }
    }

    /// Adds copies of tables without their records. Links among them lead to the copies; a link to another table of this
    /// schema gets another side of its own there. What is in the trash is left out.
    pub fn copy_tables(&mut self, wanted: &[Wanted]) -> Result<Copied, Error> {
        if self.schema.live_tables().count() + wanted.len() > TABLES {
            return Err(Error::TooMany { what: "the number of tables", bound: TABLES });
        }
        let twins = self.twins(wanted);
        let mut inverses = Vec::new();
        for (table, name) in wanted {
            let Some((no, id)) = twins.tables.get(&table.no).copied() else { continue };
            let copied = self.copied_fields(&twins, table, (no, id), &mut inverses);
            let (fields, primary) = (copied, twins.field(table.primary));
            let mut copy =
                Table { no, id, name: name.clone(), primary, fields, views: Vec::new(), ..Table::clone(table) };
            copy.views = table.live_views().map(|view| self.copied_view(&twins, (table, &copy), view)).collect();
            self.touched.push((None, no));
            self.schema.tables.push(Arc::new(copy));
        }
        for inverse in inverses {
            self.add_inverse(inverse)?;
        }
        let tables = wanted.iter().filter_map(|(table, _)| Some((table.no, twins.tables.get(&table.no)?.0)));
        Ok(Copied { tables: tables.collect(), fields: twins.numbers, records: twins.records })
    }

    /// Those of fields in the trash are given out too: what names one names nothing in the copy.
    fn twins(&mut self, wanted: &[Wanted]) -> Twins {
        let mut twins = Twins::default();
        for (table, _) in wanted {
            twins.tables.insert(table.no, (TableNo(self.next_table), self.ids.table(self.now)));
            self.next_table += 1;
            for view in table.live_views() {
                twins.views.insert(view.id, self.ids.view(self.now));
                for id in named_records(view) {
                    twins.records.entry(id).or_insert_with(|| self.ids.record(self.now));
                }
            }
            for field in &table.fields {
                twins.fields.insert(field.id, self.ids.field(self.now));
                twins.numbers.insert(field.no, FieldNo(self.next_field));
                self.next_field += 1;
            }
        }
        twins
    }

    fn copied_fields(
        &self,
        twins: &Twins,
        table: &Table,
        (no, id): (TableNo, TableId),
        inverses: &mut Vec<Inverse>,
    ) -> Vec<Arc<Field>> {
        let copied = table.live_fields().filter_map(|field| {
            let kind = match field.kind.link() {
                Some(link) if !twins.tables.contains_key(&link.linked_table_no) => {
                    let other = self.schema.live_tables().find(|table| table.no == link.linked_table_no)?;
                    let inverse = self.ids.field(self.now);
                    let relation = twins.number(field.no);
                    let forward = LinkOptions { inverse: Some(inverse), relation, reversed: false, ..link.clone() };
                    let held = link.inverse.and_then(|id| other.field_by_id(id)).and_then(|field| field.kind.link());
                    let prefers_single = held.is_some_and(|link| link.prefers_single);
                    let back = LinkOptions {
                        linked_table: id,
                        linked_table_no: no,
                        inverse: Some(twins.field(field.id)),
                        relation,
                        reversed: true,
                        prefers_single,
                        view: held.and_then(|link| twins.view(link.view)),
                    };
                    inverses.push(Inverse { table: other.no, id: inverse, options: back });
                    FieldKind::MultipleRecordLinks(forward)
                }
                _ => self.copied_kind(twins, &field.kind),
            };
            Some(Arc::new(Field { no: twins.number(field.no), id: twins.field(field.id), kind, ..Field::clone(field) }))
        });
        copied.collect()
    }

    fn copied_kind(&self, twins: &Twins, kind: &FieldKind) -> FieldKind {
        let select = |select: &SelectOptions| {
            let mut select = select.clone();
            select.choices.iter_mut().for_each(|choice| choice.id = self.ids.choice(self.now));
            select.removed.clear();
            select
        };
        match kind {
            FieldKind::SingleSelect(options) => FieldKind::SingleSelect(select(options)),
            FieldKind::MultipleSelects(options) => FieldKind::MultipleSelects(select(options)),
            FieldKind::ExternalSyncSource(options) => FieldKind::ExternalSyncSource(select(options)),
            FieldKind::MultipleRecordLinks(link) => FieldKind::MultipleRecordLinks(twins.link(link)),
            FieldKind::LastModifiedTime(options) => {
                let watched = Watched(twins.list(&options.watched.0));
                FieldKind::LastModifiedTime(ModifiedOptions { watched, ..options.clone() })
            }
            FieldKind::LastModifiedBy(watched) => FieldKind::LastModifiedBy(Watched(twins.list(&watched.0))),
            FieldKind::Count(CountOptions { link, link_no }) => {
                FieldKind::Count(CountOptions { link: twins.field(*link), link_no: twins.number(*link_no) })
            }
            FieldKind::MultipleLookupValues(LookupOptions { link, field, result }) => {
                let (link, field) = (twins.field(*link), twins.field(*field));
                FieldKind::MultipleLookupValues(LookupOptions { link, field, result: result.clone() })
            }
            FieldKind::Rollup(options) => {
                let (link, field) = (twins.field(options.link), twins.field(options.field));
                FieldKind::Rollup(RollupOptions { link, field, ..options.clone() })
            }
            FieldKind::Formula(options) => {
                let (formula, references) = (twins.formula(&options.formula), twins.list(&options.references));
                let watched = twins.lists(&options.watched);
                FieldKind::Formula(FormulaOptions { formula, references, watched, ..options.clone() })
            }
            FieldKind::Button(options) => {
                let (formula, references) = (twins.formula(&options.formula), twins.list(&options.references));
                let watched = twins.lists(&options.watched);
                FieldKind::Button(ButtonOptions { formula, references, watched, label: options.label.clone() })
            }
            FieldKind::AiText(AiTextOptions { prompt }) => {
                let part = |part: &PromptPart| match part {
                    PromptPart::Field(id) => PromptPart::Field(twins.field(*id)),
                    PromptPart::Text(text) => PromptPart::Text(text.clone()),
                };
                FieldKind::AiText(AiTextOptions { prompt: prompt.iter().map(part).collect() })
            }
            other => other.clone(),
        }
    }

    fn add_inverse(&mut self, Inverse { table, id, options }: Inverse) -> Result<(), Error> {
        let Some(held) = self.schema.table_by_no(table) else { return Ok(()) };
        if held.live_fields().count() >= FIELDS {
            return Err(Error::TooMany { what: "the number of fields", bound: FIELDS });
        }
        let from = self.schema.table_by_no(options.linked_table_no).map(|table| table.name.clone());
        let name = self.free_field_name(table, &from.unwrap_or_default());
        self.push_field(table, id, name, None, FieldKind::MultipleRecordLinks(options));
        Ok(())
    }

    fn copied_view(&self, twins: &Twins, (table, copy): (&Table, &Table), view: &View) -> View {
        let live = |id: &FieldId| table.field_by_id(*id).map(|field| twins.field(field.id));
        let list = |ids: &[FieldId]| ids.iter().filter_map(live).collect();
        let key = |key: &ViewKey| Some(ViewKey { field: live(&key.field)?, ..*key });
        let filter = |filter: &Condition| {
            let mut filter = holding(table, filter)?;
            point(twins, (table, copy), &mut filter);
            Some(filter)
        };
        let color = view.color.as_ref().and_then(|color| match color {
            Coloring::Field { field } => Some(Coloring::Field { field: live(field)? }),
            Coloring::Conditions { rules } => {
                let rule =
                    |rule: &ColorRule| Some(ColorRule { color: rule.color.clone(), filter: filter(&rule.filter)? });
                Some(Coloring::Conditions { rules: rules.iter().filter_map(rule).collect() })
            }
        });
        let widths = view.widths.iter().filter_map(|(id, width)| Some((live(id)?, *width)));
        View {
            id: twins.views.get(&view.id).copied().unwrap_or_else(|| self.ids.view(self.now)),
            name: view.name.clone(),
            view_type: view.view_type,
            description: view.description.clone(),
            filter: view.filter.as_ref().and_then(filter),
            sorts: view.sorts.iter().filter_map(key).collect(),
            groups: view.groups.iter().filter_map(key).collect(),
            color,
            hidden: list(&view.hidden),
            order: list(&view.order),
            widths: widths.collect::<BTreeMap<_, _>>(),
            start: view.start.as_ref().and_then(live),
            end: view.end.as_ref().and_then(live),
            stack: view.stack.as_ref().and_then(live),
            cover: view.cover.as_ref().and_then(live),
            deleted: false,
            deleted_at: None,
        }
    }
}

impl Twins {
    /// Fields of tables that are not copied are themselves.
    fn field(&self, id: FieldId) -> FieldId {
        self.fields.get(&id).copied().unwrap_or(id)
    }

    fn number(&self, no: FieldNo) -> FieldNo {
        self.numbers.get(&no).copied().unwrap_or(no)
    }

    /// A view that is not copied is none of the copy.
    fn view(&self, id: Option<ViewId>) -> Option<ViewId> {
        self.views.get(&id?).copied()
    }

    fn list(&self, ids: &[FieldId]) -> Vec<FieldId> {
        ids.iter().map(|id| self.field(*id)).collect()
    }

    fn lists(&self, watched: &[Watched]) -> Vec<Watched> {
        watched.iter().map(|list| Watched(self.list(&list.0))).collect()
    }

    fn formula(&self, text: &str) -> String {
        formula::rename(text, &|name| Some(self.fields.get(&name.parse().ok()?)?.to_string()))
    }

    /// A link among the tables that are copied.
    fn link(&self, link: &LinkOptions) -> LinkOptions {
        let linked = self.tables.get(&link.linked_table_no).copied();
        let (linked_table_no, linked_table) = linked.unwrap_or((link.linked_table_no, link.linked_table));
        let (inverse, relation) = (link.inverse.map(|id| self.field(id)), self.number(link.relation));
        LinkOptions { linked_table, linked_table_no, inverse, relation, view: self.view(link.view), ..*link }
    }
}

/// Makes a condition on a table one on its copy.
fn point(twins: &Twins, (table, copy): (&Table, &Table), condition: &mut Condition) {
    match condition {
        Condition::And { and: parts } | Condition::Or { or: parts } => {
            for part in parts {
                point(twins, (table, copy), part);
            }
        }
        Condition::Not { not } => point(twins, (table, copy), not),
        Condition::Test(Comparison { field, value, .. }) => {
            let held = table.field_by_id(*field);
            let choices = held.and_then(|field| field.kind.select());
            // A link to a table that is not copied leads to the same records.
            let link = held.and_then(|field| field.kind.item().link());
            if link.is_some_and(|link| twins.tables.contains_key(&link.linked_table_no)) {
                point_records(twins, value);
            }
            *field = twins.field(*field);
            let twin = copy.field_by_id(*field).and_then(|field| field.kind.select());
            if let (Some(choices), Some(twin)) = (choices, twin) {
                point_choices((choices, twin), value);
            }
        }
    }
}

/// The records that conditions of a view name by their ids.
fn named_records(view: &View) -> Vec<RecordId> {
    fn of_value(value: &Value, out: &mut Vec<RecordId>) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| of_value(value, out)),
            Value::String(text) => out.extend(text.parse::<RecordId>()),
            _ => {}
        }
    }
    let rules = match &view.color {
        Some(Coloring::Conditions { rules }) => rules.as_slice(),
        Some(Coloring::Field { .. }) | None => &[],
    };
    let (mut left, mut records) = (Vec::new(), Vec::new());
    left.extend(view.filter.iter().chain(rules.iter().map(|rule| &rule.filter)));
    while let Some(condition) = left.pop() {
        match condition {
            Condition::And { and: parts } | Condition::Or { or: parts } => left.extend(parts),
            Condition::Not { not } => left.push(not),
            Condition::Test(Comparison { value, .. }) => of_value(value, &mut records),
        }
    }
    records
}

/// Records that a condition names by their ids.
fn point_records(twins: &Twins, value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| point_records(twins, value)),
        Value::String(text) => {
            if let Some(twin) = text.parse().ok().and_then(|id| twins.records.get(&id)) {
                *text = twin.to_string();
            }
        }
        _ => {}
    }
}

/// Choices that a condition names by their ids.
fn point_choices((choices, twin): (&SelectOptions, &SelectOptions), value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| point_choices((choices, twin), value)),
        Value::String(text) => {
            let held = choices.choices.iter().find(|choice| choice.id.to_string() == *text);
            if let Some(copy) = held.and_then(|held| twin.by_no(held.no)) {
                *text = copy.id.to_string();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
