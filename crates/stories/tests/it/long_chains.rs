//! Formulas that are made of many, and values that take much memory: they come to the same in every place.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// Longer than what follows each other on a stack may be.
const CHAIN: usize = 200;

#[on_every_database]
async fn a_chain_of_formulas_may_be_of_any_length(app: TestApp) {
    let base = app.plans().await;
    let (fields, tasks) = (format!("/v0/meta/bases/{base}/tables/Tasks/fields"), format!("/v0/{base}/Tasks"));
    let record = app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "a", "Points": 1 } })).await;
    // Each is made before what it will be made of: the last one is read first.
    let mut ids = Vec::new();
    for at in 0..CHAIN {
        let new = json!({ "name": format!("F{at}"), "type": "formula", "options": { "formula": "{Points}" } });
        ids.push(app.ok(Method::POST, &fields, &new).await["id"].as_str().unwrap().to_owned());
    }
    for at in (0..CHAIN - 1).rev() {
        let formula = json!({ "options": { "formula": format!("{{F{}}} + 1", at + 1) } });
        app.ok(Method::PATCH, &format!("{fields}/{}", ids[at]), &formula).await;
    }
    for (points, written) in [(1, false), (5, true)] {
        let wanted = json!(points + CHAIN - 1);
        let id = record["id"].as_str().unwrap();
        if written {
            let written =
                app.ok(Method::PATCH, &format!("{tasks}/{id}"), &json!({ "fields": { "Points": points } })).await;
            assert_eq!(written["fields"]["F0"], wanted);
        }
        let filter = format!("filterByFormula=%7BF0%7D%3D{wanted}");
        for query in ["", "fields%5B%5D=F0", filter.as_str(), "sort%5B0%5D%5Bfield%5D=F0"] {
            let list = app.get(&format!("{tasks}?{query}")).await;
            assert_eq!(list["records"][0]["fields"]["F0"], wanted, "{query}");
        }
        assert_eq!(app.get(&format!("{tasks}/{id}")).await["fields"]["F0"], wanted);
        let asked = json!({ "base": base, "table": "Tasks", "record": id, "formula": "{F0}" });
        let told = app.ok(Method::POST, "/api/v1/formulas/evaluate", &asked).await;
        assert_eq!(told["value"], wanted, "{told}");
    }
}

async fn fill(app: &TestApp, base: &str, lines: String) {
    let path = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    let (status, told) = app.raw(Method::POST, &path, lines).await;
    assert!(status == 200 && !told.contains("error"), "{status} {told:.2000}");
}

/// Each of these records sees the name of every other: together more than the values of a chunk of records may take.
const JOBS: usize = 600;
const NAME: usize = 256;

#[on_every_database]
async fn what_rolls_up_large_lookups_is_told_in_every_place(app: TestApp) {
    let base = app.plans().await;
    let (tables, tasks) = (format!("/v0/meta/bases/{base}/tables"), format!("/v0/{base}/Tasks"));
    let house = app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": "House" } })).await;
    let line = json!({ "fields": { "Name": "x".repeat(NAME), "Points": 1, "Project": [house["id"]] } }).to_string();
    let lines = [line.as_str()].repeat(JOBS).join("\n");
    fill(&app, &base, lines).await;
    let schema = app.get(&tables).await;
    let id = |table: usize, name: &str| {
        let fields = schema["tables"][table]["fields"].as_array().unwrap();
        fields.iter().find(|field| field["name"] == name).unwrap()["id"].clone()
    };
    let names = json!({ "name": "Names", "type": "multipleLookupValues",
        "options": { "recordLinkFieldId": id(1, "Tasks"), "fieldIdInLinkedTable": id(0, "Name") } });
    let names = app.ok(Method::POST, &format!("{tables}/Projects/fields"), &names).await["id"].clone();
    for new in [
        json!({ "name": "Total", "type": "rollup", "options": { "recordLinkFieldId": id(0, "Project"),
            "fieldIdInLinkedTable": names, "formula": "COUNTA(values)" } }),
        json!({ "name": "Share", "type": "formula", "options": { "formula": "{Points} / {Total}" } }),
    ] {
        app.ok(Method::POST, &format!("{tables}/Tasks/fields"), &new).await;
    }
    let list = app.get(&format!("{tasks}?pageSize=1")).await;
    let first = &list["records"][0];
    assert_eq!((&first["fields"]["Total"], &first["fields"]["Share"]), (&json!(JOBS), &json!(1.0 / JOBS as f64)));
    let path = format!("{tasks}/{}", first["id"].as_str().unwrap());
    let written = app.ok(Method::PATCH, &path, &json!({ "fields": { "Name": null } })).await;
    assert_eq!(written["fields"]["Total"], JOBS - 1);
    for query in
        ["filterByFormula=%7BTotal%7D%3D599", "sort%5B0%5D%5Bfield%5D=Total", "filterByFormula=%7BShare%7D%3E0"]
    {
        let list = app.get(&format!("{tasks}?pageSize=1&{query}")).await;
        assert_eq!(list["records"][0]["fields"]["Total"], JOBS - 1, "{query}");
    }
}

#[on_every_database]
async fn long_texts_are_told_and_found_without_all_of_them_in_memory(app: TestApp) {
    let base = app.plans().await;
    let (fields, tasks) = (format!("/v0/meta/bases/{base}/tables/Tasks/fields"), format!("/v0/{base}/Tasks"));
    let lines: Vec<String> =
        (0..1_000).map(|at| json!({ "fields": { "Name": format!("{at:04}") } }).to_string()).collect();
    fill(&app, &base, lines.join("\n")).await;
    for (name, formula) in [("Long", "REPT({Name}, 20000)"), ("Longer", "{Long} & '!'"), ("Size", "LEN({Longer})")] {
        let new = json!({ "name": name, "type": "formula", "options": { "formula": formula } });
        app.ok(Method::POST, &fields, &new).await;
    }
    let list = app.get(&format!("{tasks}?fields%5B%5D=Size&fields%5B%5D=Longer&pageSize=20")).await;
    let records = list["records"].as_array().unwrap();
    assert_eq!(records.len(), 20);
    for record in records {
        assert_eq!(record["fields"]["Size"], 80_001);
        assert_eq!(record["fields"]["Longer"].as_str().map(str::len), Some(80_001));
    }
    for filter in ["RIGHT(%7BLonger%7D,5)%3D'0999!'", "AND(%7BSize%7D%3D80001,%7BName%7D%3D'0999')"] {
        let found = app.get(&format!("{tasks}?fields%5B%5D=Name&filterByFormula={filter}")).await;
        let names: Vec<&Value> =
            found["records"].as_array().unwrap().iter().map(|one| &one["fields"]["Name"]).collect();
        assert_eq!(names, ["0999"], "{filter}");
    }
    let sorted = app.get(&format!("{tasks}?fields%5B%5D=Name&sort%5B0%5D%5Bfield%5D=Size&pageSize=1")).await;
    assert_eq!(sorted["records"][0]["fields"]["Name"], "0000");
    // All of them together would take more than a query may.
    let (status, told) =
        app.call(Method::GET, &format!("{tasks}?sort%5B0%5D%5Bfield%5D=Longer&pageSize=1"), &Value::Null).await;
    assert!(
        status == 422 && told.to_string().contains("the values of `Longer` take too much memory"),
        "{status} {told}"
    );
}
