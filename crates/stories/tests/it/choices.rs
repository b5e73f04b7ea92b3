//! Choices that a field loses, and the cells that hold them.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// What the records hold in a field, in order.
async fn cells(app: &TestApp, tasks: &str, field: &str) -> Value {
    let list = app.get(&format!("{tasks}fields[]={field}")).await;
    list["records"].as_array().unwrap().iter().map(|record| record["fields"][field].clone()).collect()
}

#[on_every_database]
async fn a_choice_that_cells_hold_stays_unless_they_may_become_empty(app: TestApp) {
    let base = app.plans().await;
    let (tasks, ours) = (format!("/v0/{base}/Tasks"), format!("/api/v1/bases/{base}"));
    let list = format!("{tasks}?");
    let status = format!("/v0/meta/bases/{base}/tables/Tasks/fields/Status");
    let made = json!({ "records": [
        { "fields": { "Name": "one", "Status": "Open", "Tags": ["a", "b"] } },
        { "fields": { "Name": "two", "Status": "Done", "Tags": ["a"] } },
        { "fields": { "Name": "three", "Status": "Open" } },
    ] });
    let made = app.ok(Method::POST, &tasks, &made).await;
    let before = app.get(&format!("{ours}/history?limit=1")).await["changes"][0]["change"].as_i64().unwrap();

    let left_out = json!({ "name": "State", "options": { "choices": [{ "name": "Done" }, { "name": "New" }] } });
    let (code, refused) = app.call(Method::PATCH, &status, &left_out).await;
    assert_eq!((code, &refused["error"]["type"]), (422, &json!("INVALID_REQUEST_UNKNOWN")));
    let words = refused["error"]["message"].as_str().unwrap();
    assert!(words.contains("2 cells of `Status` in `Tasks`") && words.contains("`Open`: give these too"), "{words}");
    assert_eq!(cells(&app, &list, "Status").await, json!(["Open", "Done", "Open"]));

    let mut allowed = left_out.clone();
    allowed["enableSelectFieldChoiceDeletion"] = json!(true);
    let field = app.ok(Method::PATCH, &status, &allowed).await;
    let names: Vec<_> = field["options"]["choices"].as_array().unwrap().iter().map(|c| c["name"].clone()).collect();
    assert_eq!((&field["name"], json!(names)), (&json!("State"), json!(["Done", "New"])));
    assert_eq!(cells(&app, &list, "State").await, json!([null, "Done", null]));
    let blank = app.get(&format!("{tasks}?filterByFormula=State%3DBLANK()")).await;
    assert_eq!(blank["records"].as_array().unwrap().len(), 2);

    // History goes on telling its name, and the past still shows it.
    let record = made["records"][0]["id"].as_str().unwrap();
    let told = app.get(&format!("{ours}/history?record={record}&limit=1")).await;
    let cell = &told["changes"][0]["tables"][0]["updated"][0]["cells"][0];
    assert_eq!((&cell["field"], &cell["before"], &cell["after"]), (&json!("State"), &json!("Open"), &Value::Null));
    let first = app.get(&format!("{ours}/history?record={record}&before={}", before + 1)).await;
    assert_eq!(first["changes"][0]["tables"][0]["created"][0]["fields"]["State"], "Open");
    assert_eq!(cells(&app, &format!("{list}at={before}&"), "Status").await, json!(["Open", "Done", "Open"]));

    // What brings the cells back brings the choice back.
    let undone = app.ok(Method::POST, &format!("{ours}/undo"), &json!({})).await;
    assert_eq!(undone["records"], 2);
    assert_eq!(cells(&app, &list, "State").await, json!(["Open", "Done", "Open"]));
    app.ok(Method::POST, &format!("{ours}/redo"), &json!({})).await;
    assert_eq!(cells(&app, &list, "State").await, json!([null, "Done", null]));
    let restored = app.ok(Method::POST, &format!("{ours}/restore"), &json!({ "at": before, "table": "Tasks" })).await;
    assert_eq!((&restored["cells"], &restored["leftOut"]), (&json!(2), &json!([])));
    assert_eq!(cells(&app, &list, "State").await, json!(["Open", "Done", "Open"]));
}

#[on_every_database]
async fn lists_lose_the_choice_only_and_unused_choices_go_at_once(app: TestApp) {
    let base = app.plans().await;
    let (tasks, ours) = (format!("/v0/{base}/Tasks"), format!("/api/v1/bases/{base}"));
    let tags = format!("/v0/meta/bases/{base}/tables/Tasks/fields/Tags");
    let made = json!({ "records": [{ "fields": { "Tags": ["b", "a"] } }, { "fields": { "Tags": ["b"] } }] });
    let made = app.ok(Method::POST, &tasks, &made).await;
    let before = app.get(&format!("{ours}/history?limit=1")).await["changes"][0]["change"].as_i64().unwrap();
    let only_a = json!({ "options": { "choices": [{ "name": "a" }] }, "enableSelectFieldChoiceDeletion": true });
    app.ok(Method::PATCH, &tags, &only_a).await;
    assert_eq!(cells(&app, &format!("{tasks}?"), "Tags").await, json!([["a"], null]));

    // A choice of the same name that was made since stands for the one of the past.
    let again = json!({ "fields": { "Tags": ["b"] }, "typecast": true });
    app.ok(Method::POST, &tasks, &again).await;
    app.ok(Method::POST, &format!("{ours}/restore"), &json!({ "at": before, "table": "Tasks", "field": "Tags" })).await;
    assert_eq!(cells(&app, &format!("{tasks}?"), "Tags").await, json!([["b", "a"], ["b"], ["b"]]));
    let found = app.get(&format!("{tasks}?filterByFormula=FIND('b',ARRAYJOIN(Tags))")).await;
    assert_eq!(found["records"].as_array().unwrap().len(), 3);

    // A choice that only a deleted record holds goes without being asked about, and comes back with the record.
    for record in [&made["records"][0]["id"], &made["records"][1]["id"]] {
        app.ok(Method::DELETE, &format!("{tasks}/{}", record.as_str().unwrap()), &Value::Null).await;
    }
    let only_b = json!({ "options": { "choices": [{ "name": "b" }] } });
    app.ok(Method::PATCH, &tags, &only_b).await;
    app.ok(Method::POST, &format!("{ours}/restore"), &json!({ "at": before, "table": "Tasks" })).await;
    assert_eq!(cells(&app, &format!("{tasks}?"), "Tags").await, json!([["b", "a"], ["b"]]));
}
