//! When, and by whom, a record was changed, or the fields of it that a field watches.

use model::{CellRef, Field, FieldNo, Ordinal, TableImage, UserId, user_ids};

/// When one of the watched fields was last changed.
pub fn time_of(rows: &TableImage, no: FieldNo, ordinal: Ordinal) -> CellRef<'_> {
    match rows.cell(no, ordinal) {
        CellRef::Empty => rows.modified.cell(ordinal.0 as usize),
        cell => cell,
    }
}

/// Who last changed the record, or one of the fields that this one watches.
pub fn author(rows: &TableImage, field: &Field, ordinal: Ordinal) -> Option<UserId> {
    match rows.cell(field.no, ordinal) {
        CellRef::Text(id) if !field.kind.watched().is_empty() => user_ids(id).next(),
        _ => rows.user(rows.modified_by.cell(ordinal.0 as usize)),
    }
}
