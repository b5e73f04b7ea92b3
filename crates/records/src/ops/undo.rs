//! Taking changes back.

use std::sync::Arc;

use changes::Since;
use events::{CellChange, Change, RecordCells, RecordChange, TableChange};
use images::taken_back;
use model::{Actor, BaseId, Caller, CellValue, Field, FieldNo, Ordinal, Schema, Table, TableImage, TableNo};
use rustc_hash::{FxHashMap, FxHashSet};
use tenancy::Action;

use super::retyped::{Conversions, LeftOut, Retyped, is_of};
use super::write::{End, queue};
use super::{Records, convert, copy};
use crate::error::Error;
use crate::files::{same_cell, same_cells};
use crate::plan::{Plan, previous};
use images::BaseImage;
use images::Mark;
use images::record_cells;

/// How far back somebody's newest change is looked for, in changes.
pub(super) const REACH: usize = 10_000;
/// Most changes of which nothing is left that an undo passes over.
const PASSED: usize = 100;
/// What whoever takes back such a change may do.
const GO_ON: &str = ": send `force` without `change` to go on with the one before it, or name another `change`";
/// Most conflicts that are named.
const NAMED: usize = 20;

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The change that was taken back.
    pub undone: i64,
    /// The change that took it back.
    pub sequence: i64,
    /// Records that became different.
    pub records: usize,
    /// Cells and records left alone because they have changed since.
    pub skipped: usize,
    /// Fields that what came back is without, since they are of another type by now.
    pub left_out: Vec<LeftOut>,
}

impl Records {
    /// Takes a change back, by default the caller's newest that is not taken back yet. All or nothing, unless `force`
    /// leaves out what has changed since, and passes over changes of which nothing is left.
    ///
    /// # Errors
    /// [`Error::NothingToUndo`], [`Error::TakenBack`], [`Error::TooOld`], [`Error::Conflicts`], [`Error::NothingLeft`];
    /// [`Error::Converted`] where a field is of another type since; [`Error::Request`] for a change of the schema.
    pub async fn undo(&self, caller: &Caller, base: BaseId, change: Option<i64>, force: bool) -> Result<Undone, Error> {
        let permit = self.schemas.permit(caller, Action::WriteRecords, base).await?;
        self.undo_or_check(caller, &permit, change, (force, End::Commit)).await?.1
    }

    /// The change that is taken back, and how that went.
    async fn undo_or_check(
        &self,
        caller: &Caller,
        permit: &tenancy::Permit,
        change: Option<i64>,
        (force, end): (bool, End),
    ) -> Result<(Arc<Change>, Result<Undone, Error>), Error> {
        let mut standing = Standing::default();
        for passed in 0.. {
            let found = self.to_undo(permit, caller, change, &standing).await?;
            let done = self.take_back(caller, permit, &found, (force, end)).await;
            let passes = match &done {
                // Another request of the caller took it back just now, so the one before it is meant.
                Err(Error::TakenBack { .. }) => change.is_none(),
                Err(Error::NothingLeft { .. }) => change.is_none() && force && passed < PASSED,
                _ => false,
            };
            if !passes {
                return Ok((found, done));
            }
            standing.taken_back.insert(found.sequence, found.sequence);
        }
        Err(Error::nothing_to_undo())
    }

    /// All or nothing, unless `force` leaves out what has changed since.
    async fn take_back(
        &self,
        caller: &Caller,
        permit: &tenancy::Permit,
        change: &Change,
        (force, end): (bool, End),
    ) -> Result<Undone, Error> {
        let mut tx = self.changes.begin(permit.tenant(), permit.base_no()).await?;
        if tx.head().oldest > change.sequence {
            return Err(Error::too_old(&tx.head()));
        }
        let mut converted = Conversions::default();
        if let Since::Changes(later) = tx.changes_after(change.sequence).await? {
            converted = Conversions::of(&later);
            let mut standing = Standing::default();
            for later in later.iter().rev() {
                standing.see(later);
            }
            if let Some(by) = standing.taken_back.get(&change.sequence) {
                return Err(Error::TakenBack { change: change.sequence, by: *by });
            }
        }
        let mut private = self.images.private(permit.tenant(), permit.base_no(), &mut tx).await?;
        for part in &change.body.tables {
            private.fill(&mut tx, permit.tenant(), part.table, &touched(part)).await?;
        }
        let now = self.clock.now();
        let sequence = tx.head().sequence;
        let (mut body, skipped, left_out) = private.read(|image| {
            if let Some(reason) = removed_since(&image.schema, change).filter(|_| !force) {
                return Err(Error::Converted { reason });
            }
            let (conflicts, met) = (Vec::new(), Vec::new());
            let linked = linked_by(image, change);
            let mut reversal = Reversal { image, change, converted: &converted, met, conflicts, linked };
            let mut plan = Plan::new(image, &self.ids, now);
            reversal.plan(&mut plan);
            let skipped = reversal.conflicts.len();
            if !reversal.met.is_empty() && (!force || plan.body.is_empty()) {
                return Err(reversal.refused(!plan.body.is_empty()));
            }
            if skipped > 0 && (!force || plan.body.is_empty()) {
                return Err(reversal.conflict(!plan.body.is_empty()));
            }
            plan.revive_choices();
            let mut body = plan.finish();
            body.undoes = Some(change.sequence);
            let left_out = reversal.met.iter().map(|retyped| LeftOut::of(retyped, &image.schema)).collect();
            Ok((body, skipped, left_out))
        })?;
        let mark = Mark::new(sequence + 1, now, &caller.actor);
        queue(&mut tx, &mut private, (permit, self), &mark, &mut body).await?;
        if body.is_empty() {
            return Err(Error::NothingLeft { change: change.sequence, count: 0, conflicts: Vec::new(), advice: GO_ON });
        }
        let records = body.records();
        let sequence = match end {
            End::Commit => self.append(caller, tx, private, (now, None), body).await?,
            End::Discard => sequence,
        };
        Ok(Undone { undone: change.sequence, sequence, records, skipped, left_out })
    }

    /// The change that an undo would take back, with the schema that names its tables.
    ///
    /// # Errors
    /// As for [`Records::undo`], but for [`Error::Conflicts`].
    pub async fn check_undo(
        &self,
        caller: &Caller,
        base: BaseId,
        change: Option<i64>,
        force: bool,
    ) -> Result<(Arc<Schema>, Arc<Change>), Error> {
        let permit = self.schemas.permit(caller, Action::WriteRecords, base).await?;
        let (change, done) = self.undo_or_check(caller, &permit, change, (force, End::Discard)).await?;
        match done {
            Ok(_) | Err(Error::Conflicts { .. }) => {}
            Err(error) => return Err(error),
        }
        let (_, view) = self.view(caller, base).await?;
        Ok((Arc::clone(&view.image.schema), change))
    }

    /// The change of this sequence, or the caller's newest; only changes of records can be undone.
    async fn to_undo(
        &self,
        permit: &tenancy::Permit,
        caller: &Caller,
        change: Option<i64>,
        standing: &Standing,
    ) -> Result<Arc<Change>, Error> {
        let change = match change {
            Some(sequence) => match self.changes.find(permit.base_no(), sequence).await? {
                Some(change) => change,
                None => return Err(self.missing(permit, sequence).await?),
            },
            None => {
                self.newest_of(permit, &caller.actor, standing.clone()).await?.ok_or_else(Error::nothing_to_undo)?
            }
        };
        if is_of(&change, convert::RUN) {
            return Err(self.conversion_refused(permit, &change).await?);
        }
        if is_of(&change, copy::RUN) {
            let message = "this change filled a copy of a table or a base; delete the copy instead".to_owned();
            return Err(Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message });
        }
        if change.body.tables.is_empty() {
            let message = "this change altered the schema; only changes of records can be undone".to_owned();
            return Err(Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message });
        }
        Ok(change)
    }

    /// Why a change of a conversion is not taken back.
    async fn conversion_refused(&self, permit: &tenancy::Permit, change: &Change) -> Result<Error, Error> {
        let run = change.run.as_deref().unwrap_or_default();
        let ends = self.changes.list_ends(permit.base_no(), run, None).await?;
        if let Some(retyped) = ends.first().and_then(|end| Retyped::of(end)) {
            return Ok(retyped.refused(&*self.schema_of(permit).await?));
        }
        let message =
            "this change is of a conversion that came to no end: no field has the cells that it wrote".to_owned();
        Ok(Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message })
    }

    async fn schema_of(&self, permit: &tenancy::Permit) -> Result<Arc<Schema>, Error> {
        Ok(Arc::clone(&self.images.current(permit.tenant(), permit.base_no()).await?.schema))
    }

    /// Why there is no change of this number.
    async fn missing(&self, permit: &tenancy::Permit, sequence: i64) -> Result<Error, Error> {
        let head = self.changes.head(permit.base_no()).await?;
        let reason = match sequence {
            ..1 => format!("`change` is the number of a change, from 1, and not {sequence}"),
            _ if sequence < head.oldest => return Ok(Error::too_old(&head)),
            _ => format!("there is no change {sequence}: the last one is {}", head.sequence),
        };
        Ok(Error::NothingToUndo { reason })
    }

    /// Does again what the caller's newest undo took back. After another change of the caller there is nothing to do
    /// again.
    ///
    /// # Errors
    /// [`Error::NothingToRedo`], and those of [`Records::undo`].
    pub async fn redo(&self, caller: &Caller, base: BaseId, force: bool) -> Result<Undone, Error> {
        let permit = self.schemas.permit(caller, Action::WriteRecords, base).await?;
        let mut standing = Standing::default();
        loop {
            let newest = self.newest_undo_of(&permit, &caller.actor, standing.clone()).await?;
            let newest = newest.ok_or(Error::NothingToRedo)?;
            let found = self.to_undo(&permit, caller, Some(newest), &standing).await?;
            match self.take_back(caller, &permit, &found, (force, End::Commit)).await {
                // As in an undo.
                Err(Error::TakenBack { .. }) => standing.taken_back.insert(newest, newest),
                Err(Error::NothingLeft { change, count, conflicts, .. }) => {
                    return Err(Error::NothingLeft { change, count, conflicts, advice: "" });
                }
                redone => return redone,
            };
        }
    }

    /// The number of the newest undo by this actor that still stands and was followed by no other change of theirs.
    async fn newest_undo_of(
        &self,
        permit: &tenancy::Permit,
        actor: &Actor,
        mut standing: Standing,
    ) -> Result<Option<i64>, Error> {
        let mut retyped = None;
        let (mut before, mut seen) = (None, 0);
        loop {
            let read = self.changes.list_newest(permit.base_no(), before, 256).await?;
            let Some(last) = read.last().map(|change| change.sequence) else { return Ok(None) };
            seen += read.len();
            for change in read {
                if !standing.see(&change) || change.actor != *actor {
                    continue;
                }
                if is_of(&change, convert::RUN) {
                    retyped = retyped.or_else(|| Retyped::of(&change));
                    continue;
                }
                if change.body.tables.is_empty() {
                    continue;
                }
                let Some(undone) = change.body.undoes else { return Ok(None) };
                let target = self.changes.find(permit.base_no(), undone).await?;
                // What takes back an undo has done something again.
                if target.is_some_and(|target| target.body.undoes.is_none()) {
                    return match retyped {
                        Some(retyped) => Err(retyped.refused_again(&*self.schema_of(permit).await?, change.sequence)),
                        None => Ok(Some(change.sequence)),
                    };
                }
            }
            if last <= 1 || seen >= REACH {
                return Ok(None);
            }
            before = Some(last);
        }
    }

    /// The newest change of records by this actor that was not taken back and takes none back. A conversion is not passed
    /// over: whoever takes back what they did last means it.
    async fn newest_of(
        &self,
        permit: &tenancy::Permit,
        actor: &Actor,
        mut standing: Standing,
    ) -> Result<Option<Arc<Change>>, Error> {
        let (mut before, mut seen) = (None, 0);
        loop {
            let read = self.changes.list_newest(permit.base_no(), before, 256).await?;
            let Some(last) = read.last().map(|change| change.sequence) else { return Ok(None) };
            seen += read.len();
            for change in read {
                let stands = standing.see(&change);
                if let Some(retyped) = Retyped::of(&change).filter(|_| change.actor == *actor) {
                    return Err(retyped.refused(&*self.schema_of(permit).await?));
                }
                let whole = is_of(&change, convert::RUN) || is_of(&change, copy::RUN);
                let is_own = change.actor == *actor && !change.body.tables.is_empty() && !whole;
                if stands && is_own && change.body.undoes.is_none() {
                    return Ok(Some(change));
                }
            }
            if last <= 1 || seen >= REACH {
                return Ok(None);
            }
            before = Some(last);
        }
    }
}

/// Which changes still stand, told by looking at them from the newest on.
#[derive(Default, Clone)]
struct Standing {
    /// By which change each was taken back.
    taken_back: FxHashMap<i64, i64>,
}

impl Standing {
    /// True when no later change that stands takes this one back.
    fn see(&mut self, change: &Change) -> bool {
        if self.taken_back.contains_key(&change.sequence) {
            return false;
        }
        self.taken_back.extend(change.body.undoes.map(|undone| (undone, change.sequence)));
        true
    }
}

/// The records of a part of a change.
fn touched(part: &TableChange) -> Vec<Ordinal> {
    let whole = part.created.iter().chain(&part.deleted).chain(&part.restored).map(|record| record.ordinal);
    whole.chain(part.updated.iter().map(|record| record.ordinal)).collect()
}

/// A change turned around, part by part, as far as nothing has changed since.
struct Reversal<'i> {
    image: &'i BaseImage,
    change: &'i Change,
    /// The conversions since.
    converted: &'i Conversions,
    /// Those that left behind what the change wrote.
    met: Vec<&'i Retyped>,
    conflicts: Vec<String>,
    /// What the change linked, from either side.
    linked: FxHashSet<(TableNo, FieldNo, Ordinal, u32)>,
}

/// The pairs that a change linked, from either side.
fn linked_by(image: &BaseImage, change: &Change) -> FxHashSet<(TableNo, FieldNo, Ordinal, u32)> {
    let pairs = change.body.tables.iter().flat_map(|part| part.links.iter().map(|link| (part.table, link)));
    let added = pairs.filter(|(_, link)| link.added);
    let sides = added.flat_map(|(table, link)| {
        let own = Some((table, link.relation, link.from, link.to.0));
        let other = image.sides(table, link.relation);
        let back = other.and_then(|(other, inverse)| Some((other, inverse?, link.to, link.from.0)));
        own.into_iter().chain(back)
    });
    sides.collect()
}

impl Reversal<'_> {
    fn plan(&mut self, plan: &mut Plan<'_>) {
        for part in self.change.body.tables.iter().rev() {
            let Some(table) = self.image.schema.table_by_no(part.table).cloned() else {
                self.conflicts.push("a table that is gone".to_owned());
                continue;
            };
            if table.removed {
                continue;
            }
            let rows = self.image.table(part.table);
            for record in &part.deleted {
                self.restore(plan, &table, &rows, record);
            }
            for record in &part.updated {
                self.put_back(plan, &table, &rows, record);
            }
            for record in part.created.iter().chain(&part.restored) {
                self.remove(plan, &table, &rows, record);
            }
        }
        for part in &self.change.body.tables {
            self.links(plan, part);
        }
    }

    fn restore(&mut self, plan: &mut Plan<'_>, table: &Table, rows: &TableImage, record: &RecordCells) {
        if rows.is_live(record.ordinal) {
            self.conflicts.push(format!("{} exists again", record.id));
            return;
        }
        // It may have come back since, and gone again as another.
        let held = record_cells(rows, record.ordinal);
        if !same_cells(table, &self.unconverted(table.no, &held), &self.unconverted(table.no, &record.cells)) {
            self.conflicts.push(format!("{} has changed", record.id));
            return;
        }
        for (no, _) in record.cells.iter().filter(|(_, value)| !value.is_empty()) {
            self.left_behind(table.no, *no);
        }
        // With what it holds now: who changed it last stands in the database as it was when it went.
        let mut record = RecordCells { previous: previous(rows, record.ordinal), cells: held, ..record.clone() };
        record.cells.retain(|(no, _)| table.removed_field(*no).is_none());
        plan.body.table(table.no).restored.push(record);
    }

    fn put_back(&mut self, plan: &mut Plan<'_>, table: &Table, rows: &TableImage, record: &RecordChange) {
        if !rows.is_live(record.ordinal) {
            self.conflicts.push(format!("{} was deleted", record.id));
            return;
        }
        plan.touch(table.no, record.ordinal);
        let mut cells = Vec::with_capacity(record.cells.len());
        for cell in &record.cells {
            if self.left_behind(table.no, cell.field) {
                continue;
            }
            // What follows from the change of others follows from its undoing too.
            let known = table.field_by_no(cell.field).filter(|field| !field.removed && !field.kind.is_noted());
            let Some(field) = known else { continue };
            let held = rows.cell(cell.field, record.ordinal);
            if same_cell(table, cell.field, held, cell.after.view()) {
                let (before, after) = (held.to_value(), cell.before.clone());
                cells.push(CellChange { field: cell.field, before, after });
            } else {
                self.conflicts.push(format!("`{}` of {} has changed", field.name, record.id));
            }
        }
        if !cells.is_empty() {
            let previous = previous(rows, record.ordinal);
            plan.body.table(table.no).updated.push(RecordChange { previous, cells, ..record.clone() });
        }
    }

    /// The cells that no conversion has read or made since.
    fn unconverted(&self, table: TableNo, cells: &[(FieldNo, CellValue)]) -> Vec<(FieldNo, CellValue)> {
        cells.iter().filter(|(no, _)| !self.converted.concerns(table, *no)).cloned().collect()
    }

    fn remove(&mut self, plan: &mut Plan<'_>, table: &Arc<Table>, rows: &TableImage, record: &RecordCells) {
        if !rows.is_live(record.ordinal) {
            return;
        }
        // What a conversion read and made of it goes with the record, as long as nobody else has changed it.
        let held = record_cells(rows, record.ordinal);
        let (now, then) = (self.unconverted(table.no, &held), self.unconverted(table.no, &record.cells));
        let is_converted = (now.len(), then.len()) != (held.len(), record.cells.len());
        let last = previous(rows, record.ordinal);
        let edited = is_converted && last != self.change.sequence && !self.converted.made(last);
        if edited || !same_cells(table, &now, &then) {
            self.conflicts.push(format!("{} has changed", record.id));
            return;
        }
        if let Some(field) = self.linked_since(table, record.ordinal) {
            self.conflicts.push(format!("`{}` of {} has changed", field.name, record.id));
            return;
        }
        plan.delete(table, record.ordinal);
    }

    /// The link field in which a record of the change was linked after it.
    fn linked_since<'t>(&self, table: &'t Table, record: Ordinal) -> Option<&'t Field> {
        let fields = table.live_fields().map(AsRef::as_ref).filter(|field| field.kind.link().is_some());
        let mut fields = fields.filter(|field| !self.converted.concerns(table.no, field.no));
        fields.find(|field| {
            let list = self.image.links(table.no, field.no, record);
            list.into_iter().any(|linked| !self.linked.contains(&(table.no, field.no, record, linked)))
        })
    }

    /// True for a cell or a link of a field that was converted since, which is left alone.
    fn left_behind(&mut self, table: TableNo, no: FieldNo) -> bool {
        let found = self.converted.find(&self.image.schema, table, no);
        // Nobody wrote what a field tells of the change of others.
        let Some(retyped) = found.filter(|retyped| !retyped.before.kind.is_noted()) else { return false };
        self.conflicts.push(format!("`{}` was converted", retyped.after.name));
        if self.met.iter().all(|met| met.change != retyped.change) {
            self.met.push(retyped);
        }
        true
    }

    /// What has changed since, where there is a rest that has not, or nothing else.
    fn conflict(self, rest: bool) -> Error {
        let (change, count) = (self.change.sequence, self.conflicts.len());
        let conflicts = self.conflicts.into_iter().take(NAMED).collect();
        if rest {
            Error::Conflicts { count, conflicts }
        } else {
            Error::NothingLeft { change, count, conflicts, advice: GO_ON }
        }
    }

    /// Why not all of it is taken back, with the ways to get it back.
    fn refused(&self, rest: bool) -> Error {
        let told: Vec<String> = self.met.iter().map(|retyped| retyped.told(&self.image.schema)).collect();
        let force = if rest { " (send `force` to undo the rest)" } else { "" };
        let links = self.met.iter().any(|retyped| retyped.before.kind.link().is_some());
        let links = if links { ", and bring links back from the trash" } else { "" };
        let (told, at) = (told.join("; "), self.change.sequence - 1);
        let reason = format!(
            "{told}: what such a field held is not put back, and nothing was undone{force}; read it with `at={at}`{links}"
        );
        Error::Converted { reason }
    }

    /// Pairs between records that both exist after the undo and neither of which it removes.
    fn links(&mut self, plan: &mut Plan<'_>, part: &TableChange) {
        let Some(table) = self.image.schema.table_by_no(part.table) else { return };
        let mut seen = FxHashSet::default();
        for link in taken_back(&part.links) {
            let other_table = self.image.sides(part.table, link.relation).map(|(other, _)| other);
            let ends = [Some((part.table, link.from)), other_table.map(|other| (other, link.to))];
            // They go with the record, but in their turn: what comes back has its place among those before.
            if !link.added && ends.into_iter().flatten().any(|(no, ordinal)| is_removed(plan, no, ordinal)) {
                if self.image.is_linked(part.table, link.relation, (link.from, link.to)) {
                    plan.body.table(part.table).links.push(link);
                }
                continue;
            }
            let other_side = self.image.sides(part.table, link.relation).and_then(|(no, field)| Some((no, field?)));
            let mut sides = [Some((part.table, link.relation)), other_side].into_iter().flatten();
            if sides.any(|(no, side)| self.left_behind(no, side)) {
                continue;
            }
            let other = table.field_by_no(link.relation).and_then(|field| field.kind.link());
            let Some(other) = other.map(|options| options.linked_table_no) else { continue };
            let exists = |no, ordinal: Ordinal| {
                let made = plan.body.tables.iter().find(|t| t.table == no);
                let restored = made.is_some_and(|t| t.restored.iter().any(|record| record.ordinal == ordinal));
                !is_removed(plan, no, ordinal) && (restored || self.image.table(no).is_live(ordinal))
            };
            if let Some((no, ordinal)) =
                [(part.table, link.from), (other, link.to)].into_iter().find(|(no, ordinal)| !exists(*no, *ordinal))
            {
                let gone =
                    self.image.table(no).ids.get(ordinal).filter(|_| link.added && !is_removed(plan, no, ordinal));
                self.conflicts.extend(gone.map(|id| format!("{id} was deleted")));
                continue;
            }
            // Of a pair that a change linked and unlinked, what it did last shows.
            let is_linked = || self.image.is_linked(part.table, link.relation, (link.from, link.to));
            if seen.insert((link.relation, link.from, link.to)) && !link.added && !is_linked() {
                let record = self.image.table(part.table).ids.get(link.from).map(|id| id.to_string());
                let field = table.field_by_no(link.relation).map_or_else(String::new, |field| field.name.clone());
                self.conflicts.push(format!("`{field}` of {} has changed", record.unwrap_or_default()));
                continue;
            }
            plan.body.table(part.table).links.push(link);
        }
    }
}

/// Why not all of a change can be taken back: what it wrote to was removed from the trash for good since.
fn removed_since(schema: &Schema, change: &Change) -> Option<String> {
    let field = |no: FieldNo| {
        let found = schema
            .tables
            .iter()
            .filter(|table| !table.removed)
            .find_map(|table| Some((table, table.removed_field(no)?)));
        found.map(|(table, field)| format!("field `{}` of `{}`", field.name, table.name))
    };
    let told = change.body.tables.iter().find_map(|part| {
        let table = schema.table_by_no(part.table)?;
        if table.removed {
            return Some(format!("table `{}`", table.name));
        }
        let whole = part.created.iter().chain(&part.deleted).chain(&part.restored);
        let cells = part.updated.iter().flat_map(|record| record.cells.iter().map(|cell| cell.field));
        let numbers = cells.chain(whole.flat_map(|record| record.cells.iter().map(|(no, _)| *no)));
        numbers.chain(part.links.iter().map(|link| link.relation)).find_map(field)
    });
    let gone = told.or_else(|| change.body.stripped.iter().copied().find_map(field));
    let (gone, change) = (gone?, change.sequence);
    Some(format!(
        "change {change} wrote to {gone}, which was removed from the trash for good since: what it held is gone, and nothing was \
         undone (send `force` to undo the rest)"
    ))
}

/// True for a record that a plan deletes.
fn is_removed(plan: &Plan<'_>, no: TableNo, ordinal: Ordinal) -> bool {
    let made = plan.body.tables.iter().find(|part| part.table == no);
    made.is_some_and(|part| part.deleted.iter().any(|record| record.ordinal == ordinal))
}
