//! What bases, tables, fields, views and syncs may be called.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;
use crate::imports::{base_of, import};
use crate::syncs::{follow, held, send};

/// The address, the method and the body of each request that gives a name.
async fn doors(app: &TestApp, base: &str) -> Vec<(Method, String, fn(&str) -> Value)> {
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let table = |at: usize| tables["tables"][at].clone();
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let (tasks, projects) = (id(&table(0)), id(&table(1)));
    let meta = format!("/v0/meta/bases/{base}/tables");
    let own = format!("/api/v1/bases/{base}");
    let points = id(&table(0)["fields"][1]);
    let view = id(&table(0)["views"][0]);
    let link = format!("{meta}/{projects}/fields");
    assert_eq!(table(0)["name"], "Tasks");
    vec![
        (
            Method::POST,
            meta.clone(),
            |name| json!({ "name": name, "fields": [{ "name": "N", "type": "singleLineText" }] }),
        ),
        (
            Method::POST,
            meta.clone(),
            |name| json!({ "name": "Made", "fields": [{ "name": "N", "type": "singleLineText" }, { "name": name, "type": "email" }] }),
        ),
        (Method::PATCH, format!("{meta}/{tasks}"), |name| json!({ "name": name })),
        (Method::POST, format!("{meta}/{tasks}/fields"), |name| json!({ "name": name, "type": "singleLineText" })),
        (Method::PATCH, format!("{meta}/{tasks}/fields/{points}"), |name| json!({ "name": name })),
        (Method::POST, link, |name| {
            json!({ "name": "Tasks too", "type": "multipleRecordLinks",
                "options": { "linkedTableId": "tbl", "inverseName": name } })
        }),
        (Method::POST, format!("{own}/tables/{tasks}/views"), |name| json!({ "name": name, "type": "grid" })),
        (Method::PATCH, format!("{own}/views/{view}"), |name| json!({ "name": name })),
        (Method::POST, format!("{own}/views/{view}/duplicate"), |name| json!({ "name": name })),
        (Method::POST, format!("{own}/tables/{tasks}/duplicate"), |name| json!({ "name": name })),
        (Method::POST, format!("{own}/tables/{tasks}/syncs"), |name| json!({ "name": name, "keyField": "Name" })),
        (Method::POST, format!("{own}/duplicate"), |name| json!({ "name": name })),
    ]
}

/// The message of an error in either shape.
fn message(answer: &Value) -> &str {
    answer["error"]["message"].as_str().or_else(|| answer["detail"].as_str()).unwrap_or_default()
}

#[on_every_database]
async fn no_name_holds_what_nobody_sees(app: TestApp) {
    let base = app.plans().await;
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let tasks = tables["tables"][0]["id"].clone();
    let body = |make: fn(&str) -> Value, name: &str| {
        let mut body = make(name);
        if let Some(linked) = body.pointer_mut("/options/linkedTableId") {
            *linked = tasks.clone();
        }
        body
    };
    let long = "n".repeat(256);
    for (name, said) in [
        ("two\nlines", "character 4 of the name of a"),
        ("two\r\nlines", "is U+000D: a name has no line ends and no characters that nobody sees"),
        ("tab\there", "U+0009"),
        ("nul\u{0}", "U+0000"),
        ("bell\u{7}", "U+0007"),
        ("next\u{85}line", "U+0085"),
        ("turned\u{202E}over", "U+202E"),
        ("line\u{2028}separator", "U+2028"),
        (&long, "has at most 255 characters, and this one has 256"),
    ] {
        for (method, path, make) in doors(&app, &base).await {
            let (status, answer) = app.call(method.clone(), &path, &body(make, name)).await;
            assert!(status == 422 && message(&answer).contains(said), "{method} {path} {name:?}: {status} {answer}");
        }
        let body = json!({ "name": name, "workspaceId": app.workspace().await,
            "tables": [{ "name": "T", "fields": [{ "name": "N", "type": "singleLineText" }] }] });
        let (status, answer) = app.call(Method::POST, "/v0/meta/bases", &body).await;
        assert!(status == 422 && message(&answer).contains(said), "a base {name:?}: {answer}");
    }
    assert_eq!(app.get(&format!("/v0/meta/bases/{base}/tables")).await, tables, "nothing was made");
    // White space around a name is left out, as ever; what people see stays.
    for name in [" Größe ", "\n\tover \r\n", "a  b", "\u{1F468}\u{200D}\u{1F33E}"] {
        let field = json!({ "name": name, "type": "singleLineText" });
        let made = app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
        assert_eq!(made["name"], name.trim());
    }
    let sync = json!({ "name": " Nightly\n", "keyField": "Name" });
    let (_, made) = app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/syncs"), &sync).await;
    assert_eq!(made["name"], "Nightly");
}

#[on_every_database]
async fn headers_over_several_lines_become_names_on_one(app: TestApp) {
    let head = "Name,\"Net\nweight\r\n(kg)\",\"Odd\u{1}\u{7f}one\",\" Turned\u{202E}over\"";
    let expected = ["Name", "Net weight (kg)", "Odd one", "Turned over"];
    let names = async |base: &str| -> Vec<String> {
        let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
        let fields = tables["tables"][0]["fields"].as_array().unwrap().clone();
        fields.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
    };
    let file = format!("{head}\na,1,x,y\nb,2,z,w\n").into_bytes();
    let done = import(&app, "base=Lines&table=T&create=true&headerRow=1", file.clone()).await;
    assert_eq!(done["state"], "done", "{done}");
    let base = base_of(&app, "Lines").await;
    assert_eq!(names(&base).await, expected);
    // The same file finds the same fields, as an import and as a sync.
    let done = import(&app, &format!("base={base}&table=T&headerRow=1"), file.clone()).await;
    assert_eq!((&done["state"], &done["rows"]), (&json!("done"), &json!(2)), "{done}");
    let path = follow(&app, &base, "T", &json!({ "name": "T", "keyField": "Name" })).await;
    send(&app, &path, &String::from_utf8(file).unwrap()).await;
    assert_eq!(names(&base).await, expected);
    assert_eq!(held(&app, &base, "T").await.0.len(), 2);
    // A sync makes them alike.
    let table = json!({ "name": "Made", "workspaceId": app.workspace().await,
        "tables": [{ "name": "T", "fields": [{ "name": "Name", "type": "singleLineText" }] }] });
    let made = app.ok(Method::POST, "/v0/meta/bases", &table).await["id"].as_str().unwrap().to_owned();
    let path = follow(&app, &made, "T", &json!({ "name": "T", "keyField": "Name" })).await;
    send(&app, &path, &format!("{head}\na,1,x,y\n")).await;
    assert_eq!(names(&made).await, expected);
    let (status, answer) = app.upload(&path, b"Name,\"a\nb\",a b\nx,1,2\n".to_vec()).await;
    assert!(status == 422 && message(&answer).contains("two columns are called `a b`"), "{answer}");
}

#[on_every_database]
async fn a_base_of_a_name_that_several_have_is_asked_for_by_id(app: TestApp) {
    let workspace = app.workspace().await;
    let mut ids = Vec::new();
    for name in ["Twin", "Twin", "twin", "Single"] {
        let tables = json!([{ "name": "T", "fields": [{ "name": "Name", "type": "singleLineText" }] }]);
        let body = json!({ "name": name, "workspaceId": workspace, "tables": tables });
        ids.push(app.ok(Method::POST, "/v0/meta/bases", &body).await["id"].as_str().unwrap().to_owned());
    }
    let undo = |base: &str| format!("/api/v1/bases/{base}/undo");
    for (method, path) in [
        (Method::POST, undo("Twin")),
        (Method::POST, undo("TWIN")),
        (Method::GET, "/api/v1/bases/Twin/history".to_owned()),
        (Method::GET, "/api/v1/export?base=Twin&table=T".to_owned()),
        (Method::POST, "/api/v1/bases/Twin/tables/T/aggregate".to_owned()),
    ] {
        let (status, answer) = app.call(method, &path, &Value::Null).await;
        assert_eq!(status, 422, "{path}: {answer}");
        let said = answer["detail"].as_str().unwrap();
        assert!(ids[..2].iter().all(|id| said.contains(id.as_str())), "{said}");
        assert!(said.contains("several bases are called"), "{said}");
    }
    let (status, answer) = app.upload("/api/v1/imports?base=Twin&table=T", b"Name\nz\n".to_vec()).await;
    assert_eq!(status, 422, "{answer}");
    for (path, said) in [
        ("/api/v1/export?base=Nope&table=T", "base `Nope` does not exist"),
        ("/api/v1/bases/Nope/history", "base `Nope` does not exist"),
    ] {
        let (status, answer) = app.call(Method::GET, path, &Value::Null).await;
        assert_eq!(status, 404, "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(said), "{answer}");
    }
    let person = json!({ "email": "zoe@example.org", "role": "editor", "workspace": "Nowhere" });
    let (status, answer) = app.call(Method::POST, "/api/v1/users", &person).await;
    assert_eq!(status, 404, "{answer}");
    assert!(answer["detail"].as_str().unwrap().contains("workspace `Nowhere` does not exist"), "{answer}");
    for name in [ids[0].as_str(), "twin", "single"] {
        app.get(&format!("/api/v1/bases/{name}/history")).await;
    }
}

#[on_every_database]
async fn names_that_nobody_can_tell_apart_are_one(app: TestApp) {
    // The same word as programs of different makers write it.
    let (composed, apart) = ("\u{C9}tat", "E\u{301}tat");
    let base = app.plans().await;
    let tables = format!("/v0/meta/bases/{base}/tables");
    let fields = format!("{tables}/Tasks/fields");
    let field = |name: &str| json!({ "name": name, "type": "singleLineText" });
    let made = app.ok(Method::POST, &fields, &field(apart)).await;
    assert_eq!(made["name"], composed);
    let table = |name: &str| json!({ "name": name, "fields": [field(apart), field("Other")] });
    let made = app.ok(Method::POST, &tables, &table(apart)).await;
    assert_eq!((&made["name"], &made["fields"][0]["name"]), (&json!(composed), &json!(composed)));
    let views = format!("/api/v1/bases/{base}/tables/Tasks/views");
    let view = |name: &str| json!({ "name": name, "type": "grid" });
    let made = app.call(Method::POST, &views, &view(apart)).await.1;
    assert_eq!(made["name"], composed);
    for name in [composed, apart, "e\u{301}tat"] {
        for (path, body) in [(&fields, field(name)), (&tables, table(name)), (&views, view(name))] {
            let (status, answer) = app.call(Method::POST, path, &body).await;
            assert_eq!(status, 422, "{path} {name:?}: {answer}");
        }
    }
    let both = json!({ "name": "Both", "fields": [field(composed), field(apart)] });
    assert_eq!(app.call(Method::POST, &tables, &both).await.0, 422);

    // Either way of writing finds it, wherever names stand; what cells hold stays as it was sent.
    let escaped = "E%CC%81tat";
    let tasks = format!("/v0/{base}/Tasks");
    let made = app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "a", apart: apart } })).await;
    assert_eq!(made["fields"][composed], apart);
    app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "b", composed: "z" } })).await;
    let upsert = json!({ "performUpsert": { "fieldsToMergeOn": [apart] },
        "records": [{ "fields": { apart: "z", "Name": "c" } }] });
    assert_eq!(app.ok(Method::PATCH, &tasks, &upsert).await["updatedRecords"].as_array().map(Vec::len), Some(1));
    for (query, expected) in [
        (format!("fields[]={escaped}"), 2),
        (format!("sort[0][field]={escaped}"), 2),
        (format!("view={escaped}"), 2),
        (format!("filterByFormula={{{escaped}}}%3D'z'"), 1),
    ] {
        let listed = app.get(&format!("{tasks}?{query}")).await;
        assert_eq!(listed["records"].as_array().map(Vec::len), Some(expected), "{query}: {listed}");
    }
    app.get(&format!("/v0/{base}/{escaped}")).await;
    app.get(&format!("/v0/meta/bases/{base}/views/{escaped}")).await;
    let formula = json!({ "name": "F", "type": "formula", "options": { "formula": format!("LEN({{{apart}}})") } });
    app.ok(Method::POST, &fields, &formula).await;
}
