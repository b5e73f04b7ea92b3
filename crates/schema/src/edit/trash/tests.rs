use clock::Ids;
use model::{Schema, Timestamp};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::edit::{NewField, NewTable};
use crate::fixture::empty;

/// Three tables, each linked to the next, the last to the first and to itself.
fn schema(ids: &Ids) -> Schema {
    let mut draft = Draft::new(empty(), (1, 1), ids, Timestamp(0));
    let field = |value| serde_json::from_value::<NewField>(value).unwrap();
    let text = |name: &str| field(json!({ "name": name, "type": "singleLineText" }));
    let table = |name: &str| NewTable {
        id: None,
        name: name.to_owned(),
        description: None,
        primary_field_id: None,
        fields: vec![text("Name"), text("Note")],
        views: None,
    };
    let made = draft.add_tables(&["A", "B", "C"].map(table)).unwrap();
    for (from, to) in [(0, 1), (1, 2), (2, 0), (2, 2)] {
        let linked = draft.schema.tables[to].id;
        let name = format!("to {to}");
        let link = json!({ "name": name, "type": "multipleRecordLinks", "options": { "linkedTableId": linked } });
        draft.add_field(made[from], &field(link)).unwrap();
    }
    draft.schema
}

fn live(schema: &Schema) -> Vec<(String, Vec<String>)> {
    let names = |table: &Arc<Table>| table.live_fields().map(|field| field.name.clone()).collect();
    schema.live_tables().map(|table| (table.name.clone(), names(table))).collect()
}

/// What is seen leads to what is seen, from both sides.
fn is_sound(schema: &Schema) -> bool {
    let fields = schema.live_tables().flat_map(|table| table.live_fields());
    fields.filter_map(|field| field.kind.link()).all(|link| {
        let linked = schema.table_by_no(link.linked_table_no).unwrap();
        !linked.deleted && link.inverse.is_none_or(|inverse| linked.field_by_id(inverse).is_some())
    })
}

/// Fields were given names of several lines once.
#[test]
fn a_name_that_nobody_could_give_now_comes_back() {
    let ids = Ids::seeded(1);
    let mut draft = Draft::new(schema(&ids), (9, 99), &ids, Timestamp(0));
    let table = draft.table_mut(TableNo(1)).unwrap();
    let note = Arc::make_mut(&mut table.fields[1]);
    note.name = "two\nlines".to_owned();
    let id = note.id;
    draft.delete_field(TableNo(1), id).unwrap();
    draft.restore_field(id).unwrap();
    assert_eq!(live(&draft.schema)[0].1[1], "two\nlines");
}

#[test]
fn a_table_takes_the_links_to_it_along_and_brings_them_back() {
    let ids = Ids::seeded(1);
    let mut draft = Draft::new(schema(&ids), (9, 99), &ids, Timestamp(0));
    let before = live(&draft.schema);
    let (table, id) = (draft.schema.tables[1].no, draft.schema.tables[1].id);
    draft.delete_table(table).unwrap();
    let fields = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(live(&draft.schema)[0], ("A".to_owned(), fields(&["Name", "Note", "C"])));
    assert_eq!(live(&draft.schema).len(), 2);
    assert_eq!(trashed_fields(&draft.schema).len(), 0, "they are no trash of their own");
    assert_eq!(draft.restore_table(id).unwrap(), table);
    assert_eq!(live(&draft.schema), before);
    assert!(matches!(draft.restore_table(id), Err(Error::NotInTrash { .. })), "it is not there any more");
}

#[test]
fn a_link_goes_and_comes_back_on_both_sides() {
    let ids = Ids::seeded(1);
    let mut draft = Draft::new(schema(&ids), (9, 99), &ids, Timestamp(0));
    let before = live(&draft.schema);
    let (a, b) = (draft.schema.tables[0].clone(), draft.schema.tables[1].clone());
    let (forth, back) = (a.field("to 1").unwrap().id, b.field("A").unwrap().id);
    draft.delete_field(a.no, forth).unwrap();
    let trash: Vec<FieldId> = trashed_fields(&draft.schema).iter().map(|(_, field)| field.id).collect();
    assert_eq!(trash, [forth, back]);
    // From the other side, and under another name where that was taken.
    let taken: NewField = serde_json::from_value(json!({ "name": "to 1", "type": "singleLineText" })).unwrap();
    draft.add_field(a.no, &taken).unwrap();
    draft.restore_field(back).unwrap();
    assert_eq!(draft.schema.tables[0].field_by_id(forth).unwrap().name, "to 1 2");
    assert_eq!(live(&draft.schema)[1], before[1]);
}

#[test]
fn what_cannot_go_or_come_back_is_refused() {
    let ids = Ids::seeded(1);
    let mut draft = Draft::new(schema(&ids), (9, 99), &ids, Timestamp(0));
    let tables = draft.schema.tables.clone();
    let refused = |error: Error| error.to_string();
    let primary = draft.delete_field(tables[0].no, tables[0].primary);
    assert!(refused(primary.unwrap_err()).starts_with("`Name` is the primary field"));
    let forth = tables[0].field("to 1").unwrap().id;
    draft.delete_field(tables[0].no, forth).unwrap();
    draft.delete_table(tables[1].no).unwrap();
    assert_eq!(refused(draft.restore_field(forth).unwrap_err()), "table `B` is in the trash: restore it first");
    draft.delete_table(tables[2].no).unwrap();
    assert!(refused(draft.delete_table(tables[0].no).unwrap_err()).starts_with("a base keeps at least one table"));
}

proptest! {
    #[test]
    fn whatever_goes_and_comes_back_links_agree(steps in proptest::collection::vec((0..4_u8, 0..3_usize, 0..8_usize), 1..40)) {
        let ids = Ids::seeded(1);
        let mut draft = Draft::new(schema(&ids), (9, 99), &ids, Timestamp(0));
        let before = live(&draft.schema);
        for (what, table, field) in steps {
            let held = draft.schema.tables[table].clone();
            let field = held.fields.get(field).map(|field| field.id);
            // Some of it is refused, which changes nothing that is seen.
            let seen = live(&draft.schema);
            let done = match (what, field) {
                (0, _) => draft.delete_table(held.no),
                (1, _) => draft.restore_table(held.id).map(drop),
                // Nobody finds a field of a table that is not seen.
                (2, Some(field)) if !held.deleted => draft.delete_field(held.no, field),
                (_, Some(field)) => draft.restore_field(field).map(drop),
                _ => Ok(()),
            };
            prop_assert!(done.is_ok() || seen == live(&draft.schema));
            prop_assert!(is_sound(&draft.schema), "{:?}", live(&draft.schema));
        }
        // Everything can be brought back: tables first, then what was deleted by itself.
        for table in draft.schema.tables.clone() {
            if table.deleted {
                draft.restore_table(table.id).unwrap();
            }
        }
        while let Some((_, field)) = trashed_fields(&draft.schema).pop() {
            draft.restore_field(field.id).unwrap();
        }
        prop_assert_eq!(live(&draft.schema), before);
    }
}
