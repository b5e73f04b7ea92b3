//! Webhooks: payloads of what was written, pings with a signature, and what is refused.

mod seen;

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::app::{Near, TestApp};
use crate::clients::{run, setting};

const DATA: &str = r#"{"options":{"filters":{"dataTypes":["tableData"]}}}"#;

async fn hook(app: &TestApp, base: &str, url: Option<&str>, specification: &str) -> Value {
    let specification: Value = serde_json::from_str(specification).unwrap();
    let body = json!({ "notificationUrl": url, "specification": specification });
    app.ok(Method::POST, &format!("/v0/bases/{base}/webhooks"), &body).await
}

async fn payloads(app: &TestApp, base: &str, hook: &Value) -> Vec<Value> {
    let page = app.get(&format!("/v0/bases/{base}/webhooks/{}/payloads", hook["id"].as_str().unwrap())).await;
    assert_eq!(page["mightHaveMore"], false);
    page["payloads"].as_array().unwrap().clone()
}

/// What the only webhook of a base is listed as.
async fn listed(app: &TestApp, base: &str) -> Value {
    app.get(&format!("/v0/bases/{base}/webhooks")).await["webhooks"][0].clone()
}

/// Takes pings on loopback, and answers them with one status.
struct Receiver {
    url: String,
    pings: Arc<Mutex<Vec<String>>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Receiver {
    async fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let pings: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&pings);
        #[expect(clippy::disallowed_methods, reason = "the story's own receiver")]
        let serving = tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut text = String::new();
                while !text.ends_with('}') {
                    let mut piece = [0; 4096];
                    let length = socket.read(&mut piece).await.unwrap();
                    assert!(length > 0, "the ping broke off: {text}");
                    text.push_str(&String::from_utf8_lossy(&piece[..length]));
                }
                seen.lock().unwrap().push(text);
                let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _gone = socket.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, pings, serving }
    }

    /// Waits until so many have come.
    async fn wait_for(&self, count: usize) -> Vec<String> {
        until(async || self.pings.lock().unwrap().len() >= count).await;
        self.pings.lock().unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Waits until it is so, a few seconds at most.
pub async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "waited in vain");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[on_every_database]
async fn what_is_written_can_be_read_from_a_webhook(app: TestApp) {
    let base = app.plans().await;
    let tasks = app.get(&format!("/v0/meta/bases/{base}/tables")).await["tables"][0].clone();
    let (table, name) = (tasks["id"].as_str().unwrap(), tasks["fields"][0]["id"].as_str().unwrap());
    let made = hook(&app, &base, None, DATA).await;
    assert!(made["id"].as_str().unwrap().starts_with("ach"), "{made}");
    let path = format!("/v0/{base}/Tasks");
    let record = app.ok(Method::POST, &path, &json!({ "fields": { "Name": "Hey there!" } })).await;
    let id = record["id"].as_str().unwrap();
    for round in 0..20 {
        app.ok(Method::PATCH, &format!("{path}/{id}"), &json!({ "fields": { "Name": format!("{round}") } })).await;
    }
    app.ok(Method::DELETE, &format!("{path}/{id}"), &Value::Null).await;
    let told = payloads(&app, &base, &made).await;
    assert_eq!(told.len(), 22, "one write, one payload");
    let first = told[0]["baseTransactionNumber"].as_i64().unwrap();
    for (at, payload) in told.iter().enumerate() {
        assert_eq!(payload["baseTransactionNumber"], first + at as i64);
        assert_eq!(payload["actionMetadata"]["source"], "publicApi");
    }
    let part = |at: usize| told[at]["changedTablesById"][table].clone();
    assert_eq!(part(0)["createdRecordsById"][id]["cellValuesByFieldId"][name], "Hey there!");
    for round in 0..20 {
        let current = &part(round + 1)["changedRecordsById"][id]["current"];
        assert_eq!(current["cellValuesByFieldId"], json!({ name: format!("{round}") }));
    }
    assert_eq!(part(21), json!({ "destroyedRecordIds": [id] }));

    let hook = format!("/v0/bases/{base}/webhooks/{}", made["id"].as_str().unwrap());
    let page = app.get(&format!("{hook}/payloads?cursor=20&limit=2")).await;
    assert_eq!((&page["cursor"], &page["mightHaveMore"]), (&json!(22), &json!(true)));
    let shown = listed(&app, &base).await;
    assert_eq!((&shown["cursorForNextPayload"], &shown["isHookEnabled"]), (&json!(23), &json!(true)), "{shown}");
    assert_eq!(shown["specification"], serde_json::from_str::<Value>(DATA).unwrap());
    let refreshed = app.ok(Method::POST, &format!("{hook}/refresh"), &Value::Null).await;
    assert!(refreshed["expirationTime"].as_str() >= made["expirationTime"].as_str(), "{refreshed}");
    assert_eq!(app.text(Method::DELETE, &hook).await, (200, String::new()));
    assert_eq!(app.get(&format!("/v0/bases/{base}/webhooks")).await, json!({ "webhooks": [] }));
    assert_eq!(app.call(Method::GET, &format!("{hook}/payloads"), &Value::Null).await.0, 404);
}

#[on_every_database]
async fn every_way_of_writing_makes_payloads(app: TestApp) {
    let base = app.plans().await;
    let made = hook(&app, &base, None, DATA).await;
    let path = format!("/v0/{base}/Tasks");
    let rows = json!({ "records": [{ "fields": { "Name": "a", "Status": "New" } }], "typecast": true });
    app.ok(Method::POST, &path, &rows).await;
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &Value::Null).await;
    let begun = app.upload(&format!("/api/v1/imports?base={base}&table=Tasks"), b"Name\nx\ny\n".to_vec()).await;
    let import = format!("/api/v1/imports/{}/events", begun.1["id"].as_str().unwrap());
    assert!(app.text(Method::GET, &import).await.1.contains("event: done"));
    let told = payloads(&app, &base, &made).await;
    let sources: Vec<_> = told.iter().map(|payload| payload["actionMetadata"]["source"].clone()).collect();
    assert_eq!(sources, ["publicApi", "publicApi", "client"]);
    let table = |at: usize| told[at]["changedTablesById"].as_object().unwrap().values().next().unwrap().clone();
    assert_eq!(table(1)["destroyedRecordIds"].as_array().unwrap().len(), 1, "an undo is a change");
    assert_eq!(table(2)["createdRecordsById"].as_object().unwrap().len(), 2);
}

#[on_every_database]
async fn a_write_pings_the_receiver_at_once_with_a_signature(near: Near) {
    let app = near.0;
    let base = app.plans().await;
    let receiver = Receiver::start(200).await;
    let made = hook(&app, &base, Some(&receiver.url), DATA).await;
    let path = format!("/v0/{base}/Tasks");
    let begun = Instant::now();
    app.ok(Method::POST, &path, &json!({ "fields": { "Name": "a" } })).await;
    let ping = receiver.wait_for(1).await.remove(0);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    let (head, body) = ping.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["base"], &body["webhook"]), (&json!({ "id": base }), &json!({ "id": made["id"] })));
    assert!(head.to_lowercase().contains("x-airtable-content-mac: hmac-sha256="), "{head}");
    until(async || listed(&app, &base).await["lastNotificationResult"]["success"] == true).await;
    let shown = listed(&app, &base).await;
    assert!(shown["lastSuccessfulNotificationTime"].is_string(), "{shown}");

    let enable = format!("/v0/bases/{base}/webhooks/{}/enableNotifications", made["id"].as_str().unwrap());
    let off = app.send(Method::POST, &enable, Some(&app.token), r#"{"enable":false}"#.to_owned()).await;
    assert_eq!(off, (200, Value::Null), "an empty answer");
    assert_eq!(listed(&app, &base).await["areNotificationsEnabled"], false);
    app.ok(Method::POST, &path, &json!({ "fields": { "Name": "b" } })).await;
    assert_eq!(payloads(&app, &base, &made).await.len(), 2, "payloads are made all the same");
    assert_eq!(receiver.pings.lock().unwrap().len(), 1);
    app.send(Method::POST, &enable, Some(&app.token), r#"{"enable":true}"#.to_owned()).await;
    receiver.wait_for(2).await;
}

#[on_every_database]
async fn a_receiver_that_fails_is_listed_with_what_it_said(near: Near) {
    let app = near.0;
    let base = app.plans().await;
    let receiver = Receiver::start(503).await;
    hook(&app, &base, Some(&receiver.url), DATA).await;
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Name": "a" } })).await;
    receiver.wait_for(1).await;
    until(async || listed(&app, &base).await["lastNotificationResult"].is_object()).await;
    let result = listed(&app, &base).await["lastNotificationResult"].clone();
    let message = "The HTTP request returned a 503 status code instead of 200 or 204";
    assert_eq!(result["error"], json!({ "message": message }), "{result}");
    assert_eq!((&result["success"], &result["willBeRetried"]), (&json!(false), &json!(true)));
    // It is tried again some seconds later.
    receiver.wait_for(2).await;
    until(async || listed(&app, &base).await["lastNotificationResult"]["retryNumber"] == 1).await;
    assert_eq!(listed(&app, &base).await["areNotificationsEnabled"], true);
}

#[on_every_database]
async fn what_cannot_be_is_refused_with_what_would_be_right(app: TestApp) {
    let base = app.plans().await;
    let hooks = format!("/v0/bases/{base}/webhooks");
    let with = |filters: Value| json!({ "specification": { "options": { "filters": filters } } });
    let to =
        |url: &str| json!({ "notificationUrl": url, "specification": serde_json::from_str::<Value>(DATA).unwrap() });
    let cases = [
        (json!({}), "`specification` is missing"),
        (json!({ "specification": 1 }), "/specification"),
        (json!({ "specification": {} }), "`options` is missing"),
        (with(json!({})), "`dataTypes` is missing"),
        (with(json!({ "dataTypes": [] })), "name at least one of `tableData`"),
        (with(json!({ "dataTypes": ["rows"] })), "not `rows`"),
        (with(json!({ "dataTypes": [1] })), "/specification/options/filters/dataTypes/0: must be a text, not 1"),
        (with(json!({ "dataTypes": ["tableData"], "changeTypes": ["delete"] })), "not `delete`"),
        (with(json!({ "dataTypes": ["tableData"], "fromSource": [] })), "there is no `fromSource` here"),
        (with(json!({ "dataTypes": ["tableData"], "recordChangeScope": "Tasks" })), "`Tasks` is no table"),
        (with(json!({ "dataTypes": ["tableData"], "watchDataInFieldIds": ["Name"] })), "`Name` is not an id"),
        (to("nonsense"), "/notificationUrl: the text is not a URL"),
        (to("ftp://example.org/"), "scheme `ftp` is not called"),
        (to("http://127.0.0.1:9/hook"), "`127.0.0.1` is a loopback address"),
        (to("http://localhost/hook"), "is a loopback address"),
        (to("http://10.0.0.1/hook"), "`10.0.0.1` is a private address"),
        (to("http://169.254.169.254/"), "is a cloud metadata address"),
        (to("https://user:password@example.org/"), "user name or password"),
        (to(&format!("https://example.org/{}", "x".repeat(4_096))), "longer than 4096 characters"),
    ];
    for (body, says) in cases {
        let (status, answer) = app.call(Method::POST, &hooks, &body).await;
        let told = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(status == 422 && told.contains(says), "{body}: {status} {answer} should say {says}");
    }
    assert_eq!(app.send(Method::POST, &hooks, Some(&app.token), "{".to_owned()).await.0, 400);
    assert_eq!(app.get(&hooks).await, json!({ "webhooks": [] }), "nothing was made");

    for _ in 0..10 {
        hook(&app, &base, None, DATA).await;
    }
    let (status, answer) = app.call(Method::POST, &hooks, &to("https://example.org/hook")).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains("10 webhooks already"), "{answer}");
    let one = format!("{hooks}/{}", listed(&app, &base).await["id"].as_str().unwrap());
    for (method, path, body, expected) in [
        (Method::GET, format!("{one}/payloads?cursor=x"), "", 422),
        (Method::GET, format!("{one}/payloads?cursor=0"), "", 422),
        (Method::GET, format!("{one}/payloads?cursor=2"), "", 422),
        (Method::GET, format!("{one}/payloads?limit=51"), "", 422),
        (Method::POST, format!("{one}/enableNotifications"), "{}", 422),
        (Method::POST, format!("{one}/enableNotifications"), r#"{"enable":"yes"}"#, 422),
        (Method::DELETE, format!("{hooks}/nonsense"), "", 404),
        (Method::POST, format!("{hooks}/ach00000000000000/refresh"), "", 404),
        (Method::GET, "/v0/bases/app00000000000000/webhooks".to_owned(), "", 403),
        (Method::GET, "/v0/bases/nonsense/webhooks".to_owned(), "", 403),
    ] {
        let (status, answer) = app.send(method.clone(), &path, Some(&app.token), body.to_owned()).await;
        assert_eq!(status, expected, "{method} {path}: {answer}");
    }
}

#[on_every_database]
async fn only_creators_with_the_scope_manage_webhooks(app: TestApp) {
    let base = app.plans().await;
    let hooks = format!("/v0/bases/{base}/webhooks");
    let member = json!({ "email": "bob@example.org", "role": "editor" });
    let editor = app.call(Method::POST, "/api/v1/users", &member).await.1["token"].as_str().unwrap().to_owned();
    let scopes = json!({ "name": "narrow", "scopes": ["data.records:read", "schema.bases:read"] });
    let narrow = app.call(Method::POST, "/api/v1/tokens", &scopes).await.1["token"].as_str().unwrap().to_owned();
    for token in [&editor, &narrow] {
        let (status, answer) = app.send(Method::GET, &hooks, Some(token), String::new()).await;
        assert_eq!(status, 403, "{answer}");
    }
    let scopes = json!({ "name": "hooks", "scopes": ["webhook:manage"] });
    let manages = app.call(Method::POST, "/api/v1/tokens", &scopes).await.1["token"].as_str().unwrap().to_owned();
    assert_eq!(app.send(Method::GET, &hooks, Some(&manages), String::new()).await.0, 200);
}

#[test]
fn one_process_writes_and_another_pings_on_postgres() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let all = Near::for_database(Engine::Postgres).await.0;
        let base = all.plans().await;
        let receiver = Receiver::start(204).await;
        let made = hook(&all, &base, Some(&receiver.url), DATA).await;
        let records = all.neighbour_for("records").await;
        let hooks = all.neighbour_for("webhooks").await;
        for name in ["one", "two", "three"] {
            records.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Name": name } })).await;
        }
        receiver.wait_for(1).await;
        let told = payloads(&hooks, &base, &made).await;
        assert_eq!(told.len(), 3);
        assert_eq!(payloads(&all, &base, &made).await, told);
    });
}

#[on_every_database]
async fn pyairtable_keeps_webhooks_unmodified(near: Near) {
    let mut command = Command::new(setting("AIRLOOM_PYTHON"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/pyairtable_webhooks.py"));
    run(&near.0, command).await;
}

/// Links that are filled in the trash are nobody's before the field shows them.
#[on_every_database]
async fn links_that_texts_become_are_told_as_a_field_only(app: TestApp) {
    let base = app.plans().await;
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await["tables"].clone();
    let notes = json!({ "name": "Notes", "type": "singleLineText" });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &notes).await;
    app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": "House" } })).await;
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Notes": "House" } })).await;
    let hook = hook(&app, &base, None, DATA).await;
    let new = json!({ "type": "multipleRecordLinks", "options": { "linkedTableId": tables[1]["id"] } });
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/fields/Notes/convert"), &new).await;
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Name": "last" } })).await;
    let told = payloads(&app, &base, &hook).await;
    assert_eq!(told.len(), 1, "a conversion is no change of records: {told:?}");
    assert!(told[0].to_string().contains("last"), "{told:?}");
}

#[on_every_database]
async fn who_watches_some_fields_hears_of_the_tables_that_have_them(app: TestApp) {
    let base = app.plans().await;
    let tables = format!("/v0/meta/bases/{base}/tables");
    let told = app.get(&tables).await["tables"].clone();
    let name = told[0]["fields"][0]["id"].as_str().unwrap();
    let some = |kinds: &str| {
        format!(r#"{{"options":{{"filters":{{"dataTypes":{kinds},"watchSchemasOfFieldIds":["{name}"]}}}}}}"#)
    };
    let fields = hook(&app, &base, None, &some(r#"["tableFields"]"#)).await;
    let both = hook(&app, &base, None, &some(r#"["tableFields","tableMetadata"]"#)).await;
    let other = json!({ "name": "Other", "fields": [{ "name": "Name", "type": "singleLineText" }] });
    let other = app.ok(Method::POST, &tables, &other).await;
    let other = other["id"].as_str().unwrap();
    app.ok(Method::DELETE, &format!("{tables}/{other}"), &Value::Null).await;
    assert_eq!(payloads(&app, &base, &fields).await, Vec::<Value>::new());
    let heard = payloads(&app, &base, &both).await;
    let created = &heard[0]["createdTablesById"][other];
    assert_eq!((&created["metadata"]["name"], &created["fieldsById"]), (&json!("Other"), &json!({})), "{heard:?}");
    assert_eq!(heard[1]["destroyedTableIds"], json!([other]), "{heard:?}");

    let gone = &told[0]["id"];
    app.ok(Method::DELETE, &format!("{tables}/{}", gone.as_str().unwrap()), &Value::Null).await;
    let heard = payloads(&app, &base, &fields).await;
    assert_eq!(heard.last().unwrap()["destroyedTableIds"], json!([gone]), "{heard:?}");
}
