use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, header};
use axum::{Extension, Router};
use llm::{Part, Scripted};
use serde_json::{Value, json};
use testkit::TestDb;
use tower::ServiceExt;

use super::*;
use crate::fake::{assistant, call, caller};
use crate::{Config, MIGRATIONS};

/// The doors over an assistant that looks at the tasks once and then says what it saw.
async fn doors() -> (Router, TestDb) {
    let test = TestDb::sqlite().await.migrated(&[&MIGRATIONS]).await;
    let answers =
        vec![Scripted::says(vec![call("c1", "list_tasks", json!({}))]), Scripted::says(vec![Part::text("Two tasks.")])];
    let (assistant, _) = assistant(&test, answers, Config::default());
    let service = assistant.service();
    let (doors, _) = service.routes.split_for_parts();
    (doors.layer(Extension(caller(1, 1))), test)
}

async fn send(doors: &Router, method: Method, path: &str, body: &str) -> (u16, String, String) {
    let request = Request::builder().method(method).uri(path).body(Body::from(body.to_owned())).unwrap();
    let response = doors.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let kind = response.headers().get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap()).to_owned();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, kind, String::from_utf8(bytes.to_vec()).unwrap())
}

const ASK: &str = r#"{"message":"tasks?","session_id":"s1"}"#;

#[tokio::test]
async fn chat_answers_in_the_predecessors_shape() {
    let (doors, _test) = doors().await;
    let (status, _, body) = send(&doors, Method::POST, "/api/v1/chat", ASK).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(status, 200, "{body}");
    assert_eq!((&body["response"], &body["session_id"]), (&json!("Two tasks."), &json!("s1")));
    assert_eq!(body["tools_used"], json!(["list_tasks"]));
    assert_eq!(body["timestamp"], "2026-01-01T00:00:00.007Z");
    let cost = json!({
        "tracking_status": "unknown", "total_cost": null, "cost_breakdown": null, "budget_warnings": [], "model": "scripted",
        "token_details": {"input": 20, "output": 10, "thinking": 0, "counting_method": "provider"},
    });
    assert_eq!(body["cost_info"], cost);
    let (_, _, history) = send(&doors, Method::GET, "/sessions/s1/history", "").await;
    let history: Value = serde_json::from_str(&history).unwrap();
    assert_eq!(
        (&history["messages"][1]["content"], &history["messages"][1]["tools_used"][0]),
        (&json!("Two tasks."), &json!("list_tasks"))
    );
    let (_, _, summary) = send(&doors, Method::GET, "/sessions/s1/cost-summary", "").await;
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!((&summary["total_calls"], &summary["avg_response_time_ms"]), (&json!(1), &json!(7.0)));
    assert_eq!(send(&doors, Method::DELETE, "/sessions/s1", "").await.0, 204);
    let (status, kind, _) = send(&doors, Method::GET, "/sessions/s1/history", "").await;
    assert_eq!((status, kind.as_str()), (404, "application/problem+json"));
}

#[tokio::test]
async fn a_stream_tells_events_in_order_and_ends_with_the_answer() {
    let (doors, _test) = doors().await;
    let (status, kind, body) = send(&doors, Method::POST, "/chat/stream", ASK).await;
    assert_eq!((status, kind.as_str()), (200, "text/event-stream"));
    let events: Vec<(&str, Value)> = body
        .split_terminator("\n\n")
        .map(|event| {
            let (name, data) = event.split_once('\n').unwrap();
            (name.strip_prefix("event: ").unwrap(), serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap())
        })
        .collect();
    let names: Vec<&str> = events.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["tool_call", "tool_result", "delta", "delta", "done"]);
    assert_eq!(events[0].1, json!({"tool": "list_tasks", "arguments": {}}));
    assert_eq!((&events[1].1["success"], &events[1].1["result"]["total"]), (&json!(true), &json!(2)));
    assert_eq!(events[2].1, json!({"text": "Two "}));
    assert_eq!(events[4].1["response"], "Two tasks.");
    let (_, _, body) = send(&doors, Method::POST, "/chat/stream", ASK).await;
    let wanted = "event: error\ndata: {\"code\":\"model\",\"message\":\"the script has ended\"}\n\n";
    assert_eq!(body, wanted);
}

#[tokio::test]
async fn tools_are_listed_and_called_by_hand() {
    let (doors, _test) = doors().await;
    let (_, _, body) = send(&doors, Method::GET, "/tools", "").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&body["tools"][0]["name"], &body["tools"][0]["read_only"]), (&json!("list_tasks"), &json!(true)));
    assert_eq!(body["tools"][1]["inputSchema"]["required"], json!(["names"]));
    let (status, _, body) = send(&doors, Method::POST, "/execute-tool", r#"{"tool_name":"list_tasks"}"#).await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains(r#""success":true"#) && body.contains("paint"), "{body}");
    let (_, _, body) = send(&doors, Method::GET, "/function-calling/status", "").await;
    assert!(body.contains(r#""driver":"scripted""#) && body.contains(r#""tools_count":4"#), "{body}");
}

#[tokio::test]
async fn bad_requests_are_problems() {
    let (doors, _test) = doors().await;
    let cases = [
        ("/chat", "{", 400),
        ("/chat", r#"{"session_id":"s"}"#, 422),
        ("/chat", r#"{"message":" ","session_id":"s"}"#, 422),
        ("/chat", r#"{"message":"a","session_id":"no spaces"}"#, 422),
        ("/chat/stream", "[]", 422),
        ("/execute-tool", r#"{"tool_name":"nothing"}"#, 404),
        ("/execute-tool", r#"{"tool_name":"list_tasks","arguments":{"x":1}}"#, 422),
        ("/execute-tool", r#"{"tool_name":"delete_tasks","arguments":{"names":["a"]}}"#, 409),
    ];
    for (path, body, wanted) in cases {
        let (status, kind, answer) = send(&doors, Method::POST, path, body).await;
        assert_eq!((status, kind.as_str()), (wanted, "application/problem+json"), "{path} {body}: {answer}");
    }
}

#[test]
fn every_door_is_described() {
    let (_, document) = described().split_for_parts();
    let document = serde_json::to_value(document).unwrap();
    let paths: Vec<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let wanted = [
        "/chat",
        "/chat/stream",
        "/execute-tool",
        "/function-calling/status",
        "/sessions/{id}",
        "/sessions/{id}/cost-summary",
        "/sessions/{id}/history",
        "/tools",
    ];
    assert_eq!(paths, wanted);
}
