//! Links that offer the records of a view.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

async fn tables(app: &TestApp, base: &str) -> Vec<Value> {
    app.get(&format!("/v0/meta/bases/{base}/tables")).await["tables"].as_array().unwrap().clone()
}

/// The options of a field.
async fn options(app: &TestApp, base: &str, table: &str, field: &str) -> Value {
    let tables = tables(app, base).await;
    let table = tables.iter().find(|held| held["name"] == table).unwrap();
    table["fields"].as_array().unwrap().iter().find(|held| held["name"] == field).unwrap()["options"].clone()
}

async fn view(app: &TestApp, base: &str, table: &str, name: &str) -> Value {
    let path = format!("/api/v1/bases/{base}/tables/{table}/views");
    let (status, made) = app.call(Method::POST, &path, &json!({ "name": name })).await;
    assert_eq!(status, 201, "{made}");
    made["id"].clone()
}

#[on_every_database]
async fn a_link_offers_a_view_and_takes_any_record(app: TestApp) {
    let base = app.plans().await;
    let current = view(&app, &base, "Projects", "Current").await;
    let projects = options(&app, &base, "Tasks", "Project").await["linkedTableId"].clone();
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let named = json!({ "linkedTableId": projects, "viewIdForRecordSelection": "Current", "inverseName": "Second" });
    let also = json!({ "name": "Also", "type": "multipleRecordLinks", "options": named });
    let made = app.ok(Method::POST, &fields, &also).await;
    assert_eq!(made["options"]["viewIdForRecordSelection"], current);
    assert_eq!(options(&app, &base, "Tasks", "Also").await, made["options"]);
    assert_eq!(options(&app, &base, "Projects", "Second").await.get("viewIdForRecordSelection"), None);

    // The view lists nothing, and the link holds what it is given.
    let path = format!("/api/v1/bases/{base}/views/{}", current.as_str().unwrap());
    let filter = json!({ "filter": { "field": "Title", "op": "=", "value": "none" } });
    assert_eq!(app.call(Method::PATCH, &path, &filter).await.0, 200);
    let house = app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": "House" } })).await;
    let task = json!({ "fields": { "Name": "a", "Also": [house["id"]] } });
    assert_eq!(app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &task).await["fields"]["Also"], json!([house["id"]]));

    // It stays unless another one or none is named, and is not told while it is in the trash.
    let field = format!("{fields}/Also");
    let update = async |options: Value| {
        let told = app.ok(Method::PATCH, &field, &json!({ "options": options })).await;
        told["options"]["viewIdForRecordSelection"].clone()
    };
    assert_eq!(update(json!({ "prefersSingleRecordLink": true })).await, current);
    let deleted = format!("/v0/meta/bases/{base}/views/{}", current.as_str().unwrap());
    app.ok(Method::DELETE, &deleted, &Value::Null).await;
    assert_eq!(options(&app, &base, "Tasks", "Also").await.get("viewIdForRecordSelection"), None);
    assert_eq!(update(json!({ "prefersSingleRecordLink": false })).await, Value::Null);
    let restore = format!("/api/v1/bases/{base}/trash/{}/restore", current.as_str().unwrap());
    app.ok(Method::POST, &restore, &Value::Null).await;
    assert_eq!(options(&app, &base, "Tasks", "Also").await["viewIdForRecordSelection"], current);
    assert_eq!(update(json!({ "viewIdForRecordSelection": null })).await, Value::Null);
    assert_eq!(update(json!({ "viewIdForRecordSelection": current })).await, current);
}

#[on_every_database]
async fn copies_offer_views_of_the_copies(app: TestApp) {
    let base = app.plans().await;
    let (current, open) = (view(&app, &base, "Projects", "Current").await, view(&app, &base, "Tasks", "Open").await);
    for (table, field, view) in [("Tasks", "Project", &current), ("Projects", "Tasks", &open)] {
        let path = format!("/v0/meta/bases/{base}/tables/{table}/fields/{field}");
        let options = json!({ "options": { "viewIdForRecordSelection": view } });
        app.ok(Method::PATCH, &path, &options).await;
    }
    let (status, copy) =
        app.call(Method::POST, &format!("/api/v1/bases/{base}/duplicate"), &json!({ "records": false })).await;
    assert_eq!(status, 201, "{copy}");
    let id = copy["id"].as_str().unwrap();
    let copied = tables(&app, id).await;
    let view_of = |tables: &[Value], table: &str, view: &str| {
        let table = tables.iter().find(|held| held["name"] == table).unwrap();
        table["views"].as_array().unwrap().iter().find(|held| held["name"] == view).unwrap()["id"].clone()
    };
    for (table, field, linked, name, own) in
        [("Tasks", "Project", "Projects", "Current", &current), ("Projects", "Tasks", "Tasks", "Open", &open)]
    {
        let offered = options(&app, id, table, field).await["viewIdForRecordSelection"].clone();
        assert_eq!(offered, view_of(&copied, linked, name));
        assert_ne!(offered, *own);
    }
    let duplicate = format!("/api/v1/bases/{base}/tables/Tasks/duplicate");
    let (status, _) = app.call(Method::POST, &duplicate, &json!({ "name": "Second" })).await;
    assert_eq!(status, 201);
    assert_eq!(options(&app, &base, "Second", "Project").await["viewIdForRecordSelection"], current);
    let second = view_of(&tables(&app, &base).await, "Second", "Open");
    assert_eq!(options(&app, &base, "Projects", "Second").await["viewIdForRecordSelection"], second);
}

#[on_every_database]
async fn a_view_that_cannot_be_offered_says_which_can(app: TestApp) {
    let base = app.plans().await;
    let open = view(&app, &base, "Tasks", "Open").await;
    let path = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let projects = options(&app, &base, "Tasks", "Project").await["linkedTableId"].clone();
    for (offered, words) in [
        (open, "names a view of the linked table `Projects`"),
        (json!("Nope"), "`Nope` is none; there are `Grid view` (viw"),
        (json!(5), "the id or the name of a view of the linked table"),
        (json!(["Grid view"]), "the id or the name of a view of the linked table"),
    ] {
        let options = json!({ "linkedTableId": projects, "viewIdForRecordSelection": offered });
        let new = json!({ "name": "Also", "type": "multipleRecordLinks", "options": options });
        for (method, path, body) in [
            (Method::POST, path.clone(), new),
            (Method::PATCH, format!("{path}/Project"), json!({ "options": options })),
        ] {
            let (status, answer) = app.call(method, &path, &body).await;
            assert_eq!(status, 422, "{answer}");
            assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
        }
    }
}
