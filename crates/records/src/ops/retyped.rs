//! What conversions have made of fields, as the log tells it: undo and history meet numbers that no field has by now.

use std::sync::Arc;

use events::{Change, SchemaChange};
use model::{Field, FieldNo, Schema, TableNo};

use super::convert;
use crate::error::Error;

/// A field that became one of another type. Its cells are under another number since.
#[derive(Debug, Clone)]
pub struct Retyped {
    /// The change that showed it.
    pub change: i64,
    /// The run of which it is the last one.
    pub run: String,
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
            Some(Self { change: change.sequence, run: run.clone(), table: after.no, before, after: made })
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

/// Conversions that a change was followed by.
#[derive(Debug, Default)]
pub(super) struct Conversions(Vec<Retyped>);

impl Conversions {
    /// Those among changes.
    pub fn of(changes: &[Arc<Change>]) -> Self {
        Self(changes.iter().filter_map(|change| Retyped::of(change)).collect())
    }

    /// The one that left the cells or links under this number behind. Links may be back from the trash.
    pub fn find(&self, schema: &Schema, table: TableNo, no: FieldNo) -> Option<&Retyped> {
        let held = schema.table_by_no(table).and_then(|table| table.field_by_no(no));
        if held.is_some_and(|field| !field.deleted) {
            return None;
        }
        self.0.iter().find(|retyped| retyped.before.no == no)
    }
}

/// True for the changes of a larger piece of work that is not taken back change by change.
pub(super) fn is_of(change: &Change, runs: &str) -> bool {
    change.run.as_deref().is_some_and(|run| run.starts_with(runs))
}
