//! What is removed from the trash for good, by hand and by time.

mod parts;

use std::num::NonZeroU16;
use std::time::Duration;

use clock::Clock;
use db::{Db, params};
use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;
use crate::webhooks::until;

/// A house whose clock stands still until it is moved.
struct Timed {
    app: TestApp,
    clock: Clock,
}

impl ForDatabase for Timed {
    async fn for_database(engine: Engine) -> Self {
        let (app, clock) = TestApp::timed(engine, |_| {}).await;
        Self { app, clock }
    }
}

/// The same, where deleted bases are kept for thirty days.
struct Month(Timed);

fn thirty_days(settings: &mut app::Settings) {
    settings.history.trash_days = NonZeroU16::new(30);
}

impl ForDatabase for Month {
    async fn for_database(engine: Engine) -> Self {
        let (app, clock) = TestApp::timed(engine, thirty_days).await;
        Self(Timed { app, clock })
    }
}

/// How many rows each table of the database has of a base, by its number.
const ROWS: [(&str, &str); 11] = [
    ("tables", "SELECT COUNT(*) FROM tables WHERE base = $1"),
    ("records", "SELECT COUNT(*) FROM records WHERE base = $1"),
    ("links", "SELECT COUNT(*) FROM links WHERE base = $1"),
    ("changes", "SELECT COUNT(*) FROM changes WHERE base = $1"),
    ("cursors", "SELECT COUNT(*) FROM cursors WHERE base = $1"),
    ("comments", "SELECT COUNT(*) FROM comments WHERE base = $1"),
    ("reactions", "SELECT COUNT(*) FROM comment_reactions WHERE base = $1"),
    ("webhooks", "SELECT COUNT(*) FROM webhooks WHERE base = $1"),
    ("payloads", "SELECT COUNT(*) FROM webhook_payloads WHERE base = $1"),
    ("syncs", "SELECT COUNT(*) FROM syncs WHERE base = $1"),
    ("people", "SELECT COUNT(*) FROM base_members WHERE base = $1"),
];

async fn rows(db: &Db, base: &str) -> Vec<(&'static str, i64)> {
    let found = db.read("SELECT base FROM bases WHERE id = $1", params![base.to_owned()]).await.unwrap();
    let no: i64 = found[0].get(0).unwrap();
    let mut rows = Vec::new();
    for (table, count) in ROWS {
        rows.push((table, db.read(count, params![no]).await.unwrap()[0].get(0).unwrap()));
    }
    rows
}

async fn is_swept(db: &Db, base: &str) -> bool {
    rows(db, base).await.iter().all(|(_, count)| *count == 0)
}

/// A base of which every context keeps something.
async fn full(app: &TestApp, person: &str) -> String {
    let base = app.plans().await;
    let house = app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": "House" } })).await;
    let hook = json!({ "specification": { "options": { "filters": { "dataTypes": ["tableData"] } } } });
    let hook = app.ok(Method::POST, &format!("/v0/bases/{base}/webhooks"), &hook).await["id"].clone();
    let task = json!({ "fields": { "Name": "Paint", "Project": [house["id"]] } });
    let task = app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &task).await;
    for _ in 0..30 {
        let many: Vec<Value> = (0..10).map(|n| json!({ "fields": { "Name": n.to_string() } })).collect();
        app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": many })).await;
    }
    let task = task["id"].as_str().unwrap();
    let said = json!({ "text": "good" });
    let said = app.ok(Method::POST, &format!("/v0/{base}/Tasks/{task}/comments"), &said).await["id"].clone();
    let said = said.as_str().unwrap();
    let reaction = format!("/api/v1/bases/{base}/tables/Tasks/records/{task}/comments/{said}/reactions/1f44d");
    app.ok(Method::PUT, &reaction, &Value::Null).await;
    let sync = json!({ "name": "Tasks", "keyField": "Name" });
    let path = format!("/api/v1/bases/{base}/tables/Tasks/syncs");
    assert_eq!(app.call(Method::POST, &path, &sync).await.0, 201);
    let roles = json!({ "collaborators": [{ "user": { "id": person }, "permissionLevel": "edit" }] });
    let (status, given) = app.call(Method::POST, &format!("/v0/meta/bases/{base}/collaborators"), &roles).await;
    assert_eq!(status, 200, "{given}");
    let payloads = format!("/v0/bases/{base}/webhooks/{}/payloads", hook.as_str().unwrap());
    until(async || app.get(&payloads).await["payloads"].as_array().unwrap().len() > 30).await;
    base
}

/// Not yet: the hand may have ended its last round after the clock was moved, and waits for another hour.
fn later(clock: &Clock) -> bool {
    clock.advance(Duration::from_mins(10));
    false
}

async fn trash(app: &TestApp) -> Vec<Value> {
    app.get("/api/v1/trash/bases").await["bases"].as_array().unwrap().clone()
}

#[on_every_database]
async fn a_base_that_is_removed_leaves_nothing_and_is_nobodys(house: Timed) {
    let app = &house.app;
    let (person, creator) = app.person("cid", "creator").await;
    let (base, other) = (full(app, &person).await, full(app, &person).await);
    let db = app.db().await;
    let (before, others) = (rows(&db, &base).await, rows(&db, &other).await);
    assert!(before.iter().all(|(_, count)| *count > 0), "{before:?}");

    let own = format!("/api/v1/trash/bases/{base}");
    assert_eq!(app.call(Method::DELETE, &own, &Value::Null).await.0, 404, "it is not in the trash");
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}"), &Value::Null).await;
    let (status, answer) = app.call_as(&creator, Method::DELETE, &own, &Value::Null).await;
    assert_eq!((status, &answer["code"]), (403, &json!("role")), "{answer}");
    let stranger = app.stranger().await;
    assert_eq!(app.call_as(&stranger, Method::DELETE, &own, &Value::Null).await.0, 404);
    for id in ["app00000000000000", "nothing", &other] {
        let path = format!("/api/v1/trash/bases/{id}");
        assert_eq!(app.call(Method::DELETE, &path, &Value::Null).await.0, 404, "{id}");
    }
    let workspace = app.workspace().await;
    assert_eq!(trash(app).await, [json!({ "id": base, "name": "Plans", "workspaceId": workspace })]);
    assert_eq!(rows(&db, &base).await, before, "what is in the trash is kept");

    assert_eq!(app.ok(Method::DELETE, &own, &Value::Null).await, json!({ "id": base, "deleted": true }));
    assert_eq!(trash(app).await, [] as [Value; 0]);
    for (method, path, status) in [
        (Method::DELETE, own.clone(), 404),
        (Method::POST, format!("{own}/restore"), 404),
        (Method::GET, format!("/v0/meta/bases/{base}"), 403),
        (Method::GET, format!("/v0/{base}/Tasks"), 403),
        (Method::GET, format!("/api/v1/bases/{base}/history"), 404),
    ] {
        let (got, answer) = app.call(method.clone(), &path, &Value::Null).await;
        assert_eq!(got, status, "{method} {path}: {answer}");
    }
    house.clock.advance(Duration::from_hours(1));
    until(async || is_swept(&db, &base).await || later(&house.clock)).await;

    // Its number is not given again, and the other one is as it was.
    let new = app.plans().await;
    assert_eq!(app.get(&format!("/v0/{new}/Tasks")).await["records"], json!([]));
    assert!(is_swept(&db, &base).await);
    assert_eq!(rows(&db, &other).await, others);
    app.ok(Method::POST, &format!("/v0/{other}/Tasks"), &json!({ "fields": { "Name": "more" } })).await;

    // It is looked at for a day, then no more.
    let swept = "SELECT swept FROM bases WHERE id = $1";
    let is_done = async || db.read(swept, params![base.clone()]).await.unwrap()[0].get::<bool>(0).unwrap();
    house.clock.advance(Duration::from_hours(25));
    until(async || is_done().await || later(&house.clock)).await;

    // Its id is free for who asks for it.
    let table = json!({ "name": "Tasks", "fields": [{ "name": "N", "type": "singleLineText" }] });
    let again = json!({ "id": base, "name": "Again", "workspaceId": workspace, "tables": [table] });
    assert_eq!(app.ok(Method::POST, "/v0/meta/bases?keepIds=true", &again).await["id"], base);
    assert_eq!(app.get(&format!("/v0/{base}/Tasks")).await["records"], json!([]));
}

#[on_every_database]
async fn a_base_is_removed_when_its_time_in_the_trash_has_passed(Month(house): Month) {
    let app = &house.app;
    let (first, second) = (app.plans().await, app.plans().await);
    let days = |days: u64| house.clock.advance(Duration::from_hours(24 * days));
    for base in [&first, &second] {
        app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}"), &Value::Null).await;
    }
    let told = trash(app).await;
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|base| base["expiresTime"] == "2026-01-31T00:00:00.000Z"), "{told:?}");
    days(20);
    // One that was brought back begins anew.
    app.ok(Method::POST, &format!("/api/v1/trash/bases/{second}/restore"), &Value::Null).await;
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{second}"), &Value::Null).await;
    assert_eq!(trash(app).await.len(), 2);
    days(11);
    until(async || trash(app).await.len() == 1 || later(&house.clock)).await;
    let left = trash(app).await;
    assert_eq!((&left[0]["id"], &left[0]["expiresTime"]), (&json!(second), &json!("2026-02-20T00:00:00.000Z")));
    assert_eq!(app.call(Method::POST, &format!("/api/v1/trash/bases/{first}/restore"), &Value::Null).await.0, 404);
    let db = app.db().await;
    until(async || is_swept(&db, &first).await || later(&house.clock)).await;
    assert!(!is_swept(&db, &second).await);
    app.ok(Method::POST, &format!("/api/v1/trash/bases/{second}/restore"), &Value::Null).await;
    // The hand has been there when one that was deleted later is gone.
    let third = app.plans().await;
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{third}"), &Value::Null).await;
    days(31);
    until(async || is_swept(&db, &third).await || later(&house.clock)).await;
    assert_eq!(app.get(&format!("/v0/meta/bases/{second}")).await["name"], "Plans", "what is not deleted stays");
}
