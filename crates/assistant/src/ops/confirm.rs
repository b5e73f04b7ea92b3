//! Plain words that confirm or cancel a write that was shown, and carrying it out.

use serde_json::{Value, json};

use super::answer::Answer;
use super::toolbox::Toolbox;
use crate::error::Error;
use crate::model::PendingWrite;

/// What a message says about a write that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reaction {
    Yes,
    No,
    /// Something else: the write is forgotten.
    Neither,
}

const YES: [&str; 14] = [
    "yes",
    "y",
    "yes please",
    "yep",
    "yeah",
    "ok",
    "okay",
    "sure",
    "confirm",
    "confirmed",
    "do it",
    "go ahead",
    "yes do it",
    "proceed",
];
const NO: [&str; 11] =
    ["no", "n", "nope", "no thanks", "no thank you", "cancel", "stop", "abort", "don't", "dont", "do not"];

/// Reads a message as a plain yes or no; anything longer is neither.
pub(super) fn reaction(message: &str) -> Reaction {
    let plain: String = message.to_lowercase().replace('\u{2019}', "'");
    let words: Vec<&str> =
        plain.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|w| !w.is_empty()).collect();
    let plain = words.join(" ");
    match () {
        () if message.contains('?') => Reaction::Neither,
        () if YES.contains(&&*plain) => Reaction::Yes,
        () if NO.contains(&&*plain) => Reaction::No,
        () => Reaction::Neither,
    }
}

/// Shows what a write would do: the tool's own dry run where it has one, else the arguments themselves. Returns what
/// was shown and the write that waits.
pub(super) async fn preview(
    toolbox: &Toolbox<'_>,
    tool: &str,
    arguments: &Value,
) -> Result<(Value, PendingWrite), Error> {
    let mut arguments = arguments.clone();
    let Some(dry_run) = toolbox.argument(tool, &DRY_RUN) else {
        let shown = json!({ "would_call": tool, "arguments": arguments });
        return Ok((shown, PendingWrite { tool: tool.to_owned(), arguments }));
    };
    set(&mut arguments, dry_run, json!(true));
    let shown = toolbox.call(tool, arguments.clone()).await?;
    set(&mut arguments, dry_run, json!(false));
    let token = TOKEN.iter().find_map(|name| shown.get(name));
    if let (Some(token), Some(argument)) = (token, toolbox.argument(tool, &TOKEN)) {
        set(&mut arguments, argument, token.clone());
    }
    Ok((shown, PendingWrite { tool: tool.to_owned(), arguments }))
}

/// The argument that asks a tool only to show what it would do.
const DRY_RUN: [&str; 2] = ["dryRun", "dry_run"];
/// What a dry run hands out and the write must bring back.
const TOKEN: [&str; 3] = ["confirmationToken", "confirmation_token", "confirm"];

fn set(arguments: &mut Value, key: &str, value: Value) {
    if let Some(object) = arguments.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

/// Carries out the writes in order; the first that fails ends it.
pub(super) async fn carry_out(toolbox: &Toolbox<'_>, writes: Vec<PendingWrite>) -> Answer {
    let mut done = Vec::new();
    for write in writes {
        match toolbox.call(&write.tool, write.arguments).await {
            Ok(result) => done.push(sentence(&write.tool, &result)),
            Err(error) => {
                done.push(format!("`{}` failed: {error}.", write.tool));
                return Answer { succeeded: false, ..Answer::text(done.join(" ")) };
            }
        }
    }
    Answer::text(done.join(" "))
}

fn sentence(tool: &str, result: &Value) -> String {
    let count = result.get("records").and_then(Value::as_array).map(Vec::len);
    match count {
        Some(1) => format!("Done: `{tool}`, 1 record."),
        Some(count) => format!("Done: `{tool}`, {count} records."),
        None => format!("Done: `{tool}`."),
    }
}

#[cfg(test)]
mod tests;
