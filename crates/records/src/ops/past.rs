//! A base as it was, and bringing parts of it back to that state.

mod parts;

use std::sync::Arc;

use events::{CellChange, RecordCells, RecordChange};
use model::{
    BaseId, CHUNK, Caller, CellRef, Column, Field, FieldNo, Ordinal, RecordId, Schema, Table, TableImage, TableNo,
    Timestamp,
};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use tenancy::{Action, Permit, Scope};

use super::retyped::LeftOut;
use super::write::{MOST_LOADED, queue};
use super::{BACK, Records, find_table};
use crate::ask::find_field;
use crate::error::Error;
use crate::files::same_cell;
use crate::plan::{LinkWrite, Plan, previous};
use images::Mark;
use images::record_cells;
use images::{BaseImage, View};

pub use parts::{StaysOut, TableOrFieldOut};

/// Records of one change.
const STEP: usize = 2_000;

/// A moment in the life of a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum At {
    /// After the change with this number; 0 is before the first one.
    Sequence(i64),
    /// At this time.
    Time(Timestamp),
}

impl At {
    /// A number of a change, or a time in ISO 8601.
    ///
    /// # Errors
    /// [`Error::Request`] for something else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if let Some(sequence) = text.parse().ok().filter(|sequence: &i64| *sequence >= 0) {
            return Ok(Self::Sequence(sequence));
        }
        let time = text.parse::<jiff::Timestamp>().map(|time| Self::Time(Timestamp(time.as_microsecond())));
        time.map_err(|_| {
            let text: String = text.chars().take(64).collect();
            wrong(format!("`at` is the number of a change or a time such as `2026-03-01T12:00:00Z`, not `{text}`"))
        })
    }
}

/// What is brought back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Only this table, by id or name.
    pub table: Option<String>,
    /// Only this record of it.
    pub record: Option<String>,
    /// Only this field of it, by id or name; records that were made or deleted since stay as they are.
    pub field: Option<String>,
}

/// What bringing back did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restored {
    /// The change after which the base was as it is now.
    pub at: i64,
    /// The last change that was made for it; none when nothing was different.
    pub change: Option<i64>,
    /// Cells that became others, link cells among them.
    pub cells: usize,
    /// Records that exist again.
    pub revived: usize,
    /// Records that were made since and are gone.
    pub deleted: usize,
    /// Tables and fields that came back from the trash first.
    pub from_trash: Vec<TableOrFieldOut>,
    /// Fields that stay as they are, since they were of another type then, and what does not come back or was made since.
    pub left_out: Vec<LeftOut>,
}

fn wrong(message: String) -> Error {
    Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message }
}

/// Refuses to read a table as of a time when it was in the trash.
pub(super) fn was_there(now: &Schema, then: &Schema, table: &str) -> Result<(), Error> {
    let Some(table) = now.table(table) else { return Ok(()) };
    match then.table_by_no(table.no) {
        Some(held) if held.deleted => {
            let name = &table.name;
            Err(wrong(format!(
                "`at`: `{name}` was in the trash then; name a change or a time before it went there, or after it came back"
            )))
        }
        _ => Ok(()),
    }
}

impl Records {
    /// The picture as it was. Its stored columns are all in memory.
    pub(super) async fn as_of(&self, scope: &Scope, view: &View, at: At) -> Result<View, Error> {
        let mut past = self.then(scope, view, at).await?;
        // A table that was made later had no records then.
        let then = &past.image.schema;
        let later = view.image.schema.tables.iter().filter(|table| then.table_by_no(table.no).is_none());
        let later: Vec<Arc<Table>> = later.cloned().collect();
        if !later.is_empty() {
            Arc::make_mut(&mut Arc::make_mut(&mut past.image).schema).tables.extend(later);
        }
        Ok(past)
    }

    /// The picture as it was, with no other tables than there were.
    async fn then(&self, scope: &Scope, view: &View, at: At) -> Result<View, Error> {
        let head = view.image.sequence;
        let sequence = match at {
            At::Sequence(sequence) => sequence,
            At::Time(time) => match self.changes.sequence_at(scope.base_no(), time).await? {
                Some(sequence) => sequence,
                None => return Err(Error::too_old(&self.changes.head(scope.base_no()).await?)),
            },
        };
        if sequence > head {
            return Err(wrong(format!("`at` is {sequence}, and the last change of the base is {head}")));
        }
        if head - sequence > BACK as i64 {
            return Err(wrong(format!("`at` is {} changes ago, and at most {BACK} are walked back", head - sequence)));
        }
        if sequence == head {
            return Ok(view.clone());
        }
        let image = Arc::new(self.images.at(scope.tenant(), scope.base_no(), sequence).await?);
        let mut past = View { image, ..view.clone() };
        // What is not in memory would be read as it is now.
        self.answer(scope, &mut past, |past| need_all(&past.image, &past.image.schema.tables)).await?;
        Ok(past)
    }

    /// Brings a base, a table, a record, a field or a cell back to what it was. With `dry` it is only told what would
    /// become different.
    ///
    /// # Errors
    /// [`Error::TooOld`], [`Error::TableNotFound`], [`Error::RecordNotFound`], [`Error::UnknownField`];
    /// [`Error::Request`] for a part that cannot be.
    pub async fn restore(
        &self,
        caller: &Caller,
        base: BaseId,
        at: At,
        part: &Part,
        dry: bool,
    ) -> Result<Restored, Error> {
        let permit = self.schemas.permit(caller, Action::WriteRecords, base).await?;
        if part.table.is_none() && (part.record.is_some() || part.field.is_some()) {
            return Err(wrong("`record` and `field` need a `table`".to_owned()));
        }
        let scope = permit.scope();
        let image = self.images.current(permit.tenant(), permit.base_no()).await?;
        let view = View::new(image, self.clock.now());
        let past = self.then(&scope, &view, at).await?;
        let (now, then) = (&view.image.schema, &past.image.schema);
        let part = &parts::by_ids(now, then, part);
        let (after, mut left_out) = self.parts_back(caller, &permit, (&view.image, &past.image), part, dry).await?;
        left_out.extend(self.left_out((caller, &scope), (&after, then), part).await?);
        let from_trash = parts::came_back(now, &after, may_name(caller, &permit));
        let mut done = Restored { at: past.image.sequence, from_trash, left_out, ..Restored::default() };
        let ahead = dry.then_some(&after);
        let run = format!("restore-{}", self.ids.record(self.clock.now()));
        let (mut wanted, mut linked) = (Vec::new(), FxHashSet::default());
        loop {
            let step = self.restore_step(caller, &permit, (&past, part), (&run, ahead), &mut linked).await;
            match step {
                Err(Error::NotLoaded { columns }) if wanted.len() < MOST_LOADED => {
                    wanted.extend(columns);
                    self.images.with(permit.tenant(), permit.base_no(), &wanted, None).await?;
                }
                Err(error) => return Err(error),
                Ok((step, more)) => {
                    done.cells += step.cells;
                    done.revived += step.revived;
                    done.deleted += step.deleted;
                    done.change = step.change.or(done.change);
                    if !more || dry {
                        return Ok(done);
                    }
                }
            }
        }
    }

    /// Brings tables and fields of a part back from the trash, where the caller may, and answers the schema after, and what stays
    /// as it is. What is refused is refused before that.
    async fn parts_back(
        &self,
        caller: &Caller,
        permit: &Permit,
        (image, past): (&BaseImage, &BaseImage),
        part: &Part,
        dry: bool,
    ) -> Result<(Arc<Schema>, Vec<LeftOut>), Error> {
        let (now, then) = (&image.schema, &past.schema);
        let (ids, why) = match Action::EditSchema.check(permit.role(), &caller.scopes) {
            _ if part.record.is_some() => (Vec::new(), ", and a record does not take it along"),
            Err(_) => (Vec::new(), ", and you may not change tables and fields"),
            Ok(()) => (parts::to_come_back(now, then, part), ", since its other side was made one of another type"),
        };
        let after = if ids.is_empty() { Arc::clone(now) } else { Arc::new(self.schemas.with_restored(now, &ids)?) };
        let left_out = parts::stays(&after, then, part, (why, may_name(caller, permit)))?;
        let field = Back::new(caller, &with_schema(image, &after), (past, part))?.field;
        if let Some(field) = field.filter(|field| ids.is_empty() && field.kind.is_computed()) {
            return Err(wrong(format!("`{}` is computed: it follows the fields that it is made of", field.name)));
        }
        if ids.is_empty() || dry {
            return Ok((after, left_out));
        }
        Ok((self.schemas.restore_all(caller, permit.base(), &ids).await?, left_out))
    }

    /// The fields that were of another type then, with the newest conversion of each. One that is asked for by name is
    /// refused instead.
    async fn left_out(
        &self,
        (caller, scope): (&Caller, &Scope),
        (now, then): (&Schema, &Schema),
        part: &Part,
    ) -> Result<Vec<LeftOut>, Error> {
        let tables: Vec<&Arc<Table>> = match &part.table {
            Some(name) => vec![find_table(caller, now, name)?],
            None => now.live_tables().collect(),
        };
        let mut left_out: Vec<LeftOut> = Vec::new();
        for table in tables.into_iter().filter(|_| part.field.is_none()) {
            for (table, field) in table.live_fields().filter_map(|field| converted((now, then), table, field)) {
                let mut conversions = Vec::new();
                self.conversions(scope.base_no(), (table.id, Some(field.id)), &mut conversions).await?;
                let newest = conversions.iter().find(|retyped| retyped.after.id == field.id);
                let newest = newest.map(|retyped| LeftOut::of(retyped, now));
                left_out.extend(newest.filter(|newest| !left_out.contains(newest)));
            }
        }
        Ok(left_out)
    }

    /// One change of at most so many records; true when there is more to do. With the schema that is `ahead` it is only told
    /// what would become different. Link cells that were counted are in `linked`.
    async fn restore_step(
        &self,
        caller: &Caller,
        permit: &Permit,
        (past, part): (&View, &Part),
        (run, ahead): (&str, Option<&Arc<Schema>>),
        linked: &mut FxHashSet<(FieldNo, Ordinal)>,
    ) -> Result<(Restored, bool), Error> {
        let mut tx = self.changes.begin(permit.tenant(), permit.base_no()).await?;
        let mut private = self.images.private(permit.tenant(), permit.base_no(), &mut tx).await?;
        let now = self.clock.now();
        let sequence = tx.head().sequence;
        let (mut body, mut done, more) = private.read(|image| {
            let image = &with_schema(image, ahead.unwrap_or(&image.schema));
            let mut back = Back::new(caller, image, (&past.image, part))?;
            need_all(image, &back.tables)?;
            let mut plan = Plan::new(image, &self.ids, now);
            let counted = linked.len();
            std::mem::swap(linked, &mut back.linked);
            let more = back.plan(&mut plan, if ahead.is_some() { usize::MAX } else { STEP });
            std::mem::swap(linked, &mut back.linked);
            back.done.cells += linked.len() - counted;
            plan.revive_choices();
            Ok::<_, Error>((plan.finish(), back.done, more))
        })?;
        if !body.is_empty() && ahead.is_none() {
            let mark = Mark::new(sequence + 1, now, &caller.actor);
            queue(&mut tx, &mut private, (permit, self), &mark, &mut body).await?;
            done.change = Some(self.append(caller, tx, private, (now, Some(run.to_owned())), body).await?);
        }
        Ok((done, more))
    }
}

/// Whether the caller may hear what tables and fields are called that are not theirs to see.
fn may_name(caller: &Caller, permit: &Permit) -> bool {
    Action::ReadSchema.check(permit.role(), &caller.scopes).is_ok()
}

/// The same records by another schema.
fn with_schema(image: &BaseImage, schema: &Arc<Schema>) -> BaseImage {
    let mut image = image.clone();
    if !Arc::ptr_eq(&image.schema, schema) {
        // What is computed by it is of nobody else's use.
        (image.schema, image.computed) = (Arc::clone(schema), Arc::default());
    }
    image
}

fn need_all(image: &BaseImage, tables: &[Arc<Table>]) -> Result<(), Error> {
    for table in tables {
        image.need(table.no, stored(table).map(|field| field.no))?;
    }
    Ok(())
}

/// The fields whose cells are stored in records.
fn stored(table: &Table) -> impl Iterator<Item = &Arc<Field>> {
    let is_stored = |field: &&Arc<Field>| {
        !field.kind.watched().is_empty() || !field.kind.is_computed() && field.kind.link().is_none()
    };
    table.live_fields().filter(is_stored)
}

/// The field that was one of another type then: this one, or that of which it is the other side.
fn converted<'b>(
    (now, then): (&'b Schema, &Schema),
    table: &'b Arc<Table>,
    field: &'b Arc<Field>,
) -> Option<(&'b Arc<Table>, &'b Arc<Field>)> {
    let other = || {
        let link = field.kind.link()?;
        let table = now.table_by_no(link.linked_table_no)?;
        Some((table, table.field_by_id(link.inverse?)?))
    };
    let was_another = |(table, field): &(&Arc<Table>, &Arc<Field>)| {
        let then = then.table_by_no(table.no);
        let then = then.and_then(|table| table.fields.iter().find(|then| then.id == field.id));
        then.is_some_and(|then| then.no != field.no)
    };
    Some((table, field)).filter(was_another).or_else(|| other().filter(was_another))
}

/// A part of a base on its way back.
struct Back<'i> {
    image: &'i BaseImage,
    past: &'i BaseImage,
    tables: Vec<Arc<Table>>,
    record: Option<RecordId>,
    field: Option<Arc<Field>>,
    /// Link cells that become others, those too that are settled from their other side.
    linked: FxHashSet<(FieldNo, Ordinal)>,
    done: Restored,
}

impl<'i> Back<'i> {
    fn new(caller: &Caller, image: &'i BaseImage, (past, part): (&'i BaseImage, &Part)) -> Result<Self, Error> {
        let mut tables: Vec<Arc<Table>> = match &part.table {
            Some(name) => vec![Arc::clone(find_table(caller, &image.schema, name)?)],
            None => image.schema.live_tables().cloned().collect(),
        };
        // What was made since, or was in the trash then, stays as it is.
        tables.retain(|table| parts::was_there(&past.schema, table));
        let (linked, done) = (FxHashSet::default(), Restored::default());
        let mut back = Self { image, past, tables, record: None, field: None, linked, done };
        if let (Some(table), Some(text)) = (back.tables.first(), &part.record) {
            let not_found = || Error::RecordNotFound { id: text.chars().take(64).collect() };
            let id: RecordId = text.parse().map_err(|_| not_found())?;
            image.table(table.no).ids.find(id).ok_or_else(not_found)?;
            back.record = Some(id);
        }
        if let (Some(table), Some(name)) = (back.tables.first(), &part.field) {
            let found = find_field(table, name)?;
            if converted((&image.schema, &past.schema), table, found).is_some() {
                return Err(wrong(format!(
                    "`{}` was of another type then, and its values do not come back by themselves: read them with `at=`",
                    found.name
                )));
            }
            back.field = Some(Arc::clone(found));
        }
        Ok(back)
    }

    /// Plans as much as one change may hold; true when there is more.
    fn plan(&mut self, plan: &mut Plan<'_>, most: usize) -> bool {
        let mut left = most;
        for table in self.tables.clone() {
            let (rows, then) = (self.image.table(table.no), self.past.table(table.no));
            for chunk in 0..rows.len().div_ceil(CHUNK) {
                for ordinal in self.different(&table, (&rows, &then), chunk) {
                    if left == 0 {
                        return true;
                    }
                    left -= usize::from(self.record_back(plan, &table, (&rows, &then), ordinal));
                }
            }
        }
        false
    }

    /// The records of a chunk that may be different: none where both pictures share its columns.
    fn different(&self, table: &Arc<Table>, (rows, then): (&TableImage, &TableImage), chunk: usize) -> Vec<Ordinal> {
        let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(rows.len());
        if let Some(id) = self.record {
            let ordinal = rows.ids.find(id).filter(|ordinal| range.contains(&(ordinal.0 as usize)));
            return ordinal.into_iter().collect();
        }
        let part = |column: Option<&Column>| column.and_then(|column| column.chunk(chunk)).cloned();
        let same = |field: &Arc<Field>| {
            let (now, before) = (part(rows.columns.get(&field.no)), part(then.columns.get(&field.no)));
            match (&now, &before) {
                (Some(now), Some(before)) => Arc::ptr_eq(now, before),
                (None, None) => true,
                _ => false,
            }
        };
        let lives = range.clone().all(|row| rows.live.get(row) == then.live.get(row));
        if lives && self.fields(table).all(same) {
            return Vec::new();
        }
        range.map(|row| Ordinal(row as u32)).collect()
    }

    fn fields<'t>(&'t self, table: &'t Arc<Table>) -> impl Iterator<Item = &'t Arc<Field>> {
        // What a field of another type held is not among its cells: those that it has stay, as those of later fields do.
        let old = self.past.schema.table_by_no(table.no);
        let is_same = move |field: &Field| old.is_some_and(|old| parts::was_so(old, field));
        let writable = table.live_fields().filter(move |field| !field.kind.is_computed() && is_same(field));
        writable.filter(|field| self.field.as_ref().is_none_or(|only| only.id == field.id))
    }

    /// Brings one record back; false when nothing of it is different.
    fn record_back(
        &mut self,
        plan: &mut Plan<'_>,
        table: &Arc<Table>,
        (rows, then): (&TableImage, &TableImage),
        ordinal: Ordinal,
    ) -> bool {
        let (lives, lived) = (rows.is_live(ordinal), then.is_live(ordinal));
        let Some(id) = rows.ids.get(ordinal).filter(|_| lives || lived) else { return false };
        let links: Vec<Arc<Field>> = self.fields(table).filter(|field| field.kind.link().is_some()).cloned().collect();
        if lives && !lived {
            if self.field.is_some() {
                return false;
            }
            for field in &links {
                self.count_other_sides(field, &linked(rows, field.no, ordinal), &[]);
            }
            plan.delete(table, ordinal);
            self.done.deleted += 1;
            return true;
        }
        if !lives && self.field.is_some() {
            return false;
        }
        let previous = previous(rows, ordinal);
        if !lives {
            let cells = record_cells(rows, ordinal);
            plan.body.table(table.no).restored.push(RecordCells { ordinal, id, previous, cells });
            self.done.revived += 1;
        }
        let mut cells = Vec::new();
        for field in self.fields(table).filter(|field| field.kind.link().is_none()) {
            let (before, after) = (rows.cell(field.no, ordinal), then.cell(field.no, ordinal));
            if !same_cell(table, field.no, before, after) {
                cells.push(CellChange { field: field.no, before: before.to_value(), after: after.to_value() });
            }
        }
        let mut changed = cells.len();
        if !cells.is_empty() {
            plan.body.table(table.no).updated.push(RecordChange { ordinal, id, previous, cells });
        }
        self.done.cells += changed;
        for field in links {
            changed += usize::from(self.links_back(plan, table.no, &field, (rows, then), ordinal));
        }
        !lives || changed > 0
    }

    /// Links a record to what it was linked to and still exists or exists again.
    fn links_back(
        &mut self,
        plan: &mut Plan<'_>,
        table: TableNo,
        field: &Arc<Field>,
        (rows, then): (&TableImage, &TableImage),
        ordinal: Ordinal,
    ) -> bool {
        let Some(link) = field.kind.link() else { return false };
        let other = self.image.table(link.linked_table_no);
        let comes_back = self.record.is_none() && self.tables.iter().any(|table| table.no == link.linked_table_no);
        let past = self.past.table(link.linked_table_no);
        let exists = |linked: &u32| {
            let linked = Ordinal(*linked);
            if comes_back && self.field.is_none() { past.is_live(linked) } else { other.is_live(linked) }
        };
        let held = linked(rows, field.no, ordinal);
        let wanted: Vec<u32> = linked(then, field.no, ordinal).into_iter().filter(exists).collect();
        if held == wanted {
            return false;
        }
        self.linked.insert((field.no, ordinal));
        self.count_other_sides(field, &held, &wanted);
        let list = wanted.into_iter().map(Ordinal).collect();
        plan.write_links(LinkWrite { table, field: Arc::clone(field), record: ordinal, list });
        true
    }

    /// Counts the cells on the other side of links that come or go, where they are brought back too: a step settles them before
    /// their own turn comes.
    fn count_other_sides(&mut self, field: &Field, held: &[u32], wanted: &[u32]) {
        let Some(link) = field.kind.link().filter(|_| self.record.is_none()) else { return };
        let Some(table) = self.tables.iter().find(|table| table.no == link.linked_table_no) else { return };
        let Some(other) = self.fields(table).find(|field| Some(field.id) == link.inverse).map(|field| field.no) else {
            return;
        };
        let (held, wanted): (FxHashSet<&u32>, FxHashSet<&u32>) = (held.iter().collect(), wanted.iter().collect());
        let then = self.past.table(table.no);
        let differ = held.symmetric_difference(&wanted).map(|linked| Ordinal(**linked));
        self.linked.extend(differ.filter(|linked| then.is_live(*linked)).map(|linked| (other, linked)));
    }
}

/// The records that a record is linked to.
fn linked(rows: &TableImage, field: FieldNo, record: Ordinal) -> Vec<u32> {
    match rows.cell(field, record) {
        CellRef::Links(list) => list.to_vec(),
        _ => Vec::new(),
    }
}
