//! The API document: it is the snapshot that was reviewed, it is valid, it has every door, answers are as it says, and
//! nobody gets through a door of it who may not.

mod access;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;
use access::{ACCESS, Reach, Visit};

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");

async fn document(app: &TestApp) -> Value {
    let (status, document) = app.send(Method::GET, "/openapi.json", None, String::new()).await;
    assert_eq!(status, 200);
    document
}

/// Path, method and operation of every door of the document.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    });
    all.collect()
}

#[on_every_database]
async fn the_document_is_the_one_that_was_reviewed(app: TestApp) {
    let served = format!("{:#}\n", document(&app).await);
    let renew = std::env::var_os("AIRLOOM_RENEW").is_some();
    if renew {
        std::fs::write(SNAPSHOT, &served).unwrap();
    }
    let reviewed = std::fs::read_to_string(SNAPSHOT).unwrap();
    let differs = served.lines().zip(reviewed.lines()).find(|(served, reviewed)| served != reviewed);
    assert!(served == reviewed, "docs/api/openapi.json is old ({differs:?}): run this story with AIRLOOM_RENEW=1");
}

/// The methods of every path, as the router itself prints them.
fn routed(routes: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut methods: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut paths = Vec::new();
    let routes = routes.split("fallback_router").next().unwrap();
    for part in routes.split("RouteId(").skip(1) {
        let (id, rest) = part.split_once("): ").unwrap();
        if let Some(path) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
            paths.push((id, path.to_owned()));
        } else if let Some(allowed) = rest.split("allow_header: Bytes(b\"").nth(1) {
            let allowed = allowed.split('"').next().unwrap().split(',');
            methods.entry(id).or_default().extend(allowed.filter(|method| *method != "HEAD").map(str::to_lowercase));
        }
    }
    let with_methods = |(id, path)| (path, methods.get(id).cloned().unwrap_or_default());
    paths.into_iter().map(with_methods).collect()
}

/// The path under which a door is described: some stand at two addresses.
fn described_at(path: &str) -> &str {
    let chat =
        ["/api/v1/chat", "/api/v1/tools", "/api/v1/execute-tool", "/api/v1/function-calling", "/api/v1/sessions"];
    match path {
        path if chat.iter().any(|prefix| path.starts_with(prefix)) => path.strip_prefix("/api/v1").unwrap(),
        path => path,
    }
}

#[on_every_database]
async fn every_door_is_in_the_document(app: TestApp) {
    let document = document(&app).await;
    let routed = routed(&app.routes);
    assert!(routed.len() > 30, "the router prints itself differently now: {routed:?}");
    for (path, methods) in &routed {
        let item = &document["paths"][described_at(path)];
        assert!(item.is_object(), "`{path}` is not in the document");
        for method in methods {
            assert!(item[method].is_object(), "`{method} {path}` is not in the document");
        }
    }
    for (path, method, _) in operations(&document) {
        let methods = routed.get(path).unwrap_or_else(|| panic!("`{path}` is described, but there is no such door"));
        assert!(methods.is_empty() || methods.contains(method), "`{method} {path}` is described, but not open");
    }
}

#[on_every_database]
async fn every_operation_has_one_name_and_words(app: TestApp) {
    let document = document(&app).await;
    let tags: Vec<_> = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut seen = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let door = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap_or_default();
        assert!(id.split_once('.').is_some_and(|(of, verb)| !of.is_empty() && !verb.is_empty()), "{door}: `{id}`");
        assert!(seen.insert(id), "{door}: `{id}` is the name of two operations");
        assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{door} has no words");
        assert!(operation["tags"].as_array().is_some_and(|held| tags.contains(&held[0].as_str().unwrap())), "{door}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{door}: `{}` has no words", parameter["name"]);
        }
        for name in path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
            let held = operation["parameters"].as_array().unwrap().iter();
            assert!(held.clone().any(|one| one["name"] == name && one["in"] == "path"), "{door} lacks `{name}`");
        }
    }
}

#[on_every_database]
async fn every_operation_is_in_the_access_list(app: TestApp) {
    let document = document(&app).await;
    let described: BTreeSet<_> = operations(&document)
        .iter()
        .map(|(.., operation)| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    let listed: BTreeSet<_> = ACCESS.iter().map(|access| access.operation.to_owned()).collect();
    assert_eq!(described, listed);
}

#[on_every_database]
async fn nobody_passes_without_a_token(app: TestApp) {
    let visit = Visit::new(&app).await;
    let document = document(&app).await;
    let unknown = format!("pat00000000000000.{}", "0".repeat(64));
    for access in &ACCESS {
        let (method, path, body) = visit.request(&document, access);
        for token in [None, Some("nonsense"), Some(unknown.as_str())] {
            let (status, answer) = app.send(method.clone(), &path, token, body.clone()).await;
            let refused = status == 401;
            assert_eq!(refused, access.reach != Reach::Open, "{}: {status} {answer}", access.operation);
        }
    }
}

#[on_every_database]
async fn a_stranger_reaches_nothing_of_ours(app: TestApp) {
    let visit = Visit::new(&app).await;
    let document = document(&app).await;
    let stranger = app.stranger().await;
    for access in ACCESS.iter().filter(|access| access.reach != Reach::Open) {
        let (method, path, body) = visit.request(&document, access);
        let (status, answer) = app.send(method.clone(), &path, Some(&stranger), body.clone()).await;
        let told = answer.to_string();
        for secret in visit.secrets() {
            // What the stranger wrote into the request is not ours.
            assert!(
                body.contains(secret) || path.contains(secret) || !told.contains(secret),
                "{}: {told}",
                access.operation
            );
        }
        if access.reach == Reach::Named {
            // Of a workspace Airtable says that it is not there.
            let is_model = path.starts_with("/v0/") && access.operation != "bases.create";
            let expected = if is_model { 403 } else { 404 };
            assert_eq!(status, expected, "{}: {told}", access.operation);
            let (path, body) = visit.elsewhere(&path, &body);
            let (other, nothing) = app.send(method, &path, Some(&stranger), body).await;
            assert_eq!((status, without_names(&answer)), (other, without_names(&nothing)), "{}", access.operation);
        }
    }
    let tasks = app.get(&format!("/v0/{}/Tasks", visit.base())).await;
    assert_eq!(tasks["records"].as_array().unwrap().len(), visit.records(), "a stranger changed something");
}

/// The arguments of every tool that names a base, but for the base.
fn arguments(tool: &str) -> Value {
    let record = "rec00000000000000";
    match tool {
        "list_tables" | "undo" => json!({}),
        "describe_table" | "list_records" => json!({ "table": "Tasks" }),
        "get_record" => json!({ "table": "Tasks", "record": record }),
        "list_comments" => json!({ "table": "Tasks", "record": record }),
        "add_comment" => json!({ "table": "Tasks", "record": record, "text": "theirs", "dry_run": true }),
        "check_formula" => json!({ "table": "Tasks", "formula": "{Name}" }),
        "search_records" => json!({ "text": "paint" }),
        "aggregate" => json!({ "table": "Tasks", "aggregates": [{ "op": "count" }] }),
        "find_values" => json!({ "words": ["paint"] }),
        "create_records" => json!({ "table": "Tasks", "records": [{ "fields": { "Name": "theirs" } }] }),
        "update_records" => json!({ "table": "Tasks", "records": [{ "id": record, "fields": { "Name": "theirs" } }] }),
        "delete_records" => json!({ "table": "Tasks", "records": [record], "dry_run": true }),
        other => panic!("nobody has said how to call `{other}`"),
    }
}

#[on_every_database]
async fn a_strangers_tools_find_nothing_of_ours(app: TestApp) {
    let visit = Visit::new(&app).await;
    let stranger = app.stranger().await;
    let tools = app.get("/tools").await["tools"].as_array().unwrap().clone();
    let named: Vec<_> = tools.iter().filter(|tool| tool["inputSchema"]["properties"]["base"].is_object()).collect();
    assert!(named.len() >= 10, "{tools:?}");
    for tool in named {
        let name = tool["name"].as_str().unwrap();
        let mut answers = Vec::new();
        for base in [visit.base(), "Plans", "app00000000000000", "Nothing"] {
            let mut arguments = arguments(name);
            arguments["base"] = json!(base);
            let body = json!({ "tool_name": name, "arguments": arguments }).to_string();
            let (status, answer) = app.send(Method::POST, "/execute-tool", Some(&stranger), body).await;
            assert_eq!(status, 404, "{name} of `{base}`: {answer}");
            answers.push(answer["detail"].as_str().unwrap().replace(base, "it"));
        }
        // By id and by name: what is ours, and what is not there.
        assert_eq!(answers[0], answers[2], "{name}");
        assert_eq!(answers[1], answers[3], "{name}");
    }
}

/// An error without the names that the request itself held and the request's id.
fn without_names(answer: &Value) -> Value {
    let mut answer = answer.clone();
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("instance");
        answer.remove("detail");
    }
    answer
}

#[on_every_database]
async fn answers_are_as_the_document_says(app: TestApp) {
    let visit = Visit::new(&app).await;
    let document = document(&app).await;
    let mut answers = Vec::new();
    for access in &ACCESS {
        let (method, path, body) = visit.request(&document, access);
        let (status, answer) = app.send(method, &path, Some(&app.token), body).await;
        // The stories' house counts nothing, nobody has said that it is ready, and no model writes here.
        let expected = match access.operation {
            "metrics.get" => 404,
            "health.ready" | "health.report" => 503,
            "fields.generate" => 422,
            "formulas.suggest" => 409,
            _ => status.min(299),
        };
        assert_eq!(status, expected, "{}: {answer}", access.operation);
        answers.push(json!({ "operation": access.operation, "status": status, "body": answer }));
    }
    for (path, status) in [("/v0/app00000000000000/Tasks", 403), ("/api/v1/imports/none", 404)] {
        let (got, answer) = app.call(Method::GET, path, &Value::Null).await;
        assert_eq!(got, status);
        let operation = if status == 403 { "records.list" } else { "imports.get" };
        answers.push(json!({ "operation": operation, "status": status, "body": answer }));
    }
    let folder = tempfile::tempdir().unwrap();
    let (at, seen) = (folder.path().join("openapi.json"), folder.path().join("answers.json"));
    std::fs::write(&at, document.to_string()).unwrap();
    std::fs::write(&seen, json!(answers).to_string()).unwrap();
    let mut command = Command::new(crate::clients::setting("AIRLOOM_PYTHON"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/openapi_story.py")).args([at, seen]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("OK"), "{text}");
}
