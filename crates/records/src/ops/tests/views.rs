//! Views: which records a list has, in which order, and what becomes of a list whose view is edited.

use testkit::on_every_database;

use super::*;
use crate::fixture::list;
use crate::ops::{AggregateQuery, Records};

async fn add(house: &House, part: Value) -> String {
    let part = serde_json::from_value(part).unwrap();
    let (_, id) = house.schemas.create_view(&house.owner, house.base, "Tasks", &part).await.unwrap();
    id.to_string()
}

async fn edit(house: &House, view: &str, part: Value) {
    let part = serde_json::from_value(part).unwrap();
    house.schemas.update_view(&house.owner, house.base, view, &part).await.unwrap();
}

fn of(view: &str) -> ListQuery {
    ListQuery { view: Some(view.to_owned()), ..ListQuery::default() }
}

async fn names(house: &House, query: &ListQuery) -> Vec<Value> {
    house.column("Tasks", "Name", query).await
}

async fn filled(house: &House) {
    let task = |name: &str, points: i64, status: &str, project: &str| json!({ "Name": name, "Points": points, "Status": status, "Project": project });
    let tasks = [
        task("a", 3, "Open", "House"),
        task("b", 1, "Done", "Garden"),
        task("c", 5, "Open", "Garden"),
        task("d", 2, "Done", "House"),
        task("e", 4, "Open", "House"),
    ];
    house.create("Tasks", &tasks).await;
}

#[on_every_database]
async fn a_list_of_a_view_has_its_records_in_its_order(house: House) {
    filled(&house).await;
    let open = json!({ "field": "Status", "value": "Open" });
    add(&house, json!({ "name": "Open", "filter": open, "sorts": [{ "field": "Points", "direction": "desc" }] })).await;
    let by_status = json!({ "name": "Grouped", "groups": [{ "field": "Status", "direction": "desc" }],
        "sorts": [{ "field": "Project" }, { "field": "Status" }, { "field": "Points" }] });
    add(&house, by_status).await;
    let linked =
        json!({ "or": [{ "field": "Project", "op": "contains", "value": "gard" }, { "field": "Double", "value": 4 }] });
    add(&house, json!({ "name": "Linked", "filter": linked, "hiddenFields": ["Points"] })).await;
    let wanted = json!({ "field": "Points", "op": "<", "value": 5 });
    let cases = [
        (of("Open"), "cea"),
        (of("Grouped"), "bdcae"),
        (of("Linked"), "bcd"),
        (of("Grid view"), "abcde"),
        (ListQuery { filter: Some("{Points} != 4".to_owned()), ..of("Open") }, "ca"),
        (ListQuery { tree: Some(wanted), ..of("Open") }, "ea"),
        (ListQuery { view: Some("Open".to_owned()), ..list("", &[("Name", false)]) }, "ace"),
        (ListQuery { view: Some("Grouped".to_owned()), ..list("", &[("Points", false)]) }, "bdaec"),
        (ListQuery { max_records: Some(2), ..of("Open") }, "ce"),
    ];
    for (query, expected) in cases {
        let expected: Vec<Value> = expected.chars().map(|name| json!(name.to_string())).collect();
        assert_eq!(names(&house, &query).await, expected, "{query:?}");
    }
    assert_eq!(house.column("Tasks", "Points", &of("Linked")).await, [1, 5, 2], "hidden fields are told");
    let refused = house.records.list(&house.owner, house.base, "Tasks", &of("Opn")).await.err().unwrap();
    assert!(refused.to_string().starts_with("View Opn not found; the closest are `Open`"), "{refused}");
    let sum = AggregateQuery {
        view: Some("Open".to_owned()),
        aggregates: vec![None, Some((query::Function::Sum, "Points".to_owned()))],
        ..AggregateQuery::default()
    };
    let sums = house.records.aggregate(&house.owner, house.base, "Tasks", &sum).await.unwrap();
    assert_eq!((sums.groups[0].values.clone(), sums.matched), (vec![json!(3), json!(12)], 3));
}

#[on_every_database]
async fn names_change_and_fields_go_and_come_under_a_view(house: House) {
    filled(&house).await;
    let both = json!({ "and": [{ "field": "Status", "value": "Open" }, { "field": "Points", "op": ">", "value": 3 }] });
    add(&house, json!({ "name": "V", "filter": both, "sorts": [{ "field": "Points", "direction": "desc" }] })).await;
    assert_eq!(names(&house, &of("V")).await, ["c", "e"]);
    let (schemas, owner, base) = (&house.schemas, &house.owner, house.base);
    let schema = schemas.describe(owner, base).await.unwrap();
    let select = schema.table("Tasks").unwrap().field("Status").unwrap().kind.select().unwrap();
    let (open, done) = (select.choices[0].id, select.choices[1].id);
    let options = json!({ "choices": [{ "id": open, "name": "Not yet" }, { "id": done, "name": "Open" }] });
    schemas.update_field(owner, base, ("Tasks", "Status"), Some("State"), None, Some(&options)).await.unwrap();
    assert_eq!(names(&house, &of("V")).await, ["c", "e"], "choices and fields are kept by id");
    let points = schemas.delete_field(owner, base, ("Tasks", "Points")).await.unwrap();
    assert_eq!(names(&house, &of("V")).await, ["a", "c", "e"], "the condition and the order are ignored");
    schemas.restore(owner, base, &points.to_string()).await.unwrap();
    assert_eq!(names(&house, &of("V")).await, ["c", "e"]);
}

#[on_every_database]
async fn a_formula_that_became_text_is_no_longer_compared_with_numbers(house: House) {
    filled(&house).await;
    add(&house, json!({ "name": "V", "filter": { "field": "Double", "op": ">", "value": 7 }, "sorts": [{ "field": "Double" }] })).await;
    assert_eq!(names(&house, &of("V")).await, ["e", "c"]);
    let text = json!({ "formula": "{Name} & '!'" });
    house.schemas.update_field(&house.owner, house.base, ("Tasks", "Double"), None, None, Some(&text)).await.unwrap();
    assert_eq!(names(&house, &of("V")).await, ["a", "b", "c", "d", "e"]);
}

/// All names of a list that is read two at a time, by these handles in turn; after the first page `between` happens.
async fn walked(house: &House, handles: [&Records; 2], between: impl AsyncFnOnce()) -> Vec<String> {
    let mut query = ListQuery { page_size: Some(2), ..of("V") };
    let mut between = Some(between);
    let mut seen = Vec::new();
    for turn in 0.. {
        let page = handles[turn % 2].list(&house.owner, house.base, "Tasks", &query).await.unwrap();
        let told = told(&page.found);
        seen.extend(told.iter().map(|record| record["fields"]["Name"].as_str().unwrap().to_owned()));
        if let Some(between) = between.take() {
            between().await;
        }
        match page.offset {
            Some(offset) => query.offset = Some(offset),
            None => break,
        }
    }
    seen
}

#[on_every_database]
async fn pages_go_on_as_they_began_when_the_view_is_edited(house: House) {
    filled(&house).await;
    let plain = json!({ "filter": null, "sorts": [] });
    let ordered = json!({ "filter": { "field": "Points", "op": "<", "value": 5 }, "sorts": [{ "field": "Points" }] });
    let view = add(&house, json!({ "name": "V" })).await;
    // By who keeps the order, and by another process that does not.
    for keeps in [true, false] {
        for (before, after, expected) in [
            (&plain, &ordered, ["a", "b", "c", "d", "e"].as_slice()),
            (&ordered, &plain, &["b", "d", "a", "e"]),
            (&ordered, &json!({ "filter": { "field": "Name", "value": "a" } }), &["b", "d", "a", "e"]),
        ] {
            edit(&house, &view, before.clone()).await;
            let (_, stranger) = house.stranger();
            let handles = [&house.records, if keeps { &house.records } else { &stranger }];
            let seen = walked(&house, handles, async || {
                edit(&house, &view, after.clone()).await;
                house.create("Tasks", &[json!({ "Name": "late", "Points": 0 })]).await;
            });
            assert_eq!(seen.await, expected, "{before} {after}");
            let late = names(&house, &list("", &[])).await.len();
            let found = house.records.list(&house.owner, house.base, "Tasks", &list("{Name} = 'late'", &[])).await;
            let ids: Vec<String> = found.unwrap().found.ids().iter().map(ToString::to_string).collect();
            house.delete("Tasks", &ids).await;
            assert_eq!(late, 6);
        }
    }
}

#[on_every_database]
async fn a_list_whose_view_is_gone_says_so(house: House) {
    filled(&house).await;
    let view = add(&house, json!({ "name": "V", "sorts": [{ "field": "Points" }] })).await;
    let mut query = ListQuery { page_size: Some(2), ..of(&view) };
    let first = house.records.list(&house.owner, house.base, "Tasks", &query).await.unwrap();
    house.schemas.delete_view(&house.owner, house.base, &view).await.unwrap();
    query.offset = first.offset;
    let gone = house.records.list(&house.owner, house.base, "Tasks", &query).await.err().unwrap();
    assert_eq!(web::ApiError::airtable_type(&gone), Some("VIEW_ID_NOT_FOUND"), "{gone}");
    house.schemas.restore(&house.owner, house.base, &view).await.unwrap();
    let next = house.records.list(&house.owner, house.base, "Tasks", &query).await.unwrap();
    assert_eq!(next.found.ids().len(), 2);
}

#[on_every_database]
async fn an_export_of_a_view_has_its_fields_and_records_in_its_order(house: House) {
    filled(&house).await;
    let hidden = ["Notes", "Status", "Tags", "Due", "Urgent", "No", "Double", "Label"];
    let part = json!({ "name": "V", "filter": { "field": "Status", "value": "Open" }, "hiddenFields": hidden,
        "sorts": [{ "field": "Points" }], "fieldOrder": ["Project", "Name"] });
    add(&house, part).await;
    let mut exported = house.records.export(&house.owner, house.base, "Tasks", Some("V")).await.unwrap();
    assert_eq!(exported.names(), ["Name", "Project", "Points"]);
    exported.fetch(9).await.unwrap();
    let mut told = Vec::new();
    let more = exported.read(9, |_, text| told.push(text.to_owned())).unwrap();
    assert_eq!((told.join(" "), more), ("a House 3 e House 4 c Garden 5".to_owned(), false));
    let whole = house.records.export(&house.owner, house.base, "Tasks", None).await.unwrap();
    assert_eq!(whole.names().len(), 11);
}
