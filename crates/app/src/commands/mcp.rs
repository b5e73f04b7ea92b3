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
        match pass(mcp, &settings, &line).await {
            Ok(answer) if answer.body.is_empty() => {}
            Ok(answer) => out::line(String::from_utf8_lossy(&answer.body).trim()),
            Err(error) => {
                if let Some(answer) = failed(&line, &error) {
                    out::line(&answer.to_string());
                }
            }
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

/// The error of a request that could not be brought; notifications get none.
fn failed(line: &str, error: &anyhow::Error) -> Option<Value> {
    let message: Value = serde_json::from_str(line).ok()?;
    let id = message.get("id")?;
    Some(json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32603, "message": format!("{error:#}") } }))
}
