//! What becomes of the fields that are made of one when that becomes one of another type.

use std::collections::VecDeque;

use clock::Ids;
use model::{Field, FieldId, FieldKind, FieldNo, Schema, TableId, TableNo, Timestamp};
use rustc_hash::FxHashSet;

use crate::broken::Broken;
use crate::edit;
use crate::needs::made_of;

/// A field that is made of one that becomes another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Its table's id.
    pub table_id: TableId,
    /// Its table's name.
    pub table: String,
    /// Its id.
    pub field_id: FieldId,
    /// Its name.
    pub field: String,
    /// The type of its values before, as the API names it; none for one that was not computed.
    pub before: Option<String>,
    /// That of its values after; none for one that is not computed.
    pub after: Option<String>,
    /// Why it is not computed after; none where it is, and where it was not before.
    pub error: Option<String>,
}

/// The fields that are made of a field, and of the other side of links that it loses, when it takes this type: those that name
/// it first, then what is made of them.
pub fn readers(
    schema: &Schema,
    (table, field): (TableNo, &Field),
    kind: FieldKind,
    ids: &Ids,
    now: Timestamp,
) -> Vec<Reader> {
    // The number is none that a field has, so that no links are taken for those that were filled.
    let after = edit::after_retype(schema, (table, field.id), (FieldNo(u32::MAX), kind), ids, now);
    let told = (Broken::of(schema), Broken::of(&after));
    let made = made_of(schema);
    let mut left: VecDeque<FieldId> =
        [Some(field.id), field.kind.link().and_then(|link| link.inverse)].into_iter().flatten().collect();
    let mut seen: FxHashSet<FieldId> = left.iter().copied().collect();
    let mut readers = Vec::new();
    while let Some(id) = left.pop_front() {
        for (table, reader) in made.get(&id).into_iter().flatten().filter(|(_, reader)| seen.insert(reader.id)) {
            left.push_back(reader.id);
            let held = after.table_by_no(table.no).and_then(|table| table.field_by_id(reader.id));
            let was = told.0.reason(reader.id);
            let error = told.1.reason(reader.id);
            readers.push(Reader {
                table_id: table.id,
                table: table.name.clone(),
                field_id: reader.id,
                field: reader.name.clone(),
                before: was.is_none().then(|| value_type(&reader.kind)),
                after: held.filter(|_| error.is_none()).map(|field| value_type(&field.kind)),
                error: error.filter(|_| was.is_none()).map(str::to_owned),
            });
        }
    }
    readers
}

/// The API's name for the type of a field's values.
fn value_type(kind: &FieldKind) -> String {
    let field_type = fields::of(kind);
    let options = field_type.write_options(kind);
    let result = options.as_ref().and_then(|options| options.get("result")?.get("type")?.as_str());
    result.unwrap_or(field_type.name()).to_owned()
}
