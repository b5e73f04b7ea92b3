//! What the doors of imports and exports take and answer.

use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::ops::Import;

/// What to do with the file.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `Params` reads")]
pub(super) struct ImportParams {
    /// The base's id or name.
    base: String,
    /// The table's id or name.
    table: String,
    /// Makes the base, the table and the fields that are missing.
    create: Option<bool>,
    /// `infer` (the default) gives columns types, `text` leaves every cell as it is written.
    types: Option<String>,
    /// Only reads the file and reports what would be done.
    dry_run: Option<bool>,
    /// Keeps cells that do not fit their column as text in a field of their own.
    keep_unfit: Option<bool>,
    /// The delimiter, one or two characters; detected when absent.
    delimiter: Option<String>,
    /// The quote character, or `none`; detected when absent.
    quote: Option<String>,
    /// The encoding, such as `utf-8` or `windows-1252`; detected when absent.
    encoding: Option<String>,
    /// The line of the header, from 1, or `none`; detected when absent.
    header_row: Option<String>,
    /// `ymd`, `dmy` or `mdy`; detected when absent.
    date_order: Option<String>,
}

/// What to send.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `Params` reads")]
pub(super) struct ExportParams {
    /// The base's id or name.
    base: String,
    /// The table's id or name.
    table: String,
    /// A view by id or name.
    view: Option<String>,
    /// Puts an apostrophe before cells that a spreadsheet would take for a formula.
    spreadsheet_safe: Option<bool>,
}

/// An import: how far it is, what it found and what it could not take.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImportOut {
    /// Its id.
    id: String,
    /// `reading`, `writing`, `checked` (the end of a dry run), `done` or `failed`.
    state: &'static str,
    /// Rows written.
    rows: u64,
    /// Rows read.
    total_rows: u64,
    /// Bytes of the file that were worked through.
    bytes: u64,
    /// Bytes of the file.
    total_bytes: u64,
    /// The base's id; its name until that is known.
    base: String,
    /// The table's id; its name until that is known.
    table: String,
    /// How the file is written: encoding, delimiter, quote, escape, line ends; null until that is known.
    #[schema(value_type = Option<Object>)]
    dialect: Value,
    /// The columns and their types.
    #[schema(value_type = Vec<Object>)]
    columns: Value,
    /// Doubts, notes, the first problems by row and column, and how many there are of each kind.
    #[schema(value_type = Object)]
    report: Value,
    /// The doubts as sentences.
    doubts: Vec<String>,
    /// Why it failed.
    error: Option<String>,
}

impl From<&Import> for ImportOut {
    fn from(import: &Import) -> Self {
        let (wanted, target) = (&import.spec.wanted, import.spec.target.as_ref());
        let outcome = &import.outcome;
        let json = |part: Result<Value, serde_json::Error>| part.unwrap_or_default();
        Self {
            id: import.id.clone(),
            state: import.state.name(),
            rows: import.progress.rows,
            total_rows: outcome.report.rows,
            bytes: import.progress.bytes,
            total_bytes: import.spec.bytes,
            base: target.map_or_else(|| wanted.base.clone(), |target| target.base.to_string()),
            table: target.map_or_else(|| wanted.table.clone(), |target| target.table.clone()),
            dialect: json(serde_json::to_value(&outcome.dialect)),
            columns: json(serde_json::to_value(&outcome.columns)),
            report: json(serde_json::to_value(&outcome.report)),
            doubts: outcome.report.doubts.iter().map(ToString::to_string).collect(),
            error: outcome.error.clone(),
        }
    }
}
