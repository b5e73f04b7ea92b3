//! What conversions have made of fields, as the log tells it: undo and history meet numbers that no field has by now.

use std::sync::Arc;

use events::{Change, SchemaChange};
use model::{Field, FieldNo, Schema, TableNo, Timestamp};
use rustc_hash::FxHashSet;
use serde::Serialize;
use utoipa::ToSchema;

use super::convert;
use super::past::StaysOut;
use crate::error::Error;

/// A field that became one of another type. Its cells are under another number since.
#[derive(Debug, Clone)]
pub struct Retyped {
    /// The change that showed it.
    pub change: i64,
    /// The run of which it is the last one.
    pub run: String,
    /// When that was.
    pub time: Timestamp,
    /// The table of the field.
    pub table: TableNo,
    /// The field before.
    pub before: Arc<Field>,
    /// The field after, of the same id.
    pub after: Arc<Field>,
}

impl Retyped {
    /// The conversion that this change is the end of.
    pub(super) fn of(change: &Change) -> Option<Self> {
        let run = change.run.as_ref().filter(|run| run.starts_with(convert::RUN))?;
        change.body.schema.iter().find_map(|part| {
            let SchemaChange::Table { before: Some(before), after } = part else { return None };
            let mut pairs = before.fields.iter().filter_map(|field| Some((field, after.field_by_id(field.id)?)));
            let (field, made) = pairs.find(|(field, made)| field.no != made.no)?;
            let (before, made) = (Arc::clone(field), Arc::clone(made));
            let (change, time) = (change.sequence, change.time);
            Some(Self { change, run: run.clone(), time, table: after.no, before, after: made })
        })
    }

    /// The field and its table by the names that they have now.
    fn names(&self, schema: &Schema) -> String {
        let table = schema.table_by_no(self.table);
        let field = table.and_then(|table| table.field_by_id(self.after.id)).unwrap_or(&self.after);
        let table = table.map(|table| table.name.as_str()).unwrap_or_default();
        format!("`{}` of `{table}`", field.name)
    }

    /// The names of its types, before and after.
    pub(crate) fn types(&self) -> (&'static str, &'static str) {
        (fields::of(&self.before.kind).name(), fields::of(&self.after.kind).name())
    }

    /// What it did, as a clause.
    pub(super) fn told(&self, schema: &Schema) -> String {
        let (before, after) = self.types();
        let names = self.names(schema);
        format!("change {} made {names}, which was of type `{before}`, one of type `{after}`", self.change)
    }

    /// Refuses to take it back, with the ways to get back what was before.
    pub(super) fn refused(&self, schema: &Schema) -> Error {
        let back = if self.before.kind.link().is_some() {
            "and bring the links back from the trash".to_owned()
        } else {
            format!("and read what it held before with `at={}`", self.change - 1)
        };
        let other = "or name an older `change` to take that back";
        let message = format!(
            "{}, and undo takes back changes of records only: convert it again to another type {back}, {other}",
            self.told(schema)
        );
        Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message }
    }

    /// Refuses to do again what an undo before it took back.
    pub(super) fn refused_again(&self, schema: &Schema, undo: i64) -> Error {
        let told = self.told(schema);
        let message = format!("{told}, since your newest undo; take that one back by its number, with `change` {undo}");
        Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message }
    }
}

/// What is left out where records become what they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LeftOut {
    /// A field that was of another type then.
    Retyped(RetypedOut),
    /// A table or a field that does not come back, or was made since.
    Stays(StaysOut),
}

/// A field that was of another type then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetypedOut {
    /// The id of its table.
    table_id: String,
    /// The name of its table.
    table: String,
    /// Its id.
    field_id: String,
    /// Its name.
    field: String,
    /// The type that it was of.
    before: &'static str,
    /// The type that the conversion made it one of.
    after: &'static str,
    /// The number of the change that did; what the field held before is read with `at` one less.
    change: i64,
    /// When that was.
    time: String,
}

impl LeftOut {
    /// The field of this conversion, by the names that it has now.
    pub(super) fn of(retyped: &Retyped, schema: &Schema) -> Self {
        let table = schema.table_by_no(retyped.table);
        let field = table.and_then(|table| table.field_by_id(retyped.after.id)).unwrap_or(&retyped.after);
        let (before, after) = retyped.types();
        Self::Retyped(RetypedOut {
            table_id: table.map(|table| table.id.to_string()).unwrap_or_default(),
            table: table.map(|table| table.name.clone()).unwrap_or_default(),
            field_id: field.id.to_string(),
            field: field.name.clone(),
            before,
            after,
            change: retyped.change,
            time: retyped.time.iso(),
        })
    }
}

/// Conversions that a change was followed by.
#[derive(Debug, Default)]
pub(super) struct Conversions {
    ends: Vec<Retyped>,
    /// Their changes, and those of conversions that came to no end.
    own: FxHashSet<i64>,
}

impl Conversions {
    /// Those among changes.
    pub fn of(changes: &[Arc<Change>]) -> Self {
        let own = changes.iter().filter(|change| is_of(change, convert::RUN)).map(|change| change.sequence);
        Self { ends: changes.iter().filter_map(|change| Retyped::of(change)).collect(), own: own.collect() }
    }

    /// True for a cell that a conversion read or filled.
    pub fn concerns(&self, table: TableNo, no: FieldNo) -> bool {
        self.ends.iter().any(|retyped| retyped.table == table && [retyped.before.no, retyped.after.no].contains(&no))
    }

    /// True for the number of one of their changes.
    pub fn made(&self, change: i64) -> bool {
        self.own.contains(&change)
    }

    /// The one that left the cells or links under this number behind. Links may be back from the trash.
    pub fn find(&self, schema: &Schema, table: TableNo, no: FieldNo) -> Option<&Retyped> {
        let held = schema.table_by_no(table).and_then(|table| table.field_by_no(no));
        if held.is_some_and(|field| !field.deleted) {
            return None;
        }
        self.ends.iter().find(|retyped| retyped.before.no == no)
    }
}

/// True for the changes of a larger piece of work that is not taken back change by change.
pub(super) fn is_of(change: &Change, runs: &str) -> bool {
    change.run.as_deref().is_some_and(|run| run.starts_with(runs))
}
