//! Deleting tables and fields, and bringing them back.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

async fn restore(app: &TestApp, base: &str, id: &Value) -> (u16, Value) {
    let path = format!("/api/v1/bases/{base}/trash/{}/restore", id.as_str().unwrap());
    app.call(Method::POST, &path, &Value::Null).await
}

#[on_every_database]
async fn a_field_comes_back_with_its_cells(app: TestApp) {
    let base = app.plans().await;
    let (tasks, fields) = (format!("/v0/{base}/Tasks"), format!("/v0/meta/bases/{base}/tables/Tasks/fields"));
    let made = app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "Paint", "Points": 3 } })).await;
    let one = format!("{tasks}/{}", made["id"].as_str().unwrap());
    let gone = app.ok(Method::DELETE, &format!("{fields}/Points"), &Value::Null).await;
    assert_eq!(gone["deleted"], true);
    let without = app.get(&one).await;
    assert_eq!(without["fields"], json!({ "Name": "Paint", "Double": { "error": "#ERROR!" }, "No": 1 }));
    let (status, answer) = app.call(Method::PATCH, &one, &json!({ "fields": { "Points": 4 } })).await;
    assert_eq!((status, answer["error"]["type"].as_str()), (422, Some("UNKNOWN_FIELD_NAME")));
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let double = tables["tables"][0]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Double");
    assert_eq!(double.unwrap()["options"]["isValid"], false);

    let trash = app.get(&format!("/api/v1/bases/{base}/trash")).await;
    assert_eq!(trash["tables"], json!([]));
    assert_eq!((&trash["fields"][0]["id"], &trash["fields"][0]["name"]), (&gone["id"], &json!("Points")));
    assert_eq!((&trash["fields"][0]["type"], &trash["fields"][0]["tableName"]), (&json!("number"), &json!("Tasks")));
    // Its name may be taken meanwhile.
    app.ok(Method::POST, &fields, &json!({ "name": "points", "type": "singleLineText" })).await;
    let (status, back) = restore(&app, &base, &gone["id"]).await;
    assert_eq!((status, &back["name"]), (200, &json!("Points 2")));
    assert_eq!(app.get(&one).await["fields"], json!({ "Name": "Paint", "Points 2": 3, "Double": 6, "No": 1 }));
    assert_eq!(
        app.get(&format!("/api/v1/bases/{base}/trash")).await,
        json!({ "tables": [], "fields": [], "views": [] })
    );
    let (status, answer) = restore(&app, &base, &gone["id"]).await;
    assert_eq!(status, 404);
    assert!(answer["detail"].as_str().unwrap().contains("in the trash of this base"), "{answer}");
}

#[on_every_database]
async fn a_table_comes_back_with_its_records_and_links(app: TestApp) {
    let base = app.plans().await;
    let (projects, tasks) = (format!("/v0/{base}/Projects"), format!("/v0/{base}/Tasks"));
    let house = app.ok(Method::POST, &projects, &json!({ "fields": { "Title": "House" } })).await;
    let task = json!({ "fields": { "Name": "Paint", "Project": [house["id"]] } });
    let task = app.ok(Method::POST, &tasks, &task).await;
    let one = format!("{tasks}/{}", task["id"].as_str().unwrap());
    let table = format!("/v0/meta/bases/{base}/tables/Projects");
    let gone = app.ok(Method::DELETE, &table, &Value::Null).await;
    assert_eq!(app.call(Method::GET, &projects, &Value::Null).await.0, 403);
    assert_eq!(app.get(&one).await["fields"].get("Project"), None);
    let trash = app.get(&format!("/api/v1/bases/{base}/trash")).await;
    assert_eq!(trash, json!({ "tables": [{ "id": gone["id"], "name": "Projects" }], "fields": [], "views": [] }));
    let (status, answer) = app.call(Method::DELETE, &format!("/v0/meta/bases/{base}/tables/Tasks"), &Value::Null).await;
    assert_eq!(status, 422);
    assert!(answer["error"]["message"].as_str().unwrap().contains("at least one table"), "{answer}");

    let (status, back) = restore(&app, &base, &gone["id"]).await;
    assert_eq!((status, &back["name"]), (200, &json!("Projects")));
    assert_eq!(app.get(&one).await, task);
    let held = app.get(&format!("{projects}/{}", house["id"].as_str().unwrap())).await;
    assert_eq!(held["fields"], json!({ "Title": "House", "Tasks": [task["id"]] }));
}

#[on_every_database]
async fn what_cannot_be_deleted_stays(app: TestApp) {
    let base = app.plans().await;
    let table = format!("/v0/meta/bases/{base}/tables/Tasks");
    let cases = [
        (format!("{table}/fields/Name"), 422, "primary field"),
        (format!("{table}/fields/Nope"), 403, "Nope"),
        (format!("/v0/meta/bases/{base}/tables/Nope"), 403, "Nope"),
        ("/v0/meta/bases/app00000000000000/tables/Tasks".to_owned(), 403, "permissions"),
    ];
    let before = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    for (path, wanted, words) in cases {
        let (status, answer) = app.call(Method::DELETE, &path, &Value::Null).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(
            status == wanted && (message.contains(words) || message.contains("Invalid permissions")),
            "{path}: {answer}"
        );
    }
    assert_eq!(app.get(&format!("/v0/meta/bases/{base}/tables")).await, before);
    for id in ["tbl00000000000000", "fld00000000000000", "nothing"] {
        assert_eq!(restore(&app, &base, &json!(id)).await.0, 404);
    }
}
