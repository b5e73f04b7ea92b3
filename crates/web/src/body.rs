//! JSON bodies with limits.

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::{Door, Failure, Kind};
use crate::json::{JsonError, read_json, without_mark};

/// Largest JSON body in bytes.
pub const MAX_BODY: usize = 2 * 1024 * 1024;
/// How much of a body that is too large is read and thrown away, so that its sender hears the answer instead of a
/// broken connection.
const MAX_DRAINED: usize = 8 * MAX_BODY;

/// A body that was read within its limits.
#[derive(Debug, Clone)]
pub struct JsonBody(Bytes);

impl JsonBody {
    /// Reads a body, whatever its content type says: Airtable's clients name JSON even where there is none.
    ///
    /// # Errors
    /// 413 when it is larger than [`MAX_BODY`].
    pub async fn read(door: Door, body: Body) -> Result<Self, Failure> {
        Self::read_within(door, body, MAX_BODY).await
    }

    /// Reads a body that may hold a file.
    ///
    /// # Errors
    /// 413 when it is larger than `most` bytes.
    pub async fn read_within(door: Door, body: Body, most: usize) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        let mut seen = 0;
        let mut frames = body.into_data_stream();
        while let Some(frame) = frames.next().await {
            let broken = |_| Failure::plain(door, Kind::Malformed, "body", "the body ended too early");
            let frame = frame.map_err(broken)?;
            seen += frame.len();
            if seen <= most {
                bytes.extend_from_slice(&frame);
            } else if seen > MAX_DRAINED {
                break;
            }
        }
        if seen > most {
            let text = format!("the body is larger than {most} bytes");
            return Err(Failure::plain(door, Kind::TooLarge, "too-large", text));
        }
        Ok(Self(bytes.into()))
    }

    /// Parses it; what nothing means is the default.
    ///
    /// # Errors
    /// As for [`JsonBody::parse`].
    pub fn parse_or_default<T: DeserializeOwned + Default>(&self, door: Door) -> Result<T, Failure> {
        if self.is_empty() { Ok(T::default()) } else { self.parse(door) }
    }

    /// True when nothing was sent.
    pub fn is_empty(&self) -> bool {
        without_mark(&self.0).iter().all(u8::is_ascii_whitespace)
    }

    /// What was sent.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }

    /// Parses an object.
    ///
    /// # Errors
    /// 400 with the place when it is not JSON or too deep, 422 when it is not of the form asked for.
    pub fn parse<T: DeserializeOwned>(&self, door: Door) -> Result<T, Failure> {
        // Clients know a type of its own for what is no object.
        let read = if without_mark(&self.0).trim_ascii_start().starts_with(b"{") {
            read_json(&self.0)
        } else {
            read_json::<IgnoredAny>(&self.0).and(Err(JsonError::Object))
        };
        read.map_err(|error| Failure::new(door, &error))
    }
}
