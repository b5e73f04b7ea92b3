//! What the unit tests of schemas begin with.

use clock::Ids;
use model::{BaseNo, Schema, Timestamp};
use serde_json::{Value, json};

use crate::edit::{Draft, NewTable};

/// A schema without tables.
pub(crate) fn empty() -> Schema {
    let base = "app00000000000000".parse().unwrap();
    Schema { base_no: BaseNo(1), base, name: "Base".to_owned(), revision: 1, tables: Vec::new() }
}

/// A draft with one table.
pub(crate) fn draft_of(ids: &Ids, table: Value) -> Draft<'_> {
    let mut draft = Draft::new(empty(), (1, 1), ids, Timestamp(0));
    let new: NewTable = serde_json::from_value(table).unwrap();
    draft.add_tables(&[new]).unwrap();
    draft
}

/// A draft with a table `Tasks` of a name, points, a status and a day.
pub(crate) fn tasks(ids: &Ids) -> Draft<'_> {
    let fields = json!([
        { "name": "Name", "type": "singleLineText" },
        { "name": "Points", "type": "number", "options": { "precision": 1 } },
        { "name": "Status", "type": "singleSelect", "options": { "choices": [{ "name": "Open" }, { "name": "Done" }] } },
        { "name": "Due", "type": "date", "options": { "dateFormat": { "name": "iso" } } },
    ]);
    draft_of(ids, json!({ "name": "Tasks", "fields": fields }))
}
