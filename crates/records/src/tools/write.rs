//! Tools that change records: shown first with `dry_run`, carried out with what that answered.

use std::time::Duration;

use events::Change;
use model::{BaseId, Caller, Schema, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tools::{Hints, Tool, ToolError};

use super::{base, text, wire, writes};
use crate::error::Error;
use crate::ops::{Found, Records, UpdateRecord};

/// Most records of one call.
const MOST: usize = 100;
/// How long a confirmation is good.
const GOOD: Duration = Duration::from_mins(10);
/// Confirmations remembered as used; older ones have ended by then.
const USED: usize = 10_000;

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

pub(super) fn tools(records: &Records) -> Vec<Tool> {
    let own = || records.clone();
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
                move |caller, input: UndoIn| undo_change(undo.clone(), caller, input),
            ),
            Hints::REPLACES,
        ),
    ]
}

async fn create_records(records: Records, caller: Caller, input: CreateIn) -> Result<Value, ToolError> {
    count(input.records.len())?;
    let base = base(&records, &caller, &input.base).await?;
    let seal = Seal::new(&records, &caller, base, ("create", &input.table), &input.records);
    let new: Vec<Map<String, Value>> = input.records.into_iter().map(|record| record.fields).collect();
    if input.dry_run {
        records.check_create(&caller, base, &input.table, &new, true).await?;
        let preview: Vec<Value> = new.iter().map(|cells| json!({ "after": cells })).collect();
        return Ok(seal.shown(&records, preview));
    }
    seal.check(&records, input.confirm.as_deref(), false)?;
    let written = records.create(&caller, base, &input.table, &new, true).await?;
    Ok(json!({ "records": wire::records(&written.found, None)?, "change": written.sequence }))
}

async fn update_records(records: Records, caller: Caller, input: UpdateIn) -> Result<Value, ToolError> {
    count(input.records.len())?;
    let base = base(&records, &caller, &input.base).await?;
    let seal = Seal::new(&records, &caller, base, ("update", &input.table), &input.records);
    let changes: Vec<UpdateRecord> =
        input.records.into_iter().map(|record| UpdateRecord { id: record.id, fields: record.fields }).collect();
    if input.dry_run {
        let found = records.check_update(&caller, base, &input.table, &changes, true).await?;
        return Ok(seal.shown(&records, compared(&found, &changes)?));
    }
    seal.check(&records, input.confirm.as_deref(), false)?;
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

async fn delete_records(records: Records, caller: Caller, input: DeleteIn) -> Result<Value, ToolError> {
    count(input.records.len())?;
    let base = base(&records, &caller, &input.base).await?;
    let seal = Seal::new(&records, &caller, base, ("delete", &input.table), &input.records);
    if input.dry_run {
        let found = records.check_delete(&caller, base, &input.table, &input.records).await?;
        let held = wire::records(&found, None)?;
        let preview =
            held.iter().map(|r| json!({ "id": r.get("id"), "before": r.get("fields"), "after": null })).collect();
        return Ok(seal.shown(&records, preview));
    }
    seal.check(&records, input.confirm.as_deref(), true)?;
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

/// What a confirmation is good for: this very call by this caller, once, for a while.
#[derive(PartialEq, Serialize, Deserialize)]
struct Seal {
    /// Digest of the call.
    d: u64,
    /// When it was shown.
    t: i64,
}

impl Seal {
    fn new(records: &Records, caller: &Caller, base: BaseId, what: (&str, &str), given: &impl Serialize) -> Self {
        use std::hash::{Hash, Hasher};
        let mut hasher = rustc_hash::FxHasher::default();
        let given = serde_json::to_string(given).unwrap_or_default();
        (caller.tenant, caller.user().map(|user| user.to_string()), base, what, given).hash(&mut hasher);
        Self { d: hasher.finish(), t: records.clock.now().0 }
    }

    /// The answer of a dry run.
    fn shown(&self, records: &Records, preview: Vec<Value>) -> Value {
        let expires = Timestamp(self.t + GOOD.as_micros() as i64).iso();
        json!({ "preview": preview, "confirm": records.signer.seal(self), "expires": expires })
    }

    fn check(&self, records: &Records, confirm: Option<&str>, required: bool) -> Result<(), Error> {
        let refused = |reason: &str| Err(Error::Confirmation { reason: reason.to_owned() });
        let Some(confirm) = confirm else {
            return if required { refused("call with `dry_run` first and bring back its `confirm`") } else { Ok(()) };
        };
        let Some(shown) = records.signer.open::<Self>(confirm) else {
            return refused("`confirm` is not from a dry run; call with `dry_run` first");
        };
        if shown.d != self.d {
            return refused("`confirm` is for another call: the arguments must be those of the dry run");
        }
        if self.t - shown.t > GOOD.as_micros() as i64 {
            return refused("`confirm` has ended; call with `dry_run` again");
        }
        let mut used = records.confirmed.lock();
        if used.contains(&(shown.d, shown.t)) {
            return refused("`confirm` was used before; call with `dry_run` again");
        }
        if used.len() >= USED {
            used.remove(0);
        }
        used.push((shown.d, shown.t));
        Ok(())
    }
}
