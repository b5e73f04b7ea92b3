//! Addresses and bodies of the record doors.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

/// A table of a base.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct TablePath {
    /// The base's id.
    pub(super) base: String,
    /// The table's id or name.
    pub(super) table: String,
}

/// A record of a table.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct RecordPath {
    /// The base's id.
    pub(super) base: String,
    /// The table's id or name.
    pub(super) table: String,
    /// The record's id.
    pub(super) record: String,
}

/// What a write asks for: one record in `fields`, or up to ten in `records`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WriteIn {
    /// Up to ten records, all or none of which are written.
    #[serde(default)]
    pub(super) records: Option<Vec<RecordIn>>,
    /// The cells of a single record by field name or id.
    #[serde(default, deserialize_with = "web::each_once")]
    #[schema(value_type = Option<Object>)]
    pub(super) fields: Option<Map<String, Value>>,
    /// The id of a single new record, with `keepIds`.
    #[serde(default)]
    pub(super) id: Option<String>,
    /// When a single new record was created, with `keepIds`.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) created_time: Value,
    /// Turns text into the field's type where it can, and adds choices that are new.
    #[serde(default)]
    pub(super) typecast: bool,
    /// Answers with field ids as keys instead of names.
    #[serde(default)]
    pub(super) return_fields_by_field_id: bool,
    /// Updates the records that match and creates the others. Only for updates of several records.
    #[serde(default)]
    pub(super) perform_upsert: Option<PerformUpsertIn>,
}

/// How an upsert finds the records to update.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PerformUpsertIn {
    /// One to three fields by name or id. A record without `id` updates the one that has the same values in all of them,
    /// and is created where there is none.
    pub(super) fields_to_merge_on: Vec<String>,
}

/// A record of a batch.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecordIn {
    /// Its id, for updates.
    pub(super) id: Option<String>,
    /// When it was created, for imports that keep ids (`keepIds`).
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) created_time: Value,
    /// Its cells by field name or id.
    #[serde(default, deserialize_with = "web::each_once")]
    #[schema(value_type = Option<Object>)]
    pub(super) fields: Option<Map<String, Value>>,
}

/// What a list asks for, in the body or, with `[]` and `[0]` behind the names of lists, in the query.
#[derive(Deserialize, Default, IntoParams, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub(super) struct ListIn {
    /// Only these fields, by name or id.
    #[param(rename = "fields[]")]
    pub(super) fields: Vec<String>,
    /// A formula; records for which it is true are listed.
    pub(super) filter_by_formula: Option<String>,
    /// Sort keys, the first one first: `sort[0][field]=Name&sort[0][direction]=desc`.
    #[param(style = DeepObject)]
    pub(super) sort: Vec<SortIn>,
    /// A view by name or id.
    pub(super) view: Option<String>,
    /// The table as it was: after the change of this number, or at this time (ISO 8601).
    #[serde(deserialize_with = "text_or_number")]
    pub(super) at: Option<String>,
    /// At most this many records over all pages.
    pub(super) max_records: Option<i64>,
    /// Records of a page, 1 to 100.
    pub(super) page_size: Option<i64>,
    /// Where to go on: the `offset` of the page before.
    pub(super) offset: Option<String>,
    /// Answers with field ids as keys instead of names.
    pub(super) return_fields_by_field_id: bool,
    /// `json` (the default), or `string`: cells as people see them, which needs `timeZone` and `userLocale`.
    pub(super) cell_format: Option<String>,
    /// With `string`: a name of the IANA database, for date-times in fields whose zone is `client`.
    pub(super) time_zone: Option<String>,
    /// With `string`: a locale such as `en-gb`, in any case.
    pub(super) user_locale: Option<String>,
    /// `commentCount` tells beside each record how many comments it has.
    #[param(rename = "recordMetadata[]")]
    pub(super) record_metadata: Vec<String>,
}

fn text_or_number<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    match Option::<Value>::deserialize(input)? {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => {
            Err(D::Error::custom("must be the number of a change or a time, such as `2026-03-01T12:00:00.000Z`"))
        }
    }
}

/// A sort key.
#[derive(Serialize, Deserialize, Default, Clone, ToSchema)]
pub(super) struct SortIn {
    /// A field by name or id.
    pub(super) field: String,
    /// `asc` (the default) or `desc`.
    #[serde(default)]
    pub(super) direction: Option<String>,
}

/// A record. Doors write it straight from columns; this is its description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is written without it")]
pub(super) struct RecordOut {
    /// Its id.
    id: String,
    /// When it was created.
    #[schema(format = DateTime)]
    created_time: String,
    /// Its cells by field name; empty ones are left out.
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
    /// How many comments it has, replies included, when `recordMetadata` asks for it.
    #[schema(nullable = false)]
    comment_count: Option<i64>,
}

/// Records. Doors write them straight from columns; this is their description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is written without it")]
pub(super) struct RecordsOut {
    /// The records.
    records: Vec<RecordOut>,
    /// Where the next page begins; absent on the last one.
    #[schema(nullable = false)]
    offset: Option<String>,
}

/// Records after an update, with what an upsert did.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is written without it")]
pub(super) struct UpdatedOut {
    /// The records in the order of the request.
    records: Vec<RecordOut>,
    /// Ids of records that were created; only for upserts.
    #[schema(nullable = false)]
    created_records: Option<Vec<String>>,
    /// Ids of records that were there; only for upserts.
    #[schema(nullable = false)]
    updated_records: Option<Vec<String>>,
}

/// What a write of one record or of several answers.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what is written without it")]
pub(super) enum WrittenOut {
    /// For `fields`.
    One(RecordOut),
    /// For `records`.
    Many(RecordsOut),
}

/// A record that was deleted.
#[derive(Serialize, ToSchema)]
pub(super) struct DeletedOut {
    /// Its id.
    pub(super) id: String,
    /// Always true.
    pub(super) deleted: bool,
}

/// Records that were deleted.
#[derive(Serialize, ToSchema)]
pub(super) struct DeletedManyOut {
    /// Them.
    pub(super) records: Vec<DeletedOut>,
}
