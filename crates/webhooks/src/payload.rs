//! One change as one webhook wants to know it.

mod fields;
mod rows;

use events::Change;
use model::{Door, Timestamp};
use records::Picture;
use serde_json::{Map, Value, json};

use crate::happened::Happened;
use crate::spec::{Source, Specification};

/// The format of payloads.
const FORMAT: &str = "v0";

/// Everything that payloads of a change are made from.
pub(crate) struct Facts<'f> {
    pub change: &'f Change,
    /// The base after the change.
    pub after: &'f Picture,
    pub happened: &'f Happened,
    /// Who did it, as payloads tell it; null for the house itself.
    pub user: &'f Value,
}

/// The parts of `changedTablesById`, by table id.
type Tables = Map<String, Value>;

/// The payload, or nothing when the change is none of the webhook's business.
///
/// # Errors
/// Those of [`Picture::cell`].
pub(crate) fn payload(facts: &Facts<'_>, spec: &Specification) -> Result<Option<String>, records::Error> {
    let source = source(facts.change.door);
    if !spec.listens_to(source) {
        return Ok(None);
    }
    let Some(scope) = spec.scope(facts.after.schema()) else {
        return Ok(Some(failure("INVALID_FILTERS", facts.change.time)));
    };
    if !rows::can_be_told(facts, spec, scope) {
        return Ok(Some(failure("INTERNAL_ERROR", facts.change.time)));
    }
    let mut tables = Tables::new();
    let mut payload = fields::schema(facts, spec, scope, &mut tables);
    rows::records(facts, spec, scope, &mut tables)?;
    if !tables.is_empty() {
        payload.insert("changedTablesById".to_owned(), Value::Object(tables));
    }
    if payload.is_empty() {
        return Ok(None);
    }
    let mut metadata = json!({ "source": source });
    if let (false, Some(metadata)) = (facts.user.is_null(), metadata.as_object_mut()) {
        metadata.insert("sourceMetadata".to_owned(), json!({ "user": facts.user }));
    }
    payload.insert("timestamp".to_owned(), json!(facts.change.time.iso()));
    payload.insert("baseTransactionNumber".to_owned(), json!(facts.change.sequence));
    payload.insert("payloadFormat".to_owned(), json!(FORMAT));
    payload.insert("actionMetadata".to_owned(), metadata);
    Ok(Some(Value::Object(payload).to_string()))
}

/// The payload that stands for a change of which none can be made.
pub(crate) fn failure(code: &str, time: Timestamp) -> String {
    json!({ "error": true, "code": code, "payloadFormat": FORMAT, "timestamp": time.iso() }).to_string()
}

/// Airtable's word for the way that a change came.
fn source(door: Door) -> Source {
    match door {
        Door::PublicApi => Source::PublicApi,
        Door::Tool | Door::Import | Door::Cli => Source::Client,
        Door::Sync => Source::Sync,
        Door::System => Source::System,
    }
}

/// The part of a table, made when absent.
fn table<'t>(tables: &'t mut Tables, id: &str) -> Option<&'t mut Map<String, Value>> {
    tables.entry(id).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
}

#[cfg(test)]
mod tests;
