//! The form of tokens.

use std::fmt;

use aws_lc_rs::{digest, rand};
use model::TokenId;

use crate::error::Error;

/// A token as its owner holds it. It shows itself only when asked.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenText(String);

/// What is kept of a token: its SHA-256 in hexadecimal.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl TokenText {
    /// Reads a token.
    ///
    /// # Errors
    /// [`Error::TokenForm`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (id, secret) = text.split_once('.').ok_or(Error::TokenForm)?;
        id.parse::<TokenId>().map_err(|_| Error::TokenForm)?;
        if secret.len() != 64 || !secret.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::TokenForm);
        }
        Ok(Self(text.to_owned()))
    }

    /// Makes a token from the system's randomness.
    ///
    /// # Errors
    /// [`Error::Randomness`].
    pub fn generate(id: TokenId) -> Result<Self, Error> {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).map_err(|_| Error::Randomness)?;
        Ok(Self(format!("{id}.{}", hex(&bytes))))
    }

    /// The part before the dot.
    ///
    /// # Errors
    /// [`Error::TokenForm`], never for a token that was parsed.
    pub fn id(&self) -> Result<TokenId, Error> {
        self.0.split_once('.').and_then(|(id, _)| id.parse().ok()).ok_or(Error::TokenForm)
    }

    /// What is kept of it.
    pub fn secret(&self) -> Secret {
        Secret(hex(digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref()))
    }

    /// The text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Secret {
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(self.0.as_bytes(), other.0.as_bytes()).is_ok()
    }
}

impl fmt::Debug for TokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenText(…)")
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
