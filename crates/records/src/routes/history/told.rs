//! A change in the words of the present schema.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use events::{Change, LinkDelta, RecordCells, RecordChange, TableChange};
use model::{Actor, CellValue, Field, FieldKind, FieldNo, RecordId, Table, TableNo};
use serde_json::{Map, Value, json};

use crate::ops::{CellHeld, ConvertedCell, History, LinkEdit, Linked, Records, Retyped};

/// Tells a change in the words of the present schema.
pub(super) struct Teller<'t> {
    records: &'t Records,
    page: &'t History,
    change: &'t Change,
    /// The link cells that it made others.
    links: BTreeMap<TableNo, BTreeMap<RecordId, Vec<&'t LinkEdit>>>,
}

impl<'t> Teller<'t> {
    pub(super) fn new(records: &'t Records, page: &'t History, change: &'t Change) -> Self {
        let mut links: BTreeMap<TableNo, BTreeMap<RecordId, Vec<&LinkEdit>>> = BTreeMap::new();
        for edit in page.links.iter().filter(|edit| edit.change == change.sequence) {
            links.entry(edit.table).or_default().entry(edit.record).or_default().push(edit);
        }
        Self { records, page, change, links }
    }

    pub(super) fn told(&self) -> Value {
        let change = self.change;
        let actor = match &change.actor {
            Actor::User(user) => json!(user),
            Actor::System(name) => json!(name),
        };
        let (converted, cell) = self.converted().unzip();
        let tables = cell.flatten().map_or_else(|| self.tables(), |part| vec![part]);
        json!({
            "change": change.sequence, "time": change.time.iso(), "by": actor, "door": change.door, "run": change.run,
            "undoes": change.body.undoes, "schemaChanged": !change.body.schema.is_empty(), "converted": converted,
            "tables": tables,
        })
    }

    /// The field that the change made one of another type, and what became of the cell that is asked about.
    fn converted(&self) -> Option<(Value, Option<Value>)> {
        let retyped = self.page.conversions.iter().find(|retyped| retyped.change == self.change.sequence)?;
        let table = self.page.schema.table_by_no(retyped.table)?;
        let (id, name) = (retyped.after.id, name(table, &retyped.after));
        let (before, after) = retyped.types();
        let told = json!({
            "tableId": table.id, "table": table.name, "fieldId": id, "field": name, "before": before, "after": after,
        });
        let is_kept = |no: FieldNo| table.removed_field(no).is_none();
        let kept = is_kept(retyped.before.no) && is_kept(retyped.after.no);
        let cell = self.page.converted.iter().find(|cell| kept && cell.change == retyped.change);
        Some((told, cell.and_then(|cell| self.converted_cell(retyped, cell))))
    }

    fn converted_cell(&self, retyped: &Retyped, cell: &ConvertedCell) -> Option<Value> {
        let table = self.page.schema.table_by_no(cell.record.0)?;
        let field = table.fields.iter().find(|field| field.id == cell.field);
        let mut told = Map::new();
        told.insert("fieldId".to_owned(), json!(cell.field));
        told.insert("field".to_owned(), json!(field.map_or(retyped.after.name.as_str(), |field| name(table, field))));
        for (key, held, kind) in [("before", &cell.before, &retyped.before), ("after", &cell.after, &retyped.after)] {
            match held {
                CellHeld::Value(value) => drop(told.insert(key.to_owned(), self.one(kind, value))),
                CellHeld::Links(Some(linked)) => tell(&mut told, key, linked),
                CellHeld::Links(None) => {}
            }
        }
        let updated = json!([{ "id": cell.record.1, "cells": [told] }]);
        Some(json!({ "id": table.id, "name": table.name, "created": [], "deleted": [], "restored": [],
            "updated": updated, "linksChanged": 0 }))
    }

    /// What happened to the records of each table, those among them where only links on the other side were changed.
    fn tables(&self) -> Vec<Value> {
        let parts = &self.change.body.tables;
        let mut told: Vec<Value> = parts.iter().filter_map(|part| self.table(part)).collect();
        let unwritten = self.links.keys().filter(|no| parts.iter().all(|part| part.table != **no));
        told.extend(unwritten.filter_map(|no| self.table(&TableChange::new(*no))));
        told
    }

    fn table(&self, part: &TableChange) -> Option<Value> {
        let table = self.page.schema.table_by_no(part.table).filter(|table| !table.removed)?;
        let mut links = self.links.get(&part.table).cloned().unwrap_or_default();
        let is_told = |id: RecordId| self.page.record.is_none_or(|record| record == id);
        let mut whole = |records: &[RecordCells], gone: bool| -> Vec<Value> {
            let told = records.iter().filter(|record| is_told(record.id)).map(|record| {
                let mut fields = self.cells(table, &record.cells);
                for edit in links.remove(&record.id).into_iter().flatten() {
                    self.list(table, edit, gone, &mut fields);
                }
                json!({ "id": record.id, "fields": fields })
            });
            told.collect()
        };
        let (created, restored) = (whole(&part.created, false), whole(&part.restored, false));
        let deleted = whole(&part.deleted, true);
        let mut updated: Vec<Value> = Vec::with_capacity(part.updated.len() + links.len());
        for record in part.updated.iter().filter(|record| is_told(record.id)) {
            let links = links.remove(&record.id).unwrap_or_default();
            updated.push(self.updated(table, record.id, (Some(record), &links)));
        }
        updated.extend(links.iter().map(|(id, links)| self.updated(table, *id, (None, links))));
        let tells = [&created, &deleted, &restored, &updated].into_iter().any(|records| !records.is_empty());
        if self.page.record.is_some() && !tells {
            return None;
        }
        Some(json!({
            "id": table.id, "name": table.name, "created": created, "deleted": deleted, "restored": restored,
            "updated": updated, "linksChanged": changed(&part.links),
        }))
    }

    fn updated(&self, table: &Table, id: RecordId, (record, links): (Option<&RecordChange>, &[&LinkEdit])) -> Value {
        let written = record.into_iter().flat_map(|record| &record.cells).filter_map(|cell| {
            let field = self.written(table, cell.field)?;
            let (before, after) = (self.one(field, &cell.before), self.one(field, &cell.after));
            Some(json!({ "fieldId": field.id, "field": name(table, field), "before": before, "after": after }))
        });
        let linked = links.iter().filter_map(|edit| self.linked(table, edit));
        json!({ "id": id, "cells": written.chain(linked).collect::<Vec<_>>() })
    }

    /// A link cell before and after.
    fn linked(&self, table: &Table, edit: &LinkEdit) -> Option<Value> {
        let field = self.written(table, edit.field)?;
        let mut told = Map::new();
        told.insert("fieldId".to_owned(), json!(field.id));
        told.insert("field".to_owned(), json!(name(table, field)));
        if let Some((before, after)) = &edit.lists {
            tell(&mut told, "before", before);
            tell(&mut told, "after", after);
        }
        let is_whole = |(before, after): &(Linked, Linked)| before.is_whole() && after.is_whole();
        if !edit.lists.as_ref().is_some_and(is_whole) {
            told.insert("linked".to_owned(), json!(edit.linked.ids));
            told.insert("unlinked".to_owned(), json!(edit.unlinked.ids));
        }
        Some(Value::Object(told))
    }

    /// The links of a record that came, or of one that went.
    fn list(&self, table: &Table, edit: &LinkEdit, gone: bool, fields: &mut Map<String, Value>) {
        let Some(field) = self.written(table, edit.field) else { return };
        let linked = match (&edit.lists, gone) {
            (Some((before, _)), true) => before,
            (Some((_, after)), false) => after,
            (None, true) => &edit.unlinked,
            (None, false) => &edit.linked,
        };
        if !linked.ids.is_empty() {
            fields.insert(name(table, field).to_owned(), json!(linked.ids));
        }
    }

    fn cells(&self, table: &Table, cells: &[(FieldNo, CellValue)]) -> Map<String, Value> {
        let named = cells.iter().filter_map(|(no, value)| {
            let field = self.written(table, *no)?;
            Some((name(table, field).to_owned(), self.one(field, value)))
        });
        named.collect()
    }

    /// A field that somebody wrote, as it was before conversions that came after the change, and not one that tells of the
    /// change of others.
    fn written<'f>(&'f self, table: &'f Table, no: FieldNo) -> Option<&'f Field> {
        let held = table.field_by_no(no);
        let later = |retyped: &&Retyped| retyped.table == table.no && retyped.change > self.change.sequence;
        let mut later = self.page.conversions.iter().filter(later);
        // Links that were converted are in the trash, as another field.
        let gone = held.is_none_or(|field| field.deleted);
        let before = gone.then(|| later.find(|retyped| retyped.before.no == no)).flatten();
        before
            .map(|retyped| &retyped.before)
            .or(held)
            .map(AsRef::as_ref)
            .filter(|field| !field.kind.is_noted() && table.removed_field(field.no).is_none())
    }

    /// A cell as clients read it; null when it is empty.
    fn one(&self, field: &Field, value: &CellValue) -> Value {
        let mut out = Vec::new();
        let written = match (value, &self.records.files.addresses) {
            (CellValue::Text(held), Some(addresses)) if field.kind.is_files() => {
                let now = self.records.clock.now();
                let mut of = |key: &str, media: &str, name: &str| Some(addresses.of(key, media, name, now));
                fields::write_attachments(held, &mut of, &mut out)
            }
            _ => fields::write_cell(&with_removed(&field.kind), value.view(), &mut out),
        };
        if written { serde_json::from_slice(&out).unwrap_or_default() } else { Value::Null }
    }
}

/// How many pairs were linked or unlinked. One that is unlinked and linked again only went to another place.
fn changed(links: &[LinkDelta]) -> usize {
    let mut pairs = BTreeSet::new();
    for link in links {
        let pair = (link.relation, link.from, link.to);
        if !pairs.remove(&pair) {
            pairs.insert(pair);
        }
    }
    pairs.len()
}

/// A field with the choices that were taken away from it, too.
fn with_removed(kind: &FieldKind) -> Cow<'_, FieldKind> {
    let mut all = Cow::Borrowed(kind);
    if kind.select().is_some_and(|select| !select.removed.is_empty())
        && let FieldKind::SingleSelect(select) | FieldKind::MultipleSelects(select) = all.to_mut()
    {
        select.choices.append(&mut select.removed);
    }
    all
}

/// Tells a list: its first records, and how many there are where it has more.
fn tell(told: &mut Map<String, Value>, key: &str, linked: &Linked) {
    let list = if linked.count == 0 { Value::Null } else { json!(linked.ids) };
    told.insert(key.to_owned(), list);
    if !linked.is_whole() {
        told.insert(format!("{key}Count"), json!(linked.count));
    }
}

/// The name that a field has now.
fn name<'f>(table: &'f Table, field: &'f Field) -> &'f str {
    table.field_by_id(field.id).map_or(field.name.as_str(), |held| held.name.as_str())
}
