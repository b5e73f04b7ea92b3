use clock::Ids;
use serde_json::json;

use super::*;
use crate::edit::{NewField, ViewPart};
use crate::fixture::tasks;

const NO: TableNo = TableNo(1);

fn field(table: &Table, name: &str) -> Arc<Field> {
    Arc::clone(table.fields.iter().find(|field| field.name == name).unwrap())
}

/// The schema's only table and its copy.
fn copied(draft: &mut Draft<'_>) -> (Arc<Table>, Arc<Table>) {
    let table = Arc::clone(&draft.schema.tables[0]);
    let name = draft.table_copy_name(&table, None).unwrap();
    let copied = draft.copy_tables(&[(Arc::clone(&table), name)]).unwrap();
    (table, Arc::clone(draft.schema.table_by_no(copied.tables[0].1).unwrap()))
}

#[test]
fn formulas_name_the_fields_of_the_copy_and_texts_in_them_stay() {
    let ids = Ids::seeded(1);
    let mut draft = tasks(&ids);
    let points = field(&draft.schema.tables[0], "Points").id;
    let text = format!("{{Points}} & '{{{points}}}' & \"{{Points}}\"");
    let new = json!({ "name": "Text", "type": "formula", "options": { "formula": text } });
    draft.add_field(NO, &serde_json::from_value::<NewField>(new).unwrap()).unwrap();
    let (_, copy) = copied(&mut draft);
    let twin = field(&copy, "Points").id;
    assert_ne!(twin, points);
    let FieldKind::Formula(formula) = &field(&copy, "Text").kind else { panic!("a formula") };
    assert_eq!(formula.formula, format!("{{{twin}}} & '{{{points}}}' & \"{{Points}}\""));
    assert_eq!(formula.references, [twin]);
}

#[test]
fn views_name_fields_and_choices_of_the_copy_and_nothing_of_the_trash() {
    let ids = Ids::seeded(1);
    let mut draft = tasks(&ids);
    let part = json!({
        "name": "Open", "hiddenFields": ["Points", "Due"], "fieldOrder": ["Due", "Status"], "fieldWidths": { "Due": 90, "Name": 80 },
        "sorts": [{ "field": "Due" }, { "field": "Points", "direction": "desc" }], "groups": [{ "field": "Status" }],
        "filter": { "and": [
            { "field": "Status", "op": "is_any_of", "value": ["Open", "Done"] }, { "field": "Due", "value": "2026-03-01" },
            { "not": { "field": "Name", "op": "contains", "value": "x" } } ] },
        "color": { "by": "conditions", "rules": [{ "color": "redBright", "filter": { "field": "Status", "value": "Done" } }] },
    });
    draft.add_view(NO, &serde_json::from_value::<ViewPart>(part).unwrap()).unwrap();
    let gone = field(&draft.schema.tables[0], "Due").id;
    draft.delete_field(NO, gone).unwrap();
    let (table, copy) = copied(&mut draft);
    let names: Vec<&str> = copy.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["Name", "Points", "Status"]);
    assert_eq!((copy.name.as_str(), copy.primary), ("Tasks copy", field(&copy, "Name").id));
    let (status, view) = (field(&copy, "Status"), &copy.views[1]);
    let choices: Vec<String> =
        status.kind.select().unwrap().choices.iter().map(|choice| choice.id.to_string()).collect();
    assert_eq!(
        json!(view.filter),
        json!({ "and": [
            { "field": status.id, "op": "is_any_of", "value": choices },
            { "not": { "field": field(&copy, "Name").id, "op": "contains", "value": "x" } } ] })
    );
    assert_eq!(view.hidden, [field(&copy, "Points").id]);
    assert_eq!(view.order, [status.id]);
    assert_eq!(view.widths.keys().copied().collect::<Vec<_>>(), [copy.primary]);
    assert_eq!(view.sorts, [ViewKey { field: field(&copy, "Points").id, descending: true }]);
    let told = serde_json::to_string(&copy).unwrap();
    for field in &table.fields {
        assert!(!told.contains(&field.id.to_string()), "`{}` is named in {told}", field.name);
    }
    for id in field(&table, "Status").kind.select().unwrap().choices.iter().map(|choice| choice.id.to_string()) {
        assert!(!told.contains(&id), "{id} is named in {told}");
    }
}

#[test]
fn what_needs_a_field_of_the_trash_needs_nothing_that_can_come_back() {
    let ids = Ids::seeded(1);
    let mut draft = tasks(&ids);
    let new = json!({ "name": "Twice", "type": "formula", "options": { "formula": "{Points} * 2" } });
    draft.add_field(NO, &serde_json::from_value::<NewField>(new).unwrap()).unwrap();
    let gone = field(&draft.schema.tables[0], "Points").id;
    draft.delete_field(NO, gone).unwrap();
    let (_, copy) = copied(&mut draft);
    let FieldKind::Formula(formula) = &field(&copy, "Twice").kind else { panic!("a formula") };
    assert!(formula.references != [gone] && copy.fields.iter().all(|field| formula.references != [field.id]));
}

#[test]
fn names_of_copies_are_free_and_have_room() {
    assert_eq!(copy_name("A", |_| true), "A copy");
    assert_eq!(copy_name("A", |name| name != "A copy"), "A copy 2");
    assert_eq!(copy_name(&"ä".repeat(NAME), |_| true).chars().count(), NAME - " 10000".len());
}
