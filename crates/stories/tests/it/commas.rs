//! Names of records and choices that have commas.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// The values of a field, in order; null where a record has none.
async fn column(app: &TestApp, table: &str, field: &str) -> Value {
    let list = app.get(&format!("{table}?fields[]={field}")).await;
    list["records"].as_array().unwrap().iter().map(|record| record["fields"][field].clone()).collect()
}

#[on_every_database]
async fn a_text_that_names_a_record_as_a_whole_is_one_name(app: TestApp) {
    let base = app.plans().await;
    let (tasks, projects) = (format!("/v0/{base}/Tasks"), format!("/v0/{base}/Projects"));
    let acme = app.ok(Method::POST, &projects, &json!({ "fields": { "Title": "Acme, Inc." } })).await;
    let write = |text: &str| json!({ "fields": { "Project": text }, "typecast": true });
    for text in ["Acme, Inc.", "acme, inc. ", "\"Acme, Inc.\""] {
        let made = app.ok(Method::POST, &tasks, &write(text)).await;
        assert_eq!(made["fields"]["Project"], json!([acme["id"]]), "{text}");
    }
    // Names that no record has as a whole are several.
    let made = app.ok(Method::POST, &tasks, &write("\"Acme, Inc.\", Dig, Plant")).await;
    assert_eq!(made["fields"]["Project"].as_array().unwrap().len(), 3);
    assert_eq!(column(&app, &projects, "Title").await, json!(["Acme, Inc.", "Dig", "Plant"]));
}

#[on_every_database]
async fn a_number_with_commas_names_one_record(app: TestApp) {
    let base = app.plans().await;
    let tables = format!("/v0/meta/bases/{base}/tables");
    let money = json!({ "name": "Sum", "type": "currency", "options": { "precision": 2, "symbol": "$" } });
    let sums = app.ok(Method::POST, &tables, &json!({ "name": "Sums", "fields": [money] })).await;
    let link = json!({ "name": "Paid", "type": "multipleRecordLinks", "options": { "linkedTableId": sums["id"] } });
    app.ok(Method::POST, &format!("{tables}/Tasks/fields"), &link).await;
    let (tasks, sums) = (format!("/v0/{base}/Tasks"), format!("/v0/{base}/Sums"));
    let write = |value: Value| json!({ "fields": { "Paid": value }, "typecast": true });
    let first = app.ok(Method::POST, &tasks, &write(json!("$1,234.50"))).await;
    let second = app.ok(Method::POST, &tasks, &write(json!("$1,234.50"))).await;
    assert_eq!(first["fields"]["Paid"], second["fields"]["Paid"]);
    let both = app.ok(Method::POST, &tasks, &write(json!("1, 1234.5"))).await;
    assert_eq!(both["fields"]["Paid"].as_array().unwrap().len(), 2);
    // What no record can be called is left out, as other values that cannot be read are.
    let none = app.ok(Method::POST, &tasks, &write(json!(["abc", "1"]))).await;
    assert_eq!(none["fields"]["Paid"], json!([both["fields"]["Paid"][0]]));
    let none = app.ok(Method::POST, &tasks, &write(json!("abc"))).await;
    assert_eq!(none["fields"].get("Paid"), None);
    assert_eq!(column(&app, &sums, "Sum").await, json!([1234.5, 1]));
}

#[on_every_database]
async fn linked_names_come_back_from_files_and_texts(app: TestApp) {
    let base = app.plans().await;
    let (tasks, projects) = (format!("/v0/{base}/Tasks"), format!("/v0/{base}/Projects"));
    let names = json!({ "records": [{ "fields": { "Title": "q, r" } }, { "fields": { "Title": "s" } }] });
    let made = app.ok(Method::POST, &projects, &names).await;
    let (comma, plain) = (&made["records"][0]["id"], &made["records"][1]["id"]);
    let links = json!([comma, plain]);
    app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "one", "Project": links } })).await;
    let (status, file) = app.text(Method::GET, &format!("/api/v1/export?base={base}&table=Tasks")).await;
    assert_eq!(status, 200);
    assert!(file.contains("\"\"\"q, r\"\", s\""), "{file}");

    let convert = format!("/api/v1/bases/{base}/tables/Tasks/fields/Project/convert");
    app.ok(Method::POST, &convert, &json!({ "type": "singleLineText" })).await;
    assert_eq!(column(&app, &tasks, "Project").await, json!(["\"q, r\", s"]));
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let options = json!({ "linkedTableId": tables["tables"][1]["id"] });
    app.ok(Method::POST, &convert, &json!({ "type": "multipleRecordLinks", "options": options })).await;
    assert_eq!(column(&app, &tasks, "Project").await, json!([links]));
}

#[on_every_database]
async fn choices_stay_what_they_are_between_both_selects(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let choices = json!([{ "name": "b, c", "color": "redBright" }, { "name": "d" }, { "name": "unused" }]);
    let select = json!({ "name": "Kind", "type": "singleSelect", "options": { "choices": choices } });
    let before = app.ok(Method::POST, &fields, &select).await["options"]["choices"].clone();
    let made =
        json!({ "records": [{ "fields": { "Kind": "b, c" } }, { "fields": { "Kind": "d" } }, { "fields": {} }] });
    app.ok(Method::POST, &tasks, &made).await;
    let options = || async {
        let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
        let fields = tables["tables"][0]["fields"].as_array().unwrap().clone();
        fields.into_iter().find(|field| field["name"] == "Kind").unwrap()["options"]["choices"].clone()
    };
    let convert = format!("/api/v1/bases/{base}/tables/Tasks/fields/Kind/convert");
    let several = json!({ "type": "multipleSelects", "options": { "choices": [] } });
    let done = app.ok(Method::POST, &convert, &several).await;
    assert_eq!((&done["converted"], &done["lost"]), (&json!(2), &json!(0)));
    assert_eq!(column(&app, &tasks, "Kind").await, json!([["b, c"], ["d"], null]));
    assert_eq!(options().await, before);

    // Choices that are given and that cells need are all there, as they were.
    let single = json!({ "type": "singleSelect", "options": { "choices": [{ "name": "new" }] } });
    app.ok(Method::POST, &convert, &single).await;
    assert_eq!(column(&app, &tasks, "Kind").await, json!(["b, c", "d", null]));
    let after = options().await;
    assert_eq!(
        (&after[0]["name"], &after[1], &after[2], after.as_array().unwrap().len()),
        (&json!("new"), &before[0], &before[1], 3)
    );

    // Several choices become one by their text.
    app.ok(Method::POST, &convert, &several).await;
    app.ok(Method::POST, &tasks, &json!({ "fields": { "Kind": ["d", "new"] } })).await;
    app.ok(Method::POST, &convert, &json!({ "type": "singleSelect" })).await;
    assert_eq!(column(&app, &tasks, "Kind").await, json!(["b, c", "d", null, "d, new"]));
}

#[on_every_database]
async fn linked_names_as_people_see_them_are_read_again_as_they_were(app: TestApp) {
    let base = app.plans().await;
    let titles = ["a, b", "a", "b"].map(|title| json!({ "fields": { "Title": title } }));
    let made = app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "records": titles })).await;
    let id = |no: usize| made["records"][no]["id"].clone();
    let tasks = format!("/v0/{base}/Tasks");
    let lists = [json!([id(0)]), json!([id(1), id(2)]), json!([id(1), id(0)])];
    let new: Vec<_> = lists.iter().map(|list| json!({ "fields": { "Name": "t", "Project": list } })).collect();
    app.ok(Method::POST, &tasks, &json!({ "records": new })).await;
    let seen = app.get(&format!("{tasks}?cellFormat=string&timeZone=utc&userLocale=en")).await;
    let seen: Vec<Value> =
        seen["records"].as_array().unwrap().iter().map(|record| record["fields"]["Project"].clone()).collect();
    assert_eq!(json!(seen), json!(["\"a, b\"", "a, b", "a, \"a, b\""]));
    for (text, list) in seen.iter().zip(&lists).skip(1) {
        let again = json!({ "typecast": true, "fields": { "Name": "again", "Project": text } });
        let written = app.ok(Method::POST, &tasks, &again).await;
        // A text that names a record as a whole is one name.
        let wanted = if text == "a, b" { json!([id(0)]) } else { list.clone() };
        assert_eq!(written["fields"]["Project"], wanted, "{text}");
    }
}
