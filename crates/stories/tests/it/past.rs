//! Reading the past of a base, and bringing it back.

mod parts;

use std::num::NonZeroU16;
use std::time::Duration;

use clock::Clock;
use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;
use crate::imports::{base_of, import};
use crate::webhooks::until;

#[on_every_database]
async fn a_table_is_read_as_it_was_and_brought_back(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let new: Vec<Value> = (0..3).map(|n| json!({ "fields": { "Name": format!("task {n}"), "Points": n } })).collect();
    let made = app.ok(Method::POST, &tasks, &json!({ "records": new })).await;
    let ids: Vec<&str> = made["records"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    let history = format!("/api/v1/bases/{base}/history");
    let at = app.get(&history).await["changes"][0]["change"].as_i64().unwrap();
    let before = app.get(&tasks).await;

    let one = format!("{tasks}/{}", ids[1]);
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Name": "other", "Points": 9 } })).await;
    app.ok(Method::DELETE, &format!("{tasks}/{}", ids[2]), &Value::Null).await;
    app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "new" } })).await;

    assert_eq!(app.get(&format!("{tasks}?at={at}")).await, before);
    for at in [json!(at), json!(at.to_string())] {
        assert_eq!(app.ok(Method::POST, &format!("{tasks}/listRecords"), &json!({ "at": at })).await, before);
    }
    let pages = app.get(&format!("{tasks}?at={at}&pageSize=2")).await;
    let next = pages["offset"].as_str().unwrap();
    let next = app.get(&format!("{tasks}?at={at}&pageSize=2&offset={next}")).await;
    assert_eq!(next["records"][0], before["records"][2]);
    let large = app
        .get(&format!("{tasks}?at={at}&filterByFormula=Points%3E0&sort[0][field]=Points&sort[0][direction]=desc"))
        .await;
    assert_eq!(large["records"][0]["id"], json!(ids[2]));
    let single = app.get(&format!("{one}?at={at}")).await;
    assert_eq!((&single["fields"]["Name"], &single["fields"]["Double"]), (&json!("task 1"), &json!(2)));
    let cell = app.get(&format!("{history}?record={}&field=Points", ids[1])).await;
    assert_eq!(cell["changes"].as_array().unwrap().len(), 2);

    let restore = format!("/api/v1/bases/{base}/restore");
    let told = app.ok(Method::POST, &restore, &json!({ "at": at, "dryRun": true })).await;
    assert_eq!(
        told,
        json!({ "at": at, "change": null, "cells": 2, "restored": 1, "deleted": 1, "fromTrash": [], "leftOut": [] })
    );
    let done = app.ok(Method::POST, &restore, &json!({ "at": at, "table": "Tasks" })).await;
    assert_eq!(
        done,
        json!({ "at": at, "change": at + 4, "cells": 2, "restored": 1, "deleted": 1, "fromTrash": [], "leftOut": [] })
    );
    assert_eq!(app.get(&tasks).await, before);
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &Value::Null).await;
    assert_eq!(app.get(&one).await["fields"]["Name"], "other");
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/redo"), &Value::Null).await;
    assert_eq!(app.get(&tasks).await, before);
    let (status, answer) = app.call(Method::POST, &format!("/api/v1/bases/{base}/redo"), &Value::Null).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer["detail"].as_str().unwrap().contains("no undone change"), "{answer}");
}

/// Writes records in one request and answers their ids.
async fn bulk(app: &TestApp, path: &str, records: impl Iterator<Item = Value>) -> Vec<Value> {
    let lines = records.map(|record| record.to_string()).collect::<Vec<_>>().join("\n");
    let (status, told) = app.raw(Method::POST, path, lines).await;
    assert_eq!(status, 200, "{told}");
    let told = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    told.filter(|line| line["id"].is_string()).map(|line| line["id"].clone()).collect()
}

#[on_every_database]
async fn a_dry_run_tells_as_many_cells_as_become_others(app: TestApp) {
    // More than one change brings back: the first one settles links of projects whose turn comes in the second.
    let base = app.plans().await;
    let of = |table: &str| format!("/api/v1/bases/{base}/tables/{table}/records:bulk");
    let (tasks, projects) = (of("Tasks"), of("Projects"));
    let houses = bulk(&app, &projects, (0..600).map(|n| json!({ "fields": { "Title": format!("House {n}") } }))).await;
    let links = |n: usize| if n < 10 { json!([houses[598]]) } else { json!([]) };
    let new = (0..1_500).map(|n| json!({ "fields": { "Points": n, "Project": links(n) } }));
    let made = bulk(&app, &tasks, new).await;
    let at = app.get(&format!("/api/v1/bases/{base}/history")).await["changes"][0]["change"].clone();
    let (tasks, projects) = (format!("{tasks}?mode=update"), format!("{projects}?mode=update"));
    bulk(&app, &tasks, made.iter().map(|id| json!({ "id": id, "fields": { "Points": -1, "Project": [] } }))).await;
    bulk(&app, &projects, houses.iter().map(|id| json!({ "id": id, "fields": { "Title": "Sold" } }))).await;
    let later = json!({ "fields": { "Project": [houses[599]] } });
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &later).await;

    let restore = format!("/api/v1/bases/{base}/restore");
    let told = app.ok(Method::POST, &restore, &json!({ "at": at, "dryRun": true })).await;
    let done = app.ok(Method::POST, &restore, &json!({ "at": at })).await;
    // Points, titles, ten links of tasks, and the lists of two projects.
    assert_eq!((&told["cells"], &told["deleted"]), (&json!(1_500 + 600 + 10 + 2), &json!(1)), "{told}");
    assert_eq!((&done["cells"], &done["deleted"]), (&told["cells"], &told["deleted"]), "{done}");
}

#[on_every_database]
async fn what_is_no_past_is_refused(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "a" } })).await;
    for (at, words) in [
        ("yesterday", "is the number of a change or a time such as"),
        ("-1", "is the number of a change"),
        ("999999", "the last change of the base is"),
    ] {
        let (status, answer) = app.call(Method::GET, &format!("{tasks}?at={at}"), &Value::Null).await;
        assert_eq!((status, answer["error"]["type"].as_str()), (422, Some("INVALID_REQUEST_UNKNOWN")), "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
    }
    let empty = app.get(&format!("{tasks}?at=2001-01-01T00:00:00Z")).await;
    assert_eq!(empty["records"], json!([]), "before the first change nothing was there");
    let restore = format!("/api/v1/bases/{base}/restore");
    for (body, words) in [
        (json!({}), "at"),
        (json!({ "at": true }), "is the number of a change"),
        (json!({ "at": 0, "field": "Name" }), "need a `table`"),
        (json!({ "at": 0, "table": "Tasks", "field": "Double" }), "`Double` is computed"),
        (json!({ "at": 0, "table": "Tasks", "field": "Project" }), "`Project` was made after that"),
        (json!({ "at": 0, "tabel": "Tasks" }), "tabel"),
    ] {
        let (status, answer) = app.call(Method::POST, &restore, &body).await;
        assert!((400..500).contains(&status), "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(words), "{answer}");
    }
}

#[on_every_database]
async fn a_table_held_nothing_before_it_was_made(app: TestApp) {
    let base = app.plans().await;
    let at = app.get(&format!("/api/v1/bases/{base}/history")).await["changes"][0]["change"].as_i64().unwrap();
    let later = json!({ "name": "Later", "fields": [{ "name": "Name", "type": "singleLineText" }] });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables"), &later).await;
    let later = format!("/v0/{base}/Later");
    let made = app.ok(Method::POST, &later, &json!({ "fields": { "Name": "a" } })).await;
    for at in [at.to_string(), "0".to_owned(), "2001-01-01T00:00:00Z".to_owned()] {
        assert_eq!(app.get(&format!("{later}?at={at}")).await["records"], json!([]), "{at}");
        let one = format!("{later}/{}?at={at}", made["id"].as_str().unwrap());
        assert_eq!(app.call(Method::GET, &one, &Value::Null).await.0, 404, "{at}");
    }
    let done = app.ok(Method::POST, &format!("/api/v1/bases/{base}/restore"), &json!({ "at": at })).await;
    assert_eq!((&done["deleted"], &done["leftOut"][0]["table"]), (&json!(0), &json!("Later")), "{done}");
}

/// A house that keeps changes for thirty days, whose clock stands still until it is moved.
struct Forgetful {
    app: TestApp,
    clock: Clock,
}

fn thirty_days(settings: &mut app::Settings) {
    settings.history.retention_days = NonZeroU16::new(30);
}

impl ForDatabase for Forgetful {
    async fn for_database(engine: Engine) -> Self {
        let (app, clock) = TestApp::timed(engine, thirty_days).await;
        Self { app, clock }
    }
}

impl Forgetful {
    fn days_pass(&self, days: u64) {
        self.clock.advance(Duration::from_hours(24 * days));
    }
}

#[on_every_database]
async fn changes_older_than_the_retention_go_and_what_is_asked_of_them_is_refused(house: Forgetful) {
    let app = &house.app;
    let base = app.plans().await;
    let imported = import(app, "base=Old&table=Rows&create=true", b"name\na\n".to_vec()).await;
    let (tasks, api) = (format!("/v0/{base}/Tasks"), format!("/api/v1/bases/{base}"));
    let made = app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "a" } })).await;
    let one = format!("{tasks}/{}", made["id"].as_str().unwrap());
    let newest = async || app.get(&format!("{api}/history")).await["changes"][0]["change"].as_i64().unwrap();
    let old = newest().await;
    house.days_pass(20);
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Name": "b" } })).await;
    house.days_pass(5);
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Name": "c" } })).await;
    let name = async |at: &str| app.get(&format!("{one}?at={at}")).await["fields"]["Name"].clone();
    assert_eq!(name("2026-01-01T00:00:00Z").await, "a", "nothing is too old yet");
    let first = app.get(&format!("{tasks}?at={}", old - 1)).await;
    assert_eq!(first["records"], json!([]));

    house.days_pass(10);
    let kept =
        async |base: &str| app.get(&format!("/api/v1/bases/{base}/history")).await["changes"].as_array().unwrap().len();
    let other = base_of(app, "Old").await;
    until(async || kept(&base).await == 2 && kept(&other).await == 0).await;
    for at in [(old - 1).to_string(), "0".to_owned(), "2025-12-31T23:59:59Z".to_owned()] {
        let (status, answer) = app.call(Method::GET, &format!("{tasks}?at={at}"), &Value::Null).await;
        let told = answer["error"]["message"].as_str().unwrap();
        let expected = format!(
            "older than retention: the oldest change kept is {}, and the base can be read as it was since \
             2026-01-01T00:00:00.000Z",
            old + 1
        );
        assert_eq!((status, told), (422, expected.as_str()), "{at}");
    }
    for (at, expected) in [
        (&*old.to_string(), "a"),
        ("2026-01-01T00:00:00Z", "a"),
        ("2026-01-10T00:00:00Z", "a"),
        ("2026-01-21T00:00:00Z", "b"),
        ("2026-02-05T00:00:00Z", "c"),
    ] {
        assert_eq!(name(at).await, expected, "{at}");
    }
    let own = format!("/api/v1/imports/{}", imported["id"].as_str().unwrap());
    for (method, path, body) in [
        (Method::POST, format!("{api}/undo"), json!({ "change": old })),
        (Method::POST, format!("{api}/restore"), json!({ "at": old - 1 })),
    ] {
        let (status, answer) = app.call(method, &path, &body).await;
        assert_eq!((status, &answer["code"]), (422, &json!("too-old")), "{answer}");
    }
    let (status, answer) = app.call(Method::DELETE, &own, &Value::Null).await;
    assert_eq!((status, &answer["code"]), (422, &json!("too-old")), "{answer}");

    // What is kept can be taken back, and writing goes on.
    app.ok(Method::POST, &format!("{api}/undo"), &Value::Null).await;
    assert_eq!(app.get(&one).await["fields"]["Name"], "b");
    assert_eq!(newest().await, old + 3);
}

#[on_every_database]
async fn a_server_that_slept_for_longer_than_changes_are_kept_goes_on(house: Forgetful) {
    let app = &house.app;
    if !app.is_shared() {
        return;
    }
    let other = app.neighbour_set(("all", house.clock.clone()), thirty_days).await;
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let made = other.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "a" } })).await;
    let one = format!("{tasks}/{}", made["id"].as_str().unwrap());
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Name": "b" } })).await;
    house.days_pass(31);
    let kept = async || app.get(&format!("/api/v1/bases/{base}/history")).await["changes"].as_array().unwrap().len();
    until(async || kept().await == 0).await;
    // Its image is older than every change that is kept.
    other.ok(Method::PATCH, &one, &json!({ "fields": { "Points": 1 } })).await;
    for app in [app, &other] {
        let fields = app.get(&one).await["fields"].clone();
        assert_eq!((&fields["Name"], &fields["Points"]), (&json!("b"), &json!(1)));
    }
}

#[on_every_database]
async fn a_table_cannot_be_read_as_it_was_in_the_trash(app: TestApp) {
    let base = app.plans().await;
    let made = app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Name": "t" } })).await;
    let table = app.get(&format!("/v0/meta/bases/{base}/tables")).await["tables"][0]["id"].clone();
    let table = table.as_str().unwrap();
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}/tables/{table}"), &Value::Null).await;
    let gone = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await["changes"][0]["change"].clone();
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/trash/{table}/restore"), &Value::Null).await;
    for path in ["Tasks".to_owned(), format!("Tasks/{}", made["id"].as_str().unwrap())] {
        let (status, told) = app.call(Method::GET, &format!("/v0/{base}/{path}?at={gone}"), &Value::Null).await;
        let message = told["error"]["message"].as_str().unwrap();
        assert!(status == 422 && message.starts_with("`at`: `Tasks` was in the trash then"), "{status} {told}");
    }
}
