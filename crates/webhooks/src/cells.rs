//! Cells as payloads hold them: choices and links by id and name, everything else as records hold it.

use model::{CellValue, Field, FieldKind, Ordinal, SelectOptions, TableNo, user_ids};
use records::Picture;
use serde_json::{Value, json};

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

fn plain(field: &Field, cell: &CellValue) -> Value {
    let mut out = Vec::new();
    if fields::write_cell(&field.kind, cell.view(), &mut out) {
        return serde_json::from_slice(&out).unwrap_or_default();
    }
    Value::Null
}
