use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use axum::{Extension, Router};
use clock::Clock;
use model::Timestamp;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::*;
use crate::Config;
use crate::fake::{caller, registry};
use crate::mcp::router;

fn door(config: &Config) -> Router {
    let registry = registry(&Clock::fixed(Timestamp(0)));
    router(registry, config, CancellationToken::new()).layer(Extension(caller(1, 1)))
}

/// One request of a client of the session era, which keeps no session with us.
async fn ask(door: &Router, method: &str, params: Value, headers: &[(&str, &str)]) -> (u16, Value) {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let mut request = Request::post("/mcp")
        .header(header::HOST, "127.0.0.1:8000")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream");
    for (name, value) in headers {
        request.headers_mut().unwrap().insert(axum::http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
    }
    let response = door.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test]
async fn tools_are_listed_with_their_hints() {
    let (status, body) = ask(&door(&Config::default()), "tools/list", json!({}), &[]).await;
    assert_eq!(status, 200, "{body}");
    let tools = body["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["list_tasks", "delete_tasks", "note_down", "who_asks"]);
    let hints = |read: bool, destructive: bool, idempotent: bool, title: &str| json!({"title": title, "readOnlyHint": read, "destructiveHint": destructive, "idempotentHint": idempotent, "openWorldHint": false});
    assert_eq!(tools[0]["annotations"], hints(true, false, true, "List tasks"));
    assert_eq!(tools[1]["annotations"], hints(false, true, true, "Delete tasks"));
    assert_eq!(tools[2]["annotations"], hints(false, false, false, "Note down"));
    assert_eq!(tools[1]["inputSchema"]["required"], json!(["names"]));
    assert_eq!(tools[0]["title"], "List tasks");
}

#[tokio::test]
async fn a_call_runs_as_the_caller_of_its_request() {
    let door = door(&Config::default());
    let (_, body) = ask(&door, "tools/call", json!({"name": "who_asks", "arguments": {}}), &[]).await;
    let result = &body["result"];
    let user = caller(1, 1).user().unwrap().to_string();
    assert_eq!(result["structuredContent"], json!({"user": user, "door": "tool"}));
    let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!((&text, &result["isError"]), (&result["structuredContent"], &json!(false)));
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_an_unknown_tool_is_not() {
    let door = door(&Config::default());
    let (_, body) = ask(&door, "tools/call", json!({"name": "delete_tasks", "arguments": {"names": ["a"]}}), &[]).await;
    assert_eq!(body["result"]["isError"], true);
    assert_eq!(body["result"]["content"][0]["text"], "the confirmation token is missing");
    let (_, body) = ask(&door, "tools/call", json!({"name": "nothing", "arguments": {}}), &[]).await;
    assert_eq!(body["error"]["code"], -32_602, "{body}");
}

#[tokio::test]
async fn nobody_is_served_without_a_caller() {
    let registry = registry(&Clock::fixed(Timestamp(0)));
    let door = router(registry, &Config::default(), CancellationToken::new());
    let (_, body) = ask(&door, "tools/call", json!({"name": "who_asks", "arguments": {}}), &[]).await;
    assert_eq!(body["error"]["message"], "nobody is known to ask");
}

#[tokio::test]
async fn foreign_hosts_and_origins_are_refused() {
    let open = Config {
        mcp_hosts: vec!["base.example".to_owned()],
        mcp_origins: vec!["https://app.example:443".to_owned()],
        ..Config::default()
    };
    let cases = [
        (&Config::default(), ("host", "evil.example"), 403),
        (&Config::default(), ("host", "localhost:9"), 200),
        (&Config::default(), ("origin", "http://localhost:8000"), 403),
        (&open, ("host", "base.example"), 200),
        (&open, ("origin", "https://app.example"), 200),
        (&open, ("origin", "https://evil.example"), 403),
    ];
    for (config, header, wanted) in cases {
        let (status, body) = ask(&door(config), "tools/list", json!({}), &[header]).await;
        assert_eq!(status, wanted, "{header:?}: {body}");
    }
}

#[tokio::test]
async fn values_that_are_no_objects_are_wrapped() {
    let result = succeeded(json!([1, 2]));
    assert_eq!(result.structured_content, Some(json!({"result": [1, 2]})));
}
