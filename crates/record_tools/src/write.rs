//! Tools that change records: shown first with `dry_run`, carried out with what that answered.

use events::Change;
use model::{Caller, Schema};
use records::{Error, Found, Records, UpdateRecord};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tools::{Hints, Tool, ToolError};

use super::confirm::Confirmations;
use super::{base, text, wire, writes};

/// Most records of one call.
const MOST: usize = 100;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateIn {
    /// Name or id of the base.
    base: String,
    /// Name or id of the table.
    table: String,
    /// Up to 100 records: `{"fields": {"Name": "Paint"}}`. Choices and linked records may be given by name.
    records: Vec<NewIn>,
    /// Only shows what would be done.
    #[serde(default)]
    dry_run: bool,
    /// `confirm` of the dry run.
    #[serde(default)]
    confirm: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewIn {
    /// Cells by field name.
    fields: Map<String, Value>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateIn {
    /// Name or id of the base.
    base: String,
    /// Name or id of the table.
    table: String,
    /// Up to 100 records: `{"id": "rec…", "fields": {"Status": "Done"}}`. Cells not named stay as they are.
    records: Vec<ChangeIn>,
    /// Only shows what would be done.
    #[serde(default)]
    dry_run: bool,
    /// `confirm` of the dry run.
    #[serde(default)]
    confirm: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeIn {
    /// Id of the record.
    id: String,
    /// Cells by field name; null empties one.
    fields: Map<String, Value>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteIn {
    /// Name or id of the base.
    base: String,
    /// Name or id of the table.
    table: String,
    /// Up to 100 ids of records.
    records: Vec<String>,
    /// Only shows what would be done. A deletion must be shown first.
    #[serde(default)]
    dry_run: bool,
    /// `confirm` of the dry run.
    #[serde(default)]
    confirm: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UndoIn {
    /// Name or id of the base.
    base: String,
    /// The change to take back, as `change` of a write; your newest one when absent.
    #[serde(default)]
    change: Option<i64>,
    /// Take back what can be, and leave what has changed since.
    #[serde(default)]
    force: bool,
    /// Only tells which change would be taken back and what it did.
    #[serde(default)]
    dry_run: bool,
}

pub(super) fn tools(records: &Records, confirmations: Confirmations) -> Vec<Tool> {
    let own = || (records.clone(), confirmations.clone());
    let (create, update, delete, undo) = (own(), own(), own(), own());
    vec![
        writes(
            Tool::new(
                "create_records",
                "records.create",
                text(
                    "Create records",
                    "Creates records. With `dry_run` shows them and answers `confirm` for the real call.",
                ),
                move |caller, input: CreateIn| create_records(create.clone(), caller, input),
            ),
            Hints::ADDS,
        ),
        writes(
            Tool::new(
                "update_records",
                "records.update",
                text(
                    "Update records",
                    "Changes cells of records. With `dry_run` shows before and after and answers `confirm` for the real call.",
                ),
                move |caller, input: UpdateIn| update_records(update.clone(), caller, input),
            ),
            Hints::REPLACES,
        ),
        writes(
            Tool::new(
                "delete_records",
                "records.delete",
                text(
                    "Delete records",
                    "Deletes records. Needs a `dry_run` first, whose `confirm` the real call brings back; `undo` restores them.",
                ),
                move |caller, input: DeleteIn| delete_records(delete.clone(), caller, input),
            ),
            Hints::REPLACES,
        ),
        writes(
            Tool::new(
                "undo",
                "records.undo",
                text(
                    "Undo",
                    "Takes back a change of records, by default your newest one that is not taken back yet. An undo is a \
                     change too and can be taken back. With `dry_run` tells what the change did.",
                ),
                move |caller, input: UndoIn| undo_change(undo.0.clone(), caller, input),
            ),
            Hints::REPLACES,
        ),
    ]
}

async fn create_records(
    (records, confirmations): (Records, Confirmations),
    caller: Caller,
    input: CreateIn,
) -> Result<Value, ToolError> {
    count(input.records.len())?;
    let base = base(&records, &caller, &input.base).await?;
    let seal = confirmations.seal(&caller, base, ("create", &input.table), &input.records);
    let new: Vec<Map<String, Value>> = input.records.into_iter().map(|record| record.fields).collect();
    if input.dry_run {
        records.check_create(&caller, base, &input.table, &new, true).await?;
        let preview: Vec<Value> = new.iter().map(|cells| json!({ "after": cells })).collect();
        return Ok(confirmations.shown(&seal, preview));
    }
    confirmations.check(&seal, input.confirm.as_deref(), false)?;
    let written = records.create(&caller, base, &input.table, &new, true).await?;
    Ok(json!({ "records": wire::records(&written.found, None)?, "change": written.sequence }))
}

async fn update_records(
    (records, confirmations): (Records, Confirmations),
    caller: Caller,
    input: UpdateIn,
) -> Result<Value, ToolError> {
    count(input.records.len())?;
    let base = base(&records, &caller, &input.base).await?;
    let seal = confirmations.seal(&caller, base, ("update", &input.table), &input.records);
    let changes: Vec<UpdateRecord> =
        input.records.into_iter().map(|record| UpdateRecord { id: record.id, fields: record.fields }).collect();
    if input.dry_run {
        let found = records.check_update(&caller, base, &input.table, &changes, true).await?;
        return Ok(confirmations.shown(&seal, compared(&found, &changes)?));
    }
    confirmations.check(&seal, input.confirm.as_deref(), false)?;
    let written = records.update(&caller, base, &input.table, &changes, (true, false)).await?;
    Ok(json!({ "records": wire::records(&written.found, None)?, "change": written.sequence }))
}

/// Each record's named cells before and after.
fn compared(found: &Found, changes: &[UpdateRecord]) -> Result<Vec<Value>, Error> {
    let held = wire::records(found, None)?;
    let rows = held.iter().zip(changes).map(|(record, change)| {
        let cell = |name: &String| record.get("fields").and_then(|cells| cells.get(name)).cloned().unwrap_or_default();
        let before: Map<String, Value> = change.fields.keys().map(|name| (name.clone(), cell(name))).collect();
        json!({ "id": change.id, "before": before, "after": change.fields })
    });
    Ok(rows.collect())
}

async fn delete_records(
    (records, confirmations): (Records, Confirmations),
    caller: Caller,
    input: DeleteIn,
) -> Result<Value, ToolError> {
    count(input.records.len())?;
    let base = base(&records, &caller, &input.base).await?;
    let seal = confirmations.seal(&caller, base, ("delete", &input.table), &input.records);
    if input.dry_run {
        let found = records.check_delete(&caller, base, &input.table, &input.records).await?;
        let held = wire::records(&found, None)?;
        let preview =
            held.iter().map(|r| json!({ "id": r.get("id"), "before": r.get("fields"), "after": null })).collect();
        return Ok(confirmations.shown(&seal, preview));
    }
    confirmations.check(&seal, input.confirm.as_deref(), true)?;
    let deleted = records.delete(&caller, base, &input.table, &input.records).await?;
    Ok(json!({ "records": deleted.ids, "change": deleted.sequence }))
}

async fn undo_change(records: Records, caller: Caller, input: UndoIn) -> Result<Value, ToolError> {
    let base = base(&records, &caller, &input.base).await?;
    if input.dry_run {
        let (schema, change) = records.check_undo(&caller, base, input.change, input.force).await?;
        return Ok(told(&schema, &change));
    }
    let undone = records.undo(&caller, base, input.change, input.force).await?;
    Ok(json!({
        "undone": undone.undone, "change": undone.sequence, "records": undone.records, "skipped": undone.skipped,
        "left_out": undone.left_out,
    }))
}

/// What a change did, by table.
fn told(schema: &Schema, change: &Change) -> Value {
    let tables: Vec<Value> = change
        .body
        .tables
        .iter()
        .map(|part| {
            json!({
                "table": schema.table_by_no(part.table).map(|table| &table.name),
                "created": part.created.len() + part.restored.len(), "updated": part.updated.len(),
                "deleted": part.deleted.len(), "links": part.links.len(),
            })
        })
        .collect();
    json!({ "change": change.sequence, "time": change.time.iso(), "door": change.door, "tables": tables })
}

fn count(given: usize) -> Result<(), Error> {
    if (1..=MOST).contains(&given) {
        return Ok(());
    }
    Err(Error::Filter { reason: format!("`records` takes 1 to {MOST} records, not {given}") })
}
