//! JSON texts from outside: bounds first, then the form, and errors that name the place.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{ApiError, Fault, Kind};
use crate::place;

mod objects;
mod once;
mod words;

pub use objects::Objects;
pub use once::each_once;
pub use words::plain_words;

/// Deepest nesting of a JSON text.
pub const MAX_DEPTH: usize = 64;
/// Most keys of a JSON text, all objects together.
pub const MAX_KEYS: usize = 10_000;

/// Why a JSON text is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It is not JSON.
    #[error("the body is not JSON: {reason}")]
    Syntax {
        /// What is wrong, with line and column.
        reason: String,
    },
    /// It nests too deeply.
    #[error("the body nests more than {MAX_DEPTH} deep at byte {at}")]
    Depth {
        /// The first byte too deep.
        at: usize,
    },
    /// It has too many keys.
    #[error("the body has more than {MAX_KEYS} keys")]
    Keys,
    /// It holds U+0000, which no store can keep.
    #[error("the body holds the character U+0000 at byte {at}")]
    Nul {
        /// Where.
        at: usize,
    },
    /// It is JSON, but no object.
    #[error("Could not parse request body: it must be a JSON object")]
    Object,
    /// It is JSON of another form.
    #[error("{}: {reason}", if pointer.is_empty() { "the body" } else { pointer })]
    Form {
        /// RFC 6901 pointer to the value at fault.
        pointer: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl ApiError for JsonError {
    fn kind(&self) -> Kind {
        match self {
            Self::Form { .. } | Self::Object | Self::Nul { .. } => Kind::Invalid,
            Self::Syntax { .. } | Self::Depth { .. } | Self::Keys => Kind::Malformed,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "json-syntax",
            Self::Depth { .. } => "json-depth",
            Self::Keys => "json-keys",
            Self::Nul { .. } => "json-nul",
            Self::Form { .. } | Self::Object => "json-form",
        }
    }

    fn airtable_type(&self) -> Option<&'static str> {
        matches!(self, Self::Object).then_some("INVALID_REQUEST_BODY")
    }

    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Form { pointer, reason } => vec![Fault { pointer: pointer.clone(), detail: reason.clone() }],
            _ => Vec::new(),
        }
    }
}

/// Reads a JSON text within [`MAX_DEPTH`] and [`MAX_KEYS`].
///
/// # Errors
/// [`JsonError`], which names the place.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    check_bounds(without_mark(bytes))?;
    read_unbounded(bytes)
}

/// Reads a JSON text of any length and number of keys, such as a file of whoever runs the program.
///
/// # Errors
/// [`JsonError::Syntax`] and [`JsonError::Form`].
pub fn read_unbounded<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    let bytes = without_mark(bytes);
    let mut input = serde_json::Deserializer::from_slice(bytes);
    let read = T::deserialize(Objects(&mut input)).and_then(|read| input.end().map(|()| read));
    read.map_err(|error| {
        let told = error.to_string();
        if error.is_data() || words::is_of_number(&told) {
            let read = place::before(bytes, error.line(), error.column());
            // A list in place of a flag is told once it was opened.
            let opened = told.contains("sequence, expected a boolean");
            let pointer = place::pointer(read.strip_suffix(b"[").filter(|_| opened).unwrap_or(read));
            return JsonError::Form { pointer, reason: plain_words(&told) };
        }
        // The parser calls it no JSON as well where a choice of texts is of another kind.
        match serde_json::from_slice::<Value>(bytes) {
            Ok(body) => not_a_text(&body, place::before(bytes, error.line(), error.column())),
            Err(error) => JsonError::Syntax { reason: words::of_syntax(&error.to_string()) },
        }
    })
}

/// The error for the value that is none of the texts to choose from. `read` ends with its first byte, or behind the first
/// pair of an object: the parser takes `{"choice":null}` for a choice.
fn not_a_text(body: &Value, read: &[u8]) -> JsonError {
    let mut pointer = place::pointer(read.strip_suffix(b"[").unwrap_or(read));
    if read.trim_ascii_end().ends_with(b"null") {
        pointer.truncate(pointer.rfind('/').unwrap_or_default());
    }
    let found = body.pointer(&pointer).map_or_else(|| "this".to_owned(), words::kind_of);
    JsonError::Form { reason: format!("must be a text, not {found}"), pointer }
}

/// A JSON text without the byte order mark that some programs write before it.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes)
}

/// One pass over the bytes, outside of which nothing recurses or allocates.
fn check_bounds(bytes: &[u8]) -> Result<(), JsonError> {
    let (mut depth, mut keys, mut at) = (0usize, 0usize, 0usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = check_string(bytes, at)?,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b':' => keys += 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(JsonError::Depth { at });
        }
        if keys > MAX_KEYS {
            return Err(JsonError::Keys);
        }
        at += 1;
    }
    Ok(())
}

/// The place of the closing quote of the string that opens at `start`.
fn check_string(bytes: &[u8], start: usize) -> Result<usize, JsonError> {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return Ok(at),
            b'\\' if bytes.get(at + 1..at + 6) == Some(b"u0000") => return Err(JsonError::Nul { at }),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    Ok(at)
}

#[cfg(test)]
mod tests;
