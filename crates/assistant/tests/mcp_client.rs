//! The MCP door against the Python `mcp` client, in both ways of serving.
//!
//! `AIRLOOM_PYTHON` names a Python that has the package; the test command sets it.
#![expect(clippy::unwrap_used, reason = "an integration test")]

use std::path::PathBuf;

use assistant::Config;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use model::{Caller, TenantNo};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;
use tools::{Hints, Registry, Text, Tool};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn registry() -> Registry {
    let text = |title: &'static str| Text { title, description: "A tool for tests." };
    let list =
        Tool::new("list_bases", "schema.list_bases", text("List bases"), |caller: Caller, _: Nothing| async move {
            Ok(json!({ "bases": [{ "id": "appAAAAAAAAAAAAAA", "tenant": caller.tenant }] }))
        });
    let delete = Tool::new("delete_records", "records.delete", text("Delete records"), |_, _: Nothing| async {
        Ok(json!({ "deleted": 1 }))
    });
    Registry::new([list, delete.hints(Hints::REPLACES)]).unwrap()
}

async fn authenticate(mut request: Request, next: Next) -> Response {
    let known = request.headers().get(header::AUTHORIZATION).is_some_and(|value| value == "Bearer patTest.secret");
    if !known {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    request.extensions_mut().insert(Caller::system(TenantNo(7), "test"));
    next.run(request).await
}

fn client() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../stories/clients/mcp_client.py"))
}

#[tokio::test]
async fn the_python_client_lists_and_calls_over_http() {
    let python = std::env::var_os("AIRLOOM_PYTHON").unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    let door = assistant::mcp::router(registry(), &Config::default(), stop.clone()).layer(from_fn(authenticate));
    let served = axum::serve(listener, door).with_graceful_shutdown(stop.clone().cancelled_owned());
    let run = |token: &'static str| Command::new(&python).arg(client()).args([&url, token]).output();
    let asked = async {
        let outputs = (run("patTest.secret").await.unwrap(), run("patWrong.secret").await.unwrap());
        stop.cancel();
        outputs
    };
    let (served, (good, bad)) = tokio::join!(served, asked);
    served.unwrap();
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    assert_eq!(String::from_utf8_lossy(&good.stdout).trim(), "OK");
    assert!(!bad.status.success(), "a wrong token is served");
}

#[tokio::test]
async fn a_client_is_served_over_a_pair_of_streams() {
    let (ours, theirs) = tokio::io::duplex(64 << 10);
    let (input, output) = tokio::io::split(ours);
    let served = assistant::mcp::serve_streams(registry(), Caller::system(TenantNo(7), "test"), input, output);
    let (served, lines) = tokio::join!(served, converse(theirs));
    served.unwrap();
    assert_eq!(lines[0]["result"]["serverInfo"]["name"], "airloom");
    assert_eq!(lines[1]["result"]["structuredContent"]["bases"][0]["tenant"], 7);
}

/// Begins the protocol, calls a tool, and leaves.
async fn converse(stream: tokio::io::DuplexStream) -> Vec<serde_json::Value> {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    let begin =
        json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let requests = [
        vec![json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": begin})],
        vec![
            json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
            json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "list_bases", "arguments": {}}}),
        ],
    ];
    let mut answers = Vec::new();
    for request in requests {
        for message in request {
            write.write_all(format!("{message}\n").as_bytes()).await.unwrap();
        }
        answers.push(serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap());
    }
    answers
}
