//! Public ids (three letters and fourteen of `[A-Za-z0-9]`, as Airtable's) and the numbers that key rows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A text is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form `{prefix}` + 14 letters or digits")]
pub struct IdError {
    /// The text that was given, cut to 64 characters.
    pub text: String,
    /// The prefix that was expected.
    pub prefix: &'static str,
}

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn parse_body(text: &str, prefix: &'static str) -> Result<[u8; 14], IdError> {
    let error = || IdError { text: text.chars().take(64).collect(), prefix };
    let body = text.strip_prefix(prefix).ok_or_else(error)?;
    let bytes: [u8; 14] = body.as_bytes().try_into().map_err(|_| error())?;
    if bytes.iter().all(u8::is_ascii_alphanumeric) { Ok(bytes) } else { Err(error()) }
}

/// Fourteen characters: eight of milliseconds since 1970 in base 62 (so that ids sort by time), six of chance.
fn ordered_body(millis: u64, mut chance: u64) -> [u8; 14] {
    let mut body = [b'0'; 14];
    let mut rest = millis;
    let (time, random) = body.split_at_mut(8);
    for slot in time.iter_mut().rev() {
        *slot = digit(rest % 62);
        rest /= 62;
    }
    for slot in random {
        *slot = digit(chance % 62);
        chance /= 62;
    }
    body
}

fn digit(value: u64) -> u8 {
    ALPHABET.get(value as usize).copied().unwrap_or(b'0')
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 14]);

        impl $name {
            /// The three letters in front.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id from a time in milliseconds and 64 bits of chance; ids sort by that time.
            pub fn ordered(millis: u64, chance: u64) -> Self {
                Self(ordered_body(millis, chance))
            }

            /// The fourteen characters after the prefix.
            pub fn body(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or_default()
            }

            /// The same as bytes.
            pub const fn bytes(&self) -> &[u8; 14] {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_body(text, $prefix).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                f.write_str(self.body())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A base.
    BaseId = "app";
    /// A table of a base.
    TableId = "tbl";
    /// A field of a table.
    FieldId = "fld";
    /// A view of a table.
    ViewId = "viw";
    /// A record of a table.
    RecordId = "rec";
    /// A choice of a select field.
    ChoiceId = "sel";
    /// A comment on a record.
    CommentId = "com";
    /// A user.
    UserId = "usr";
    /// A workspace.
    WorkspaceId = "wsp";
    /// A tenant.
    TenantId = "ten";
    /// A personal access token (the part before the dot).
    TokenId = "pat";
    /// A webhook of a base.
    WebhookId = "ach";
    /// A file in a cell.
    AttachmentId = "att";
    /// A share of a base.
    ShareId = "shr";
    /// An entry of the audit trail.
    EntryId = "aud";
}

impl FieldId {
    /// That of a field which is gone and of which an import did not tell the id.
    pub const UNTOLD: Self = Self([b'0'; 14]);
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )*};
}

numbers! {
    /// A tenant's number: the first part of every key.
    TenantNo(i64);
    /// A base's number, unique in the installation.
    BaseNo(i64);
    /// A table's number, unique in its base.
    TableNo(u32);
    /// The short number of a field and its kind of value, unique in its base and never used again.
    FieldNo(u32);
    /// A record's place in creation order inside its table, from 0.
    Ordinal(u32);
}
