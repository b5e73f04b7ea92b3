//! `airloom formula`.

use anyhow::{Context, bail};
use axum::http::Method;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{Reach, out};

#[derive(Subcommand)]
pub(crate) enum Formula {
    /// Computes a formula, for a record, for given values, or for neither.
    Eval(Eval),
}

/// Computes a formula, for a record, for given values, or for neither.
#[derive(Args)]
pub(crate) struct Eval {
    /// The formula: `ROUND({Points} * 1.2, 1)`.
    #[arg(allow_hyphen_values = true)]
    formula: String,
    /// The base whose fields it names, by name or id.
    #[arg(long, requires = "table")]
    base: Option<String>,
    /// The table, by name or id.
    #[arg(long, requires = "base")]
    table: Option<String>,
    /// The id of the record that it is computed for.
    #[arg(long, requires = "table")]
    record: Option<String>,
    /// A value for a field, in place of the record's; JSON, or else a text.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    values: Vec<String>,
    /// Prints the whole answer as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

pub(super) async fn run(command: &Formula) -> anyhow::Result<()> {
    let Formula::Eval(eval) = command;
    let context = context(&eval.values)?;
    let server = eval.reach.server(&eval.reach.settings()?).await?;
    let body = json!({
        "formula": eval.formula,
        "base": eval.base,
        "table": eval.table,
        "record": eval.record,
        "context": context,
    });
    let answer = server.json(Method::POST, "/api/v1/formulas/evaluate", Some(&body)).await;
    server.close().await;
    let answer = answer?;
    if eval.json {
        out::line(&answer.to_string());
    }
    if answer.get("is_valid") != Some(&Value::Bool(true)) {
        bail!("{}", answer.get("error_message").and_then(Value::as_str).unwrap_or("the server gave no answer"));
    }
    if !eval.json {
        out::line(&shown(answer.get("value").unwrap_or(&Value::Null)));
    }
    Ok(())
}

/// Texts as they are, nothing as an empty line, everything else as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(special) => special.get("specialValue").and_then(Value::as_str).unwrap_or_default().to_owned(),
        other => other.to_string(),
    }
}

fn context(values: &[String]) -> anyhow::Result<Map<String, Value>> {
    let pairs = values.iter().map(|pair| {
        let (name, value) = pair.split_once('=').with_context(|| format!("`--set` takes NAME=VALUE, not `{pair}`"))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        Ok((name.to_owned(), value))
    });
    pairs.collect()
}
