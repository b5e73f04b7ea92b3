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
    /// Says whether a formula can be used, and shows all that is wrong with it.
    Check(Check),
}

/// Says whether a formula can be used, and shows all that is wrong with it. Without a table any name may be one of a field.
#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    asked: Asked,
}

/// Computes a formula, for a record, for given values, or for neither.
#[derive(Args)]
pub(crate) struct Eval {
    #[command(flatten)]
    asked: Asked,
    /// The id of the record that it is computed for.
    #[arg(long, requires = "table")]
    record: Option<String>,
    /// A value for a field, in place of the record's; JSON, or else a text.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    values: Vec<String>,
}

/// What is asked, and of whom.
#[derive(Args)]
struct Asked {
    /// The formula: `ROUND({Points} * 1.2, 1)`.
    #[arg(allow_hyphen_values = true)]
    formula: String,
    /// The base whose fields it names, by name or id.
    #[arg(long, requires = "table")]
    base: Option<String>,
    /// The table, by name or id.
    #[arg(long, requires = "base")]
    table: Option<String>,
    /// Prints the whole answer as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

pub(super) async fn run(command: &Formula) -> anyhow::Result<()> {
    match command {
        Formula::Eval(eval) => evaluate(eval).await,
        Formula::Check(Check { asked }) => check(asked).await,
    }
}

async fn evaluate(eval: &Eval) -> anyhow::Result<()> {
    let body = json!({
        "formula": eval.asked.formula,
        "base": eval.asked.base,
        "table": eval.asked.table,
        "record": eval.record,
        "context": context(&eval.values)?,
    });
    let answer = ask(&eval.asked.reach, "evaluate", &body).await?;
    if eval.asked.json {
        out::line(&answer.to_string());
    }
    if answer.get("is_valid") != Some(&Value::Bool(true)) {
        let reason = answer.get("error_message").and_then(Value::as_str).unwrap_or("the server gave no answer");
        bail!("{reason}");
    }
    if !eval.asked.json {
        out::line(&shown(answer.get("value").unwrap_or(&Value::Null)));
    }
    Ok(())
}

async fn check(asked: &Asked) -> anyhow::Result<()> {
    let body = json!({ "formula": asked.formula, "base": asked.base, "table": asked.table });
    let answer = ask(&asked.reach, "validate", &body).await?;
    if asked.json {
        out::line(&answer.to_string());
    }
    if answer.get("is_valid") != Some(&Value::Bool(true)) {
        for mistake in mistakes(&answer).filter(|_| !asked.json) {
            out::line(&format!("{}\n{}\n", marked(&asked.formula, mistake), told(mistake)));
        }
        bail!("the formula cannot be used");
    }
    if !asked.json {
        out::line(answer.get("result").and_then(Value::as_str).unwrap_or("valid"));
    }
    Ok(())
}

async fn ask(reach: &Reach, what: &str, body: &Value) -> anyhow::Result<Value> {
    let server = reach.server(&reach.settings()?).await?;
    let answer = server.json(Method::POST, &format!("/api/v1/formulas/{what}"), Some(body)).await;
    server.close().await;
    answer
}

fn mistakes(answer: &Value) -> impl Iterator<Item = &Value> {
    answer.get("diagnostics").and_then(Value::as_array).into_iter().flatten()
}

/// Where a mistake begins and ends, in characters from 0.
fn place(mistake: &Value) -> [usize; 2] {
    ["start", "end"].map(|key| mistake.get(key).and_then(Value::as_u64).unwrap_or_default() as usize)
}

fn told(mistake: &Value) -> String {
    let [message, advice] =
        ["message", "advice"].map(|key| mistake.get(key).and_then(Value::as_str).unwrap_or_default());
    let separator = if advice.is_empty() { "" } else { "; " };
    format!("{message} (at character {}){separator}{advice}", place(mistake)[0] + 1)
}

/// The line of a formula that a mistake begins in, with marks below it.
fn marked(formula: &str, mistake: &Value) -> String {
    let [start, end] = place(mistake);
    let before: String = formula.chars().take(start).collect();
    let begun = before.rsplit('\n').next().unwrap_or_default();
    let rest: String = formula.chars().skip(start).take_while(|c| *c != '\n').collect();
    // What is as wide as what stands above it.
    let margin: String = begun.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let marks = (end - start.min(end)).clamp(1, rest.chars().count().max(1));
    format!("{begun}{rest}\n{margin}{}", "^".repeat(marks))
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
