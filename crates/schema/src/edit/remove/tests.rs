use clock::Ids;
use model::{Timestamp, ViewId};
use serde_json::json;

use super::is_due;
use crate::edit::{Draft, NewTable};
use crate::error::Error;
use crate::fixture::{empty, tasks};

/// Tables `A` and `B`, and a link from the one to the other.
fn linked(ids: &Ids) -> Draft<'_> {
    let mut draft = Draft::new(empty(), (1, 1), ids, Timestamp(5));
    let names = json!([{ "name": "Name", "type": "singleLineText" }]);
    let table = |name: &str| -> NewTable { serde_json::from_value(json!({ "name": name, "fields": names })).unwrap() };
    draft.add_tables(&[table("A"), table("B")]).unwrap();
    let other = draft.schema.tables[1].id;
    let link = json!({ "name": "To", "type": "multipleRecordLinks", "options": { "linkedTableId": other } });
    let no = draft.schema.tables[0].no;
    draft.add_field(no, &serde_json::from_value(link).unwrap()).unwrap();
    draft
}

fn removed(parts: &[super::Part]) -> Vec<(&'static str, &str)> {
    parts.iter().map(|part| (part.action, part.name.as_str())).collect()
}

#[test]
fn a_link_goes_with_its_other_side_and_leaves_a_name_and_numbers() {
    let ids = Ids::seeded(1);
    let mut draft = linked(&ids);
    let (no, field) = (draft.schema.tables[0].no, draft.schema.tables[0].fields[1].clone());
    assert!(matches!(draft.remove(&field.id.to_string()), Err(Error::NotInTrash { .. })), "it is there");
    draft.delete_field(no, field.id).unwrap();
    let parts = draft.remove(&field.id.to_string()).unwrap();
    assert_eq!(removed(&parts), [("fields.remove", "To"), ("fields.remove", "A")]);
    for table in &draft.schema.tables {
        let left = &table.fields[1];
        assert!(left.removed && left.deleted && left.kind.link().is_none());
        assert!(left.numbers().any(|no| no == field.no), "the number of the links is known on either side");
    }
    assert!(matches!(draft.remove(&field.id.to_string()), Err(Error::NotInTrash { .. })), "once");
    assert!(matches!(draft.restore_field(field.id), Err(Error::NotInTrash { .. })));
}

#[test]
fn a_table_goes_with_the_links_that_lead_to_it() {
    let ids = Ids::seeded(1);
    let mut draft = linked(&ids);
    let table = draft.schema.tables[1].clone();
    draft.delete_table(table.no).unwrap();
    let parts = draft.remove(&table.id.to_string()).unwrap();
    assert_eq!(removed(&parts), [("fields.remove", "To"), ("tables.remove", "B")]);
    let left = &draft.schema.tables[1];
    assert!(left.removed && left.views.is_empty() && left.fields.iter().all(|field| field.removed));
    assert!(draft.schema.tables[0].fields[1].removed);
    assert!(matches!(draft.restore_table(table.id), Err(Error::NotInTrash { .. })));
    assert!(matches!(draft.remove("tbl00000000000000"), Err(Error::NotInTrash { .. })));
}

#[test]
fn what_is_deleted_longest_expires_first_and_times_are_noted() {
    let ids = Ids::seeded(1);
    let mut draft = tasks(&ids);
    let table = draft.schema.tables[0].clone();
    draft.delete_field(table.no, table.fields[1].id).unwrap();
    let early = draft.schema.clone();
    assert!(!is_due(&early, Timestamp(0)) && is_due(&early, Timestamp(1)));
    let mut draft = Draft::new(early, (0, 0), &ids, Timestamp(10));
    draft.delete_field(table.no, table.fields[2].id).unwrap();
    assert_eq!(removed(&draft.remove_expired(Timestamp(10))), [("fields.remove", "Points")]);
    // A view from before times were noted counts from now on.
    let part = serde_json::from_value(json!({ "name": "Other" })).unwrap();
    draft.add_view(table.no, &part).unwrap();
    let view: ViewId = table.views[0].id;
    draft.delete_view(table.no, view).unwrap();
    let mut schema = draft.schema.clone();
    let held = std::sync::Arc::make_mut(&mut schema.tables[0]);
    held.views.iter_mut().for_each(|view| view.deleted_at = None);
    assert!(is_due(&schema, Timestamp(0)), "its time is to be noted");
    let mut draft = Draft::new(schema, (0, 0), &ids, Timestamp(20));
    assert_eq!(removed(&draft.remove_expired(Timestamp(10))), []);
    assert!(!is_due(&draft.schema, Timestamp(10)));
    assert_eq!(
        removed(&draft.remove_expired(Timestamp(21))),
        [("fields.remove", "Status"), ("views.remove", "Grid view")]
    );
    assert!(!is_due(&draft.schema, Timestamp(i64::MAX)), "nothing is left");
}
