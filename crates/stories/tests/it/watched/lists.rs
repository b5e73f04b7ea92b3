//! Formulas that ask when several lists of fields were last changed.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use super::Plans;

#[on_every_database]
async fn a_formula_tells_of_several_lists_of_fields(plans: Plans) {
    let app = &plans.app;
    let task = plans.create("Tasks", json!({ "Name": "a", "Points": 1 })).await;
    for (name, text) in [
        ("Scored", "LAST_MODIFIED_TIME({Points})"),
        ("Named", "LAST_MODIFIED_TIME({Status}, {Name})"),
        ("Both", "LAST_MODIFIED_TIME({Status}, {Name}) & '|' & LAST_MODIFIED_TIME({Points})"),
        ("Expected", "{Named} & '|' & {Scored}"),
    ] {
        let (status, made) = plans.formula(name, text).await;
        assert_eq!((status, &made["options"]["isValid"]), (200, &json!(true)), "{made}");
    }
    let formula = "'https://example.org/' & (LAST_MODIFIED_TIME(Points) > LAST_MODIFIED_TIME(Name, Status))";
    let button = json!({ "name": "Go", "type": "button", "options": { "label": "Go", "formula": formula } });
    app.ok(Method::POST, &plans.fields("Tasks"), &button).await;
    let told = async |later: u8| {
        let cells = plans.cells("Tasks", &task).await;
        assert_eq!((&cells["Both"], cells["Both"].is_string()), (&cells["Expected"], true), "{cells}");
        assert_eq!(cells["Go"]["url"], format!("https://example.org/{later}"), "{cells}");
        cells
    };
    let first = told(0).await;
    plans.write("Tasks", &task, json!({ "Points": 2 })).await;
    let scored = told(1).await;
    assert_eq!(scored["Named"], first["Named"]);
    plans.write("Tasks", &task, json!({ "Status": "Done" })).await;
    let named = told(0).await;
    assert_eq!(named["Scored"], scored["Scored"]);
    plans.later();
    assert_eq!(plans.post("undo", json!({})).await["skipped"], 0);
    told(0).await;
    plans.write("Tasks", &task, json!({ "Points": 8 })).await;
    let last = told(1).await;

    // Filters ask both of whoever keeps them; with others in the formula it begins anew.
    let later = "filterByFormula=LAST_MODIFIED_TIME(Points)%3ELAST_MODIFIED_TIME(Name%2CStatus)";
    let found = app.get(&format!("/v0/{}/Tasks?{later}", plans.base)).await;
    assert_eq!(found["records"].as_array().unwrap().len(), 1, "{found}");
    let about = json!({ "formula": "LAST_MODIFIED_TIME(Points) & '|' & LAST_MODIFIED_TIME(Name, Status)", "base": plans.base,
        "table": "Tasks", "record": task });
    let asked = app.ok(Method::POST, "/api/v1/formulas/evaluate", &about).await;
    assert_eq!(asked["value"], format!("{}|{}", last["Scored"].as_str().unwrap(), last["Named"].as_str().unwrap()));
    let path = format!("{}/{}", plans.fields("Tasks"), plans.field("Tasks", "Both").await["id"].as_str().unwrap());
    let edit = json!({ "options": { "formula": "LAST_MODIFIED_TIME(Points) & LAST_MODIFIED_TIME(Name, Status)" } });
    app.ok(Method::PATCH, &path, &edit).await;
    assert_eq!(plans.cells("Tasks", &task).await["Both"], asked["value"].as_str().unwrap().replace('|', ""));

    let copy = format!("/api/v1/bases/{}/tables/Tasks/duplicate", plans.base);
    let (status, made) = app.call(Method::POST, &copy, &json!({ "name": "Copy", "records": true })).await;
    assert_eq!(status, 201, "{made}");
    let copied = app.get(&format!("/v0/{}/Copy", plans.base)).await["records"][0].clone();
    let written = plans.write("Copy", copied["id"].as_str().unwrap(), json!({ "Points": 1 })).await;
    assert_eq!(
        (&written["Go"]["url"], &written["Named"]),
        (&json!("https://example.org/1"), &copied["fields"]["Named"])
    );
}

#[on_every_database]
async fn who_asks_about_the_same_fields_later_is_told_the_same(plans: Plans) {
    let app = &plans.app;
    let task = plans.create("Tasks", json!({ "Name": "a", "Points": 1 })).await;
    plans.formula("Scored", "LAST_MODIFIED_TIME({Points})").await;
    plans.write("Tasks", &task, json!({ "Points": 2 })).await;
    plans.write("Tasks", &task, json!({ "Name": "b" })).await;
    plans.watch("Tasks", "Scored too", "lastModifiedTime", json!(["Points"])).await;
    let (status, _) = plans.formula("Scored three", "LAST_MODIFIED_TIME({Points})").await;
    let cells = plans.cells("Tasks", &task).await;
    assert_eq!((status, &cells["Scored too"], &cells["Scored three"]), (200, &cells["Scored"], &cells["Scored"]));
    let path = format!("{}/{}", plans.fields("Tasks"), plans.field("Tasks", "Scored").await["id"].as_str().unwrap());
    app.ok(Method::DELETE, &path, &Value::Null).await;
    assert_eq!(plans.cells("Tasks", &task).await["Scored three"], cells["Scored"]);
    // Also once nobody else does.
    let after = plans.write("Tasks", &task, json!({ "Name": "c" })).await;
    assert_eq!((&after["Scored too"], &after["Scored three"]), (&cells["Scored"], &cells["Scored"]));
    let many: Vec<String> = (0..21).map(|no| format!("LAST_MODIFIED_TIME({{F{no}}})")).collect();
    for no in 0..21 {
        let field = json!({ "name": format!("F{no}"), "type": "singleLineText" });
        app.ok(Method::POST, &plans.fields("Tasks"), &field).await;
    }
    let (status, told) = plans.formula("Many", &many.join("&")).await;
    assert!(status == 422 && told.to_string().contains("more than 20 lists of fields (at character"), "{told}");
    assert_eq!(plans.formula("Many", &many[1..].join("&")).await.0, 200);
}
