//! `airloom ask`.

use anyhow::bail;
use axum::http::Method;
use clap::Args;
use serde_json::{Value, json};

use super::{Reach, out};

/// Asks a question in plain language, or for a change.
#[derive(Args)]
pub(crate) struct Ask {
    /// What to ask: "how many tasks are open?"
    question: String,
    /// The base to ask about, by name or id; needed when there are several.
    #[arg(long)]
    base: Option<String>,
    /// The conversation to go on with, for follow-ups and for a yes or no.
    #[arg(long, default_value = "terminal")]
    session: String,
    /// Prints the whole answer as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

pub(super) async fn run(ask: &Ask) -> anyhow::Result<()> {
    let server = ask.reach.server(&ask.reach.settings()?).await?;
    let body = json!({ "message": ask.question, "session_id": ask.session, "base_id": ask.base });
    let answer = server.json(Method::POST, "/chat", Some(&body)).await;
    server.close().await;
    let answer = answer?;
    if ask.json {
        out::line(&answer.to_string());
        return Ok(());
    }
    let Some(text) = answer.get("response").and_then(Value::as_str) else { bail!("the server gave no answer") };
    out::line(text);
    let suggestions = answer.get("suggestions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if !suggestions.is_empty() {
        out::line("These would work:");
        suggestions.iter().filter_map(Value::as_str).for_each(|text| out::line(&format!("  {text}")));
    }
    Ok(())
}
