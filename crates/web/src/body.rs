//! JSON bodies with limits.

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use crate::error::{Door, Failure, Kind};

/// Largest JSON body in bytes.
pub const MAX_BODY: usize = 2 * 1024 * 1024;
/// How much of a body that is too large is read and thrown away, so that its sender hears the answer instead of a
/// broken connection.
const MAX_DRAINED: usize = 8 * MAX_BODY;
/// Deepest nesting of a JSON body.
pub const MAX_DEPTH: usize = 64;

/// A body that was read within its limits.
#[derive(Debug, Clone)]
pub struct JsonBody(Bytes);

impl JsonBody {
    /// Reads a body, whatever its content type says: Airtable's clients name JSON even where there is none.
    ///
    /// # Errors
    /// 413 when it is larger than [`MAX_BODY`].
    pub async fn read(door: Door, body: Body) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        let mut seen = 0;
        let mut frames = body.into_data_stream();
        while let Some(frame) = frames.next().await {
            let broken = |_| Failure::plain(door, Kind::Malformed, "body", "the body ended too early");
            let frame = frame.map_err(broken)?;
            seen += frame.len();
            if seen <= MAX_BODY {
                bytes.extend_from_slice(&frame);
            } else if seen > MAX_DRAINED {
                break;
            }
        }
        if seen > MAX_BODY {
            let text = format!("the body is larger than {MAX_BODY} bytes");
            return Err(Failure::plain(door, Kind::TooLarge, "too-large", text));
        }
        Ok(Self(bytes.into()))
    }

    /// True when nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(u8::is_ascii_whitespace)
    }

    /// Parses it.
    ///
    /// # Errors
    /// 400 with the place when it is not JSON or too deep, 422 when it is not of the form asked for.
    pub fn parse<T: DeserializeOwned>(&self, door: Door) -> Result<T, Failure> {
        if let Some(at) = too_deep(&self.0) {
            let text = format!("the body nests more than {MAX_DEPTH} deep at byte {at}");
            return Err(Failure::plain(door, Kind::Malformed, "too-deep", text));
        }
        serde_json::from_slice(&self.0).map_err(|error| {
            let (kind, name) = match error.classify() {
                serde_json::error::Category::Data => (Kind::Invalid, "INVALID_REQUEST_UNKNOWN"),
                _ => (Kind::Malformed, "INVALID_JSON"),
            };
            Failure::plain(door, kind, "body", format!("could not read the request body: {error}")).airtable(name)
        })
    }
}

/// The byte at which brackets nest too deeply.
fn too_deep(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut text, mut escaped) = (0usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        if text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => text = true,
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(at);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}
