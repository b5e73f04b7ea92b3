//! Keys with dots, and the trees that they name.

use serde_json::{Map, Value};

/// The leaves of a tree with their keys; an empty table is a leaf.
pub(super) fn flatten(value: &Value) -> Vec<(String, Value)> {
    let mut leaves = Vec::new();
    walk("", value, &mut leaves);
    leaves
}

fn walk(prefix: &str, value: &Value, leaves: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(table) if !table.is_empty() => {
            for (name, value) in table {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                walk(&key, value, leaves);
            }
        }
        leaf if !prefix.is_empty() => leaves.push((prefix.to_owned(), leaf.clone())),
        _ => {}
    }
}

/// Puts a leaf into a tree.
pub(super) fn insert(tree: &mut Value, key: &str, value: Value) {
    if !tree.is_object() {
        *tree = Value::Object(Map::new());
    }
    let Value::Object(table) = tree else { return };
    match key.split_once('.') {
        Some((name, rest)) => insert(table.entry(name).or_insert(Value::Null), rest, value),
        None => drop(table.insert(key.to_owned(), value)),
    }
}
