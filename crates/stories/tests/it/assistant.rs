//! Questions and changes in plain language, through `/chat` and the tools.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// A base of tasks in two projects.
async fn tasks(app: &TestApp) -> String {
    let base = app.plans().await;
    let rows = [
        ("Paint the fence", 3.0, "Open", "2026-03-01", "House"),
        ("Mow the lawn", 1.5, "Done", "2026-03-02", "Garden"),
        ("Fix the roof", 8.0, "Open", "2026-04-10", "House"),
        ("Plant roses", 2.0, "Open", "2026-04-11", "Garden"),
    ];
    let records: Vec<Value> = rows
        .iter()
        .map(|(name, points, status, due, project)| {
            json!({ "fields": { "Name": name, "Points": points, "Status": status, "Due": due, "Project": project } })
        })
        .collect();
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": records, "typecast": true })).await;
    base
}

async fn ask(app: &TestApp, base: &str, session: &str, message: &str) -> Value {
    let body = json!({ "message": message, "session_id": session, "base_id": base });
    app.ok(Method::POST, "/chat", &body).await
}

async fn tool(app: &TestApp, name: &str, arguments: Value) -> (u16, Value) {
    app.call(Method::POST, "/execute-tool", &json!({ "tool_name": name, "arguments": arguments })).await
}

#[on_every_database]
async fn questions_are_answered_from_the_records(app: TestApp) {
    let base = tasks(&app).await;
    let cases = [
        ("How many tasks are there?", json!(4)),
        ("How many tasks are open?", json!(3)),
        ("What is the total points of open tasks?", json!(13)),
        ("Which task has the most points?", json!(["Fix the roof"])),
        ("What is the status of Mow the lawn?", json!(["Done"])),
        ("How many tasks are due in April 2026?", json!(2)),
        ("How many tasks belong to the project Garden?", json!(2)),
    ];
    for (question, wanted) in cases {
        let answer = ask(&app, &base, "questions", question).await;
        assert_eq!(answer["value"], wanted, "{question}: {answer}");
    }
    let groups = ask(&app, &base, "groups", "How many tasks by status?").await;
    let told: Vec<(&str, i64)> = groups["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["key"].as_str().unwrap(), group["value"].as_i64().unwrap()))
        .collect();
    assert_eq!(told, [("Open", 3), ("Done", 1)]);
}

#[on_every_database]
async fn what_is_not_understood_is_said_with_requests_that_work(app: TestApp) {
    let base = tasks(&app).await;
    let answer = ask(&app, &base, "nonsense", "colourless green ideas sleep furiously").await;
    assert_eq!(answer["value"], Value::Null, "{answer}");
    let suggestions = answer["suggestions"].as_array().unwrap().clone();
    assert_eq!(suggestions.len(), 3, "{answer}");
    for suggestion in suggestions {
        let text = suggestion.as_str().unwrap();
        let answer = ask(&app, &base, "suggested", text).await;
        assert_ne!(answer["value"], Value::Null, "{text}: {answer}");
    }
}

#[on_every_database]
async fn a_write_is_shown_then_confirmed_then_undone(app: TestApp) {
    let base = tasks(&app).await;
    let shown = ask(&app, &base, "write", "Delete the task Plant roses").await;
    assert_eq!(shown["awaits_confirmation"], true, "{shown}");
    assert_eq!(app.get(&format!("/v0/{base}/Tasks")).await["records"].as_array().unwrap().len(), 4);

    let refused = ask(&app, &base, "write", "no").await;
    assert_eq!(refused["awaits_confirmation"], false, "{refused}");
    assert_eq!(app.get(&format!("/v0/{base}/Tasks")).await["records"].as_array().unwrap().len(), 4);

    ask(&app, &base, "write", "Delete the task Plant roses").await;
    let done = ask(&app, &base, "write", "yes").await;
    let records = app.get(&format!("/v0/{base}/Tasks")).await["records"].as_array().unwrap().clone();
    assert_eq!(records.len(), 3, "{done}");

    ask(&app, &base, "write", "undo").await;
    let records = app.get(&format!("/v0/{base}/Tasks")).await["records"].as_array().unwrap().clone();
    assert_eq!(records.len(), 4);
    let back = records.iter().find(|record| record["fields"]["Name"] == "Plant roses").unwrap();
    assert_eq!(back["fields"]["Points"], 2.0);
    assert_eq!(back["fields"]["Project"].as_array().map(Vec::len), Some(1), "{back}");
}

#[on_every_database]
async fn deletions_by_tool_need_the_confirmation_of_that_very_call(app: TestApp) {
    let base = tasks(&app).await;
    let listed = tool(&app, "list_records", json!({ "base": base, "table": "Tasks", "limit": 2 })).await.1;
    let listed = &listed["result"];
    assert_eq!((&listed["total"], &listed["returned"], &listed["truncated"]), (&json!(4), &json!(2), &json!(true)));
    let (one, two) = (&listed["records"][0]["id"], &listed["records"][1]["id"]);
    let delete = |id: &Value, confirm: Option<&str>, dry: bool| json!({ "base": base, "table": "Tasks", "records": [id], "dry_run": dry, "confirm": confirm });
    assert_eq!(tool(&app, "delete_records", delete(one, None, false)).await.0, 409);
    let shown = tool(&app, "delete_records", delete(one, None, true)).await.1;
    let confirm = shown["result"]["confirm"].as_str().unwrap();
    assert_eq!(tool(&app, "delete_records", delete(two, Some(confirm), false)).await.0, 409);
    let done = tool(&app, "delete_records", delete(one, Some(confirm), false)).await;
    assert_eq!(done.0, 200, "{}", done.1);
    assert_eq!(tool(&app, "delete_records", delete(one, Some(confirm), false)).await.0, 409);
}

#[on_every_database]
async fn tools_refuse_bad_arguments_and_say_what_would_be_right(app: TestApp) {
    let base = tasks(&app).await;
    let place = |more: Value| {
        let mut all = json!({ "base": base, "table": "Tasks" });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let cases = [
        ("list_record", json!({}), "list_records"),
        ("list_records", json!({ "base": base }), "table"),
        ("list_records", json!({ "base": base, "table": "Task" }), "`Tasks`"),
        ("list_records", place(json!({ "filter": { "field": "Nope", "op": "=", "value": 1 } })), "Nope"),
        ("list_records", place(json!({ "filter": { "field": "Points", "op": "like", "value": 1 } })), "contains"),
        ("list_records", place(json!({ "filter": { "field": "Points", "op": "=", "value": "x" } })), "numbers"),
        ("list_records", place(json!({ "filter": 7 })), "and"),
        ("aggregate", place(json!({ "aggregates": [{ "op": "sum", "field": "Name" }] })), "Name"),
        ("aggregate", place(json!({ "aggregates": [{ "op": "sum" }] })), "field"),
        ("search_records", json!({ "base": base, "text": " " }), "empty"),
    ];
    for (name, arguments, says) in cases {
        let (status, answer) = tool(&app, name, arguments).await;
        assert!((400..500).contains(&status), "{name}: {status} {answer}");
        assert!(answer.to_string().contains(says), "{name} should say {says}: {answer}");
    }
}

#[on_every_database]
async fn history_names_what_changed_and_undo_refuses_what_has_changed_since(app: TestApp) {
    let base = tasks(&app).await;
    let record = app.get(&format!("/v0/{base}/Tasks?maxRecords=1")).await["records"][0]["id"].clone();
    let one = format!("/v0/{base}/Tasks/{}", record.as_str().unwrap());
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Points": 4 } })).await;
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Points": 5 } })).await;
    let history = app.get(&format!("/api/v1/bases/{base}/history?record={}", record.as_str().unwrap())).await;
    let changes = history["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 3, "{history}");
    let cell = &changes[1]["tables"][0]["updated"][0]["cells"][0];
    assert_eq!((&cell["field"], &cell["before"], &cell["after"]), (&json!("Points"), &json!(3), &json!(4)));

    let undo = format!("/api/v1/bases/{base}/undo");
    let older = json!({ "change": changes[1]["change"] });
    let (status, refused) = app.call(Method::POST, &undo, &older).await;
    assert_eq!(status, 409, "{refused}");
    app.ok(Method::POST, &undo, &Value::Null).await;
    app.ok(Method::POST, &undo, &Value::Null).await;
    assert_eq!(app.get(&one).await["fields"]["Points"], 3.0);
}
