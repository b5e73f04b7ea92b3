//! Cells as payloads hold them: choices and links by id and name, lookups by linked record, everything else as records
//! hold it.

use model::{CellValue, Field, FieldKind, Ordinal, SelectOptions, Table, TableNo, user_ids};
use records::Picture;
use serde_json::{Map, Value, json};

/// The cell of a record; null when it is empty.
///
/// # Errors
/// Those of [`Picture::cell`].
pub(crate) fn of(picture: &Picture, table: &Table, field: &Field, ordinal: Ordinal) -> Result<Value, records::Error> {
    let is_lookup = matches!(field.kind, FieldKind::MultipleLookupValues(_));
    let Some((link, other, looked)) = picture.looked(table, field).filter(|_| is_lookup) else {
        return value(picture, field, &picture.cell(table, field, ordinal)?);
    };
    let (mut values, mut ids) = (Map::new(), Vec::new());
    let mut is_blank = true;
    for linked in picture.links(table.no, link, ordinal).into_iter().map(Ordinal) {
        let Some(id) = picture.id(other.no, linked) else { continue };
        let found = each(picture, other, looked, linked)?;
        is_blank &= found.is_empty();
        values.insert(id.to_string(), Value::Array(found));
        ids.push(json!(id));
    }
    Ok(if is_blank { Value::Null } else { json!({ "valuesByLinkedRecordId": values, "linkedRecordIds": ids }) })
}

/// The values of a cell one by one, those at the end of a lookup.
fn each(picture: &Picture, table: &Table, field: &Field, ordinal: Ordinal) -> Result<Vec<Value>, records::Error> {
    Ok(match of(picture, table, field, ordinal)? {
        Value::Null => Vec::new(),
        Value::Array(values) => values,
        Value::Object(parts) if parts.contains_key("linkedRecordIds") => {
            let by_record = |id: &Value| parts.get("valuesByLinkedRecordId")?.get(id.as_str()?)?.as_array().cloned();
            let ids = parts.get("linkedRecordIds").and_then(Value::as_array);
            ids.into_iter().flatten().filter_map(by_record).flatten().collect()
        }
        value => vec![value],
    })
}

/// A cell; null when it is empty. Linked records get the names that they have in the picture.
///
/// # Errors
/// Those of [`Picture::title`].
pub(crate) fn value(picture: &Picture, field: &Field, cell: &CellValue) -> Result<Value, records::Error> {
    Ok(match (&field.kind, cell) {
        (_, CellValue::Empty) => Value::Null,
        (FieldKind::SingleSelect(select), CellValue::Choice(no)) => choice(select, *no),
        (FieldKind::MultipleSelects(select), CellValue::Choices(list)) => {
            Value::Array(list.iter().map(|no| choice(select, *no)).filter(|choice| !choice.is_null()).collect())
        }
        (kind, CellValue::Text(ids)) if kind.is_people() => people(picture, kind, ids),
        (FieldKind::MultipleAttachments(_), _) => files(plain(field, cell)),
        (FieldKind::MultipleRecordLinks(link), CellValue::Links(list)) => links(picture, link.linked_table_no, list)?,
        _ => plain(field, cell),
    })
}

fn choice(select: &SelectOptions, no: u32) -> Value {
    let Some(choice) = select.by_no(no) else { return Value::Null };
    let mut told = json!({ "id": choice.id, "name": choice.name });
    if let (Some(color), Some(told)) = (&choice.color, told.as_object_mut()) {
        told.insert("color".to_owned(), json!(color));
    }
    told
}

fn people(picture: &Picture, kind: &FieldKind, ids: &str) -> Value {
    let mut told = user_ids(ids).map(|id| fields::person(id, picture.people()));
    match kind {
        FieldKind::MultipleCollaborators => told.collect(),
        _ => told.next().unwrap_or_default(),
    }
}

fn links(picture: &Picture, table: TableNo, list: &[u32]) -> Result<Value, records::Error> {
    let mut told = Vec::with_capacity(list.len());
    for ordinal in list.iter().copied().map(Ordinal) {
        if let Some(id) = picture.id(table, ordinal) {
            told.push(json!({ "id": id, "name": picture.title(table, ordinal)? }));
        }
    }
    Ok(Value::Array(told))
}

/// Files without their addresses, those too from which they are still to be fetched.
fn files(mut told: Value) -> Value {
    for file in told.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        file.remove("url");
    }
    told
}

fn plain(field: &Field, cell: &CellValue) -> Value {
    let mut out = Vec::new();
    if fields::write_cell(&field.kind, cell.view(), &mut out) {
        return serde_json::from_slice(&out).unwrap_or_default();
    }
    Value::Null
}
