//! What the doors of imports and exports take and answer.

use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::csv::Doubt;
use crate::model::{Import, Part, Waits};

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
    /// Keeps cells that do not fit their column, or stand beside the last one, as text in a field of their own.
    keep_unfit: Option<bool>,
    /// Which table of a file that holds several: its number from 1, or `all`; the largest when absent.
    part: Option<String>,
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

/// Which imports.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `Params` reads")]
pub(super) struct ImportsParams {
    /// The SHA-256 of the file in hexadecimal digits.
    fingerprint: String,
    /// Only those into this base, as it was called when they began.
    base: Option<String>,
    /// Only those into this table, as it was called when they began.
    table: Option<String>,
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

/// Imports of one file.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportsOut {
    /// The newest first.
    pub imports: Vec<ImportOut>,
}

/// An import: how far it is, what it found and what it could not take.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImportOut {
    /// Its id.
    id: String,
    /// `reading`, `writing`, `checked` (the end of a dry run), `done`, `failed`, `cancelling` or `cancelled`.
    state: &'static str,
    /// What it waits for while no server works on it: its `turn` at the server that answers, or another `server`, with which
    /// its file lies and which is busy or does not run; else null.
    waits_for: Option<Waits>,
    /// The SHA-256 of the file in hexadecimal digits.
    fingerprint: String,
    /// Rows written.
    rows: u64,
    /// Rows read.
    total_rows: u64,
    /// Bytes of the file that were worked through.
    bytes: u64,
    /// Bytes of the file.
    total_bytes: u64,
    /// Rows taken back.
    removed: u64,
    /// Rows that were not taken back, because they have changed since.
    left: u64,
    /// The base's id; its name until that is known.
    base: String,
    /// The table's id; its name until that is known.
    table: String,
    /// How the file is written: encoding, delimiter, quote, escape, line ends; null until that is known.
    #[schema(value_type = Option<Object>)]
    dialect: Value,
    /// The tables of the file, and what becomes of each.
    parts: Vec<PartOut>,
    /// The columns and their types, of the first table that is taken.
    #[schema(value_type = Vec<Object>)]
    columns: Value,
    /// Doubts, notes, the first problems by row and column, and how many there are of each kind, of the same table;
    /// null until that is known.
    #[schema(value_type = Option<Object>)]
    report: Value,
    /// Its doubts as sentences.
    doubts: Vec<String>,
    /// Why it failed.
    error: Option<String>,
}

/// One table of the file.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartOut {
    /// Its number, from 1.
    number: usize,
    /// The line its first record begins in.
    line: u64,
    /// Its column names.
    names: Vec<String>,
    /// The table it goes to; null when it is left out.
    table: Option<String>,
    /// Rows read.
    rows: Option<u64>,
    /// The columns and their types.
    #[schema(value_type = Option<Vec<Object>>)]
    columns: Value,
    /// How many problems there are of each kind.
    #[schema(value_type = Option<Object>)]
    totals: Value,
    /// The doubts as sentences.
    doubts: Vec<String>,
}

/// Plain values can always be written as JSON.
fn value(part: Option<&impl Serialize>) -> Value {
    part.and_then(|part| serde_json::to_value(part).ok()).unwrap_or_default()
}

impl ImportOut {
    pub(super) fn new(import: &Import, waits: Option<Waits>) -> Self {
        let (wanted, target) = (&import.spec.wanted, import.spec.targets.first());
        let (outcome, progress) = (&import.outcome, &import.progress);
        let first = outcome.first();
        Self {
            id: import.id.clone(),
            state: import.state.name(),
            waits_for: waits,
            fingerprint: import.fingerprint.clone(),
            rows: progress.rows,
            total_rows: outcome.rows(),
            bytes: progress.bytes,
            total_bytes: import.spec.bytes,
            removed: progress.removed,
            left: progress.left,
            base: target.map_or_else(|| wanted.base.clone(), |target| target.base.to_string()),
            table: target.map_or_else(|| wanted.table.clone(), |target| target.table.clone()),
            dialect: value(outcome.dialect.as_ref()),
            parts: outcome.parts.iter().map(PartOut::from).collect(),
            columns: first.map_or_else(|| Value::Array(Vec::new()), |taken| value(Some(&taken.columns))),
            report: value(first.map(|taken| &taken.report)),
            doubts: first.map(|taken| sentences(&taken.report.doubts)).unwrap_or_default(),
            error: outcome.error.clone(),
        }
    }
}

impl From<&Part> for PartOut {
    fn from(part: &Part) -> Self {
        let taken = part.taken.as_ref();
        Self {
            number: part.number,
            line: part.line,
            names: part.names.clone(),
            table: taken.map(|taken| taken.table.clone()),
            rows: taken.map(|taken| taken.report.rows),
            columns: value(taken.map(|taken| &taken.columns)),
            totals: value(taken.map(|taken| &taken.report.totals)),
            doubts: taken.map(|taken| sentences(&taken.report.doubts)).unwrap_or_default(),
        }
    }
}

fn sentences(doubts: &[Doubt]) -> Vec<String> {
    doubts.iter().map(ToString::to_string).collect()
}
