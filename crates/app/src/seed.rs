//! A file that describes bases: their tables, fields and records, in the shapes of Airtable's API.
//!
//! What has an id keeps it, and the file names it by that (in `linkedTableId`, in formulas, in cells of links). What has none
//! gets one, and is named by its name.

mod ids;
mod plant;

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use web::JsonError;

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
    id: Option<String>,
    name: String,
    tables: Vec<SeedTable>,
    /// As Airtable lists bases; without meaning here.
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
    /// A grid view without them.
    #[serde(default)]
    views: Vec<SeedView>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SeedView {
    id: Option<String>,
    name: String,
    r#type: String,
    /// As Airtable lists views; without meaning here.
    #[serde(rename = "visibleFieldIds", skip_serializing)]
    _visible_field_ids: Option<IgnoredAny>,
    #[serde(rename = "personalForUserId", skip_serializing)]
    _personal_for_user_id: Option<IgnoredAny>,
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
    /// Kept where there is an id.
    #[serde(default)]
    created_time: Value,
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

    /// True when a view with this id or name is made with the table.
    fn has_view(&self, wanted: &str) -> bool {
        self.views.iter().any(|view| view.id.as_deref() == Some(wanted) || view.name == wanted)
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

    fn choices(&self) -> &[Value] {
        let choices = self.options.as_ref().and_then(|options| options.get("choices")?.as_array());
        choices.map(Vec::as_slice).unwrap_or_default()
    }

    fn option(&self, key: &str) -> Option<&str> {
        self.options.as_ref()?.get(key)?.as_str()
    }
}

impl Seed {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, is not JSON or has another form, with the place; for ids that are none or are given twice.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let size = std::fs::metadata(path).with_context(|| format!("cannot read the seed `{shown}`"))?.len();
        if size > LARGEST {
            bail!("the seed `{shown}` has more than {} MiB", LARGEST >> 20);
        }
        let text = std::fs::read(path).with_context(|| format!("cannot read the seed `{shown}`"))?;
        let seed: Self = web::read_unbounded(&text).map_err(|error| match error {
            JsonError::Syntax { reason } => anyhow!("the seed `{shown}` is not JSON: {reason}"),
            JsonError::Form { pointer, reason } if pointer.is_empty() => anyhow!("the seed `{shown}`: {reason}"),
            error => anyhow!("the seed `{shown}`: {error}"),
        })?;
        ids::check(&seed.bases).with_context(|| format!("the seed `{shown}` cannot be planted"))?;
        Ok(seed)
    }
}

#[cfg(test)]
mod tests;
