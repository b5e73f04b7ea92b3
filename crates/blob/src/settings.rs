//! What an operator sets.

use std::fmt;
use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The section `blob`: where files are kept.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `s3://bucket/prefix` or `file:///folder`; a folder in the data directory when absent.
    pub url: Option<String>,
    /// The address of the S3 server; Amazon's when absent.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` when absent.
    pub region: Option<String>,
    /// The access key.
    pub access_key: Option<String>,
    /// The secret key.
    pub secret_key: Option<String>,
    /// How many days after the month in which it was kept an object goes that nothing names; never when absent.
    pub sweep_days: Option<NonZeroU16>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = |key: &Option<String>| key.as_ref().map(|_| "***");
        f.debug_struct("Settings")
            .field("url", &self.url)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("access_key", &hidden(&self.access_key))
            .field("secret_key", &hidden(&self.secret_key))
            .field("sweep_days", &self.sweep_days)
            .finish()
    }
}

/// Where objects are kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place<'s> {
    Folder(&'s str),
    Bucket { name: &'s str, prefix: &'s str },
}

impl Settings {
    /// The place that is named; none for the folder in the data directory.
    pub(crate) fn place(&self) -> Result<Option<Place<'_>>, Error> {
        let Some(url) = self.url.as_deref() else { return Ok(None) };
        let wrong = || Error::Settings {
            key: "url",
            reason: format!("is `s3://bucket/prefix` or `file:///folder`, not `{url}`"),
        };
        match url.split_once("://").ok_or_else(wrong)? {
            ("file", folder) if folder.starts_with('/') => Ok(Some(Place::Folder(folder))),
            ("s3", rest) => {
                let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if name.is_empty() { Err(wrong()) } else { Ok(Some(Place::Bucket { name, prefix })) }
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests;
