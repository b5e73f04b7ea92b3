//! Headers that ask for a part of a file, or for it only if it is another.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::ops::Wanted;

/// The one range that is asked for. What is no range of bytes asks for the whole file, and so do several (RFC 9110 lets
/// a server choose).
pub(super) fn wanted(headers: &HeaderMap, tag: &str) -> Option<Wanted> {
    // Somebody has the beginning of a file and wants the rest of that very file.
    if headers.get(header::IF_RANGE).is_some_and(|held| held.as_bytes() != tag.as_bytes()) {
        return None;
    }
    let text = headers.get(header::RANGE)?.to_str().ok()?;
    let (first, last) = text.strip_prefix("bytes=")?.trim().split_once('-')?;
    let number = |text: &str| if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None };
    match (first.trim(), last.trim()) {
        ("", "") => None,
        ("", count) => Some(Wanted::Last(number(count)?)),
        (first, "") => Some(Wanted::From(number(first)?, None)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Wanted::From(first, Some(last)))
        }
    }
}

/// True when the client has the file that this tag names.
pub(super) fn is_known(header: Option<&HeaderValue>, tag: &str) -> bool {
    let Some(held) = header.and_then(|held| held.to_str().ok()) else { return false };
    held.split(',').map(|held| held.trim().trim_start_matches("W/")).any(|held| held == tag || held == "*")
}

#[cfg(test)]
mod tests;
