//! Records as tools tell them.

use model::{CellRef, FieldId, Ordinal};
use serde_json::{Map, Value, json};

use records::{Error, Found, Shape, find_field};

/// The fields of these names, all when there are none.
pub(super) fn chosen(found: &Found, names: &[String]) -> Result<Option<Vec<FieldId>>, Error> {
    if names.is_empty() {
        return Ok(None);
    }
    names.iter().map(|name| find_field(&found.table, name).map(|field| field.id)).collect::<Result<_, _>>().map(Some)
}

/// The records as `{"id", "created", "fields"}`: choices by name, linked records as `{"id", "text"}`, no empty cells.
pub(super) fn records(found: &Found, fields: Option<Vec<FieldId>>) -> Result<Vec<Value>, Error> {
    let mut out = Vec::new();
    found.write_all(&Shape { fields, ..Shape::default() }, &mut out)?;
    let read: Vec<Map<String, Value>> = serde_json::from_slice(&out).map_err(|_| Error::ImageGone)?;
    let told = found.ordinals.iter().zip(read).map(|(ordinal, record)| one(found, *ordinal, record));
    told.collect()
}

fn one(found: &Found, ordinal: Ordinal, mut record: Map<String, Value>) -> Result<Value, Error> {
    let mut cells = match record.remove("fields") {
        Some(Value::Object(cells)) => cells,
        _ => Map::new(),
    };
    let rows = found.view.image.table(found.table.no);
    for field in found.table.live_fields() {
        let (Some(link), Some(cell)) = (field.kind.link(), cells.get_mut(&field.name)) else { continue };
        let Some(other) = found.view.image.schema.table_by_no(link.linked_table_no) else { continue };
        let other_rows = found.view.image.table(link.linked_table_no);
        let CellRef::Links(list) = rows.cell(field.no, ordinal) else { continue };
        let mut linked = Vec::with_capacity(list.len());
        for linked_ordinal in list.iter().map(|no| Ordinal(*no)).filter(|ordinal| other_rows.is_live(*ordinal)) {
            let text = found.view.title(other, &other_rows, linked_ordinal)?;
            linked.push(json!({ "id": other_rows.ids.get(linked_ordinal), "text": text }));
        }
        *cell = Value::Array(linked);
    }
    Ok(json!({ "id": record.get("id"), "created": record.get("createdTime"), "fields": cells }))
}
