//! Bad input gets an error that says what was wrong, and changes nothing.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

fn error_type(answer: &Value) -> &str {
    answer["error"]["type"].as_str().or_else(|| answer["error"].as_str()).unwrap_or("-")
}

/// Method, path, body; status and error type.
type Case = (Method, String, String, u16, &'static str);

const MODEL: &str = "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND";

fn wrong_reads(base: &str) -> Vec<Case> {
    let tasks = format!("/v0/{base}/Tasks");
    let brackets = "(".repeat(10_000);
    vec![
        (Method::GET, "/v0/app00000000000000/Tasks".into(), String::new(), 403, MODEL),
        (Method::GET, "/v0/nonsense/Tasks".into(), String::new(), 403, MODEL),
        (Method::GET, format!("/v0/{base}/Nope"), String::new(), 403, MODEL),
        (Method::GET, format!("{tasks}/rec00000000000000"), String::new(), 404, "NOT_FOUND"),
        (Method::GET, format!("{tasks}?fields[]=Nope"), String::new(), 422, "UNKNOWN_FIELD_NAME"),
        (Method::GET, format!("{tasks}?sort[0][field]=Nope"), String::new(), 422, "UNKNOWN_FIELD_NAME"),
        (Method::GET, format!("{tasks}?filterByFormula=Nope"), String::new(), 422, "INVALID_FILTER_BY_FORMULA"),
        (Method::GET, format!("{tasks}?filterByFormula={brackets}"), String::new(), 422, "INVALID_FILTER_BY_FORMULA"),
        (Method::GET, format!("{tasks}?offset=itrnonsense"), String::new(), 422, "INVALID_OFFSET_VALUE"),
        (Method::GET, format!("{tasks}?view=Nope"), String::new(), 422, "VIEW_NAME_NOT_FOUND"),
        (Method::GET, format!("{tasks}?pageSize=101"), String::new(), 422, "INVALID_REQUEST_UNKNOWN"),
    ]
}

fn wrong_writes(base: &str) -> Vec<Case> {
    let tasks = format!("/v0/{base}/Tasks");
    let eleven: Vec<Value> = (0..11).map(|_| json!({ "fields": {} })).collect();
    let nested = format!("{}{}", "[".repeat(100), "]".repeat(100));
    vec![
        (Method::POST, tasks.clone(), json!({ "fields": { "Nope": 1 } }).to_string(), 422, "UNKNOWN_FIELD_NAME"),
        (
            Method::POST,
            tasks.clone(),
            json!({ "fields": { "Points": "x" } }).to_string(),
            422,
            "INVALID_VALUE_FOR_COLUMN",
        ),
        (
            Method::POST,
            tasks.clone(),
            json!({ "fields": { "Double": 1 } }).to_string(),
            422,
            "INVALID_VALUE_FOR_COLUMN",
        ),
        (
            Method::POST,
            tasks.clone(),
            json!({ "fields": { "Name": "a\u{0}b" } }).to_string(),
            422,
            "INVALID_REQUEST_UNKNOWN",
        ),
        (
            Method::POST,
            tasks.clone(),
            json!({ "fields": { "Status": "Nope" } }).to_string(),
            422,
            "INVALID_MULTIPLE_CHOICE_OPTIONS",
        ),
        (
            Method::POST,
            tasks.clone(),
            json!({ "fields": { "Project": ["rec00000000000000"] } }).to_string(),
            422,
            "ROW_DOES_NOT_EXIST",
        ),
        (Method::POST, tasks.clone(), json!({ "records": eleven }).to_string(), 422, "INVALID_RECORDS"),
        (Method::POST, tasks.clone(), "{}".into(), 422, "INVALID_REQUEST_MISSING_FIELDS"),
        (Method::POST, tasks.clone(), "{\"fields\":".into(), 400, "INVALID_JSON"),
        (Method::POST, tasks.clone(), nested, 400, "INVALID_JSON"),
        (Method::POST, tasks.clone(), " ".repeat(3 * 1024 * 1024), 413, "REQUEST_TOO_LARGE"),
        (
            Method::PATCH,
            tasks.clone(),
            json!({ "records": [{ "id": "rec00000000000000", "fields": {} }] }).to_string(),
            422,
            "ROW_DOES_NOT_EXIST",
        ),
        (Method::DELETE, tasks.clone(), String::new(), 422, "INVALID_RECORDS"),
        (Method::GET, "/v0/meta/nothing".into(), String::new(), 403, MODEL),
    ]
}

#[on_every_database]
async fn wrong_requests_are_answered_as_airtable_does(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    for (method, path, body, status, name) in wrong_reads(&base).into_iter().chain(wrong_writes(&base)) {
        let (got, answer) = app.send(method.clone(), &path, Some(&app.token), body).await;
        let shown: String = path.chars().take(120).collect();
        assert_eq!((got, error_type(&answer)), (status, name), "{method} {shown}: {answer}");
    }
    assert_eq!(app.get(&tasks).await["records"], json!([]));
}

#[on_every_database]
async fn a_batch_with_one_wrong_record_writes_nothing(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let body = json!({ "records": [{ "fields": { "Name": "good" } }, { "fields": { "Points": "bad" } }] });
    assert_eq!(app.call(Method::POST, &tasks, &body).await.0, 422);
    assert_eq!(app.get(&tasks).await["records"], json!([]));
}

#[on_every_database]
async fn a_wrong_token_is_nobody(app: TestApp) {
    let base = app.plans().await;
    let other = format!("pat00000000000000.{}", "0".repeat(64));
    for token in [None, Some("nonsense"), Some(other.as_str())] {
        let (status, answer) = app.send(Method::GET, &format!("/v0/{base}/Tasks"), token, String::new()).await;
        assert_eq!((status, error_type(&answer)), (401, "AUTHENTICATION_REQUIRED"));
    }
}

#[on_every_database]
async fn unknown_names_come_with_the_closest(app: TestApp) {
    let base = app.plans().await;
    let (_, answer) = app.call(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Poinst": 1 } })).await;
    assert_eq!(answer["error"]["message"], "Unknown field name: \"Poinst\"");
}
