//! Opaque cursors that only we can make.

use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes of the signature kept.
const TAG: usize = 16;

/// Signs small values with HMAC-SHA-256 (RFC 2104), cut to 128 bits.
#[derive(Clone)]
pub struct Signer(Arc<hmac::Key>);

impl Signer {
    /// From a secret of at least 32 bytes.
    pub fn new(secret: &[u8]) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }

    /// A secret of its own for each purpose and subject, always the same: what is derived needs not be stored.
    pub fn derive(&self, purpose: &str, subject: &str) -> [u8; 32] {
        let mut secret = [0; 32];
        // No sealed value begins so: they are JSON.
        let tag = hmac::sign(&self.0, format!("derive\0{purpose}\0{subject}").as_bytes());
        for (byte, derived) in secret.iter_mut().zip(tag.as_ref()) {
            *byte = *derived;
        }
        secret
    }

    /// The value as text that cannot be forged.
    pub fn seal(&self, value: &impl Serialize) -> String {
        let mut bytes = serde_json::to_vec(value).unwrap_or_default();
        let tag = hmac::sign(&self.0, &bytes);
        bytes.extend_from_slice(tag.as_ref().get(..TAG).unwrap_or_default());
        BASE64.encode(bytes)
    }

    /// The value, if we made the text.
    pub fn open<T: DeserializeOwned>(&self, text: &str) -> Option<T> {
        let bytes = BASE64.decode(text).ok()?;
        let (value, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
        let expected = hmac::sign(&self.0, value);
        aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_ref().get(..TAG)?, tag).ok()?;
        serde_json::from_slice(value).ok()
    }
}
