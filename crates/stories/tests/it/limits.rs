//! Limits of requests: Airtable's, met by unmodified clients, and the fair share.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use clock::Clock;
use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;
use crate::clients::setting;

/// A house with Airtable's limits, whose clock stands still until it is moved.
struct Strict {
    app: TestApp,
    clock: Clock,
}

impl ForDatabase for Strict {
    async fn for_database(engine: Engine) -> Self {
        let (app, clock) = TestApp::timed(engine, |settings| settings.limits.airtable = true).await;
        Self { app, clock }
    }
}

impl Strict {
    /// Runs a client; whenever it wants to try again, 30 seconds pass.
    async fn meets(&self, mut command: Command) {
        let workspace = self.app.workspace().await;
        command.args([self.app.url(), self.app.token.clone(), workspace]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let clock = self.clock.clone();
        let run = move || {
            let mut client = command.spawn().unwrap();
            let mut go_on = client.stdin.take().unwrap();
            let mut said = Vec::new();
            for line in BufReader::new(client.stdout.take().unwrap()).lines().map_while(Result::ok) {
                if line == "RETRY" {
                    clock.advance(Duration::from_secs(30));
                    go_on.write_all(b"go on\n").unwrap();
                }
                said.push(line);
            }
            let mut problem = String::new();
            client.stderr.take().unwrap().read_to_string(&mut problem).unwrap();
            assert!(client.wait().unwrap().success(), "{problem}");
            assert!(said.contains(&"RETRY".to_owned()) && said.last().is_some_and(|line| line == "OK"), "{said:?}");
        };
        tokio::task::spawn_blocking(run).await.unwrap();
    }
}

#[on_every_database]
async fn pyairtables_own_back_off_is_met(strict: Strict) {
    let mut command = Command::new(setting("AIRLOOM_PYTHON"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/pyairtable_limits.py"));
    strict.meets(command).await;
}

#[on_every_database]
async fn airtable_js_waits_and_goes_on(strict: Strict) {
    let mut command = Command::new("node");
    command.env("NODE_PATH", setting("AIRLOOM_NODE_MODULES"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/airtable_limits.js"));
    strict.meets(command).await;
}

#[on_every_database]
async fn five_come_through_and_a_refused_write_writes_nothing(strict: Strict) {
    let Strict { app, clock } = strict;
    // Making the base names none; adding the link to it is the first request of its window.
    let base = app.plans().await;
    let path = format!("/v0/{base}/Tasks");
    let row = json!({ "fields": { "Name": "paint" } });
    for _ in 0..4 {
        app.ok(Method::POST, &path, &row).await;
    }
    let (status, answer) = app.call(Method::POST, &path, &row).await;
    let exact = json!({ "errors": [{
        "error": "RATE_LIMIT_REACHED", "message": "Rate limit exceeded. Please try again later",
    }] });
    assert_eq!((status, answer), (429, exact));
    for (method, path) in [
        (Method::GET, format!("{path}?pageSize=1")),
        (Method::GET, format!("/v0/meta/bases/{base}/tables")),
        (Method::GET, format!("/v0/bases/{base}/webhooks")),
        (Method::DELETE, format!("{path}?records[]=rec00000000000000")),
    ] {
        assert_eq!(app.call(method, &path, &Value::Null).await.0, 429, "{path} is of the same base");
    }
    // Neither is of the base.
    app.get("/v0/meta/bases").await;
    app.get(&format!("/api/v1/bases/{base}/history")).await;
    let (status, _) = app.send(Method::GET, "/livez", None, String::new()).await;
    assert_eq!(status, 200);
    clock.advance(Duration::from_millis(29_999));
    assert_eq!(app.call(Method::GET, &path, &Value::Null).await.0, 429);
    clock.advance(Duration::from_millis(1));
    assert_eq!(app.get(&path).await["records"].as_array().unwrap().len(), 4);
}

#[on_every_database]
async fn tables_of_a_base_follow_twenty_files_in_five_minutes(strict: Strict) {
    let Strict { app, clock } = strict;
    let base = app.plans().await;
    let wanted = json!({ "name": "Tasks", "keyField": "Name" });
    let (_, sync) = app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/syncs"), &wanted).await;
    let path = format!("/v0/{base}/Tasks/sync/{}", sync["id"].as_str().unwrap());
    let mut statuses = Vec::new();
    for _ in 0..21 {
        clock.advance(Duration::from_secs(1));
        statuses.push(app.upload(&path, b"Name\npaint\n".to_vec()).await.0);
    }
    assert_eq!(statuses, [vec![200; 20], vec![429]].concat());
    // Everything else of the base comes through.
    assert_eq!(app.get(&format!("/v0/{base}/Tasks")).await["records"].as_array().unwrap().len(), 1);
    clock.advance(Duration::from_mins(5));
    assert_eq!(app.upload(&path, b"Name\npaint\n".to_vec()).await.0, 200);
}

#[on_every_database]
async fn who_has_no_token_and_who_has_another_uses_up_nothing(strict: Strict) {
    let app = strict.app;
    let base = app.plans().await;
    let path = format!("/v0/{base}/Tasks");
    let stranger = app.stranger().await;
    for _ in 0..9 {
        let (status, _) = app.send(Method::GET, &path, None, String::new()).await;
        assert_eq!(status, 401);
    }
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(app.send(Method::GET, &path, Some(&stranger), String::new()).await.0);
    }
    assert_eq!(statuses, [403, 403, 403, 403, 403, 429], "a window of the stranger's own");
    app.get(&path).await;
}

/// A house with a share of three requests a minute.
struct Frugal(TestApp);

impl ForDatabase for Frugal {
    async fn for_database(engine: Engine) -> Self {
        Self(TestApp::timed(engine, |settings| settings.limits.requests_per_minute = 3).await.0)
    }
}

#[on_every_database]
async fn a_fair_share_is_used_up_in_the_shape_of_the_door(frugal: Frugal) {
    let app = frugal.0;
    // Tools name their base in the body: they have the share of requests without a base.
    let call = json!({ "tool_name": "list_bases", "arguments": {} });
    for path in ["/execute-tool", "/api/v1/execute-tool", "/execute-tool"] {
        app.ok(Method::POST, path, &call).await;
    }
    let (status, problem) = app.call(Method::POST, "/execute-tool", &call).await;
    assert_eq!((status, &problem["code"], &problem["retryable"]), (429, &json!("quota-exceeded"), &json!(true)));
    assert_eq!(problem["detail"], "more than 3 requests a minute by this token to one base; the next may come in 20 s");
    let (status, answer) = app.call(Method::GET, "/v0/meta/bases", &Value::Null).await;
    assert_eq!((status, &answer["errors"][0]["error"]), (429, &json!("RATE_LIMIT_REACHED")));
    let (status, _) = app.call(Method::GET, "/v0/app00000000000000/T", &Value::Null).await;
    assert_eq!(status, 403, "another share");
    for path in ["/livez", "/openapi.json", "/docs"] {
        assert_eq!(app.text(Method::GET, path).await.0, 200);
    }
}
