//! What a conversion tells of the fields that are made of the converted one.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use super::Plans;
use crate::app::TestApp;

/// A base in which fields of both tables are made of `Points` and of `Project`.
async fn made_of(app: &TestApp) -> Plans {
    let plans = Plans::new(app, json!([{ "fields": { "Name": "One", "Points": 2 } }])).await;
    let tables = format!("/v0/meta/bases/{}/tables", plans.base);
    let schema = app.get(&tables).await;
    let link = schema["tables"][1]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Tasks").unwrap();
    let points = schema["tables"][0]["fields"][1]["id"].clone();
    for (table, field) in [
        ("Tasks", json!({ "name": "Same", "type": "formula", "options": { "formula": "{Points}" } })),
        (
            "Projects",
            json!({ "name": "All", "type": "multipleLookupValues",
                "options": { "recordLinkFieldId": link["id"], "fieldIdInLinkedTable": points } }),
        ),
        (
            "Projects",
            json!({ "name": "Sum", "type": "rollup",
                "options": { "recordLinkFieldId": link["id"], "fieldIdInLinkedTable": points, "formula": "SUM(values)" } }),
        ),
        ("Projects", json!({ "name": "How many", "type": "count", "options": { "recordLinkFieldId": link["id"] } })),
        ("Projects", json!({ "name": "Most", "type": "formula", "options": { "formula": "MAX({All})" } })),
        ("Projects", json!({ "name": "Alone", "type": "formula", "options": { "formula": "{Title}" } })),
    ] {
        app.ok(Method::POST, &format!("{tables}/{table}/fields"), &field).await;
    }
    plans
}

/// Table, field, type before and after, and whether it is no longer computed.
fn rows(told: &Value) -> Vec<Value> {
    let fields = told["fields"].as_array().unwrap().iter();
    fields
        .map(|one| json!([one["table"], one["field"], one["before"], one["after"], !one["error"].is_null()]))
        .collect()
}

#[on_every_database]
async fn fields_that_are_made_of_it_are_told_with_their_types(app: TestApp) {
    let plans = made_of(&app).await;
    let dry = json!({ "type": "singleLineText", "dryRun": true });
    let (status, told) = plans.convert(&app, "Points", dry).await;
    let expected = [
        json!(["Tasks", "Double", "number", "number", false]),
        json!(["Tasks", "Same", "number", "singleLineText", false]),
        json!(["Projects", "All", "number", "singleLineText", false]),
        json!(["Projects", "Sum", "number", "number", false]),
        json!(["Projects", "Most", "number", "number", false]),
    ];
    assert_eq!((status, rows(&told)), (200, expected.to_vec()), "{told}");
    let schema = app.get(&format!("/v0/meta/bases/{}/tables", plans.base)).await;
    let same = schema["tables"][0]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Same").unwrap();
    assert_eq!(told["fields"][1]["fieldId"], same["id"]);
    assert_eq!(told["fields"][1]["tableId"], schema["tables"][0]["id"]);
    assert_eq!(same["options"]["result"]["type"], "number");
    // The real run tells the same, and what it told is so.
    let (status, done) = plans.convert(&app, "Points", json!({ "type": "singleLineText" })).await;
    assert_eq!((status, &done["fields"]), (200, &told["fields"]), "{done}");
    let schema = app.get(&format!("/v0/meta/bases/{}/tables", plans.base)).await;
    let same = schema["tables"][0]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Same").unwrap();
    assert_eq!(same["options"]["result"]["type"], "singleLineText");
    let (_, none) = plans.convert(&app, "Notes", json!({ "type": "singleLineText", "dryRun": true })).await;
    assert_eq!(none["fields"], json!([]));
}

#[on_every_database]
async fn fields_that_could_not_be_computed_any_more_need_leave(app: TestApp) {
    let plans = made_of(&app).await;
    let (status, told) = plans.convert(&app, "Project", json!({ "type": "singleLineText", "dryRun": true })).await;
    let expected = [
        json!(["Projects", "All", "number", null, true]),
        json!(["Projects", "Sum", "number", null, true]),
        json!(["Projects", "How many", "count", null, true]),
        json!(["Projects", "Most", "number", null, true]),
    ];
    assert_eq!((status, rows(&told)), (200, expected.to_vec()), "{told}");
    let (status, refused) = plans.convert(&app, "Project", json!({ "type": "singleLineText" })).await;
    let detail = refused["detail"].as_str().unwrap();
    let names = "`All` of `Projects`, `Sum` of `Projects`, `How many` of `Projects`, 1 more fields";
    assert!(status == 409 && detail.starts_with(names) && detail.contains("allowLoss"), "{status} {refused}");
    assert!(detail.contains("the field `Tasks` was deleted"), "{detail}");
    let lossy = json!({ "type": "singleLineText", "allowLoss": true });
    let (status, done) = plans.convert(&app, "Project", lossy).await;
    assert_eq!((status, &done["fields"]), (200, &told["fields"]), "{done}");
    // What looks through nothing any more reads nothing.
    let (_, told) = plans.convert(&app, "Points", json!({ "type": "singleLineText", "dryRun": true })).await;
    assert_eq!(told["fields"].as_array().unwrap().len(), 2, "{told}");
}

#[on_every_database]
async fn fields_that_were_not_computed_before_are_told_and_are_no_loss(app: TestApp) {
    let plans = made_of(&app).await;
    let fields = format!("/v0/meta/bases/{}/tables/Tasks/fields", plans.base);
    let both = json!({ "name": "Both", "type": "formula", "options": { "formula": "{Points} & {Notes}" } });
    app.ok(Method::POST, &fields, &both).await;
    let notes = app.call(Method::DELETE, &format!("{fields}/Notes"), &Value::Null).await;
    assert_eq!(notes.0, 200, "{}", notes.1);
    let (status, done) = plans.convert(&app, "Points", json!({ "type": "singleLineText" })).await;
    let both = json!(["Tasks", "Both", null, null, false]);
    assert!(status == 200 && rows(&done).contains(&both), "{status} {done}");
}

#[on_every_database]
async fn formulas_that_find_values_in_what_becomes_a_list_are_told(app: TestApp) {
    let plans = made_of(&app).await;
    let tables = format!("/v0/meta/bases/{}/tables", plans.base);
    for field in [
        json!({ "name": "Label", "type": "singleLineText" }),
        json!({ "name": "Found", "type": "formula", "options": { "formula": "XLOOKUP('One', {Label} & '', {Label})" } }),
    ] {
        app.ok(Method::POST, &format!("{tables}/Projects/fields"), &field).await;
    }
    let schema = app.get(&tables).await;
    let field = |table: usize, name: &str| {
        let fields = schema["tables"][table]["fields"].as_array().unwrap();
        fields.iter().find(|field| field["name"] == name).unwrap()["id"].clone()
    };
    let path = format!("/api/v1/bases/{}/tables/Projects/fields/Label/convert", plans.base);
    let mut lookup = json!({ "type": "multipleLookupValues", "allowLoss": true, "dryRun": true,
        "options": { "recordLinkFieldId": field(1, "Tasks"), "fieldIdInLinkedTable": field(0, "Name") } });
    let told = app.ok(Method::POST, &path, &lookup).await;
    let error = told["fields"][0]["error"].clone();
    assert!(error.as_str().is_some_and(|error| error.contains("XLOOKUP takes lookup fields as they are")), "{told}");
    lookup["dryRun"] = json!(false);
    app.ok(Method::POST, &path, &lookup).await;
    let schema = app.get(&tables).await;
    let found = schema["tables"][1]["fields"].as_array().unwrap().iter().find(|one| one["name"] == "Found").unwrap();
    assert_eq!((&found["options"]["isValid"], &found["options"]["error"]), (&json!(false), &error));
}
