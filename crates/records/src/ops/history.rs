//! The history of a base, of a record and of a cell.
//!
//! A conversion of a field is told as one change, the one that showed it: cells were filled under another number before, where
//! nobody saw them.

mod links;
mod record;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use events::{Body, Change, TableChange};
use model::{
    BaseId, BaseNo, Caller, CellRef, CellValue, Field, FieldId, FieldKind, FieldNo, Ordinal, RecordId, Schema, Table,
    TableId, TableNo, Timestamp,
};
use tenancy::Scope;

use super::retyped::{Retyped, is_of};
use super::undo::REACH;
use super::{BACK, Records, convert};
use crate::error::Error;
use crate::plan::unknown_field;
use images::{BaseImage, View};
use links::{LinkCell, Lists, Wanted};

pub(crate) use links::{LinkEdit, Linked};

/// Most changes of one page of history.
pub const HISTORY: usize = 100;

/// A page of history: changes, the newest first, with what names their fields.
pub struct History {
    /// The schema now.
    pub schema: Arc<Schema>,
    /// The record that is asked about; of no other anything is told then.
    pub(crate) record: Option<RecordId>,
    /// The changes.
    pub changes: Vec<Arc<Change>>,
    /// The conversions that the changes are of, or were followed by where numbers of fields tell no field any more.
    pub(crate) conversions: Vec<Retyped>,
    /// What conversions among the changes made of the record that is asked about.
    pub(crate) converted: Vec<ConvertedCell>,
    /// Link cells that the changes made others.
    pub(crate) links: Vec<LinkEdit>,
    /// What the records in link cells are called now.
    pub(crate) names: BTreeMap<RecordId, String>,
    /// Where the next page begins: the sequence before which to read.
    pub next: Option<i64>,
}

/// What a conversion made of a cell.
pub(crate) struct ConvertedCell {
    /// The change that showed it.
    pub change: i64,
    /// The record and its table.
    pub record: (TableNo, RecordId),
    /// The field; the one on the other side for a record that links came to or went from.
    pub field: FieldId,
    /// What it held; empty where it was computed, and on the other side of links that came.
    pub before: CellHeld,
    /// What it held after.
    pub after: CellHeld,
}

/// What a cell held.
pub(crate) enum CellHeld {
    Value(CellValue),
    /// Records; none where it is so long ago that they are not walked back to.
    Links(Option<Linked>),
}

/// Where a record is, and since when.
struct Placed {
    table: TableNo,
    ordinal: Ordinal,
    id: RecordId,
    created: Timestamp,
}

/// What the history is asked for.
struct Asked {
    record: Option<RecordId>,
    placed: Option<Placed>,
    /// The numbers that the field has and had.
    fields: Option<Vec<(TableNo, FieldNo)>>,
}

impl Asked {
    fn concerns(&self, image: &BaseImage, change: &Change) -> bool {
        // What a conversion filled is told with the change that shows it.
        let linked = || links::touches(image, change, |cell| self.is_asked(cell));
        self.wrote(image, change) || !is_of(change, convert::RUN) && linked()
    }

    /// True for a change that is to be told whatever it did to links.
    fn wrote(&self, image: &BaseImage, change: &Change) -> bool {
        let Some(record) = self.record else { return true };
        if is_of(change, convert::RUN)
            && let Some(placed) = &self.placed
        {
            let shown = Retyped::of(change).and_then(|retyped| shown(image, &retyped, placed));
            return placed.created <= change.time && shown.is_some_and(|cell| self.is_asked(cell));
        }
        match &self.fields {
            Some(fields) => writes(&change.body, record, fields),
            None => touches(&change.body, record),
        }
    }

    fn is_asked(&self, (table, ordinal, field): LinkCell) -> bool {
        let placed = self.placed.as_ref().is_some_and(|placed| (placed.table, placed.ordinal) == (table, ordinal));
        placed && self.fields.as_ref().is_none_or(|fields| fields.contains(&(table, field)))
    }
}

/// The cell of a record that a conversion makes another: its own, or on the other side of links that came or went.
fn shown(image: &BaseImage, retyped: &Retyped, placed: &Placed) -> Option<LinkCell> {
    if retyped.table == placed.table {
        return Some((placed.table, placed.ordinal, retyped.after.no));
    }
    // Links do not become other links.
    let link = retyped.after.kind.link().or(retyped.before.kind.link())?;
    let table = image.schema.table_by_no(placed.table).filter(|table| table.no == link.linked_table_no)?;
    let inverse = table.fields.iter().find(|field| Some(field.id) == link.inverse)?;
    Some((placed.table, placed.ordinal, inverse.no))
}

impl Records {
    /// The changes of a base, of one record, or of one cell of it, the newest first.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::RecordNotFound`] for a record that there never was; [`Error::UnknownField`] for a field that
    /// the record's table does not have.
    pub async fn history(
        &self,
        caller: &Caller,
        base: BaseId,
        (record, field): (Option<&str>, Option<&str>),
        before: Option<i64>,
        limit: usize,
    ) -> Result<History, Error> {
        let (scope, mut view) = self.view(caller, base).await?;
        let image = Arc::clone(&view.image);
        let mut conversions = Vec::new();
        let asked = self.asked(&scope, &image, (record, field), &mut conversions).await?;
        let concerns = |change: &Change| asked.concerns(&image, change);
        let limit = limit.clamp(1, HISTORY);
        let (mut changes, mut next) = match &asked.placed {
            Some(placed) => self.of_record(scope.base_no(), &image, placed, (before, limit), concerns).await?,
            None => self.newest(scope.base_no(), before, limit).await?,
        };
        let all = changes.len();
        let first = asked.placed.as_ref().map(|placed| (placed.table, placed.ordinal));
        let mut edits = links::edits(&image, &mut changes, first);
        edits.retain(|(_, edit)| asked.record.is_none_or(|record| record == edit.record));
        if changes.len() < all {
            next = changes.last().map(|change| change.sequence);
        }
        self.note_conversions(scope.base_no(), &image.schema, &changes, &mut conversions).await?;
        let mut converted = Vec::new();
        if let Some(placed) = &asked.placed {
            let of_page = |retyped: &&Retyped| changes.iter().any(|change| change.sequence == retyped.change);
            let of_page = conversions.iter().filter(of_page);
            converted.extend(of_page.filter_map(|retyped| Some((shown(&image, retyped, placed)?, placed, retyped))));
        }
        let lists = self.lists(scope.base_no(), &image, &wanted(&image, &edits, &converted), BACK).await?;
        links::settle(&image, &mut edits, (&lists, &conversions));
        changes.retain(|change| {
            let edited = edits.iter().any(|(cell, edit)| edit.change == change.sequence && asked.is_asked(*cell));
            edited || asked.wrote(&image, change)
        });
        let mut told = Vec::with_capacity(converted.len());
        for conversion in converted {
            let cell = self.converted(&scope, &mut view, conversion, &lists).await?;
            // A record that was linked to by none of it has nothing to tell.
            let is_none = |held: &CellHeld| matches!(held, CellHeld::Links(Some(of)) if of.count == 0);
            if cell.field != conversion.2.after.id && (is_none(&cell.before) || is_none(&cell.after)) {
                changes.retain(|change| change.sequence != cell.change);
            } else {
                told.push(cell);
            }
        }
        let links: Vec<LinkEdit> = edits.into_iter().map(|(_, edit)| edit).collect();
        let names = self.answer(&scope, &mut view, |view| links::names(view, &links, &told)).await?;
        let schema = Arc::clone(&image.schema);
        Ok(History { schema, record: asked.record, changes, conversions, converted: told, links, names, next })
    }

    /// What is asked for. Notes the conversions of the field.
    async fn asked(
        &self,
        scope: &Scope,
        image: &BaseImage,
        (record, field): (Option<&str>, Option<&str>),
        conversions: &mut Vec<Retyped>,
    ) -> Result<Asked, Error> {
        if field.is_some() && record.is_none() {
            let message = "`field` needs a `record`".to_owned();
            return Err(Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message });
        }
        let not_found = |text: &str| Error::RecordNotFound { id: text.chars().take(64).collect() };
        let record: Option<RecordId> = record.map(|text| text.parse().map_err(|_| not_found(text))).transpose()?;
        let placed = match record {
            Some(id) => Some(placed(image, id).ok_or_else(|| not_found(&id.to_string()))?),
            None => None,
        };
        let mut asked = Asked { record, placed, fields: None };
        if let Some(name) = field {
            let own = asked.placed.as_ref().map(|placed| placed.table);
            let is_asked = |table: &&Arc<Table>| own.map_or(!table.deleted, |own| table.no == own);
            let tables: Vec<&Arc<Table>> = image.schema.tables.iter().filter(is_asked).collect();
            for (table, field) in named(&tables, name) {
                self.conversions(scope.base_no(), (table.id, Some(field.id)), conversions).await?;
            }
            asked.fields = Some(numbers_of(&tables, name, conversions)?);
        }
        Ok(asked)
    }

    /// The next changes of a base, and where to go on.
    async fn newest(
        &self,
        base: BaseNo,
        before: Option<i64>,
        limit: usize,
    ) -> Result<(Vec<Arc<Change>>, Option<i64>), Error> {
        let changes = self.changes.list_newest(base, before, limit as i64).await?;
        let last = changes.last().map(|change| change.sequence);
        let next = last.filter(|last| changes.len() == limit && *last > 1);
        Ok((changes, next))
    }

    /// Adds the conversions of a table or of a field of it that the log tells of, the newest first.
    pub(super) async fn conversions(
        &self,
        base: BaseNo,
        (table, field): (TableId, Option<FieldId>),
        known: &mut Vec<Retyped>,
    ) -> Result<(), Error> {
        for runs in convert::runs(table, field) {
            let mut before = None;
            loop {
                let ends = self.changes.list_ends(base, &runs, before).await?;
                let Some(last) = ends.last() else { break };
                before = Some(last.sequence);
                ends.iter().filter_map(|end| Retyped::of(end)).for_each(|retyped| note(known, retyped));
            }
        }
        known.sort_by_key(|retyped| Reverse(retyped.change));
        Ok(())
    }

    /// Adds the conversions among changes, and those of tables where changes wrote under numbers that no field has now.
    async fn note_conversions(
        &self,
        base: BaseNo,
        schema: &Schema,
        changes: &[Arc<Change>],
        known: &mut Vec<Retyped>,
    ) -> Result<(), Error> {
        let mut tables = BTreeSet::new();
        for change in changes {
            if let Some(retyped) = Retyped::of(change) {
                note(known, retyped);
            }
            tables.extend(change.body.tables.iter().filter_map(|part| left_behind(schema, part)));
        }
        for table in tables {
            self.conversions(base, (table, None), known).await?;
        }
        Ok(())
    }

    /// What a conversion made of a record's cell. What it held is still in the record, under the number of then.
    async fn converted(
        &self,
        scope: &Scope,
        view: &mut View,
        ((table, ordinal, no), placed, retyped): (LinkCell, &Placed, &Retyped),
        lists: &Lists,
    ) -> Result<ConvertedCell, Error> {
        let cell = ConvertedCell {
            change: retyped.change,
            record: (table, placed.id),
            field: retyped.after.id,
            before: CellHeld::Value(CellValue::Empty),
            after: CellHeld::Value(CellValue::Empty),
        };
        let (was, is) = ((table, ordinal, retyped.before.no), (table, ordinal, no));
        let list = |cell| lists.get(&(retyped.change, cell)).cloned();
        let field = view.image.schema.table_by_no(table).and_then(|table| table.field_by_no(no));
        if table != retyped.table {
            let cell = ConvertedCell { field: field.map_or(retyped.after.id, |field| field.id), ..cell };
            let (before, after) = list(is).map(|both| (both.before, both.after)).unzip();
            return Ok(if retyped.after.kind.link().is_some() {
                ConvertedCell { after: CellHeld::Links(after), ..cell }
            } else {
                ConvertedCell { before: CellHeld::Links(before), ..cell }
            });
        }
        let before = if links::is_link(&view.image, was) {
            CellHeld::Links(list(was).map(|both| both.before))
        } else {
            CellHeld::Value(self.answer(scope, view, |view| cell_before(&view.image, placed, &retyped.before)).await?)
        };
        let after = if retyped.after.kind.link().is_some() {
            CellHeld::Links(list(is).map(|both| both.after))
        } else {
            CellHeld::Value(self.filled(scope.base_no(), (table, ordinal, no), &retyped.run).await?)
        };
        Ok(ConvertedCell { before, after, ..cell })
    }

    /// What a run put into a cell.
    async fn filled(&self, base: BaseNo, (table, ordinal, no): LinkCell, run: &str) -> Result<CellValue, Error> {
        let (mut after, mut read) = (CellValue::Empty, 0);
        loop {
            let changes = self.changes.list_run(base, run, read).await?;
            let Some(last) = changes.last() else { return Ok(after) };
            read = last.sequence;
            let parts = changes.iter().flat_map(|change| &change.body.tables);
            let records = parts.filter(|part| part.table == table).flat_map(|part| &part.updated);
            let mut cells = records.filter(|record| record.ordinal == ordinal).flat_map(|record| &record.cells);
            if let Some(cell) = cells.rfind(|cell| cell.field == no) {
                after = cell.after.clone();
            }
        }
    }
}

fn note(known: &mut Vec<Retyped>, retyped: Retyped) {
    if known.iter().all(|held| held.change != retyped.change) {
        known.push(retyped);
    }
}

/// The table where a part of a change wrote cells that no field has now, and those of links that went to the trash.
fn left_behind(schema: &Schema, part: &TableChange) -> Option<TableId> {
    let table = schema.table_by_no(part.table)?;
    let whole = part.created.iter().chain(&part.deleted).chain(&part.restored).flat_map(|record| &record.cells);
    let updated = part.updated.iter().flat_map(|record| &record.cells).map(|cell| cell.field);
    let linked = part.links.iter().map(|link| link.relation);
    let mut numbers: Vec<FieldNo> = whole.map(|(no, _)| *no).chain(updated).chain(linked).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let lives = |no: &FieldNo| table.field_by_no(*no).is_some_and(|field| !field.deleted);
    (!numbers.iter().all(lives)).then_some(table.id)
}

/// The link cells whose lists are told.
fn wanted(image: &BaseImage, edits: &[(LinkCell, LinkEdit)], converted: &[(LinkCell, &Placed, &Retyped)]) -> Wanted {
    let mut wanted = Wanted::new();
    for (cell, edit) in edits {
        wanted.entry(edit.change).or_default().push(*cell);
    }
    for (cell, _, retyped) in converted {
        let both = [*cell, (cell.0, cell.1, retyped.before.no)];
        let links = both.into_iter().filter(|cell| links::is_link(image, *cell));
        wanted.entry(retyped.change).or_default().extend(links);
    }
    wanted
}

fn cell_before(image: &BaseImage, placed: &Placed, before: &Field) -> Result<CellValue, Error> {
    if before.kind.is_computed() && !matches!(before.kind, FieldKind::AiText(_)) {
        return Ok(CellValue::Empty);
    }
    image.need(placed.table, [before.no])?;
    Ok(image.table(placed.table).cell(before.no, placed.ordinal).to_value())
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

/// The fields of these tables with this id or name.
fn named<'s>(tables: &'s [&Arc<Table>], name: &'s str) -> impl Iterator<Item = (&'s Arc<Table>, &'s Arc<Field>)> {
    tables.iter().filter_map(move |table| Some((*table, table.field_exact(name)?)))
}

/// Their numbers, and those that they had before conversions.
fn numbers_of(tables: &[&Arc<Table>], name: &str, conversions: &[Retyped]) -> Result<Vec<(TableNo, FieldNo)>, Error> {
    let numbers = |(table, field): (&Arc<Table>, &Arc<Field>)| {
        let (no, id) = (table.no, field.id);
        let before = conversions.iter().filter(move |retyped| retyped.table == no && retyped.before.id == id);
        before.map(|retyped| retyped.before.no).chain([field.no]).map(move |field| (no, field)).collect::<Vec<_>>()
    };
    let found: Vec<_> = named(tables, name).flat_map(numbers).collect();
    match (found.is_empty(), tables.first()) {
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
