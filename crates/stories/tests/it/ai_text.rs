//! Cells that a model writes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clock::Clock;
use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::app::TestApp;
use crate::webhooks::until;

/// What a model answers to a prompt, and to one that it has heard before: a status and a body.
type Answering = fn(&str, bool) -> (u16, Value);

/// A model provider on loopback.
pub struct Model {
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Model {
    pub async fn start(answer: Answering) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&asked);
        #[expect(clippy::disallowed_methods, reason = "the story's own provider")]
        let serving = tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut text = Vec::new();
                let request: Value = loop {
                    let mut piece = [0; 4096];
                    let length = socket.read(&mut piece).await.unwrap();
                    assert!(length > 0, "the question broke off");
                    text.extend_from_slice(&piece[..length]);
                    let body = text.windows(4).position(|end| end == b"\r\n\r\n").map(|at| &text[at + 4..]);
                    if let Some(request) = body.and_then(|body| serde_json::from_slice(body).ok()) {
                        break request;
                    }
                };
                let messages = request["messages"].as_array().unwrap();
                let prompt = messages.last().unwrap()["content"].as_str().unwrap().to_owned();
                let again = heard.lock().unwrap().contains(&prompt);
                heard.lock().unwrap().push(prompt.clone());
                let (status, body) = answer(&prompt, again);
                let body = body.to_string();
                let answer = format!(
                    "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _gone = socket.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, asked, serving }
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// An answer of a model.
pub fn said(text: &str, finish: &str) -> Value {
    let choice = json!({ "index": 0, "finish_reason": finish, "message": { "role": "assistant", "content": text } });
    json!({ "id": "c", "object": "chat.completion", "model": "m", "choices": [choice],
        "usage": { "prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7 } })
}

/// A model that says everything again.
fn answer(prompt: &str, again: bool) -> (u16, Value) {
    if prompt.contains("crowded") && !again {
        return (
            429,
            json!({ "error": { "message": "slow down", "type": "requests", "code": "rate_limit_exceeded" } }),
        );
    }
    if prompt.contains("broken") && !again {
        return (500, json!({ "error": { "message": "oh" } }));
    }
    match prompt {
        secret if secret.contains("secret") => (200, said("", "content_filter")),
        endless if endless.contains("endless") => (200, said("half", "length")),
        prompt => (200, said(&format!(" Told: {prompt}\n"), "stop")),
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A house with a model provider, whose clock stands still until it is moved.
struct Writing {
    app: TestApp,
    clock: Clock,
    model: Model,
}

impl ForDatabase for Writing {
    async fn for_database(engine: Engine) -> Self {
        let model = Model::start(answer).await;
        let url = Some(model.url.clone());
        let (app, clock) = TestApp::timed(engine, |settings| settings.llm.openai_base_url = url).await;
        Self { app, clock, model }
    }
}

/// A field that a model writes about other fields.
async fn ai_field(app: &TestApp, base: &str, name: &str, prompt: Value) -> Value {
    let field = json!({ "name": name, "type": "aiText", "options": { "prompt": prompt } });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await
}

fn about(field: &str) -> Value {
    json!({ "field": { "fieldId": field } })
}

async fn create(app: &TestApp, base: &str, fields: Value) -> String {
    let made = app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": fields })).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn cell(app: &TestApp, base: &str, record: &str, field: &str) -> Value {
    app.get(&format!("/v0/{base}/Tasks/{record}")).await["fields"][field].clone()
}

/// Waits until a cell was written for what its prompt is now.
async fn written(app: &TestApp, base: &str, record: &str, field: &str) -> Value {
    until(async || {
        let cell = cell(app, base, record, field).await;
        cell["isStale"] == false && cell["state"] != "empty"
    })
    .await;
    cell(app, base, record, field).await
}

fn generated(text: &str) -> Value {
    json!({ "state": "generated", "isStale": false, "value": text })
}

async fn patch(app: &TestApp, base: &str, record: &str, fields: Value) {
    app.ok(Method::PATCH, &format!("/v0/{base}/Tasks/{record}"), &json!({ "fields": fields })).await;
}

#[on_every_database]
async fn a_model_writes_what_the_prompt_asks_for_and_again_when_that_changes(house: Writing) {
    let Writing { app, model, .. } = house;
    let base = app.plans().await;
    let field = ai_field(&app, &base, "Summary", json!(["Sum up ", about("Name"), " with ", about("Double")])).await;
    let ids: Vec<&Value> = [1, 3].map(|at| &field["options"]["prompt"][at]["field"]["fieldId"]).into();
    assert_eq!(field["options"]["referencedFieldIds"], json!(ids));
    let task = create(&app, &base, json!({ "Name": "Paint", "Points": 2 })).await;
    assert_eq!(written(&app, &base, &task, "Summary").await, generated("Told: Sum up Paint with 4"));
    // What the prompt does not name changes nothing; what a formula makes of a cell does.
    patch(&app, &base, &task, json!({ "Urgent": true })).await;
    patch(&app, &base, &task, json!({ "Points": 3 })).await;
    assert_eq!(written(&app, &base, &task, "Summary").await, generated("Told: Sum up Paint with 6"));
    assert_eq!(model.asked(), ["Sum up Paint with 4", "Sum up Paint with 6"]);
    // A record about which there is nothing to say is not asked about.
    let blank = create(&app, &base, json!({})).await;
    let other = create(&app, &base, json!({ "Name": "Mow" })).await;
    written(&app, &base, &other, "Summary").await;
    assert_eq!(
        cell(&app, &base, &blank, "Summary").await,
        json!({ "state": "empty", "isStale": false, "value": null })
    );
    assert_eq!(model.asked().len(), 3);
}

#[on_every_database]
async fn formulas_filters_and_texts_see_what_was_written(house: Writing) {
    let Writing { app, .. } = house;
    let base = app.plans().await;
    ai_field(&app, &base, "Summary", json!([about("Name")])).await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let formula = json!({ "name": "Loud", "type": "formula", "options": { "formula": "UPPER({Summary}) & '!'" } });
    app.ok(Method::POST, &fields, &formula).await;
    for (name, kind) in [("By", "lastModifiedBy"), ("Modified", "lastModifiedTime")] {
        app.ok(Method::POST, &fields, &json!({ "name": name, "type": kind })).await;
    }
    let task = create(&app, &base, json!({ "Name": "Paint" })).await;
    written(&app, &base, &task, "Summary").await;
    assert_eq!(cell(&app, &base, &task, "Loud").await, "TOLD: PAINT!");
    let list = format!("/v0/{base}/Tasks?cellFormat=string&timeZone=UTC&userLocale=en&fields[]=Summary");
    let found = app.get(&format!("{list}&filterByFormula=FIND('Paint',Summary)")).await;
    assert_eq!(found["records"][0]["fields"], json!({ "Summary": "Told: Paint" }));
    // The fill is the house's change: nobody's last change, nobody's undo.
    let changes = app.get(&format!("/api/v1/bases/{base}/history")).await["changes"].clone();
    let made = changes.as_array().unwrap().iter().find(|change| change["tables"][0]["created"][0]["id"] == *task);
    let at = made.unwrap()["change"].as_i64().unwrap();
    for record in [format!("/v0/{base}/Tasks/{task}"), format!("/v0/{base}/Tasks/{task}?at={at}")] {
        let record = app.get(&record).await;
        assert_eq!(record["fields"]["By"]["email"], json!(app.get("/v0/meta/whoami").await["email"]));
        assert_eq!(record["fields"]["Modified"], record["createdTime"]);
    }
    let undone = app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &Value::Null).await;
    assert_eq!((&undone["records"], app.get(&list).await["records"].as_array().unwrap().len()), (&json!(1), 0));
}

#[on_every_database]
async fn links_in_a_prompt_are_names_and_a_new_link_has_the_cell_written_again(house: Writing) {
    let Writing { app, .. } = house;
    let base = app.plans().await;
    ai_field(&app, &base, "Note", json!([about("Name"), " in ", about("Project")])).await;
    let project =
        app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": "House" } })).await;
    let task = create(&app, &base, json!({ "Name": "Paint", "Project": [project["id"]] })).await;
    assert_eq!(written(&app, &base, &task, "Note").await, generated("Told: Paint in House"));
    // From the other side.
    let body = json!({ "fields": { "Tasks": [] } });
    app.ok(Method::PATCH, &format!("/v0/{base}/Projects/{}", project["id"].as_str().unwrap()), &body).await;
    assert_eq!(written(&app, &base, &task, "Note").await, generated("Told: Paint in"));
}

#[on_every_database]
async fn what_goes_wrong_is_said_in_the_cell_or_tried_again(house: Writing) {
    let Writing { app, clock, model } = house;
    let base = app.plans().await;
    ai_field(&app, &base, "Note", json!([about("Name")])).await;
    let secret = create(&app, &base, json!({ "Name": "secret" })).await;
    assert_eq!(
        written(&app, &base, &secret, "Note").await,
        json!({ "state": "error", "errorType": "withheld", "isStale": false, "value": null })
    );
    let endless = create(&app, &base, json!({ "Name": "endless" })).await;
    assert_eq!(written(&app, &base, &endless, "Note").await["errorType"], "outOfTokens");
    for name in ["crowded", "broken"] {
        let task = create(&app, &base, json!({ "Name": name })).await;
        until(async || model.asked().iter().any(|asked| asked == name)).await;
        until(async || {
            clock.advance(Duration::from_mins(1));
            cell(&app, &base, &task, "Note").await["isStale"] == false
        })
        .await;
        assert_eq!(cell(&app, &base, &task, "Note").await, generated(&format!("Told: {name}")));
    }
    let long = create(&app, &base, json!({ "Name": "a".repeat(100_000) })).await;
    ai_field(&app, &base, "Both", json!(["b", about("Name")])).await;
    patch(&app, &base, &long, json!({ "Name": "c".repeat(100_000) })).await;
    assert_eq!(written(&app, &base, &long, "Both").await["errorType"], "promptTooLong");
}

#[on_every_database]
async fn records_that_are_older_than_the_field_are_written_when_asked_for(house: Writing) {
    let Writing { app, model, .. } = house;
    let base = app.plans().await;
    let mut tasks = Vec::new();
    for name in ["a", "b", "c"] {
        tasks.push(create(&app, &base, json!({ "Name": name })).await);
    }
    ai_field(&app, &base, "Note", json!("Say something about {Name}.")).await;
    assert_eq!(cell(&app, &base, &tasks[0], "Note").await, json!({ "state": "empty", "isStale": true, "value": null }));
    let generate = format!("/api/v1/bases/{base}/tables/Tasks/fields/Note/generate");
    let (status, told) = app.call(Method::POST, &generate, &json!({ "records": [tasks[1]] })).await;
    assert_eq!((status, told), (202, json!({ "queued": 1 })));
    written(&app, &base, &tasks[1], "Note").await;
    let (status, told) = app.call(Method::POST, &generate, &Value::Null).await;
    assert_eq!((status, told), (202, json!({ "queued": 2 })));
    for task in &tasks {
        assert_eq!(written(&app, &base, task, "Note").await, generated("Told: Say something about {Name}."));
    }
    assert_eq!(model.asked().len(), 3);
    // A copy has what was written; nobody is asked again.
    let path = format!("/api/v1/bases/{base}/tables/Tasks/records/{}/duplicate", tasks[0]);
    let (_, copy) = app.call(Method::POST, &path, &Value::Null).await;
    assert_eq!(copy["fields"]["Note"], generated("Told: Say something about {Name}."));
    let table = format!("/api/v1/bases/{base}/tables/Tasks/duplicate");
    let (status, copied) = app.call(Method::POST, &table, &json!({ "records": true })).await;
    assert_eq!(status, 201, "{copied}");
    let copy = app.get(&format!("/v0/{base}/{}", copied["id"].as_str().unwrap())).await;
    let notes: Vec<&Value> =
        copy["records"].as_array().unwrap().iter().map(|record| &record["fields"]["Note"]).collect();
    assert_eq!(notes, vec![&generated("Told: Say something about {Name}."); 4]);
    assert_eq!(app.call(Method::POST, &generate, &Value::Null).await.1, json!({ "queued": 0 }));
    assert_eq!(model.asked().len(), 3);
}

#[on_every_database]
async fn what_cannot_be_is_refused_with_what_would_be_right(app: TestApp) {
    let base = app.plans().await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    for (prompt, said) in [
        (Value::Null, "options.prompt is missing: it must be a text, or a list of texts"),
        (json!("  "), "and not blank"),
        (json!([{ "field": "Name" }]), "options.prompt must be a text, or a list"),
        (json!(["a".repeat(20_001)]), "at most 100 parts with 20000 characters"),
        (json!([about("Nope")]), "options.prompt: the table `Tasks` has no field `Nope`"),
    ] {
        let field = json!({ "name": "Note", "type": "aiText", "options": { "prompt": prompt } });
        let (status, told) = app.call(Method::POST, &fields, &field).await;
        assert_eq!(status, 422, "{told}");
        assert!(told["error"]["message"].as_str().unwrap().contains(said), "{told}");
    }
    let note = ai_field(&app, &base, "Note", json!([about("Name")])).await;
    ai_field(&app, &base, "More", json!([about("Note")])).await;
    // Each would have the other written for ever.
    let circle = json!({ "options": { "prompt": [about("More")] } });
    let (status, told) = app.call(Method::PATCH, &format!("{fields}/{}", note["id"].as_str().unwrap()), &circle).await;
    assert_eq!(status, 422, "{told}");
    assert!(told["error"]["message"].as_str().unwrap().contains("`Note`"), "{told}");
    // Nobody writes by hand, and without a provider nobody does.
    let (status, told) =
        app.call(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Note": "mine" } })).await;
    assert_eq!((status, &told["error"]["type"]), (422, &json!("INVALID_VALUE_FOR_COLUMN")), "{told}");
    let task = create(&app, &base, json!({ "Name": "Paint" })).await;
    let empty = json!({ "state": "empty", "isStale": true, "value": null });
    assert_eq!(cell(&app, &base, &task, "Note").await, empty);
    let generate = |field: &str| format!("/api/v1/bases/{base}/tables/Tasks/fields/{field}/generate");
    for (field, body, expected, said) in [
        ("Note", Value::Null, 409, "no model provider is set: give `GEMINI_API_KEY`"),
        ("Name", Value::Null, 422, "`Name` is of type `singleLineText`: a model writes fields of type `aiText` only"),
        ("Nope", Value::Null, 422, "Unknown field name"),
        ("Note", json!({ "records": ["recNope"] }), 422, "Record ID recNope does not exist"),
        ("Note", json!({ "records": vec!["rec00000000000000"; 1001] }), 422, "at most 1000 records, not 1001"),
        ("Note", json!({ "record": [] }), 422, "there is no `record` here"),
    ] {
        let (status, told) = app.call(Method::POST, &generate(field), &body).await;
        assert_eq!(status, expected, "{told}");
        assert!(told["detail"].as_str().unwrap().contains(said), "{told}");
    }
    let (_, reader) = app.person("ray", "readOnly").await;
    assert_eq!(app.call_as(&reader, Method::POST, &generate("Note"), &Value::Null).await.0, 403);
}
