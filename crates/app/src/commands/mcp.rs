//! `airloom mcp`: the messages of standard input, each brought to the MCP door and its answer back.

use app::{Answer, Server, Settings};
use axum::body::Bytes;
use axum::http::Method;
use clap::Args;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::{Reach, out};

/// Speaks the Model Context Protocol over standard input and output.
#[derive(Args)]
pub(crate) struct Mcp {
    #[command(flatten)]
    reach: Reach,
}

/// What every client of the door accepts.
const HEADERS: [(&str, &str); 2] =
    [("content-type", "application/json"), ("accept", "application/json, text/event-stream")];

pub(super) async fn run(mcp: &Mcp) -> anyhow::Result<()> {
    let settings = mcp.reach.settings()?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        if line.trim().is_empty() {
            continue;
        }
        let message: Value = match serde_json::from_str(&line) {
            Ok(message) => message,
            Err(error) => {
                out::line(&told(&Value::Null, -32700, &format!("the line is not JSON: {error}")));
                continue;
            }
        };
        let answer = match pass(mcp, &settings, &line).await {
            Ok(answer) if answer.body.is_empty() => None,
            Ok(answer) => Some(spoken(&message, &answer)),
            // Notifications get no answer.
            Err(error) => message.get("id").map(|id| told(id, -32603, &format!("{error:#}"))),
        };
        if let Some(answer) = answer {
            out::line(&answer);
        }
    }
    Ok(())
}

/// The store is open only for as long as one message takes, so that a server can be started meanwhile.
async fn pass(mcp: &Mcp, settings: &Settings, line: &str) -> anyhow::Result<Answer> {
    let server: Server = mcp.reach.server(settings).await?;
    let answer = server.send(Method::POST, "/mcp", &HEADERS, Bytes::from(line.to_owned())).await;
    server.close().await;
    answer
}

/// The door's answer as a message of the protocol, which its errors outside of the protocol are not.
fn spoken(message: &Value, answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let body: Option<Value> = serde_json::from_str(&text).ok();
    if body.as_ref().is_some_and(|body| body.is_array() || body.get("jsonrpc").is_some()) {
        return text.trim().to_owned();
    }
    let detail = body.as_ref().and_then(|body| body.get("detail")?.as_str()).unwrap_or(&text);
    told(message.get("id").unwrap_or(&Value::Null), -32600, detail)
}

fn told(id: &Value, code: i32, message: &str) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } }).to_string()
}
