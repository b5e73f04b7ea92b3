//! Tables and fields to make.

use model::reads_alike;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::NewView;

/// A table to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewTable {
    /// Its id, for imports that keep ids (`keepIds`).
    #[serde(default)]
    pub id: Option<String>,
    /// Name, unique in the base without regard to case.
    pub name: String,
    /// Description.
    #[serde(default)]
    pub description: Option<String>,
    /// The fields.
    pub fields: Vec<NewField>,
    /// The id or the name of the primary field, for imports that keep ids (`keepIds`); the first field without it.
    #[serde(default, rename = "primaryFieldId")]
    pub primary_field_id: Option<String>,
    /// The views, for imports that keep ids (`keepIds`); a grid view when there are none.
    #[serde(default)]
    #[schema(value_type = Option<Vec<NewView>>)]
    pub views: Option<Value>,
}

/// A field to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewField {
    /// Its id, for imports that keep ids (`keepIds`); then the ids of choices and `inverseLinkFieldId` are kept too.
    #[serde(default)]
    pub id: Option<String>,
    /// Name, unique in the table without regard to case.
    pub name: String,
    /// The type's API name, such as `singleLineText`.
    #[serde(rename = "type")]
    pub field_type: String,
    /// Description.
    #[serde(default)]
    pub description: Option<String>,
    /// Options as the type wants them.
    #[serde(default)]
    pub options: Option<Value>,
}

impl NewTable {
    /// Without the ids that were given.
    pub fn forget_ids(&mut self) {
        (self.id, self.primary_field_id) = (None, None);
        // Clients that copy a schema send views of any kind along.
        self.views = None;
        self.fields.iter_mut().for_each(NewField::forget_ids);
    }

    /// The place of the primary field.
    pub(super) fn primary(&self) -> Option<usize> {
        let Some(wanted) = self.primary_field_id.as_deref() else { return Some(0) };
        self.fields.iter().position(|field| field.id.as_deref() == Some(wanted) || reads_alike(&field.name, wanted))
    }

    /// True when one of the ids is given.
    pub fn has_ids(&self) -> bool {
        self.id.is_some() || self.views.is_some() || self.fields.iter().any(NewField::has_ids)
    }
}

impl NewField {
    /// Without the id that was given.
    pub fn forget_ids(&mut self) {
        self.id = None;
    }

    /// True when the id is given.
    pub fn has_ids(&self) -> bool {
        self.id.is_some()
    }

    /// Airtable lists the order that people drag records into as a field, and takes none.
    pub(super) fn is_left_out(&self) -> bool {
        self.id.is_some() && self.field_type == "manualSort"
    }

    pub(super) fn is_link(&self) -> bool {
        self.field_type == "multipleRecordLinks"
    }

    /// An option that is a text.
    pub(super) fn option(&self, key: &str) -> Option<&str> {
        self.options.as_ref()?.get(key)?.as_str()
    }
}
