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
        (Method::GET, format!("{tasks}?pageSize=0"), String::new(), 422, "INVALID_REQUEST_UNKNOWN"),
        (Method::GET, format!("{tasks}?maxRecords=many"), String::new(), 422, "INVALID_REQUEST_UNKNOWN"),
        (
            Method::GET,
            format!("{tasks}?sort[0][field]=Name&sort[0][direction]=up"),
            String::new(),
            422,
            "INVALID_REQUEST_UNKNOWN",
        ),
        (
            Method::GET,
            format!("{tasks}?filterByFormula={}", "%7BName%7D%26".repeat(900) + "1"),
            String::new(),
            200,
            "-",
        ),
        (Method::GET, format!("{tasks}?filterByFormula=%00"), String::new(), 422, "INVALID_FILTER_BY_FORMULA"),
        (
            Method::POST,
            format!("{tasks}/listRecords"),
            json!({ "filterByFormula": format!("{brackets}1") }).to_string(),
            422,
            "INVALID_FILTER_BY_FORMULA",
        ),
        (
            Method::POST,
            format!("{tasks}/listRecords"),
            json!({ "pageSize": "ten" }).to_string(),
            422,
            "INVALID_REQUEST_UNKNOWN",
        ),
        (Method::GET, format!("/v0/meta/bases/{base}/tables/Tasks"), String::new(), 405, "INVALID_REQUEST_UNKNOWN"),
        (Method::GET, "/v0/meta/bases/app00000000000000/tables".into(), String::new(), 403, MODEL),
        (Method::GET, format!("/v0/{base}/%FF"), String::new(), 400, "INVALID_REQUEST_UNKNOWN"),
    ]
}

/// Cells that do not fit, by the error they get.
fn wrong_cells(base: &str) -> Vec<Case> {
    let cells = [
        (json!({ "Nope": 1 }), "UNKNOWN_FIELD_NAME"),
        (json!({ "Points": "x" }), "INVALID_VALUE_FOR_COLUMN"),
        (json!({ "Points": [1] }), "INVALID_VALUE_FOR_COLUMN"),
        (json!({ "Double": 1 }), "INVALID_VALUE_FOR_COLUMN"),
        (json!({ "No": 7 }), "INVALID_VALUE_FOR_COLUMN"),
        (json!({ "Urgent": "maybe" }), "INVALID_VALUE_FOR_COLUMN"),
        (json!({ "Due": "someday" }), "INVALID_VALUE_FOR_COLUMN"),
        (json!({ "Tags": "a" }), "INVALID_VALUE_FOR_COLUMN"),
        (json!({ "Name": 5 }), "INVALID_VALUE_FOR_COLUMN"),
        (json!({ "Name": "x".repeat(100_001) }), "INVALID_VALUE_FOR_COLUMN"),
        (json!({ "Name": "a\u{0}b" }), "INVALID_REQUEST_UNKNOWN"),
        (json!({ "Status": "Nope" }), "INVALID_MULTIPLE_CHOICE_OPTIONS"),
        (json!({ "Project": ["rec00000000000000"] }), "ROW_DOES_NOT_EXIST"),
        (json!(["Name"]), "INVALID_REQUEST_UNKNOWN"),
    ];
    let path = format!("/v0/{base}/Tasks");
    let case = |(fields, name)| (Method::POST, path.clone(), json!({ "fields": fields }).to_string(), 422, name);
    cells.map(case).into()
}

fn wrong_writes(base: &str) -> Vec<Case> {
    let tasks = format!("/v0/{base}/Tasks");
    let eleven: Vec<Value> = (0..11).map(|_| json!({ "fields": {} })).collect();
    let ids: Vec<String> = (0..11).map(|n| format!("records[]=rec000000000000{n:02}")).collect();
    let nested = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let absent = json!({ "records": [{ "id": "rec00000000000000", "fields": {} }] }).to_string();
    vec![
        (Method::POST, tasks.clone(), json!({ "records": eleven }).to_string(), 422, "INVALID_RECORDS"),
        (Method::POST, tasks.clone(), json!({ "records": [] }).to_string(), 422, "INVALID_RECORDS"),
        (Method::PATCH, tasks.clone(), json!({ "records": eleven }).to_string(), 422, "INVALID_RECORDS"),
        (Method::DELETE, format!("{tasks}?{}", ids.join("&")), String::new(), 422, "INVALID_RECORDS"),
        (Method::POST, tasks.clone(), "{}".into(), 422, "INVALID_REQUEST_MISSING_FIELDS"),
        (Method::POST, tasks.clone(), "{\"fields\":".into(), 400, "INVALID_JSON"),
        (Method::POST, tasks.clone(), nested, 400, "INVALID_JSON"),
        (Method::POST, tasks.clone(), " ".repeat(3 << 20), 413, "REQUEST_TOO_LARGE"),
        (Method::PATCH, tasks.clone(), absent, 422, "ROW_DOES_NOT_EXIST"),
        // Lists are no objects, whatever their parts are.
        (Method::POST, tasks.clone(), r#"{"records":[["a"]]}"#.into(), 422, "INVALID_REQUEST_UNKNOWN"),
        (Method::POST, tasks.clone(), r#"{"records":[[null,{"Name":"x"}]]}"#.into(), 422, "INVALID_REQUEST_UNKNOWN"),
        (Method::PATCH, tasks.clone(), r#"{"records":[["rec1",{"Name":"x"}]]}"#.into(), 422, "INVALID_REQUEST_UNKNOWN"),
        (Method::POST, tasks.clone(), r#"{"records":[{"fields":["x"]}]}"#.into(), 422, "INVALID_REQUEST_UNKNOWN"),
        (
            Method::POST,
            tasks.clone(),
            r#"{"records":[{"id":["x"],"fields":{}}]}"#.into(),
            422,
            "INVALID_REQUEST_UNKNOWN",
        ),
        (Method::POST, tasks.clone(), r#"{"fields":["x"]}"#.into(), 422, "INVALID_REQUEST_UNKNOWN"),
        (Method::DELETE, tasks, String::new(), 422, "INVALID_RECORDS"),
        (Method::GET, "/v0/meta/nothing".into(), String::new(), 404, "NOT_FOUND"),
    ]
}

/// Tables and fields that cannot be.
fn wrong_schemas(base: &str) -> Vec<Case> {
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let tables = format!("/v0/meta/bases/{base}/tables");
    let field =
        |name: &str, kind: &str, options: Value| json!({ "name": name, "type": kind, "options": options }).to_string();
    let brackets = json!({ "formula": "(".repeat(10_000) });
    vec![
        (
            Method::POST,
            tables.clone(),
            json!({ "name": "T", "fields": [] }).to_string(),
            422,
            "INVALID_REQUEST_UNKNOWN",
        ),
        (Method::POST, tables.clone(), "{\"name\":".into(), 400, "INVALID_JSON"),
        (Method::PATCH, format!("{tables}/Nope"), json!({ "name": "T" }).to_string(), 403, MODEL),
        (Method::PATCH, format!("{tables}/Tasks"), "{}".into(), 422, "INVALID_REQUEST_UNKNOWN"),
        (Method::POST, fields.clone(), field("F", "nonsense", json!({})), 422, "UNSUPPORTED_FIELD_TYPE_FOR_CREATE"),
        (Method::POST, fields.clone(), field("F", "formula", brackets), 422, "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE"),
        (
            Method::POST,
            fields.clone(),
            field("F", "number", json!({ "precision": 99 })),
            422,
            "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE",
        ),
        (
            Method::POST,
            fields.clone(),
            field("a\u{202E}b", "singleLineText", Value::Null),
            422,
            "INVALID_REQUEST_UNKNOWN",
        ),
        (
            Method::PATCH,
            format!("{tables}/Tasks"),
            json!({ "name": "a\u{7}" }).to_string(),
            422,
            "INVALID_REQUEST_UNKNOWN",
        ),
        (Method::POST, fields, field("Name", "singleLineText", Value::Null), 422, "DUPLICATE_OR_EMPTY_FIELD_NAME"),
    ]
}

#[on_every_database]
async fn wrong_requests_are_answered_as_airtable_does(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let mut wrong = Vec::new();
    let cases = [wrong_reads(&base), wrong_cells(&base), wrong_writes(&base), wrong_schemas(&base)].concat();
    for (method, path, body, status, name) in cases {
        let shown: String = format!("{method} {path} {body}").chars().take(160).collect();
        let (got, answer) = app.send(method.clone(), &path, Some(&app.token), body).await;
        if (got, error_type(&answer)) != (status, name) {
            wrong.push(format!("{shown}: {got} {answer}, not {status} {name}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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

/// A token of the owner that may do no more than this.
async fn narrow(app: &TestApp, scopes: &[&str]) -> String {
    let (status, made) = app.call(Method::POST, "/api/v1/tokens", &json!({ "name": "narrow", "scopes": scopes })).await;
    assert_eq!(status, 201, "{made}");
    made["token"].as_str().unwrap().to_owned()
}

#[on_every_database]
async fn a_token_for_reading_writes_nowhere(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let reads = narrow(&app, &["data.records:read", "schema.bases:read"]).await;
    let one = json!({ "fields": { "Name": "a" } }).to_string();
    let tool = json!({ "tool_name": "create_records", "arguments": { "base": base, "table": "Tasks", "records": [{ "fields": { "Name": "a" } }] } });
    let cases = [
        (Method::POST, tasks.clone(), one.clone(), 403),
        (Method::DELETE, format!("{tasks}?records[]=rec00000000000000"), String::new(), 403),
        (
            Method::POST,
            "/v0/meta/bases".to_owned(),
            json!({ "name": "B", "workspaceId": app.workspace().await, "tables": [] }).to_string(),
            403,
        ),
        (Method::POST, format!("/api/v1/bases/{base}/undo"), String::new(), 403),
        (Method::POST, format!("/api/v1/imports?base={base}&table=Tasks"), "Name\na\n".to_owned(), 403),
        (Method::POST, "/execute-tool".to_owned(), tool.to_string(), 403),
        (Method::POST, "/api/v1/tokens".to_owned(), json!({ "name": "more" }).to_string(), 403),
        (Method::POST, "/api/v1/users".to_owned(), json!({ "email": "eve@example.org" }).to_string(), 403),
    ];
    for (method, path, body, expected) in cases {
        let (status, answer) = app.send(method.clone(), &path, Some(&reads), body).await;
        assert_eq!(status, expected, "{method} {path}: {answer}");
    }
    assert_eq!(app.get(&tasks).await["records"], json!([]));
    let writes = narrow(&app, &["data.records:write"]).await;
    assert_eq!(app.send(Method::GET, &tasks, Some(&writes), String::new()).await.0, 403);
}

/// Outside `/v0`: method, path, body; status and code.
fn wrong_elsewhere(base: &str) -> Vec<Case> {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let undo = format!("/api/v1/bases/{base}/undo");
    vec![
        (Method::GET, "/api/v1/bases/app00000000000000/history".into(), String::new(), 404, "not-found"),
        (Method::GET, "/api/v1/bases/nonsense/history".into(), String::new(), 404, "not-found"),
        (Method::GET, format!("/api/v1/bases/{base}/history?limit=x"), String::new(), 422, "number"),
        (Method::GET, format!("/api/v1/bases/{base}/history?before=-1"), String::new(), 422, "number"),
        (Method::GET, format!("/api/v1/bases/{base}/history?table=Tasks"), String::new(), 422, "request"),
        (Method::POST, undo.clone(), "{\"change\":".into(), 400, "json-syntax"),
        (Method::POST, undo.clone(), deep, 400, "json-depth"),
        (Method::POST, undo.clone(), "{\"chnage\":1}".into(), 422, "json-form"),
        (Method::POST, undo.clone(), " ".repeat(3 << 20), 413, "too-large"),
        (Method::POST, undo, "{\"change\":1000000}".into(), 422, "nothing-to-undo"),
        (Method::POST, "/chat".into(), "{}".into(), 422, "json-form"),
        (Method::POST, "/chat".into(), "[".into(), 400, "json-syntax"),
        (Method::POST, "/execute-tool".into(), "{\"tool_name\":\"no_such_tool\"}".into(), 404, "tool"),
        (Method::GET, "/sessions/none/history".into(), String::new(), 404, "session-not-found"),
        (Method::GET, "/api/v1/imports/none".into(), String::new(), 404, "import-not-found"),
        (Method::POST, "/api/v1/imports?table=T".into(), "Name\n".into(), 422, "import"),
        (Method::GET, "/api/v1/export?base=Plans".into(), String::new(), 422, "import"),
        (Method::GET, "/api/v1/export?base=Plans&table=Nope".into(), String::new(), 404, "table-not-found"),
        (Method::GET, "/api/v1/nothing".into(), String::new(), 404, "no-such-address"),
        (Method::DELETE, "/api/v1/users".into(), String::new(), 405, "invalid"),
        (Method::POST, "/api/v1/users".into(), "{\"email\":\"nobody\"}".into(), 422, "email"),
        (
            Method::POST,
            "/api/v1/tokens".into(),
            "{\"name\":\"t\",\"scopes\":[\"everything\"]}".into(),
            422,
            "json-form",
        ),
        (Method::POST, "/api/v1/tokens".into(), "{\"name\":\"t\",\"scopes\":[]}".into(), 422, "no-scopes"),
        (Method::GET, "/api/v1/imports/%FF".into(), String::new(), 400, "invalid"),
        (Method::DELETE, "/api/v1/tokens/pat00000000000000".into(), String::new(), 404, "token-not-found"),
    ]
}

#[on_every_database]
async fn wrong_requests_elsewhere_are_problems(app: TestApp) {
    let base = app.plans().await;
    let mut wrong = Vec::new();
    for (method, path, body, status, code) in wrong_elsewhere(&base) {
        let (got, answer) = app.send(method.clone(), &path, Some(&app.token), body).await;
        let is_problem = answer["title"].is_string() && answer["detail"].is_string() && answer["instance"].is_string();
        if (got, &answer["code"], &answer["status"], is_problem) != (status, &json!(code), &json!(status), true) {
            wrong.push(format!("{method} {path}: {got} {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// JSON-RPC has an error of its own for what is not JSON.
#[on_every_database]
async fn what_is_no_message_of_the_tools_protocol_is_told_in_its_words(app: TestApp) {
    for (body, code) in [("{\"jsonrpc\":", -32_700), (&*"[".repeat(100), -32_700)] {
        let (status, answer) = app.send(Method::POST, "/mcp", Some(&app.token), body.to_owned()).await;
        assert_eq!((status, &answer["error"]["code"], &answer["id"]), (400, &json!(code), &Value::Null), "{answer}");
    }
}

/// What Airtable's clients send may be as long as its bound, and no longer.
#[on_every_database]
async fn heads_have_bounds(app: TestApp) {
    let base = app.plans().await;
    let at = |length: usize| {
        let start = format!("/v0/{base}/Tasks?filterByFormula=");
        format!("{start}{}", "1".repeat(length - start.len()))
    };
    let line = |target: &str, headers: &str| {
        format!(
            "GET {target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nconnection: close\r\n{headers}\r\n",
            app.token
        )
    };
    let many = (0..120).map(|n| format!("x-{n}: y\r\n")).collect::<Vec<_>>().concat();
    let large = format!("x-large: {}\r\n", "y".repeat(33 << 10));
    let path = format!("/v0/{base}/Tasks");
    for (name, request, expected) in [
        ("16,000 characters", line(&at(16_000), ""), 200),
        ("a target over its bound", line(&at(21 << 10), ""), 414),
        ("large headers", line(&path, &large), 431),
        ("many headers", line(&path, &many), 431),
        ("no HTTP", "nonsense\r\n\r\n".to_owned(), 400),
    ] {
        assert_eq!(raw(&app, request).await, Some(expected), "{name}");
    }
}

/// The status that the server answers to these bytes; none when it only closes.
async fn raw(app: &TestApp, request: String) -> Option<u16> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(app.address).await.unwrap();
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
}

#[on_every_database]
async fn a_slow_head_is_given_up(app: TestApp) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(app.address).await.unwrap();
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let began = std::time::Instant::now();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let took = began.elapsed().as_secs_f32();
    assert!(!String::from_utf8_lossy(&answer).contains(" 200 "), "an unfinished head was answered");
    assert!((0.5..8.0).contains(&took), "given up after {took} s, the stories' limit is 1 s");
}

#[on_every_database]
async fn every_scope_that_a_token_lacks_is_named(app: TestApp) {
    let base = app.plans().await;
    let scopes = json!({ "name": "narrow", "scopes": ["data.recordComments:read"] });
    let token = app.call(Method::POST, "/api/v1/tokens", &scopes).await.1["token"].as_str().unwrap().to_owned();
    let place = format!("/api/v1/bases/{base}/tables/Tasks");
    let (read, write) = ("`data.records:read`", "`data.records:write`");
    let (schema, edit) = ("`schema.bases:read`", "`schema.bases:write`");
    for (path, body, words) in [
        (format!("{place}/fields/Points/convert"), json!({ "type": "singleLineText" }), vec![edit, write, read]),
        (format!("{place}/duplicate"), json!({ "records": true }), vec![schema, edit, read, write]),
        (format!("{place}/duplicate"), json!({ "records": false }), vec![schema, edit]),
        (format!("{place}/records/rec00000000000000/duplicate"), json!({}), vec![read, write]),
        (format!("/api/v1/bases/{base}/undo"), json!({}), vec![write]),
        (format!("{place}/records:bulk?keepIds=true"), json!({}), vec![write, "`ids:write`"]),
    ] {
        let (status, answer) = app.call_as(&token, Method::POST, &path, &body).await;
        let told = answer["detail"].as_str().unwrap_or_default();
        let named: Vec<&str> = told.split(' ').filter(|word| word.contains(':')).collect();
        let expected: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let named: Vec<String> = named.iter().map(|word| word.trim_end_matches(',').to_owned()).collect();
        assert_eq!((status, named), (403, expected), "{path}: {answer}");
    }
}

#[on_every_database]
async fn names_are_offered_to_whoever_may_read_the_schema(app: TestApp) {
    let base = app.plans().await;
    let token = async |scopes: &[&str]| {
        let (_, made) = app.call(Method::POST, "/api/v1/tokens", &json!({ "name": "some", "scopes": scopes })).await;
        made["token"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    };
    let records = ["data.records:read", "data.records:write", "data.recordComments:read"];
    let narrow = token(&records).await;
    let wide = token(&[&records[..], &["schema.bases:read"]].concat()).await;
    let own = format!("/api/v1/bases/{base}");
    let count = json!({ "aggregates": [{ "op": "count" }] });
    let at = json!({ "at": "1", "table": "zz" });
    for (method, path, body, offers) in [
        (Method::POST, format!("{own}/tables/zz/aggregate"), count.clone(), true),
        (Method::POST, format!("{own}/tables/Tasks/aggregate"), json!({ "aggregates": [], "view": "zz" }), true),
        (Method::GET, format!("/api/v1/export?base={base}&table=zz"), Value::Null, true),
        (Method::GET, format!("/api/v1/export?base={base}&table=Tasks&view=zz"), Value::Null, true),
        (Method::GET, format!("/v0/{base}/Tasks?view=zz"), Value::Null, true),
        (Method::POST, format!("/v0/{base}/Tasks/listRecords"), json!({ "view": "zz" }), true),
        (Method::POST, format!("{own}/tables/zz/records:bulk"), json!({ "fields": {} }), true),
        (Method::POST, format!("{own}/restore"), at, true),
        (Method::GET, format!("/v0/{base}/zz/rec00000000000000"), Value::Null, false),
        (Method::GET, format!("/v0/{base}/zz/rec00000000000000/comments"), Value::Null, false),
        (Method::POST, format!("{own}/tables/zz/records/rec00000000000000/duplicate"), json!({}), false),
    ] {
        for (token, may) in [(&narrow, false), (&wide, true)] {
            let (status, answer) = app.call_as(token, method.clone(), &path, &body).await;
            assert!(matches!(status, 403 | 404 | 422), "{path}: {status} {answer}");
            let is_told = answer.to_string().contains("the closest are");
            assert!(if may { is_told || !offers } else { !is_told }, "{path}: {answer}");
        }
    }
}
