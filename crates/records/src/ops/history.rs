//! The history of a base, of a record and of a cell.
//!
//! A conversion of a field is told as one change, the one that showed it: cells were filled under another number before, where
//! nobody saw them.

use std::sync::Arc;

use events::{Body, Change};
use model::{
    BaseId, BaseNo, Caller, CellRef, CellValue, Field, FieldKind, FieldNo, Ordinal, RecordId, Schema, TableNo,
    Timestamp,
};
use tenancy::Scope;

use super::retyped::{Retyped, is_of};
use super::undo::REACH;
use super::{Records, convert};
use crate::error::Error;
use crate::plan::unknown_field;
use images::{BaseImage, View};

/// Most changes of one page of history.
pub const HISTORY: usize = 100;

/// A page of history: changes, the newest first, with what names their fields.
pub struct History {
    /// The schema now.
    pub schema: Arc<Schema>,
    /// The changes.
    pub changes: Vec<Arc<Change>>,
    /// The conversions of the base, the newest first.
    pub(crate) conversions: Vec<Retyped>,
    /// What conversions among the changes made of the record that is asked about.
    pub(crate) converted: Vec<ConvertedCell>,
    /// Where the next page begins: the sequence before which to read.
    pub next: Option<i64>,
}

/// What a conversion made of a cell.
pub(crate) struct ConvertedCell {
    /// The change that showed it.
    pub change: i64,
    /// The record.
    pub record: RecordId,
    /// What it held; empty where it was computed.
    pub before: CellBefore,
    /// What it held after.
    pub after: CellValue,
}

/// What a cell held before.
pub(crate) enum CellBefore {
    Value(CellValue),
    Links(Vec<RecordId>),
}

/// Where a record is, and since when.
struct Placed {
    table: TableNo,
    ordinal: Ordinal,
    id: RecordId,
    created: Timestamp,
}

impl Records {
    /// The changes of a base, of one record, or of one cell of it, the newest first.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::RecordNotFound`] for something that is no record id.
    pub async fn history(
        &self,
        caller: &Caller,
        base: BaseId,
        (record, field): (Option<&str>, Option<&str>),
        before: Option<i64>,
        limit: usize,
    ) -> Result<History, Error> {
        let (scope, mut view) = self.view(caller, base).await?;
        if field.is_some() && record.is_none() {
            let message = "`field` needs a `record`".to_owned();
            return Err(Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message });
        }
        let conversions = self.conversions(scope.base_no()).await?;
        let fields = field.map(|name| fields_named(&view.image.schema, name, &conversions)).transpose()?;
        let not_found = |text: &str| Error::RecordNotFound { id: text.chars().take(64).collect() };
        let record: Option<RecordId> = record.map(|text| text.parse().map_err(|_| not_found(text))).transpose()?;
        let placed = record.and_then(|id| placed(&view.image, id));
        let concerns = |change: &Change| match (record, &placed) {
            (None, _) => true,
            (Some(_), Some(placed)) if is_of(change, convert::RUN) => {
                let shown = conversions.iter().find(|retyped| retyped.change == change.sequence);
                shown.is_some_and(|retyped| {
                    let asked = fields.as_ref().is_none_or(|f| f.contains(&(retyped.table, retyped.after.no)));
                    asked && retyped.table == placed.table && placed.created <= change.time
                })
            }
            (Some(id), _) => match &fields {
                Some(fields) => writes(&change.body, id, fields),
                None => touches(&change.body, id),
            },
        };
        let (changes, next) = self.concerning(scope.base_no(), before, limit.clamp(1, HISTORY), concerns).await?;
        let mut converted = Vec::new();
        if let Some(placed) = &placed {
            let shown = |retyped: &&Retyped| changes.iter().any(|change| change.sequence == retyped.change);
            for retyped in conversions.iter().filter(shown) {
                converted.push(self.converted(&scope, &mut view, placed, retyped).await?);
            }
        }
        Ok(History { schema: Arc::clone(&view.image.schema), changes, conversions, converted, next })
    }

    /// The next changes that are asked for, and where to go on.
    async fn concerning(
        &self,
        base: BaseNo,
        mut before: Option<i64>,
        limit: usize,
        concerns: impl Fn(&Change) -> bool,
    ) -> Result<(Vec<Arc<Change>>, Option<i64>), Error> {
        let (mut changes, mut seen) = (Vec::new(), 0);
        loop {
            let read = self.changes.list_newest(base, before, 256).await?;
            let Some(last) = read.last().map(|change| change.sequence) else { return Ok((changes, None)) };
            seen += read.len();
            for change in read {
                if !concerns(&change) {
                    continue;
                }
                let sequence = change.sequence;
                changes.push(change);
                if changes.len() == limit {
                    return Ok((changes, Some(sequence).filter(|sequence| *sequence > 1)));
                }
            }
            before = Some(last);
            if last <= 1 || seen >= REACH {
                return Ok((changes, before.filter(|last| *last > 1)));
            }
        }
    }

    /// The conversions that the log tells of, the newest first.
    async fn conversions(&self, base: BaseNo) -> Result<Vec<Retyped>, Error> {
        let (mut conversions, mut before) = (Vec::new(), None);
        loop {
            let ends = self.changes.list_ends(base, convert::RUN, before).await?;
            let Some(last) = ends.last() else { return Ok(conversions) };
            before = Some(last.sequence);
            conversions.extend(ends.iter().filter_map(|end| Retyped::of(end)));
        }
    }

    /// What a conversion made of a record's cell. What it held is still in the record, under the number of then.
    async fn converted(
        &self,
        scope: &Scope,
        view: &mut View,
        placed: &Placed,
        retyped: &Retyped,
    ) -> Result<ConvertedCell, Error> {
        let before = self.answer(scope, view, |view| cell_before(&view.image, placed, &retyped.before)).await?;
        let (mut after, mut read) = (CellValue::Empty, 0);
        loop {
            let changes = self.changes.list_run(scope.base_no(), &retyped.run, read).await?;
            let Some(last) = changes.last() else { break };
            read = last.sequence;
            let parts = changes.iter().flat_map(|change| &change.body.tables);
            let records = parts.filter(|part| part.table == placed.table).flat_map(|part| &part.updated);
            let mut cells = records.filter(|record| record.ordinal == placed.ordinal).flat_map(|record| &record.cells);
            if let Some(cell) = cells.rfind(|cell| cell.field == retyped.after.no) {
                after = cell.after.clone();
            }
        }
        Ok(ConvertedCell { change: retyped.change, record: placed.id, before, after })
    }
}

fn cell_before(image: &BaseImage, placed: &Placed, before: &Field) -> Result<CellBefore, Error> {
    if before.kind.is_computed() && !matches!(before.kind, FieldKind::AiText(_)) {
        return Ok(CellBefore::Value(CellValue::Empty));
    }
    image.need(placed.table, [before.no])?;
    let rows = image.table(placed.table);
    Ok(match (rows.cell(before.no, placed.ordinal), before.kind.link()) {
        (CellRef::Links(list), Some(link)) => {
            let linked = image.table(link.linked_table_no);
            CellBefore::Links(list.iter().filter_map(|no| linked.ids.get(Ordinal(*no))).collect())
        }
        (cell, _) => CellBefore::Value(cell.to_value()),
    })
}

fn placed(image: &BaseImage, id: RecordId) -> Option<Placed> {
    image.schema.tables.iter().find_map(|table| {
        let rows = image.table(table.no);
        let ordinal = rows.ids.find(id)?;
        let created = match rows.created.cell(ordinal.0 as usize) {
            CellRef::Time(time) => Timestamp(time),
            _ => Timestamp(0),
        };
        Some(Placed { table: table.no, ordinal, id, created })
    })
}

/// The fields of all tables with this id or name, and the numbers that they had before conversions.
fn fields_named(schema: &Schema, name: &str, conversions: &[Retyped]) -> Result<Vec<(TableNo, FieldNo)>, Error> {
    let named = schema.live_tables().filter_map(|table| Some((table, table.field_exact(name)?)));
    let numbers = |(table, field): (&Arc<model::Table>, &Arc<Field>)| {
        let (no, id) = (table.no, field.id);
        let before = conversions.iter().filter(move |retyped| retyped.table == no && retyped.before.id == id);
        before.map(|retyped| retyped.before.no).chain([field.no]).map(move |field| (no, field)).collect::<Vec<_>>()
    };
    let found: Vec<_> = named.flat_map(numbers).collect();
    match (found.is_empty(), schema.live_tables().next()) {
        (true, Some(table)) => Err(unknown_field(table, name)),
        _ => Ok(found),
    }
}

/// True when a change wrote a field of a record.
fn writes(body: &Body, id: RecordId, fields: &[(TableNo, FieldNo)]) -> bool {
    body.tables.iter().any(|part| {
        let wrote = |no: FieldNo| fields.contains(&(part.table, no));
        let whole = part.created.iter().chain(&part.deleted).chain(&part.restored);
        part.updated.iter().any(|record| record.id == id && record.cells.iter().any(|cell| wrote(cell.field)))
            || whole.into_iter().any(|record| record.id == id && record.cells.iter().any(|(no, _)| wrote(*no)))
    })
}

fn touches(body: &Body, id: RecordId) -> bool {
    body.tables.iter().any(|table| {
        table.updated.iter().any(|record| record.id == id)
            || table.created.iter().chain(&table.deleted).chain(&table.restored).any(|record| record.id == id)
    })
}
