//! Several servers and writers at the same base, lists that outlive changes, and writes taken back.

use std::sync::Arc;

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

fn ids(answer: &Value) -> Vec<String> {
    answer["records"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

async fn tasks(app: &TestApp, base: &str, count: usize) -> Vec<String> {
    let mut made = Vec::new();
    for batch in 0..count.div_ceil(10) {
        let records: Vec<Value> = (batch * 10..count.min(batch * 10 + 10))
            .map(|n| json!({ "fields": { "Name": format!("t{n}"), "Points": n } }))
            .collect();
        let answer = app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": records })).await;
        made.extend(ids(&answer));
    }
    made
}

/// The server that wrote and, where a database has several, another one.
async fn servers(app: TestApp) -> (Arc<TestApp>, Arc<TestApp>) {
    let app = Arc::new(app);
    let other = if app.is_shared() { Arc::new(app.neighbour().await) } else { Arc::clone(&app) };
    (app, other)
}

#[on_every_database]
async fn a_batch_with_one_bad_record_writes_nothing(app: TestApp) {
    let base = app.plans().await;
    let made = tasks(&app, &base, 3).await;
    let path = format!("/v0/{base}/Tasks");
    let before = app.get(&path).await;
    let record = |id: &str, fields: Value| json!({ "id": id, "fields": fields });
    let cases: [(Method, Value, u16, &str); 4] = [
        (
            Method::POST,
            json!({ "records": [{ "fields": { "Name": "x" } }, { "fields": { "Points": "many" } }] }),
            422,
            "INVALID_VALUE_FOR_COLUMN",
        ),
        (
            Method::PATCH,
            json!({ "records": [record(&made[0], json!({ "Name": "x" })), record("rec00000000000000", json!({}))] }),
            422,
            "ROW_DOES_NOT_EXIST",
        ),
        (
            Method::PUT,
            json!({ "records": [record(&made[0], json!({ "Name": "x" })), record(&made[1], json!({ "Nope": 1 }))] }),
            422,
            "UNKNOWN_FIELD_NAME",
        ),
        (
            Method::PATCH,
            json!({ "records": [record(&made[0], json!({ "Name": "a\u{0}b" })), record(&made[1], json!({}))] }),
            422,
            "INVALID_REQUEST_UNKNOWN",
        ),
    ];
    for (method, body, status, name) in cases {
        let (answered, answer) = app.call(method, &path, &body).await;
        assert_eq!((answered, answer["error"]["type"].as_str()), (status, Some(name)), "{body}: {answer}");
        assert_eq!(app.get(&path).await, before);
    }
}

#[on_every_database]
async fn a_list_begun_at_one_server_goes_on_at_another(app: TestApp) {
    let base = app.plans().await;
    let made = tasks(&app, &base, 12).await;
    let (app, other) = servers(app).await;
    let path = format!("/v0/{base}/Tasks?pageSize=4&sort%5B0%5D%5Bfield%5D=Points&sort%5B0%5D%5Bdirection%5D=desc");
    let first = app.get(&path).await;
    // What moves, goes and comes meanwhile.
    let one = |at: usize| format!("/v0/{base}/Tasks/{}", made[at]);
    app.ok(Method::PATCH, &one(2), &json!({ "fields": { "Points": 99 } })).await;
    other.ok(Method::DELETE, &one(6), &Value::Null).await;
    other.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Points": 5 } })).await;
    let mut seen = ids(&first);
    let (mut page, mut turn) = (first, 0);
    while let Some(offset) = page["offset"].as_str() {
        turn += 1;
        let server = if turn % 2 == 1 { &other } else { &app };
        page = server.get(&format!("{path}&offset={offset}")).await;
        seen.extend(ids(&page));
    }
    let expected: Vec<String> = (0..12).rev().filter(|at| *at != 6).map(|at| made[at].clone()).collect();
    assert_eq!(seen, expected, "each that was there and still is, once");
}

#[on_every_database]
async fn servers_that_write_the_same_records_agree(app: TestApp) {
    let base = app.plans().await;
    let made = tasks(&app, &base, 2).await;
    let (app, other) = servers(app).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4_usize {
        let server = Arc::clone(if writer % 2 == 0 { &app } else { &other });
        let (base, made) = (base.clone(), made.clone());
        writers.spawn(async move {
            for turn in 0..6_usize {
                let one = format!("/v0/{base}/Tasks/{}", made[turn % 2]);
                let fields = json!({ "Points": writer * 10 + turn, "Status": format!("S{}", turn % 3), "Project": format!("P{}", turn % 2) });
                let body = json!({ "fields": fields, "typecast": true });
                let written = server.ok(Method::PATCH, &one, &body).await;
                // The answer is the record as it was written.
                assert_eq!(written["id"], made[turn % 2]);
                server.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Name": format!("{writer}-{turn}") } })).await;
            }
        });
    }
    writers.join_all().await;
    let (one, two) = (app.get(&format!("/v0/{base}/Tasks")).await, other.get(&format!("/v0/{base}/Tasks")).await);
    assert_eq!(one, two);
    let records = one["records"].as_array().unwrap();
    let numbers: Vec<i64> = records.iter().map(|record| record["fields"]["No"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=26).collect::<Vec<_>>());
    // Linked records made by name were made once.
    let projects = app.get(&format!("/v0/{base}/Projects")).await;
    let mut titles: Vec<&str> =
        projects["records"].as_array().unwrap().iter().map(|r| r["fields"]["Title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["P0", "P1"]);
    // Each change found what the one before had left.
    let history = app.get(&format!("/api/v1/bases/{base}/history?record={}", made[0])).await;
    let points: Vec<(Value, Value)> = history["changes"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .flat_map(|change| {
            let cells = change["tables"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|table| table["updated"].as_array().unwrap().iter());
            let cells = cells
                .flat_map(|record| record["cells"].as_array().unwrap().iter())
                .filter(|cell| cell["field"] == "Points");
            cells.map(|cell| (cell["before"].clone(), cell["after"].clone())).collect::<Vec<_>>()
        })
        .collect();
    assert!(points.len() > 1 && points.windows(2).all(|pair| pair[0].1 == pair[1].0), "{points:?}");
}

#[on_every_database]
async fn a_change_is_taken_back_unless_something_changed_since(app: TestApp) {
    let base = app.plans().await;
    let made = tasks(&app, &base, 2).await;
    let undo = format!("/api/v1/bases/{base}/undo");
    let body =
        json!({ "records": made.iter().map(|id| json!({ "id": id, "fields": { "Points": 50 } })).collect::<Vec<_>>() });
    app.ok(Method::PATCH, &format!("/v0/{base}/Tasks"), &body).await;
    let history = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await;
    let change = history["changes"][0]["change"].as_i64().unwrap();
    app.ok(Method::PATCH, &format!("/v0/{base}/Tasks/{}", made[0]), &json!({ "fields": { "Points": 51 } })).await;
    let before = app.get(&format!("/v0/{base}/Tasks")).await;
    let (status, answer) = app.call(Method::POST, &undo, &json!({ "change": change })).await;
    assert_eq!(status, 409, "{answer}");
    assert_eq!(app.get(&format!("/v0/{base}/Tasks")).await, before);
    let undone = app.ok(Method::POST, &undo, &json!({ "change": change, "force": true })).await;
    assert_eq!((undone["undone"].as_i64(), undone["skipped"].as_i64()), (Some(change), Some(1)));
    let after = app.get(&format!("/v0/{base}/Tasks")).await;
    let points: Vec<&Value> =
        after["records"].as_array().unwrap().iter().map(|record| &record["fields"]["Points"]).collect();
    assert_eq!(points, [&json!(51), &json!(1)]);
    let (status, _) = app.call(Method::POST, &undo, &json!({ "change": change })).await;
    assert!(status >= 400, "once");
}

#[on_every_database]
async fn a_deleted_record_comes_back_with_its_links(app: TestApp) {
    let base = app.plans().await;
    let project =
        app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": "Apollo" } })).await;
    let fields = json!({ "fields": { "Name": "Launch", "Tags": ["a"], "Project": [project["id"]] } });
    let task = app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &fields).await;
    let one = format!("/v0/{base}/Tasks/{}", task["id"].as_str().unwrap());
    app.ok(Method::DELETE, &one, &Value::Null).await;
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &Value::Null).await;
    assert_eq!(app.get(&one).await, task);
    let apollo = app.get(&format!("/v0/{base}/Projects/{}", project["id"].as_str().unwrap())).await;
    assert_eq!(apollo["fields"]["Tasks"], json!([task["id"]]));
    let told = app.get(&format!("/api/v1/bases/{base}/history?record={}", task["id"].as_str().unwrap())).await;
    let parts: Vec<&str> = told["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let table = &change["tables"][0];
            *["created", "updated", "deleted", "restored"]
                .iter()
                .find(|part| !table[**part].as_array().unwrap().is_empty())
                .unwrap()
        })
        .collect();
    assert_eq!(parts, ["restored", "deleted", "created"]);
}
