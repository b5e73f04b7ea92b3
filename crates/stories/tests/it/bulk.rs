//! Many records in one request.

use db::Group;
use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

async fn send(app: &TestApp, path: &str, body: String) -> (u16, Vec<Value>) {
    let (status, text) = app.raw(Method::POST, path, body).await;
    (status, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn lines(values: impl IntoIterator<Item = Value>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join("\n")
}

#[on_every_database]
async fn thousands_of_records_come_in_one_request(app: TestApp) {
    let base = app.plans().await;
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    let new = (0..2_345).map(|n| json!({ "fields": { "Name": format!("task {n}"), "Points": n } }));
    let (status, answers) = send(&app, &bulk, lines(new)).await;
    assert_eq!((status, answers.len()), (200, 2_346));
    assert_eq!(answers[2_345], json!({ "done": true, "created": 2_345, "updated": 0, "failed": 0 }));
    assert_eq!(answers[7]["line"], 8);
    let id = answers[1_234]["id"].as_str().unwrap();
    let record = app.get(&format!("/v0/{base}/Tasks/{id}")).await;
    assert_eq!(record["fields"]["Name"], "task 1234");

    let changes = answers[..1_000].iter().map(|answer| json!({ "id": answer["id"], "fields": { "Points": -1 } }));
    let (_, updated) = send(&app, &format!("{bulk}?mode=update"), lines(changes)).await;
    assert_eq!(updated[1_000], json!({ "done": true, "created": 0, "updated": 1_000, "failed": 0 }));
    let found = app.get(&format!("/v0/{base}/Tasks?filterByFormula=Points%3D-1&pageSize=1")).await;
    assert_eq!(found["records"][0]["fields"]["Name"], "task 0");

    let merged = (2_340..2_350).map(|n| json!({ "fields": { "Name": format!("task {n}"), "Points": 7 } }));
    let (_, merged) = send(&app, &format!("{bulk}?mode=upsert&fieldsToMergeOn[]=Name"), lines(merged)).await;
    assert_eq!(merged[10], json!({ "done": true, "created": 5, "updated": 5, "failed": 0 }));
}

#[on_every_database]
async fn a_line_that_is_wrong_stops_or_is_skipped(app: TestApp) {
    let base = app.plans().await;
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    let body = "{\"fields\":{\"Name\":\"a\"}}\n\n{\"fields\":{\"Points\":\"many\"}}\r\n{\"fields\":{\"Nmae\":\"b\"}}\nno json\n{\"fields\":{\"Name\":\"c\"}}";
    let (_, answers) = send(&app, &format!("{bulk}?onError=skip"), body.to_owned()).await;
    let kinds: Vec<_> =
        answers.iter().map(|answer| (answer["line"].as_i64(), answer["error"]["type"].as_str())).collect();
    let expected = [
        (Some(1), None),
        (Some(3), Some("INVALID_VALUE_FOR_COLUMN")),
        (Some(4), Some("UNKNOWN_FIELD_NAME")),
        (Some(5), Some("line")),
        (Some(6), None),
        (None, None),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(answers[5], json!({ "done": true, "created": 2, "updated": 0, "failed": 3 }));
    let (_, answers) = send(&app, &bulk, body.to_owned()).await;
    assert_eq!(answers.len(), 3, "{answers:?}");
    assert_eq!(answers[2], json!({ "done": false, "created": 1, "updated": 0, "failed": 1 }));
    let names = app.get(&format!("/v0/{base}/Tasks?fields[]=Name")).await;
    let names: Vec<_> = names["records"].as_array().unwrap().iter().map(|r| r["fields"]["Name"].clone()).collect();
    assert_eq!(json!(names), json!(["a", "c", "a"]));
}

/// The changes of a base, newest first, by how many records they made or changed.
async fn changes(app: &TestApp, base: &str) -> Vec<usize> {
    let history = app.get(&format!("/api/v1/bases/{base}/history")).await;
    let count = |part: &Value| part["created"].as_array().unwrap().len() + part["updated"].as_array().unwrap().len();
    let list = history["changes"].as_array().unwrap().iter();
    list.map(|change| change["tables"].as_array().unwrap().iter().map(count).sum()).collect()
}

/// Bad lines of all kinds among good ones: those are one change for 500 lines, and undone together.
#[on_every_database]
async fn the_good_lines_of_a_batch_are_one_change(app: TestApp) {
    let base = app.plans().await;
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk?keepIds=true&onError=skip");
    let line = |n: i32| {
        let id = format!("recMoved{n:09}");
        match n % 57 {
            50 => json!({ "id": id, "fields": { "Points": "many" } }).to_string(),
            51 => json!({ "id": id, "fields": { "Project": ["rec00000000000000"] } }).to_string(),
            52 => json!({ "id": "recMoved000000001", "fields": {} }).to_string(),
            53 => "no json".to_owned(),
            // A line of a batch may have the id of one that is not written.
            54 => json!({ "id": format!("recMoved{:09}", n - 3), "fields": { "Name": n.to_string() } }).to_string(),
            _ => json!({ "id": id, "fields": { "Name": n.to_string() } }).to_string(),
        }
    };
    let body: Vec<String> = (0..700).map(line).collect();
    let (_, answers) = send(&app, &bulk, body.join("\n")).await;
    let numbers: Vec<i64> = answers.iter().filter_map(|answer| answer["line"].as_i64()).collect();
    assert_eq!(numbers, (1..=700).collect::<Vec<i64>>());
    assert_eq!(answers[700], json!({ "done": true, "created": 652, "updated": 0, "failed": 48 }));
    let kinds: Vec<_> = (50..55).map(|n| answers[n]["error"]["type"].as_str()).collect();
    let expected =
        [Some("INVALID_VALUE_FOR_COLUMN"), Some("ROW_DOES_NOT_EXIST"), Some("INVALID_RECORDS"), Some("line"), None];
    assert_eq!(kinds, expected);
    assert_eq!(changes(&app, &base).await[..2], [184, 468]);
    let undone = app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &json!({})).await;
    assert_eq!(undone["records"], 184, "{undone}");

    // Updates and upserts, too.
    let update = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk?mode=update&onError=skip");
    let ids = ["recMoved000000000", "rec00000000000000", "recMoved000000001"];
    let body = lines(ids.map(|id| json!({ "id": id, "fields": { "Points": 7 } })));
    let (_, answers) = send(&app, &update, body).await;
    assert_eq!(answers[1]["error"]["type"], "ROW_DOES_NOT_EXIST");
    assert_eq!((changes(&app, &base).await[0], &answers[3]["updated"]), (2, &json!(2)));
    let upsert = update.replace("mode=update", "mode=upsert&fieldsToMergeOn[]=Points");
    let body = lines([1, 7, 2].map(|points| json!({ "fields": { "Points": points } })));
    let (_, answers) = send(&app, &upsert, body).await;
    assert!(answers[1]["error"]["message"].as_str().unwrap().contains("2 records match"), "{answers:?}");
    assert_eq!((changes(&app, &base).await[0], &answers[3]["created"]), (2, &json!(2)));

    // Lines before the first that is wrong are written, and none behind it, also where that is found out first.
    let stop = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    let body = lines([
        json!({ "fields": { "Name": "first" } }),
        json!({ "fields": { "Project": ["rec00000000000000"] } }),
        json!({ "fields": { "Name": "behind" } }),
        json!({ "fields": { "Points": "many" } }),
    ]);
    let (_, answers) = send(&app, &stop, body).await;
    assert_eq!(answers[1]["error"]["type"], "ROW_DOES_NOT_EXIST", "{answers:?}");
    assert_eq!(answers[2], json!({ "done": false, "created": 1, "updated": 0, "failed": 1 }));
}

#[on_every_database]
async fn a_line_without_cells_is_an_error(app: TestApp) {
    let base = app.plans().await;
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    let body = "{\"Name\":\"x\"}\n{\"records\":[{\"fields\":{}}]}\n{\"fields\":null}\n{\"fields\":{}}";
    let (_, answers) = send(&app, &format!("{bulk}?onError=skip"), body.to_owned()).await;
    for answer in &answers[..3] {
        assert_eq!(answer["error"]["type"], "INVALID_REQUEST_MISSING_FIELDS", "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains("has its cells in `fields`"), "{answer}");
    }
    assert_eq!(answers[4], json!({ "done": true, "created": 1, "updated": 0, "failed": 3 }));
    let id = answers[3]["id"].as_str().unwrap();
    let (_, answers) = send(&app, &format!("{bulk}?mode=update"), format!("{{\"id\":\"{id}\"}}")).await;
    assert_eq!(answers[0]["error"]["type"], "INVALID_REQUEST_MISSING_FIELDS");
    assert_eq!(app.get(&format!("/v0/{base}/Tasks")).await["records"].as_array().unwrap().len(), 1);
}

#[on_every_database]
async fn what_is_wrong_with_the_request_is_said_first(app: TestApp) {
    let base = app.plans().await;
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    for (query, words) in [
        ("?mode=merge", "`mode` is `create`, `update` or `upsert`"),
        ("?mode=upsert", "needs `fieldsToMergeOn[]`"),
        ("?fieldsToMergeOn[]=Name", "belongs to `mode=upsert`"),
        ("?onError=ignore", "`onError` is `stop` or `skip`"),
        ("?mode=update&keepIds=true", "`keepIds` belongs to `mode=create`"),
    ] {
        let (status, answer) = app.call(Method::POST, &format!("{bulk}{query}"), &json!({})).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(words), "{answer}");
    }
    let elsewhere = format!("/api/v1/bases/{base}/tables/Nope/records:bulk");
    assert_eq!(app.call(Method::POST, &elsewhere, &json!({})).await.0, 404);
    let (_, answers) = send(&app, &bulk, format!("{{\"fields\":{{\"Name\":\"{}\"}}}}", "x".repeat(1_100_000))).await;
    assert!(answers[0]["error"]["message"].as_str().unwrap().contains("a line has at most"), "{answers:?}");
    // Who sends everything before reading is answered, too.
    let body = format!("no json\n{}", "{\"fields\":{\"Name\":\"a\"}}\n".repeat(800_000));
    let (_, answers) = send(&app, &bulk, body).await;
    assert_eq!(answers[1], json!({ "done": false, "created": 0, "updated": 0, "failed": 1 }));
    let (_, answers) = send(&app, &format!("{bulk}?mode=update"), "{\"fields\":{}}".to_owned()).await;
    assert!(answers[0]["error"]["message"].as_str().unwrap().contains("needs the `id`"), "{answers:?}");
    let (_, answers) = send(&app, &bulk, String::new()).await;
    assert_eq!(answers, [json!({ "done": true, "created": 0, "updated": 0, "failed": 0 })]);
}

#[on_every_database]
async fn records_move_in_bulk_with_their_ids(app: TestApp) {
    let base = app.plans().await;
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk?keepIds=true");
    let new = (0..600).map(|n| json!({ "id": format!("recMoved{n:09}"), "fields": { "Name": n.to_string() } }));
    let (_, answers) = send(&app, &bulk, lines(new)).await;
    assert_eq!(answers[600]["created"], 600);
    assert_eq!(answers[599]["id"], "recMoved000000599");
    let again = json!({ "id": "recMoved000000001", "fields": {} });
    let (_, answers) = send(&app, &bulk, lines([again])).await;
    assert!(answers[0]["error"]["message"].as_str().unwrap().contains("in use already"), "{answers:?}");
}

#[on_every_database]
async fn a_store_that_fails_is_told_from_lines_that_are_wrong(app: TestApp) {
    let base = app.plans().await;
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk?onError=skip");
    let db = app.db().await;
    let write = async |text: &'static str| {
        let mut tx = db.begin(Group::House).await.unwrap();
        tx.queue(text, []);
        tx.commit().await.unwrap();
    };
    let new = ["one", "two"].map(|name| json!({ "fields": { "Name": name } }));
    let wrong = json!({ "fields": { "Nope": 1 } });
    let body = lines([wrong].into_iter().chain(new));
    // What is read is in memory from here on.
    app.get(&format!("/v0/{base}/Tasks")).await;
    write("ALTER TABLE records RENAME TO lost").await;
    let (status, told) = send(&app, &bulk, body.clone()).await;
    write("ALTER TABLE lost RENAME TO records").await;
    assert_eq!((status, told.len()), (200, 3), "{told:?}");
    assert_eq!((&told[0]["line"], &told[0]["error"]["type"]), (&json!(1), &json!("UNKNOWN_FIELD_NAME")));
    let failed = "something failed on our side; the request's id names it in the log";
    assert_eq!(told[1], json!({ "line": 2, "error": { "type": "internal", "message": failed } }));
    assert_eq!(told[2], json!({ "done": false, "created": 0, "updated": 0, "failed": 2 }));
    let (_, told) = send(&app, &bulk, body).await;
    assert_eq!(told[3], json!({ "done": true, "created": 2, "updated": 0, "failed": 1 }));
}
