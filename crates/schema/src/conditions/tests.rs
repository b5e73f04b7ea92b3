use clock::Ids;
use serde_json::json;

use super::*;
use crate::fixture::tasks;

/// A table with a field of each kind that conditions tell apart.
fn table() -> Table {
    Table::clone(&tasks(&Ids::seeded(1)).schema.tables[0])
}

fn id(table: &Table, name: &str) -> String {
    table.field(name).unwrap().id.to_string()
}

fn trash(table: &mut Table, name: &str) {
    let id = table.field(name).unwrap().id;
    let field = table.fields.iter_mut().find(|field| field.id == id).unwrap();
    std::sync::Arc::make_mut(field).deleted = true;
}

#[test]
fn what_is_kept_names_fields_and_choices_by_id() {
    let mut table = table();
    let tree = json!({ "and": [
        { "field": "status", "op": "is_any_of", "value": ["open", "Done"] },
        { "not": { "field": "Points", "op": ">", "value": 3 } },
        { "field": "Name", "op": "is_empty" },
    ]});
    let condition = kept(&table, &tree).unwrap();
    let written = serde_json::to_value(&condition).unwrap();
    let choices: Vec<String> =
        table.field("Status").unwrap().kind.select().unwrap().choices.iter().map(|c| c.id.to_string()).collect();
    assert_eq!(written["and"][0], json!({ "field": id(&table, "Status"), "op": "is_any_of", "value": choices }));
    assert_eq!(written["and"][1]["not"]["field"], id(&table, "Points"));
    assert_eq!(written["and"][2], json!({ "field": id(&table, "Name"), "op": "is_empty" }));
    // It reads again, as it is stored and as somebody sends it back; also while a field of it is in the trash.
    assert_eq!(serde_json::from_value::<Condition>(written.clone()).unwrap(), condition);
    trash(&mut table, "Status");
    assert_eq!(kept(&table, &written).unwrap(), condition);
    assert!(read_condition(&table, &written).is_err(), "tools look at what is there only");
}

#[test]
fn what_no_longer_holds_is_left_out_and_comes_back() {
    let mut table = table();
    let tree = json!({ "and": [
        { "or": [{ "field": "Points", "op": ">", "value": 3 }] },
        { "not": { "field": "Points", "value": 1 } },
        { "field": "Name", "value": "x" },
    ]});
    let condition = kept(&table, &tree).unwrap();
    assert_eq!(holding(&table, &condition), Some(condition.clone()));
    let whole = table.clone();
    trash(&mut table, "Points");
    let left = serde_json::to_value(holding(&table, &condition)).unwrap();
    assert_eq!(left, json!({ "and": [{ "field": id(&table, "Name"), "op": "=", "value": "x" }] }));
    trash(&mut table, "Name");
    assert_eq!(holding(&table, &condition), None, "groups of which nothing is left match everything");
    assert_eq!(holding(&whole, &condition), Some(condition));
    let empty = kept(&whole, &json!({ "and": [{ "or": [] }] })).unwrap();
    assert_eq!(holding(&whole, &empty), None);
    // A field that became of another type.
    let misfit = json!({ "field": id(&whole, "Points"), "op": "contains", "value": "x" });
    assert_eq!(holding(&whole, &serde_json::from_value(misfit).unwrap()), None);
    let unknown = json!({ "field": id(&whole, "Points"), "op": "resembles", "value": "x" });
    assert_eq!(holding(&whole, &serde_json::from_value(unknown).unwrap()), None);
}

#[test]
fn a_condition_that_cannot_be_kept_says_where_and_what_would_be_right() {
    let table = table();
    let deep = (0..40).fold(json!({ "field": "Name", "value": "x" }), |tree, _| json!({ "not": tree }));
    let many: Vec<Value> = (0..101).map(|n| json!({ "field": "Points", "value": n })).collect();
    let numbers: Vec<u32> = (0..101).collect();
    let cases = [
        (json!({ "or": [{ "field": "Nmae", "value": 1 }] }), "/or/0/field", "the closest are `Name`"),
        (
            json!({ "field": "Status", "value": "Opne" }),
            "/value",
            "`Status` has no choice `Opne`; the closest are `Open`",
        ),
        (json!({ "and": [{ "field": "Points", "op": "~" }] }), "/and/0/op", "there are =, !="),
        (json!({ "not": { "field": "Points", "value": "many" } }), "/not/value", "the field holds numbers"),
        (json!({ "field": "Points", "op": "contains", "value": 1 }), "/op", "number and does not allow `contains`"),
        (json!({ "field": "Name", "op": "<", "value": "b" }), "/op", "does not allow `<`"),
        (json!({ "field": "Due", "value": "soon" }), "/value", "written 2026-03-01"),
        (json!({ "and": [{ "field": 3 }] }), "/and/0", "a filter is"),
        (json!([]), "", "a filter is"),
        (json!({ "and": many }), "", "at most 100 filter terms"),
        (json!({ "field": "Points", "op": "is_any_of", "value": numbers }), "", "at most 100 filter terms"),
        (deep, &"/not".repeat(32), "nests too deeply"),
    ];
    for (tree, place, words) in cases {
        let error = kept(&table, &tree).unwrap_err();
        let (ConditionError::UnknownField { at, .. } | ConditionError::Wrong { at, .. }) = &error;
        assert!(at == place && error.to_string().contains(words), "{tree}: {at}: {error}");
    }
}
