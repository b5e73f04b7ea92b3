//! Requests by chance: whatever is sent, the server answers, says what was wrong in its usual shape, and goes on.
//!
//! `cargo xtask fuzz TARGET --minutes N` goes on for that long with a new seed; an ordinary run takes a few hundred of a fixed one.

mod given;

use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use testkit::{Chance, Engine};

use crate::app::TestApp;
use given::Given;

/// Requests of an ordinary run.
const FEW: usize = 300;
/// Requests after which there is a new base, so that nothing grows without end.
const ROUND: usize = 1_500;
/// Longer than any request may take.
const LONG: Duration = Duration::from_secs(20);

/// Makes a request to a base: method, path and body.
type Target = fn(&mut Given, &str) -> (Method, String, String);

/// How long to go on, when it is not for a few requests.
fn time() -> Option<Duration> {
    let minutes = std::env::var_os("AIRLOOM_FUZZ_MINUTES")?;
    Some(Duration::from_secs(60 * minutes.to_str().unwrap().parse::<u64>().unwrap()))
}

/// A base whose tables have fields and records of many kinds.
async fn base(app: &TestApp) -> String {
    let base = app.plans().await;
    let options = [
        ("multipleAttachments", "Files", Value::Null),
        ("barcode", "Code", Value::Null),
        ("duration", "Took", json!({ "durationFormat": "h:mm" })),
        ("rating", "Stars", json!({ "icon": "star", "max": 5, "color": "yellowBright" })),
    ];
    for (kind, name, options) in options {
        let field = json!({ "name": name, "type": kind, "options": options });
        app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
    }
    for at in 0..3 {
        let record = |n: i32| json!({ "fields": { "Name": format!("n{n}"), "Points": n, "Project": ["P"], "Due": "2026-01-02" } });
        let records: Vec<Value> = (at * 10..at * 10 + 10).map(record).collect();
        app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": records, "typecast": true })).await;
    }
    base
}

/// What is wrong with an answer.
fn fault(status: u16, answer: &Value, took: Duration) -> Option<&'static str> {
    let is_told = answer["error"].is_string() || answer["error"]["type"].is_string() || answer["code"].is_string();
    match status {
        500.. => Some("the server failed"),
        400.. if !is_told => Some("it does not say what was wrong"),
        200 if answer.is_null() => Some("it is not JSON"),
        _ if took > LONG => Some("it took too long"),
        _ => None,
    }
}

async fn run(app: TestApp, target: Target) {
    let time = time();
    let seed = if time.is_some() { Chance::seed() } else { 0x5eed };
    let (began, mut given, mut here) = (Instant::now(), Given(Chance(seed)), String::new());
    let (mut sent, mut accepted) = (0, 0);
    while time.map_or(sent < FEW, |time| began.elapsed() < time) {
        if sent % ROUND == 0 {
            here = base(&app).await;
        }
        let (method, path, body) = target(&mut given, &here);
        let shown = format!("seed {seed}, request {sent}: {method} {path} {body}");
        let asked = Instant::now();
        let (status, answer) = app.send(method, &path, Some(&app.token), body).await;
        if let Some(fault) = fault(status, &answer, asked.elapsed()) {
            panic!("{fault}: {status} {answer}\n{shown}");
        }
        sent += 1;
        accepted += usize::from(status == 200);
        if sent % 50 == 0 {
            for path in [format!("/v0/{here}/Tasks"), format!("/v0/meta/bases/{here}/tables")] {
                let (status, answer) = app.call(Method::GET, &path, &Value::Null).await;
                assert!(status == 200, "no longer readable: {answer}\n{shown}");
            }
        }
    }
    println!("{sent} requests, {accepted} accepted, in {:?}, seed {seed}", began.elapsed());
    assert!(accepted > sent / 50 && accepted < sent, "{accepted} of {sent} were accepted");
}

#[test]
fn lists() {
    testkit::run(Engine::Sqlite, async |app: TestApp| run(app, given::list).await);
}

#[test]
fn records() {
    testkit::run(Engine::Sqlite, async |app: TestApp| run(app, given::record).await);
}

#[test]
fn fields() {
    testkit::run(Engine::Sqlite, async |app: TestApp| run(app, given::field).await);
}

#[test]
fn formulas() {
    testkit::run(Engine::Sqlite, async |app: TestApp| run(app, given::formula).await);
}
