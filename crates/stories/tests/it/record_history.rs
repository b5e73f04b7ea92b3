//! The history of one record among all that happens in a base.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// The changes of a record, read so many at a time.
async fn changes(app: &TestApp, base: &str, record: &str, limit: usize) -> Vec<Value> {
    let (mut told, mut before) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/bases/{base}/history?record={record}&limit={limit}{before}");
        let page = app.get(&path).await;
        told.extend(page["changes"].as_array().unwrap().iter().cloned());
        match page["next"].as_i64() {
            Some(next) => before = format!("&before={next}"),
            None => return told,
        }
    }
}

/// What a change tells of records: `created`, `updated` and so on, with the ids.
fn told(change: &Value) -> Vec<(String, String)> {
    let mut told = Vec::new();
    for table in change["tables"].as_array().unwrap() {
        for kind in ["created", "updated", "deleted", "restored"] {
            let records = table[kind].as_array().unwrap();
            told.extend(records.iter().map(|record| (kind.to_owned(), record["id"].as_str().unwrap().to_owned())));
        }
    }
    told
}

#[on_every_database]
async fn it_tells_of_the_record_only_and_of_links_from_either_side(app: TestApp) {
    let base = app.plans().await;
    let (tasks, projects) = (format!("/v0/{base}/Tasks"), format!("/v0/{base}/Projects"));
    let house = app.ok(Method::POST, &projects, &json!({ "fields": { "Title": "House" } })).await;
    let house = house["id"].as_str().unwrap();
    // A change of many links, and changes of one.
    let line = |n: usize| json!({ "fields": { "Name": n.to_string(), "Project": [house] } }).to_string();
    let lines: String = (0..300).map(|n| line(n) + "\n").collect();
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    let (_, answers) = app.raw(Method::POST, &bulk, lines).await;
    let ids: Vec<String> = answers
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().map(str::to_owned))
        .collect();
    let task = ids[7].as_str();
    for points in 0..4 {
        app.ok(Method::PATCH, &format!("{tasks}/{task}"), &json!({ "fields": { "Points": points } })).await;
        app.ok(Method::PATCH, &format!("{tasks}/{}", ids[8]), &json!({ "fields": { "Points": points } })).await;
    }
    app.ok(Method::PATCH, &format!("{tasks}/{task}"), &json!({ "fields": { "Project": [] } })).await;
    app.ok(Method::PATCH, &format!("{projects}/{house}"), &json!({ "fields": { "Title": "Home" } })).await;
    app.ok(Method::DELETE, &format!("{tasks}/{task}"), &Value::Null).await;

    let of_task = changes(&app, &base, task, 100).await;
    let kinds: Vec<_> = of_task.iter().flat_map(told).collect();
    assert!(kinds.iter().all(|(_, id)| id == task), "{kinds:?}");
    let kinds: Vec<&str> = kinds.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["deleted", "updated", "updated", "updated", "updated", "updated", "created"]);
    let of_house = changes(&app, &base, house, 100).await;
    let kinds: Vec<_> = of_house.iter().flat_map(told).collect();
    assert!(kinds.iter().all(|(_, id)| id == house), "{kinds:?}");
    let fields = |change: &Value| change["tables"][0]["updated"][0]["cells"][0]["field"].clone();
    let fields: Vec<Value> = of_house.iter().map(fields).collect();
    assert_eq!(
        json!(fields),
        json!(["Title", "Tasks", "Tasks", null]),
        "a new name, a link less, 300 more, its making"
    );
    for (record, whole) in [(task, of_task), (house, of_house)] {
        for limit in [1, 2, 3] {
            assert_eq!(changes(&app, &base, record, limit).await, whole, "{limit} at a time");
        }
    }
}

#[on_every_database]
async fn what_cannot_be_asked_for_is_said(app: TestApp) {
    let base = app.plans().await;
    let history = format!("/api/v1/bases/{base}/history");
    for (query, status) in [
        ("record=recNeverThere0000", 404),
        ("record=nonsense", 404),
        ("limit=0", 422),
        ("limit=101", 422),
        ("limit=100", 200),
    ] {
        let (answered, answer) = app.call(Method::GET, &format!("{history}?{query}"), &Value::Null).await;
        assert_eq!(answered, status, "{query}: {answer}");
    }
}
