//! A file that describes bases: their tables, fields and records, in the shapes of Airtable's API.
//!
//! Ids in it are names for use within the file (in `linkedTableId`, in formulas, in cells of links): what is made has
//! ids of its own.

mod plant;

use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

pub(crate) use plant::plant;

/// Largest file that is read.
const LARGEST: u64 = 256 << 20;

/// Everything that the file describes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seed {
    bases: Vec<SeedBase>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SeedBase {
    name: String,
    tables: Vec<SeedTable>,
    /// As Airtable lists bases; without meaning here.
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
    #[serde(rename = "permissionLevel")]
    _permission_level: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SeedTable {
    id: Option<String>,
    name: String,
    description: Option<String>,
    /// The first field without it.
    primary_field_id: Option<String>,
    fields: Vec<SeedField>,
    #[serde(default)]
    records: Vec<SeedRecord>,
    /// Every table has its grid view.
    #[serde(rename = "views")]
    _views: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedField {
    id: Option<String>,
    name: String,
    r#type: String,
    description: Option<String>,
    options: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SeedRecord {
    id: Option<String>,
    fields: Map<String, Value>,
    #[serde(rename = "createdTime")]
    _created_time: Option<IgnoredAny>,
    #[serde(rename = "commentCount")]
    _comment_count: Option<IgnoredAny>,
}

impl SeedTable {
    fn is_called(&self, text: &str) -> bool {
        self.name == text || self.id.as_deref() == Some(text)
    }

    fn field(&self, text: &str) -> Option<&SeedField> {
        self.fields.iter().find(|field| field.is_called(text))
    }

    /// The place of the primary field.
    fn primary(&self) -> Option<usize> {
        match &self.primary_field_id {
            None => (!self.fields.is_empty()).then_some(0),
            Some(wanted) => self.fields.iter().position(|field| field.is_called(wanted)),
        }
    }
}

impl SeedField {
    fn is_called(&self, text: &str) -> bool {
        self.name == text || self.id.as_deref() == Some(text)
    }

    fn is_link(&self) -> bool {
        self.r#type == "multipleRecordLinks"
    }

    fn option(&self, key: &str) -> Option<&str> {
        self.options.as_ref()?.get(key)?.as_str()
    }
}

impl Seed {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read or has not the form, with line and column.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let size = std::fs::metadata(path).with_context(|| format!("cannot read the seed `{shown}`"))?.len();
        if size > LARGEST {
            bail!("the seed `{shown}` has more than {} MiB", LARGEST >> 20);
        }
        let text = std::fs::read(path).with_context(|| format!("cannot read the seed `{shown}`"))?;
        serde_json::from_slice(&text).with_context(|| format!("the seed `{shown}` has not the form"))
    }
}

#[cfg(test)]
mod tests;
