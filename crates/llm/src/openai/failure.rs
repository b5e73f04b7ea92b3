//! Errors of `chat/completions` by what to do about them.

use serde_json::Value;

use crate::error::Error;

/// An error of the client, read as the provider means it.
pub(super) fn read(model: &str, error: outbound::Error) -> Error {
    let outbound::Error::Status { status, body, retry_after, .. } = &error else { return Error::Unreachable(error) };
    let parsed: Value = serde_json::from_str(body).unwrap_or_default();
    let told = parsed.get("error").unwrap_or(&Value::Null);
    match status {
        401 | 403 => Error::Unauthorized,
        404 => Error::ModelNotFound { model: model.to_owned() },
        429 => Error::Limited { wait: *retry_after, daily: code(told) == "insufficient_quota" },
        500.. | 408 => Error::Unreachable(error),
        _ => Error::Rejected { message: message(told) },
    }
}

/// An error that came inside a stream or with status 200.
pub(super) fn in_stream(error: &Value) -> Error {
    match code(error) {
        "rate_limit_exceeded" => Error::Limited { wait: None, daily: false },
        "insufficient_quota" => Error::Limited { wait: None, daily: true },
        _ => Error::Rejected { message: message(error) },
    }
}

fn code(error: &Value) -> &str {
    error.get("code").and_then(Value::as_str).unwrap_or_default()
}

/// Some servers answer `{"error": "text"}`.
fn message(error: &Value) -> String {
    let text = error.get("message").and_then(Value::as_str).or(error.as_str()).unwrap_or("no reason given");
    text.chars().take(300).collect()
}
