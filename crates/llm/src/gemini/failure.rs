//! Gemini's errors by what to do about them.

use std::time::Duration;

use serde_json::Value;

use crate::error::Error;

/// Waits above this mean that the quota is used up.
const PATIENCE: Duration = Duration::from_mins(5);

/// An error of the client, read as the provider means it.
pub(super) fn read(model: &str, error: outbound::Error) -> Error {
    let outbound::Error::Status { status, body, retry_after, .. } = &error else { return Error::Unreachable(error) };
    let parsed: Value = serde_json::from_str(body).unwrap_or_default();
    let told = classify(model, *status, parsed.get("error").unwrap_or(&Value::Null), *retry_after);
    told.unwrap_or(Error::Unreachable(error))
}

/// An error that came inside a stream.
pub(super) fn in_stream(model: &str, error: &Value) -> Error {
    let status = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok()).unwrap_or(500);
    classify(model, status, error, None).unwrap_or_else(|| Error::Rejected { message: message(error) })
}

/// `None` for failures of the provider itself.
fn classify(model: &str, status: u16, error: &Value, retry_after: Option<Duration>) -> Option<Error> {
    let is_bad_key = reasons(error).any(|reason| reason == "API_KEY_INVALID");
    Some(match status {
        401 | 403 => Error::Unauthorized,
        400 if is_bad_key => Error::Unauthorized,
        404 => Error::ModelNotFound { model: model.to_owned() },
        429 => limited(error, retry_after),
        400..=499 => Error::Rejected { message: message(error) },
        _ => return None,
    })
}

fn limited(error: &Value, retry_after: Option<Duration>) -> Error {
    let quota = |word: &str| quotas(error).any(|id| id.contains(word));
    if quota("PerDay") {
        return Error::Limited { wait: None, daily: true };
    }
    let per_minute = quota("PerMinute").then_some(Duration::from_mins(1));
    let wait = retry_delay(error).or(per_minute).or_else(|| told_in_text(error)).or(retry_after);
    Error::Limited { wait, daily: wait.is_some_and(|wait| wait > PATIENCE) }
}

fn details(error: &Value) -> impl Iterator<Item = &Value> {
    error.get("details").and_then(Value::as_array).into_iter().flatten()
}

fn reasons(error: &Value) -> impl Iterator<Item = &str> {
    details(error).filter_map(|detail| detail.get("reason")?.as_str())
}

fn quotas(error: &Value) -> impl Iterator<Item = &str> {
    let violations = details(error).filter_map(|detail| detail.get("violations")?.as_array()).flatten();
    violations.filter_map(|violation| violation.get("quotaId")?.as_str())
}

fn retry_delay(error: &Value) -> Option<Duration> {
    details(error).find_map(|detail| duration(detail.get("retryDelay")?.as_str()?))
}

/// "… Please retry in 34.07s."
fn told_in_text(error: &Value) -> Option<Duration> {
    let (_, rest) = error.get("message")?.as_str()?.split_once("retry in ")?;
    duration(rest.split_whitespace().next()?.trim_end_matches('.'))
}

/// `34.07s`, `900ms`.
fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1e-3),
        None => (text.strip_suffix('s')?, 1.0),
    };
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * unit).ok()
}

fn message(error: &Value) -> String {
    let text = error.get("message").and_then(Value::as_str).unwrap_or("no reason given");
    text.chars().take(300).collect()
}
