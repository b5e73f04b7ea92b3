//! The form of tokens.

use std::fmt;

use aws_lc_rs::{digest, rand};
use model::TokenId;

use crate::error::Error;

/// A token as its owner holds it. It shows itself only when asked.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenText(String);

/// What is kept of a token: its SHA-256.
#[derive(Clone, Copy)]
pub struct Secret([u8; 32]);

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
        let digest = digest::digest(&digest::SHA256, self.0.as_bytes());
        Secret(digest.as_ref().try_into().unwrap_or([0; 32]))
    }

    /// The text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Secret {
    /// Reads the stored form.
    pub(crate) fn stored(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let digits = text.as_bytes().chunks_exact(2);
        if text.len() != 64 {
            return None;
        }
        for (byte, digits) in bytes.iter_mut().zip(digits) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// The stored form: 64 hexadecimal digits.
    pub(crate) fn text(&self) -> String {
        hex(&self.0)
    }

    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
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
