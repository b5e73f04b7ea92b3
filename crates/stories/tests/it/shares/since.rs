//! What is made after something was shared is shown when its owner says so.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use super::{board, share, visit};
use crate::app::TestApp;

async fn add_field(app: &TestApp, base: &str, table: &str, field: &Value) -> Value {
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/{table}/fields"), field).await
}

/// The names of the fields that a link shows of a table, as its schema and its records tell them.
async fn shown(app: &TestApp, link: &str, table: &str) -> Vec<String> {
    let told = visit(app, link, "").await.1;
    let table = told["tables"].as_array().unwrap().iter().find(|held| held["name"] == table);
    let Some(table) = table else { return Vec::new() };
    let names = table["fields"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap().to_owned());
    let names: Vec<String> = names.collect();
    let (status, page) = visit(app, link, &format!("/tables/{}/records", table["id"].as_str().unwrap())).await;
    assert_eq!(status, 200, "{page}");
    for record in page["records"].as_array().unwrap() {
        assert!(record["fields"].as_object().unwrap().keys().all(|name| names.contains(name)), "{record}");
    }
    names
}

fn text(name: &str) -> Value {
    json!({ "name": name, "type": "singleLineText" })
}

#[on_every_database]
async fn a_base_shows_new_tables_and_fields_once_its_owner_says_so(app: TestApp) {
    let (base, _) = board(&app).await;
    let made = share(&app, &base, &json!({ "type": "base" })).await;
    assert_eq!(made["notShown"], json!([]));
    let (link, id) = (made["url"].as_str().unwrap(), made["shareId"].as_str().unwrap());
    let before = (shown(&app, link, "Tasks").await, shown(&app, link, "Projects").await);
    add_field(&app, &base, "Tasks", &text("Salary")).await;
    let staff = json!({ "name": "Staff", "fields": [text("Who")] });
    let staff = app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables"), &staff).await;
    let links = json!({ "name": "By", "type": "multipleRecordLinks", "options": { "linkedTableId": staff["id"] } });
    add_field(&app, &base, "Tasks", &links).await;
    let list = app.get(&format!("/v0/{base}/Tasks")).await;
    let task = format!("/v0/{base}/Tasks/{}", list["records"][0]["id"].as_str().unwrap());
    let paid = json!({ "fields": { "Salary": "a lot", "By": ["Ann"] }, "typecast": true });
    app.ok(Method::PATCH, &task, &paid).await;
    // A field that becomes one of another type is the same one.
    let convert = format!("/api/v1/bases/{base}/tables/Tasks/fields/Points/convert");
    app.ok(Method::POST, &convert, &json!({ "type": "singleLineText" })).await;
    assert_eq!((shown(&app, link, "Tasks").await, shown(&app, link, "Projects").await), before);
    assert_eq!(visit(&app, link, "/tables/Staff/records").await.0, 404);
    let text = format!("{}{}", visit(&app, link, "").await.1, visit(&app, link, "/tables/Tasks/records").await.1);
    assert!(!text.contains("Salary") && !text.contains("a lot") && !text.contains("Staff"), "{text}");

    // Whoever may share is told, and says that they are to be shown.
    let shares = format!("/api/v1/bases/{base}/shares");
    let not_shown = async || {
        let fields = app.get(&shares).await["shares"][0]["notShown"].as_array().unwrap().clone();
        fields.iter().map(|held| json!([held["table"], held["field"]])).collect::<Vec<_>>()
    };
    let waiting =
        [json!(["Tasks", "Salary"]), json!(["Tasks", "By"]), json!(["Staff", "Who"]), json!(["Staff", "Tasks"])];
    assert_eq!(not_shown().await, waiting);
    let renew = format!("{shares}/{id}/renew");
    let (_, editor) = app.person("eve", "editor").await;
    assert_eq!(app.call_as(&editor, Method::POST, &renew, &Value::Null).await.0, 403);
    let renewed = app.ok(Method::POST, &renew, &Value::Null).await;
    assert_eq!((&renewed["url"], &renewed["notShown"]), (&made["url"], &json!([])));
    assert_eq!(not_shown().await, [] as [Value; 0]);
    let mut all = before.0.clone();
    all.extend(["Salary".to_owned(), "By".to_owned()]);
    assert_eq!(
        (shown(&app, link, "Tasks").await, shown(&app, link, "Staff").await),
        (all, vec!["Who".to_owned(), "Tasks".to_owned()])
    );
    let none = format!("{shares}/shr00000000000000/renew");
    assert_eq!(app.call(Method::POST, &none, &Value::Null).await.0, 404);
}

#[on_every_database]
async fn a_view_that_hides_fields_hides_new_ones(app: TestApp) {
    let (base, view) = board(&app).await;
    let made = share(&app, &base, &json!({ "type": "view", "viewId": view })).await;
    let link = made["url"].as_str().unwrap();
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await["tables"].clone();
    let open = share(&app, &base, &json!({ "type": "view", "viewId": tables[0]["views"][0]["id"] })).await;
    let open = open["url"].as_str().unwrap();
    let before = shown(&app, link, "Tasks").await;
    assert_eq!(before, ["Name", "Project", "Owner"]);
    let salary = add_field(&app, &base, "Tasks", &text("Salary")).await;
    // The other side of a link, and of links that a field of another table becomes, is new, too.
    let links =
        json!({ "name": "After", "type": "multipleRecordLinks", "options": { "linkedTableId": tables[0]["id"] } });
    add_field(&app, &base, "Projects", &links).await;
    add_field(&app, &base, "Projects", &text("Names")).await;
    let convert = format!("/api/v1/bases/{base}/tables/Projects/fields/Names/convert");
    let links = json!({ "type": "multipleRecordLinks", "options": { "linkedTableId": tables[0]["id"], "inverseName": "Named" } });
    app.ok(Method::POST, &convert, &links).await;
    // Nothing of the links that a field was before comes back as a field that is shown.
    let convert = format!("/api/v1/bases/{base}/tables/Tasks/fields/Project/convert");
    app.ok(Method::POST, &convert, &json!({ "type": "singleLineText" })).await;
    let trash = format!("/api/v1/bases/{base}/trash");
    let gone = app.get(&trash).await["fields"].as_array().unwrap().clone();
    let old = gone.iter().find(|field| field["tableId"] == tables[0]["id"]).unwrap()["id"].as_str().unwrap();
    app.ok(Method::POST, &format!("{trash}/{old}/restore"), &Value::Null).await;
    assert_eq!(shown(&app, link, "Tasks").await, before);
    // A view that hides nothing shows what there is.
    let everything = shown(&app, open, "Tasks").await;
    assert!(
        everything.iter().any(|name| name == "Salary") && everything.iter().any(|name| name == "Named"),
        "{everything:?}"
    );

    // What was in the trash when a view came to hide fields is hidden in it when it comes back.
    let salary = salary["id"].as_str().unwrap();
    let own = format!("/v0/meta/bases/{base}/tables/Tasks/fields/{salary}");
    app.ok(Method::DELETE, &own, &Value::Null).await;
    let few = json!({ "name": "Few", "hiddenFields": ["Points"] });
    let (status, few) = app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/views"), &few).await;
    assert_eq!(status, 201, "{few}");
    assert_eq!(few["hiddenFields"].as_array().unwrap().len(), 1, "what is in the trash is not told: {few}");
    let few = share(&app, &base, &json!({ "type": "view", "viewId": few["id"] })).await;
    let few = few["url"].as_str().unwrap();
    let view_path = format!("/api/v1/bases/{base}/views/{view}");
    app.ok(
        Method::PATCH,
        &view_path,
        &json!({ "hiddenFields": ["Points", "Status", "Tags", "Due", "Urgent", "Double", "No"] }),
    )
    .await;
    app.ok(Method::POST, &format!("{trash}/{salary}/restore"), &Value::Null).await;
    for link in [few, link] {
        assert!(!shown(&app, link, "Tasks").await.contains(&"Salary".to_owned()), "{link}");
    }
    // It is the view that says what it shows.
    let renew = format!("/api/v1/bases/{base}/shares/{}/renew", made["shareId"].as_str().unwrap());
    let (status, answer) = app.call(Method::POST, &renew, &Value::Null).await;
    assert!(status == 422 && answer["detail"].as_str().unwrap().contains("shows what the view does"), "{answer}");
    app.ok(Method::PATCH, &view_path, &json!({ "hiddenFields": ["Points"] })).await;
    assert!(shown(&app, link, "Tasks").await.contains(&"Salary".to_owned()));
}
