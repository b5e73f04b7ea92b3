//! Reading the past of a base, and bringing it back.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

#[on_every_database]
async fn a_table_is_read_as_it_was_and_brought_back(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let new: Vec<Value> = (0..3).map(|n| json!({ "fields": { "Name": format!("task {n}"), "Points": n } })).collect();
    let made = app.ok(Method::POST, &tasks, &json!({ "records": new })).await;
    let ids: Vec<&str> = made["records"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    let history = format!("/api/v1/bases/{base}/history");
    let at = app.get(&history).await["changes"][0]["change"].as_i64().unwrap();
    let before = app.get(&tasks).await;

    let one = format!("{tasks}/{}", ids[1]);
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Name": "other", "Points": 9 } })).await;
    app.ok(Method::DELETE, &format!("{tasks}/{}", ids[2]), &Value::Null).await;
    app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "new" } })).await;

    assert_eq!(app.get(&format!("{tasks}?at={at}")).await, before);
    let pages = app.get(&format!("{tasks}?at={at}&pageSize=2")).await;
    let next = pages["offset"].as_str().unwrap();
    let next = app.get(&format!("{tasks}?at={at}&pageSize=2&offset={next}")).await;
    assert_eq!(next["records"][0], before["records"][2]);
    let large = app
        .get(&format!("{tasks}?at={at}&filterByFormula=Points%3E0&sort[0][field]=Points&sort[0][direction]=desc"))
        .await;
    assert_eq!(large["records"][0]["id"], json!(ids[2]));
    let single = app.get(&format!("{one}?at={at}")).await;
    assert_eq!((&single["fields"]["Name"], &single["fields"]["Double"]), (&json!("task 1"), &json!(2)));
    let cell = app.get(&format!("{history}?record={}&field=Points", ids[1])).await;
    assert_eq!(cell["changes"].as_array().unwrap().len(), 2);

    let restore = format!("/api/v1/bases/{base}/restore");
    let told = app.ok(Method::POST, &restore, &json!({ "at": at, "dryRun": true })).await;
    assert_eq!(told, json!({ "at": at, "change": null, "cells": 2, "restored": 1, "deleted": 1 }));
    let done = app.ok(Method::POST, &restore, &json!({ "at": at, "table": "Tasks" })).await;
    assert_eq!(done, json!({ "at": at, "change": at + 4, "cells": 2, "restored": 1, "deleted": 1 }));
    assert_eq!(app.get(&tasks).await, before);
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &Value::Null).await;
    assert_eq!(app.get(&one).await["fields"]["Name"], "other");
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/redo"), &Value::Null).await;
    assert_eq!(app.get(&tasks).await, before);
    let (status, answer) = app.call(Method::POST, &format!("/api/v1/bases/{base}/redo"), &Value::Null).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer["detail"].as_str().unwrap().contains("no undone change"), "{answer}");
}

#[on_every_database]
async fn what_is_no_past_is_refused(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "a" } })).await;
    for (at, words) in [
        ("yesterday", "is the number of a change or a time such as"),
        ("-1", "is the number of a change"),
        ("999999", "the last change of the base is"),
    ] {
        let (status, answer) = app.call(Method::GET, &format!("{tasks}?at={at}"), &Value::Null).await;
        assert_eq!((status, answer["error"]["type"].as_str()), (422, Some("INVALID_REQUEST_UNKNOWN")), "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
    }
    let empty = app.get(&format!("{tasks}?at=2001-01-01T00:00:00Z")).await;
    assert_eq!(empty["records"], json!([]), "before the first change nothing was there");
    let restore = format!("/api/v1/bases/{base}/restore");
    for (body, words) in [
        (json!({}), "at"),
        (json!({ "at": true }), "is the number of a change"),
        (json!({ "at": 0, "field": "Name" }), "need a `table`"),
        (json!({ "at": 0, "table": "Tasks", "field": "Double" }), "`Double` is computed"),
        (json!({ "at": 0, "tabel": "Tasks" }), "tabel"),
    ] {
        let (status, answer) = app.call(Method::POST, &restore, &body).await;
        assert!((400..500).contains(&status), "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(words), "{answer}");
    }
}
