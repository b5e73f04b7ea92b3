//! Bases, tables and fields.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

#[on_every_database]
async fn renaming_a_field_breaks_no_formula(app: TestApp) {
    let base = app.plans().await;
    let table = format!("/v0/meta/bases/{base}/tables");
    let tables = app.get(&format!("{table}?include=visibleFieldIds")).await;
    let points = tables["tables"][0]["fields"][1]["id"].as_str().unwrap();
    let id = tables["tables"][0]["id"].as_str().unwrap();
    let renamed = app.ok(Method::PATCH, &format!("{table}/{id}/fields/{points}"), &json!({ "name": "Score" })).await;
    assert_eq!(renamed["name"], "Score");
    let record = app.ok(Method::POST, &format!("/v0/{base}/{id}"), &json!({ "fields": { "Score": 4 } })).await;
    assert_eq!(record["fields"]["Double"], 8);
}

#[on_every_database]
async fn a_field_is_changed_beside_the_type_that_it_has(app: TestApp) {
    let base = app.plans().await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let renamed =
        app.ok(Method::PATCH, &format!("{fields}/Points"), &json!({ "name": "Score", "type": "number" })).await;
    assert_eq!(renamed["name"], "Score");
    let told = app.ok(Method::PATCH, &format!("{fields}/Score"), &json!({ "type": "number" })).await;
    assert_eq!(told, renamed);
}

#[on_every_database]
async fn a_formula_that_needs_itself_is_refused_with_the_path(app: TestApp) {
    let base = app.plans().await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    app.ok(Method::POST, &fields, &json!({ "name": "A", "type": "formula", "options": { "formula": "{Double}+1" } }))
        .await;
    let (status, answer) =
        app.call(Method::PATCH, &format!("{fields}/Double"), &json!({ "options": { "formula": "{A}+1" } })).await;
    assert_eq!(status, 422);
    assert!(answer["error"]["message"].as_str().unwrap().contains("Double → A → Double"), "{answer}");
}

#[on_every_database]
async fn names_are_unique_and_types_known(app: TestApp) {
    let base = app.plans().await;
    let tables = format!("/v0/meta/bases/{base}/tables");
    let fields = format!("{tables}/Tasks/fields");
    let text = |name: &str| json!({ "name": name, "type": "singleLineText" });
    let cases: [(&str, Value, &str); 5] = [
        (&fields, text("name"), "DUPLICATE_OR_EMPTY_FIELD_NAME"),
        (&fields, text("  "), "DUPLICATE_OR_EMPTY_FIELD_NAME"),
        (&fields, json!({ "name": "X", "type": "colour" }), "UNSUPPORTED_FIELD_TYPE_FOR_CREATE"),
        (&fields, json!({ "name": "X", "type": "number" }), "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE"),
        (&tables, json!({ "name": "tasks", "fields": [text("a")] }), "DUPLICATE_TABLE_NAME"),
    ];
    for (path, body, name) in cases {
        let (status, answer) = app.call(Method::POST, path, &body).await;
        assert_eq!((status, answer["error"]["type"].as_str()), (422, Some(name)), "{body}: {answer}");
    }
}

#[on_every_database]
async fn a_new_table_is_listed_with_its_other_side(app: TestApp) {
    let base = app.plans().await;
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let projects = &tables["tables"][1];
    let back = &projects["fields"][1];
    assert_eq!((back["name"].as_str(), back["type"].as_str()), (Some("Tasks"), Some("multipleRecordLinks")));
    assert_eq!(back["options"]["linkedTableId"], tables["tables"][0]["id"]);
}

#[on_every_database]
async fn a_formula_over_a_formula_follows_its_type(app: TestApp) {
    let base = app.plans().await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let same = json!({ "name": "Same", "type": "formula", "options": { "formula": "{Double}" } });
    let made = app.ok(Method::POST, &fields, &same).await;
    assert_eq!(made["options"]["result"]["type"], "number");
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Name": "a", "Points": 2 } })).await;
    app.ok(Method::PATCH, &format!("{fields}/Double"), &json!({ "options": { "formula": "{Name} & '!'" } })).await;
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let told = tables["tables"][0]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Same").unwrap();
    assert_eq!(told["options"]["result"]["type"], "singleLineText");
    let sorted = app.get(&format!("/v0/{base}/Tasks?sort%5B0%5D%5Bfield%5D=Same")).await;
    assert_eq!(sorted["records"][0]["fields"]["Same"], "a!");
}

#[on_every_database]
async fn edits_of_a_schema_stand_in_the_history(app: TestApp) {
    let base = app.plans().await;
    let before = app.get(&format!("/api/v1/bases/{base}/history")).await["changes"].as_array().unwrap().len();
    let table = json!({ "name": "More", "fields": [{ "name": "a", "type": "singleLineText" }] });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables"), &table).await;
    let (status, _) = app.call(Method::POST, &format!("/v0/meta/bases/{base}/tables"), &table).await;
    assert_eq!(status, 422);
    app.ok(Method::PATCH, &format!("/v0/meta/bases/{base}/tables/More"), &json!({ "name": "Less" })).await;
    let history = app.get(&format!("/api/v1/bases/{base}/history")).await;
    let changes = history["changes"].as_array().unwrap();
    assert_eq!(changes.len(), before + 2, "what was refused is not there");
    assert!(changes[..2].iter().all(|change| change["schemaChanged"] == true));
}
