//! What a change of a base's schema is in the trail: an entry for each part that became another one.

use std::collections::BTreeSet;

use clock::Ids;
use db::Tx;
use events::{Body, SchemaChange};
use model::{BaseId, Caller, Table, Timestamp};
use serde::Serialize;
use serde_json::Value;

use crate::entry::Entry;
use crate::trail::note;

/// What of a part nobody is told.
const NUMBERS: [&str; 2] = ["no", "was"];

type Object = serde_json::Map<String, Value>;

/// Actions on parts of one kind.
struct Part {
    kind: &'static str,
    create: &'static str,
    update: &'static str,
    delete: &'static str,
    restore: &'static str,
}

const TABLE: Part = Part {
    kind: "table",
    create: "tables.create",
    update: "tables.update",
    delete: "tables.delete",
    restore: "tables.restore",
};
const FIELD: Part = Part {
    kind: "field",
    create: "fields.create",
    update: "fields.update",
    delete: "fields.delete",
    restore: "fields.restore",
};
const VIEW: Part = Part {
    kind: "view",
    create: "views.create",
    update: "views.update",
    delete: "views.delete",
    restore: "views.restore",
};

/// Notes what a change did to the schema of a base, in the transaction that appends it.
pub fn note_schema(tx: &mut Tx, ids: &Ids, by: (&Caller, Timestamp), base: BaseId, body: &Body) {
    for entry in body.schema.iter().flat_map(|change| entries(base, change)) {
        note(tx, ids, by, entry.in_base(base));
    }
}

fn entries(base: BaseId, change: &SchemaChange) -> Vec<Entry> {
    let (before, after) = match change {
        SchemaChange::BaseName { before, after } => {
            let renamed = Entry::new("bases.update", "base", base).with("name", after.as_str());
            return vec![renamed.with("previousName", before.as_str())];
        }
        SchemaChange::Table { before, after } => (before, after),
    };
    let mut found: Vec<Entry> = TABLE.entry(before.as_deref().map(alone), alone(after)).into_iter().collect();
    // Of a new table its parts are no news.
    let Some(before) = before else { return found };
    let mut parts = Vec::new();
    for field in &after.fields {
        let old = before.fields.iter().find(|old| old.id == field.id);
        parts.extend(FIELD.entry(old.map(object), object(field)));
    }
    for view in &after.views {
        let old = before.views.iter().find(|old| old.id == view.id);
        parts.extend(VIEW.entry(old.map(object), object(view)));
    }
    found.extend(parts.into_iter().map(|part| part.with("tableId", after.id.to_string())));
    found
}

impl Part {
    /// What happened between two states of a part; none when nothing did.
    fn entry(&self, before: Option<Object>, after: Object) -> Option<Entry> {
        let id = text(&after, "id").unwrap_or_default().to_owned();
        let told = |action| {
            let entry = Entry::new(action, self.kind, &id).with("name", text(&after, "name").unwrap_or_default());
            match text(&after, "type") {
                Some(kind) => entry.with("type", kind),
                None => entry,
            }
        };
        let Some(before) = before else {
            // A conversion keeps what was there, and fills what comes, in parts that nobody has seen.
            return (self.kind == TABLE.kind || !is_deleted(&after)).then(|| told(self.create));
        };
        match (is_deleted(&before), is_deleted(&after)) {
            (false, true) => return Some(told(self.delete)),
            (true, false) => return Some(told(self.restore)),
            _ => {}
        }
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let differs = |key: &&String| !NUMBERS.contains(&key.as_str()) && before.get(*key) != after.get(*key);
        let changed: Vec<&str> = keys.into_iter().filter(differs).map(String::as_str).collect();
        if changed.is_empty() {
            return None;
        }
        let previous = |entry: Entry, key: &str, told: &'static str| match text(&before, key) {
            Some(old) if changed.contains(&key) => entry.with(told, old),
            _ => entry,
        };
        let entry = previous(told(self.update), "name", "previousName");
        Some(previous(entry, "type", "previousType").with("changed", changed))
    }
}

/// A table without its parts.
fn alone(table: &Table) -> Object {
    object(&Table { fields: Vec::new(), views: Vec::new(), ..table.clone() })
}

fn object(part: &impl Serialize) -> Object {
    match serde_json::to_value(part) {
        Ok(Value::Object(object)) => object,
        _ => Object::new(),
    }
}

fn text<'o>(object: &'o Object, key: &str) -> Option<&'o str> {
    object.get(key).and_then(Value::as_str)
}

fn is_deleted(object: &Object) -> bool {
    object.get("deleted").is_some_and(|deleted| deleted == true)
}
