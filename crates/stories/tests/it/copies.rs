//! Copies of records, tables and bases.

use hyper::{Method, Request};
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap_or_else(|| panic!("no id: {of}"))
}

async fn field(app: &TestApp, base: &str, table: &str, new: Value) -> Value {
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/{table}/fields"), &new).await
}

async fn make(app: &TestApp, base: &str, table: &str, fields: Value) -> String {
    id(&app.ok(Method::POST, &format!("/v0/{base}/{table}"), &json!({ "fields": fields })).await).to_owned()
}

/// The cells of a record.
async fn cells(app: &TestApp, base: &str, table: &str, record: &str) -> Value {
    app.get(&format!("/v0/{base}/{table}/{record}")).await["fields"].clone()
}

async fn table_id(app: &TestApp, base: &str, name: &str) -> Value {
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    tables["tables"].as_array().unwrap().iter().find(|table| table["name"] == name).unwrap()["id"].clone()
}

/// Puts a text file into a cell.
async fn attach(app: &TestApp, base: &str, record: &str, field: &str) {
    let file = json!({ "contentType": "text/plain", "filename": "a.txt", "file": "aGVsbG8=" });
    app.ok(Method::POST, &format!("/v0/{base}/{record}/{field}/uploadAttachment"), &file).await;
}

/// What the address of a file leads to.
async fn read(app: &TestApp, file: &Value) -> Vec<u8> {
    let (status, _, body) = app.fetch(Request::get(file["url"].as_str().unwrap())).await;
    assert_eq!(status, 200);
    body
}

/// The token of somebody with this role.
async fn person(app: &TestApp, role: &str) -> String {
    let body = json!({ "email": format!("{role}@example.org"), "role": role });
    let (status, made) = app.call(Method::POST, "/api/v1/users", &body).await;
    assert_eq!(status, 201, "{made}");
    made["token"].as_str().unwrap().to_owned()
}

#[on_every_database]
async fn a_record_is_copied_with_links_and_files_and_undone_by_one_undo(app: TestApp) {
    let base = app.plans().await;
    field(&app, &base, "Tasks", json!({ "name": "Files", "type": "multipleAttachments" })).await;
    let tasks = table_id(&app, &base, "Tasks").await;
    let after = json!({ "name": "After", "type": "multipleRecordLinks", "options": { "linkedTableId": tasks } });
    field(&app, &base, "Tasks", after).await;
    let house = make(&app, &base, "Projects", json!({ "Title": "House" })).await;
    let first = make(&app, &base, "Tasks", json!({ "Name": "Mow" })).await;
    let original = make(
        &app,
        &base,
        "Tasks",
        json!({ "Name": "Paint", "Points": 3, "Status": "Open", "Tags": ["b", "a"], "Due": "2026-03-01", "Urgent": true,
            "Project": [house], "After": [first] }),
    )
    .await;
    attach(&app, &base, &original, "Files").await;

    let path = format!("/api/v1/bases/{base}/tables/Tasks/records/{original}/duplicate");
    let (status, copy) = app.call(Method::POST, &path, &Value::Null).await;
    assert_eq!((status, copy.get("leftOut")), (201, None), "{copy}");
    let mut expected = cells(&app, &base, "Tasks", &original).await;
    assert_eq!((&expected["No"], &copy["fields"]["No"]), (&json!(2), &json!(3)));
    let (files, held) = (copy["fields"]["Files"].clone(), expected["Files"].clone());
    assert_eq!(files.as_array().map(Vec::len), Some(1));
    assert_ne!(files[0]["id"], held[0]["id"], "each cell names its files by itself");
    assert_eq!((&files[0]["filename"], &files[0]["size"]), (&json!("a.txt"), &json!(5)));
    (expected["No"], expected["Files"]) = (json!(3), files.clone());
    assert_eq!(copy["fields"], expected);
    assert_eq!(cells(&app, &base, "Projects", &house).await["Tasks"], json!([original, copy["id"]]));

    // The file is there as long as one of the cells is.
    app.ok(Method::DELETE, &format!("/v0/{base}/Tasks/{original}"), &Value::Null).await;
    assert_eq!(read(&app, &cells(&app, &base, "Tasks", id(&copy)).await["Files"][0]).await, b"hello");
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &Value::Null).await;

    let undone = app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &Value::Null).await;
    assert_eq!(undone["records"], 1);
    assert_eq!(app.call(Method::GET, &format!("/v0/{base}/Tasks/{}", id(&copy)), &Value::Null).await.0, 404);
    assert_eq!(cells(&app, &base, "Projects", &house).await["Tasks"], json!([original]));
}

#[on_every_database]
async fn a_link_whose_other_side_is_for_one_record_is_left_out_and_named(app: TestApp) {
    let base = app.plans().await;
    let tasks = table_id(&app, &base, "Tasks").await;
    let link = json!({ "linkedTableId": tasks, "prefersSingleRecordLink": true, "inverseName": "Leads" });
    field(&app, &base, "Projects", json!({ "name": "Lead", "type": "multipleRecordLinks", "options": link })).await;
    let (house, task) = (
        make(&app, &base, "Projects", json!({ "Title": "House" })).await,
        make(&app, &base, "Tasks", json!({ "Name": "Paint" })).await,
    );
    let empty = format!("/api/v1/bases/{base}/tables/Tasks/records/{task}/duplicate");
    assert_eq!(app.call(Method::POST, &empty, &Value::Null).await.1.get("leftOut"), None, "nothing was to be left out");
    let both = json!({ "fields": { "Leads": [house], "Project": [house] } });
    app.ok(Method::PATCH, &format!("/v0/{base}/Tasks/{task}"), &both).await;
    let (status, copy) = app.call(Method::POST, &empty, &Value::Null).await;
    assert_eq!((status, &copy["leftOut"]), (201, &json!(["Leads"])), "{copy}");
    assert_eq!((copy["fields"].get("Leads"), &copy["fields"]["Project"]), (None, &json!([house])));
    assert_eq!(cells(&app, &base, "Projects", &house).await["Lead"], json!([task]));
    // The side for one record itself is copied.
    let (_, copy) = app
        .call(Method::POST, &format!("/api/v1/bases/{base}/tables/Projects/records/{house}/duplicate"), &Value::Null)
        .await;
    assert_eq!((&copy["fields"]["Lead"], copy.get("leftOut")), (&json!([task]), None), "{copy}");
}

#[on_every_database]
async fn a_record_is_copied_by_those_who_may_read_and_write(app: TestApp) {
    let base = app.plans().await;
    let task = make(&app, &base, "Tasks", json!({ "Name": "Paint" })).await;
    let path = format!("/api/v1/bases/{base}/tables/Tasks/records/{task}/duplicate");
    for (role, wanted) in [("readOnly", 403), ("commenter", 403), ("editor", 201), ("creator", 201)] {
        let token = person(&app, role).await;
        let (status, answer) = app.send(Method::POST, &path, Some(&token), String::new()).await;
        assert_eq!(status, wanted, "{role}: {answer}");
    }
    for (scopes, wanted) in [(vec!["data.records:write"], 403), (vec!["data.records:write", "data.records:read"], 201)]
    {
        let (_, token) = app.call(Method::POST, "/api/v1/tokens", &json!({ "name": "t", "scopes": scopes })).await;
        let (status, answer) = app.send(Method::POST, &path, token["token"].as_str(), String::new()).await;
        assert_eq!(status, wanted, "{scopes:?}: {answer}");
    }
    let stranger = app.stranger().await;
    assert_eq!(app.send(Method::POST, &path, Some(&stranger), String::new()).await.0, 404);
    for wrong in [
        format!("/api/v1/bases/{base}/tables/Tasks/records/rec00000000000000/duplicate"),
        format!("/api/v1/bases/{base}/tables/Tasks/records/nothing/duplicate"),
        format!("/api/v1/bases/{base}/tables/Nope/records/{task}/duplicate"),
        format!("/api/v1/bases/{base}/tables/Projects/records/{task}/duplicate"),
        format!("/api/v1/bases/app00000000000000/tables/Tasks/records/{task}/duplicate"),
    ] {
        let (status, answer) = app.call(Method::POST, &wrong, &Value::Null).await;
        assert_eq!(status, 404, "{wrong}: {answer}");
    }
    app.ok(Method::DELETE, &format!("/v0/{base}/Tasks/{task}"), &Value::Null).await;
    assert_eq!(app.call(Method::POST, &path, &Value::Null).await.0, 404, "what is gone is not copied");
}
