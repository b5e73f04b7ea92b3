//! Formulas that take long: every door has an end, says what was slow, and holds nobody else up.

use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, on_every_database};

use crate::app::TestApp;

/// A search by a program of thousands of places, each of another one.
fn search(text: &str, n: usize) -> String {
    format!("REGEX_MATCH({text}, \"(a{{1,100}}){{1,{}}}b\")", 100 - n)
}

/// Nearly as much as a cell may take, without constants.
fn slow(n: usize) -> String {
    format!("REGEX_MATCH(REPT(\"a\", {} + LEN({{Name}})), \"(a{{1,100}}){{1,45}}b\")", 3_000 - n)
}

fn long() -> String {
    "REPT(\"a\", 90000)".to_owned()
}

/// Twenty of them, which would take minutes.
fn many() -> String {
    (0..20).map(|n| search(&long(), n)).collect::<Vec<_>>().join(" & ")
}

/// What a query may take, and what machines and clients do beside it.
const SOON: Duration = Duration::from_mins(1);

#[on_every_database]
async fn constants_that_take_too_long_are_mistakes_everywhere(app: TestApp) {
    let base = app.plans().await;
    let (_, editor) = app.person("ann", "editor").await;
    let begun = Instant::now();
    let place = json!({ "base": base, "table": "Tasks" });
    let wanted = "more than 2000000 steps";
    for formula in [search(&long(), 0), many()] {
        for about in [json!({}), place.clone()] {
            let mut asked = about;
            asked["formula"] = json!(formula);
            for what in ["validate", "evaluate"] {
                let told = app.ok(Method::POST, &format!("/api/v1/formulas/{what}"), &asked).await;
                assert_eq!(told["is_valid"], false, "{told}");
                let mistake = &told["diagnostics"][0];
                assert!(mistake["message"].as_str().unwrap().contains(wanted), "{told}");
                assert!(mistake["advice"].as_str().unwrap().contains("patterns that repeat less"), "{told}");
            }
            let (status, told) = app.call(Method::POST, "/api/v1/formulas/explain", &asked).await;
            assert!(status == 422 && told.to_string().contains(wanted), "{status} {told}");
        }
        let filter = query(&formula);
        let (status, told) =
            app.call(Method::GET, &format!("/v0/{base}/Tasks?filterByFormula={filter}"), &Value::Null).await;
        assert!(status == 422 && told.to_string().contains(wanted), "{status} {told}");

        // Whoever writes records waits for none of this.
        let (fields, tasks) = (format!("/v0/meta/bases/{base}/tables/Tasks/fields"), format!("/v0/{base}/Tasks"));
        for (name, kind) in [("Slow", "formula"), ("Go", "button")] {
            let field = json!({ "name": name, "type": kind, "options": { "label": "Go", "formula": formula } });
            let field = if kind == "formula" {
                json!({ "name": name, "type": kind, "options": { "formula": formula } })
            } else {
                field
            };
            let (status, told) = app.call(Method::POST, &fields, &field).await;
            let told = told.to_string();
            assert!(status == 422 && told.contains(wanted) && told.contains("at character 1"), "{status} {told}");
            // Nothing is computed for who may not make fields.
            assert_eq!(app.call_as(&editor, Method::POST, &fields, &field).await.0, 403);
        }
        app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "a" } })).await;
        let double = json!({ "options": { "formula": formula } });
        let table = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
        let field =
            table["tables"][0]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Double").unwrap();
        let (status, told) =
            app.call(Method::PATCH, &format!("{fields}/{}", field["id"].as_str().unwrap()), &double).await;
        assert!(status == 422 && told.to_string().contains(wanted), "{status} {told}");
    }
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

/// Hundreds of patterns that are too large each, or together: told at once by all doors, while others write.
#[on_every_database]
async fn patterns_that_are_too_large_are_refused_everywhere(app: TestApp) {
    let base = app.plans().await;
    let begun = Instant::now();
    let large = ["REGEX_MATCH(\"\", \"\\\\pL{200}\")"; 600].join("&");
    let many: Vec<String> = (0..600).map(|n| format!("REGEX_MATCH({{Name}}, \"\\\\pL{{20}}{n}\")")).collect();
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    for (formula, wanted) in [
        (large, "this pattern is too large"),
        (many.join("&"), "with this the patterns of the formula are too large together"),
    ] {
        let asked = json!({ "base": base, "table": "Tasks", "formula": formula });
        for what in ["validate", "evaluate"] {
            let told = app.ok(Method::POST, &format!("/api/v1/formulas/{what}"), &asked).await;
            let mistake = &told["diagnostics"][0];
            assert!(mistake["message"].as_str().unwrap().contains(wanted), "{mistake}");
            assert!(mistake["advice"].as_str().unwrap().contains("repeat less"), "{mistake}");
        }
        let field = json!({ "name": "Large", "type": "formula", "options": { "formula": formula } });
        let (status, told) = app.call(Method::POST, &fields, &field).await;
        assert!(status == 422 && told.to_string().contains(wanted), "{status} {told}");
        let listed = json!({ "filterByFormula": formula });
        let (status, told) = app.call(Method::POST, &format!("/v0/{base}/Tasks/listRecords"), &listed).await;
        assert!(status == 422 && told.to_string().contains(wanted), "{status} {told}");
    }
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[on_every_database]
async fn a_cell_that_takes_too_long_is_an_error(app: TestApp) {
    let base = app.plans().await;
    let formula = search("REPT(\"a\", 90000 + LEN({Name}))", 0);
    let field = json!({ "name": "Slow", "type": "formula", "options": { "formula": formula } });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
    let records: Vec<Value> = (0..3).map(|n| json!({ "fields": { "Name": format!("t{n}") } })).collect();
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": records })).await;
    let begun = Instant::now();
    let listed = app.get(&format!("/v0/{base}/Tasks")).await;
    for record in listed["records"].as_array().unwrap() {
        assert_eq!(record["fields"]["Slow"], json!({ "error": "#ERROR!" }), "{listed}");
    }
    let found = app.get(&format!("/v0/{base}/Tasks?filterByFormula={}", query(&formula))).await;
    assert_eq!(found["records"], json!([]));
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());

    // Long texts with many matches of patterns as people write them are none of that.
    let stripped = "LEN(REGEX_REPLACE(REPT(\"<b>word</b> and more, \", 4000), \"<[^>]*>|\\s+\", \"\"))";
    let value = app.ok(Method::POST, "/api/v1/formulas/evaluate", &json!({ "formula": stripped })).await;
    assert_eq!(value["value"], json!(12 * 4000), "{value}");
}

/// Fields of which each may take what a cell may, and many of them: the list ends, and says which cells came too late.
#[test]
fn a_list_of_slow_fields_ends() {
    testkit::run(Engine::Sqlite, slow_fields);
}

async fn slow_fields(app: TestApp) {
    let base = app.plans().await;
    let slow = |n: usize| json!({ "name": format!("S{n}"), "type": "formula", "options": { "formula": slow(n) } });
    let fields: Vec<Value> = (0..60).map(slow).collect();
    let mut all = vec![json!({ "name": "Name", "type": "singleLineText" })];
    all.extend(fields);
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables"), &json!({ "name": "Slow", "fields": all })).await;
    let records: Vec<Value> = (0..10).map(|n| json!({ "fields": { "Name": format!("t{n}") } })).collect();
    let (begun, path) = (Instant::now(), format!("/v0/{base}/Slow"));
    let (status, made) = app.call(Method::POST, &path, &json!({ "records": records })).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(made["records"][9]["fields"]["S59"], json!({ "error": "#ERROR!" }), "{made}");
    let sum: Vec<String> = (0..60).map(|n| format!("{{S{n}}}")).collect();
    let filtered = format!("{path}?filterByFormula={}", query(&sum.join("+")));
    let (status, told) = app.call(Method::GET, &filtered, &Value::Null).await;
    assert_eq!(status, 422, "{told}");
    let reason = told.to_string();
    assert!(reason.contains("longer than 10 s") && reason.contains("the field `S"), "{reason}");
    assert!(begun.elapsed() < 3 * SOON, "{:?}", begun.elapsed());
}

fn query(formula: &str) -> String {
    formula
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
