//! The specification of a webhook: which changes it wants to know, and how much of each.

mod check;

use std::fmt;

use model::{FieldId, Schema, Table, TableId, ViewId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use utoipa::ToSchema;

/// What a webhook wants to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookSpecification)]
pub struct Specification {
    /// Its parts.
    pub options: Options,
}

/// The parts of a specification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookOptions)]
pub struct Options {
    /// Which changes.
    pub filters: Filters,
    /// How much of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub includes: Option<Includes>,
}

/// Which changes make payloads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookFilters)]
pub struct Filters {
    /// What they are about; at least one.
    pub data_types: Vec<DataType>,
    /// Only in this table, or of records in this view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_change_scope: Option<String>,
    /// Only what was added, removed or updated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_types: Option<Vec<ChangeType>>,
    /// Only what came this way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_sources: Option<Vec<Source>>,
    /// More about the ways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_options: Option<SourceOptions>,
    /// Only changes of cells in these fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub watch_data_in_field_ids: Option<Vec<FieldId>>,
    /// Only changes of these fields themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub watch_schemas_of_field_ids: Option<Vec<FieldId>>,
}

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDataType)]
pub enum DataType {
    /// Records and their cells.
    TableData,
    /// Fields.
    TableFields,
    /// Names and descriptions of tables.
    TableMetadata,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookChangeType)]
pub enum ChangeType {
    /// Something is new.
    Add,
    /// Something is gone.
    Remove,
    /// Something is different.
    Update,
}

/// Which way a change came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookSource)]
pub enum Source {
    /// A person at the platform itself.
    Client,
    /// The Web API.
    PublicApi,
    /// A form.
    FormSubmission,
    /// A form on a page.
    FormPageSubmission,
    /// An automation.
    Automation,
    /// The house itself.
    System,
    /// A table that follows another.
    Sync,
    /// Somebody without an account.
    AnonymousUser,
    /// Nobody can say.
    Unknown,
}

/// More about the ways that changes come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookSourceOptions)]
pub struct SourceOptions {
    /// Only this form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_submission: Option<FormView>,
    /// Only this form on a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_page_submission: Option<FormPage>,
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookFormView)]
pub struct FormView {
    /// Its view.
    #[schema(value_type = String)]
    pub view_id: ViewId,
}

/// A form on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookFormPage)]
pub struct FormPage {
    /// Its page.
    pub page_id: String,
}

/// How much of a change a payload holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookIncludes)]
pub struct Includes {
    /// Cells of a changed record to hold although they are as they were: `"all"` or a list of field ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub include_cell_values_in_field_ids: Option<FieldChoice>,
    /// What changed cells held before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_previous_cell_values: Option<bool>,
    /// What changed fields were before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_previous_field_definitions: Option<bool>,
}

/// All fields, or some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldChoice {
    /// All.
    All,
    /// These.
    Only(Vec<FieldId>),
}

impl FieldChoice {
    /// True for a field that was chosen.
    pub fn has(&self, field: FieldId) -> bool {
        match self {
            Self::All => true,
            Self::Only(fields) => fields.contains(&field),
        }
    }
}

impl Serialize for FieldChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Only(fields) => fields.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for FieldChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "expected \"all\" or a list of field ids";
        match Value::deserialize(deserializer)? {
            Value::String(word) if word == "all" => Ok(Self::All),
            Value::Array(ids) => {
                let ids = ids.iter().map(|id| id.as_str().unwrap_or_default().parse().map_err(D::Error::custom));
                ids.collect::<Result<_, _>>().map(Self::Only)
            }
            _ => Err(D::Error::custom(expected)),
        }
    }
}

/// Where a specification looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Base,
    Table(TableId),
    View(TableId, ViewId),
}

impl Scope {
    /// True when changes in the table are wanted.
    pub fn has(self, wanted: TableId) -> bool {
        match self {
            Self::Base => true,
            Self::Table(table) | Self::View(table, _) => table == wanted,
        }
    }

    /// True when changes of all records of the table are wanted.
    pub fn has_all_of(self, wanted: TableId) -> bool {
        !matches!(self, Self::View(..)) && self.has(wanted)
    }
}

impl Specification {
    fn filters(&self) -> &Filters {
        &self.options.filters
    }

    pub(crate) fn wants(&self, data: DataType) -> bool {
        self.filters().data_types.contains(&data)
    }

    pub(crate) fn takes(&self, change: ChangeType) -> bool {
        chosen(self.filters().change_types.as_ref()).is_none_or(|types| types.contains(&change))
    }

    pub(crate) fn listens_to(&self, source: Source) -> bool {
        chosen(self.filters().from_sources.as_ref()).is_none_or(|sources| sources.contains(&source))
    }

    /// Whether changes of cells in this field are wanted.
    pub(crate) fn watches_data(&self, field: FieldId) -> bool {
        self.names_data(field).unwrap_or(true)
    }

    /// Whether this field is among those that are watched by name; nothing when none is named.
    pub(crate) fn names_data(&self, field: FieldId) -> Option<bool> {
        chosen(self.filters().watch_data_in_field_ids.as_ref()).map(|fields| fields.contains(&field))
    }

    /// Whether records of the table may be told.
    pub(crate) fn wants_records_of(&self, table: &Table) -> bool {
        let named = self.filters().record_change_scope.as_deref();
        self.wants(DataType::TableData)
            && named.is_none_or(|named| {
                named.parse() == Ok(table.id) || table.live_views().any(|view| named.parse() == Ok(view.id))
            })
    }

    /// The view that it looks at alone.
    pub(crate) fn view(&self) -> Option<ViewId> {
        self.filters().record_change_scope.as_ref()?.parse().ok()
    }

    /// Whether the table has a field whose cells are watched.
    pub(crate) fn watches_data_of(&self, table: &Table) -> bool {
        table.fields.iter().any(|field| self.watches_data(field.id))
    }

    /// Whether changes of this field itself are wanted.
    pub(crate) fn watches_schema(&self, field: FieldId) -> bool {
        chosen(self.filters().watch_schemas_of_field_ids.as_ref()).is_none_or(|fields| fields.contains(&field))
    }

    /// Whether cells of this field are wanted although they are as they were.
    pub(crate) fn includes(&self, field: FieldId) -> bool {
        let includes = self.options.includes.as_ref();
        includes.and_then(|includes| includes.include_cell_values_in_field_ids.as_ref()).is_some_and(|f| f.has(field))
    }

    pub(crate) fn includes_unchanged(&self) -> bool {
        self.options.includes.as_ref().is_some_and(|includes| includes.include_cell_values_in_field_ids.is_some())
    }

    pub(crate) fn includes_previous_cells(&self) -> bool {
        self.options.includes.as_ref().is_some_and(|includes| includes.include_previous_cell_values == Some(true))
    }

    pub(crate) fn includes_previous_fields(&self) -> bool {
        self.options.includes.as_ref().is_some_and(|includes| includes.include_previous_field_definitions == Some(true))
    }

    /// Where it looks; nothing when its table or view is gone.
    pub(crate) fn scope(&self, schema: &Schema) -> Option<Scope> {
        let Some(named) = &self.filters().record_change_scope else { return Some(Scope::Base) };
        if let Ok(id) = named.parse::<TableId>() {
            return schema.tables.iter().find(|table| table.id == id).map(|table| Scope::Table(table.id));
        }
        let id = named.parse::<ViewId>().ok()?;
        let holder = schema.live_tables().find(|table| table.live_views().any(|view| view.id == id))?;
        Some(Scope::View(holder.id, id))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base => f.write_str("this base"),
            Self::Table(table) | Self::View(table, _) => write!(f, "table `{table}`, which `recordChangeScope` names"),
        }
    }
}

/// An empty list chooses nothing, so everything is wanted.
fn chosen<T>(list: Option<&Vec<T>>) -> Option<&Vec<T>> {
    list.filter(|list| !list.is_empty())
}

#[cfg(test)]
mod tests;
