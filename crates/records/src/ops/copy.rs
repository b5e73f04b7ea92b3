//! Copies of tables and bases. A copy is filled while it is in the trash, in changes of a bounded size that share a run, and
//! comes out when it is whole. It shows the records of one moment: those of the picture that was taken first.

use std::sync::Arc;

use events::{Body, LinkDelta, RecordCells};
use model::{BaseId, Caller, CellRef, Field, FieldNo, Ordinal, RecordId, Schema, Table, TableNo, WorkspaceId};
use rustc_hash::FxHashMap;
use schema::Copied;
use tenancy::{Action, Permit};

use super::duplicate::files_copied;
use super::write::queue_rows;
use super::{BULK_BYTES, Records, find_table};
use crate::error::Error;
use images::Mark;
use images::{BaseImage, StoredCells};
use web::aside;

/// Records that are read at a time.
const READ: usize = 250;
/// Records of one change.
const STEP: usize = 1_000;
/// Pairs of linked records of one change.
const PAIRS: usize = 5_000;
/// How often the schema may move on before the copy is begun.
const TRIES: usize = 5;
/// The beginning of the runs of copies, which undo leaves alone.
pub(super) const RUN: &str = "copy-";

impl Records {
    /// Copies a table with its fields and views and, when asked to, its records. Links of the table to itself lead to the
    /// copy, others to the same records from another side of their own.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::TableNotFound`], those of [`Schemas::begin_table_copy`](schema::Schemas::begin_table_copy);
    /// [`Error::Request`] when somebody touches the copy before it is whole. What there is of it then stays in the trash.
    pub async fn duplicate_table(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        (name, with_records): (Option<&str>, bool),
    ) -> Result<(Arc<Schema>, TableNo), Error> {
        let mut needed = vec![Action::ReadSchema, Action::EditSchema];
        if with_records {
            needed.extend([Action::ReadRecords, Action::WriteRecords]);
        }
        let permit = self.schemas.permit(caller, needed, base).await?;
        for _ in 0..TRIES {
            let image = self.images.current(permit.tenant(), permit.base_no()).await?;
            find_table(caller, &image.schema, table)?;
            let begun = self.schemas.begin_table_copy(caller, base, (&image.schema, table), name).await?;
            let Some((target, copied)) = begun else { continue };
            let made = copied.tables.first().and_then(|(_, no)| target.table_by_no(*no)).ok_or(Error::ImageGone)?;
            let (no, id) = (made.no, made.id);
            if with_records {
                self.fill(caller, &image, (&permit, &target, &copied)).await?;
            }
            self.schemas.restore(caller, base, &id.to_string()).await?;
            return Ok((self.schemas.describe(caller, base).await?, no));
        }
        Err(busy("the schema is changed faster than the table can be copied; ask again later"))
    }

    /// Copies a base with its tables, fields and views and, when asked to, its records, into a workspace: that of the base
    /// unless another one is named.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right to read the base or to create one in the workspace. What there is of a copy that
    /// fails stays in the trash.
    pub async fn duplicate_base(
        &self,
        caller: &Caller,
        base: BaseId,
        workspace: Option<WorkspaceId>,
        (name, with_records): (Option<&str>, bool),
    ) -> Result<Arc<Schema>, Error> {
        let needed = [Action::ReadSchema, Action::ReadRecords];
        let needed = if with_records { &needed[..] } else { &needed[..1] };
        let source = self.schemas.permit(caller, needed, base).await?;
        let workspace = workspace.unwrap_or_else(|| source.workspace());
        if with_records {
            self.access.workspace_permit(caller, Action::WriteRecords, workspace).await?;
        }
        let image = self.images.current(source.tenant(), source.base_no()).await?;
        let begun = self.schemas.begin_base_copy(caller, &image.schema, (workspace, name)).await?;
        let (target, copied, permit) = begun;
        if with_records {
            self.fill(caller, &image, (&permit, &target, &copied)).await?;
        }
        self.schemas.restore_base(caller, target.base).await?;
        Ok(self.schemas.describe(caller, target.base).await?)
    }

    /// Writes the records of what was copied, then their links.
    async fn fill(
        &self,
        caller: &Caller,
        source: &BaseImage,
        (permit, target, copied): (&Permit, &Schema, &Copied),
    ) -> Result<(), Error> {
        let run = format!("{RUN}{}", self.ids.record(self.clock.now()));
        let filling = Filling { records: self, caller, permit, source, target, copied, run };
        let mut places = FxHashMap::default();
        for (table, copy) in &copied.tables {
            places.insert(*table, filling.records(*table, *copy).await?);
        }
        for (table, copy) in &copied.tables {
            filling.links(&places, (*table, *copy)).await?;
        }
        Ok(())
    }
}

fn busy(message: &str) -> Error {
    Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message: message.to_owned() }
}

/// Where the records of a table are in its copy, by their ordinals.
type Places = Vec<Option<Ordinal>>;

/// A copy that is being filled.
struct Filling<'f> {
    records: &'f Records,
    caller: &'f Caller,
    permit: &'f Permit,
    source: &'f BaseImage,
    target: &'f Schema,
    copied: &'f Copied,
    run: String,
}

impl Filling<'_> {
    /// Copies the records of a table in their order.
    async fn records(&self, table: TableNo, copy: TableNo) -> Result<Places, Error> {
        let rows = self.source.table(table);
        let fields = self.stored(table, copy);
        let live: Vec<Ordinal> = rows.live.ones().map(|ordinal| Ordinal(ordinal as u32)).collect();
        let mut places: Places = vec![None; rows.len()];
        let (mut next, mut bytes, mut batch) = (0, 0, Vec::with_capacity(STEP.min(live.len())));
        for read in live.chunks(READ) {
            let stored = self.records.images.stored(self.permit.tenant(), self.source, table, read).await?;
            for record in stored {
                let own = rows.ids.get(record.ordinal).and_then(|id| self.copied.records.get(&id)).copied();
                let id = own.unwrap_or_else(|| self.records.ids.record(self.records.clock.now()));
                let made = self.record(record, (Ordinal(next), id), &fields, &mut places);
                next += 1;
                bytes += made.cells.iter().map(|(_, cell)| text_of(cell.view())).sum::<usize>();
                batch.push(made);
                if batch.len() >= STEP || bytes >= BULK_BYTES {
                    self.append(copy, std::mem::take(&mut batch)).await?;
                    bytes = 0;
                }
            }
        }
        if !batch.is_empty() {
            self.append(copy, batch).await?;
        }
        Ok(places)
    }

    /// The fields whose cells are stored, with their copies.
    fn stored(&self, table: TableNo, copy: TableNo) -> FxHashMap<FieldNo, Arc<Field>> {
        let both = [self.source.schema.table_by_no(table), self.target.table_by_no(copy)];
        let [Some(table), Some(copy)] = both else { return FxHashMap::default() };
        let stored = table
            .live_fields()
            .filter(|field| (!field.kind.is_computed() || field.kind.is_generated()) && field.kind.link().is_none());
        let twin = |field: &Arc<Field>| {
            let no = self.copied.fields.get(&field.no)?;
            Some((field.no, Arc::clone(copy.field_by_no(*no)?)))
        };
        stored.filter_map(twin).collect()
    }

    fn record(
        &self,
        record: StoredCells,
        (ordinal, id): (Ordinal, RecordId),
        fields: &FxHashMap<FieldNo, Arc<Field>>,
        places: &mut Places,
    ) -> RecordCells {
        let now = self.records.clock.now();
        if let Some(place) = places.get_mut(record.ordinal.0 as usize) {
            *place = Some(ordinal);
        }
        let cells = record.cells.into_iter().filter_map(|(no, cell)| {
            let field = fields.get(&no)?;
            let cell =
                if field.kind.is_files() { files_copied(&cell, || self.records.ids.attachment(now)) } else { cell };
            Some((field.no, cell))
        });
        let mut cells: Vec<_> = cells.collect();
        cells.sort_unstable_by_key(|(field, _)| *field);
        RecordCells { ordinal, id, previous: 0, cells }
    }

    /// Appends records to a copy, in which nobody else writes.
    async fn append(&self, copy: TableNo, created: Vec<RecordCells>) -> Result<(), Error> {
        let first = created.first().map_or(0, |record| record.ordinal.0 as usize);
        self.write(|image, body| {
            if image.table(copy).len() != first {
                return Err(busy("somebody wrote to the copy before it was whole: it is left as it is"));
            }
            body.table(copy).created = created;
            Ok(())
        })
        .await
    }

    /// Links the records of a copy as those of the table are linked.
    async fn links(&self, places: &FxHashMap<TableNo, Places>, (table, copy): (TableNo, TableNo)) -> Result<(), Error> {
        let both = [self.source.schema.table_by_no(table), self.target.table_by_no(copy)];
        let [Some(source), Some(target)] = both else { return Ok(()) };
        let Some(from) = places.get(&table) else { return Ok(()) };
        for field in source.live_fields() {
            let twin = self.copied.fields.get(&field.no).and_then(|no| target.field_by_no(*no));
            let (Some(link), Some(twin)) = (field.kind.link(), twin.and_then(|twin| twin.kind.link())) else {
                continue;
            };
            // Of two copied sides one is enough.
            if twin.reversed {
                continue;
            }
            let to = places.get(&link.linked_table_no);
            let linked = aside(true, || pairs(self.source, source, field));
            for step in linked.chunks(PAIRS) {
                self.write(|image, body| {
                    let linked = image.table(twin.linked_table_no);
                    let place = |places: &Places, ordinal: u32| places.get(ordinal as usize).copied().flatten();
                    let delta = |(one, other): &(u32, u32)| {
                        let to = to.map_or(Some(Ordinal(*other)), |to| place(to, *other));
                        let to = to.filter(|to| linked.is_live(*to))?;
                        Some(LinkDelta {
                            relation: twin.relation,
                            from: place(from, *one)?,
                            to,
                            added: true,
                            places: None,
                        })
                    };
                    body.table(copy).links = step.iter().filter_map(delta).collect();
                    Ok(())
                })
                .await?;
            }
        }
        Ok(())
    }

    /// One change of the run.
    async fn write(&self, decide: impl FnOnce(&BaseImage, &mut Body) -> Result<(), Error>) -> Result<(), Error> {
        let (records, permit) = (self.records, self.permit);
        let (tenant, base) = (permit.tenant(), permit.base_no());
        // What has grown past the memory for images leaves it here.
        records.images.current(tenant, base).await?;
        let mut tx = records.changes.begin(tenant, base).await?;
        let private = records.images.private(tenant, base, &mut tx).await?;
        let (now, sequence) = (records.clock.now(), tx.head().sequence);
        let body = private.read(|image| {
            let mut body = Body::default();
            decide(image, &mut body)?;
            let mark = Mark::new(sequence + 1, now, &self.caller.actor);
            // To be filled is no change of records that somebody would watch.
            queue_rows(&mut tx, (permit, records), &mark, &body, image)?;
            Ok::<_, Error>(body)
        })?;
        if !body.is_empty() {
            records.append(self.caller, tx, private, (now, Some(self.run.clone())), body).await?;
        }
        Ok(())
    }
}

/// About how many bytes a cell takes.
fn text_of(cell: CellRef<'_>) -> usize {
    if let CellRef::Text(text) = cell { text.len() } else { 16 }
}

/// The linked pairs of a field, in an order in which the cells of both sides come out in theirs.
fn pairs(image: &BaseImage, table: &Table, field: &Field) -> Vec<(u32, u32)> {
    let Some(link) = field.kind.link() else { return Vec::new() };
    let rows = image.table(table.no);
    let one: Vec<&[u32]> = (0..rows.len()).map(|row| links(rows.cell(field.no, Ordinal(row as u32)))).collect();
    let back = link.inverse.and_then(|id| image.schema.table_by_no(link.linked_table_no)?.field_by_id(id));
    let others = image.table(link.linked_table_no);
    let other: Vec<&[u32]> = match back {
        Some(back) => (0..others.len()).map(|row| links(others.cell(back.no, Ordinal(row as u32)))).collect(),
        None => Vec::new(),
    };
    merged(&one, &other)
}

fn links(cell: CellRef<'_>) -> &[u32] {
    if let CellRef::Links(list) = cell { list } else { &[] }
}

/// Pairs in an order that agrees with the lists of both sides: one comes when all before it in both lists have come. Where
/// the lists do not agree, or there is no other side, those of the first side decide.
fn merged(one: &[&[u32]], other: &[&[u32]]) -> Vec<(u32, u32)> {
    let mut out = Vec::with_capacity(one.iter().map(|list| list.len()).sum());
    let (mut done, mut met) = (vec![0_usize; one.len()], vec![0_usize; other.len()]);
    let mut waiting: Vec<usize> = (0..one.len()).rev().collect();
    while let Some(row) = waiting.pop() {
        while let (Some(list), Some(at)) = (one.get(row), done.get_mut(row))
            && let Some(to) = list.get(*at)
        {
            let (held, meets) = (other.get(*to as usize), met.get_mut(*to as usize));
            if let (Some(held), Some(meets)) = (held, meets) {
                if held.get(*meets) != Some(&(row as u32)) {
                    break;
                }
                *meets += 1;
                // Whoever waits for this one can go on.
                waiting.extend(held.get(*meets).map(|next| *next as usize));
            }
            out.push((row as u32, *to));
            *at += 1;
        }
    }
    for (row, (list, at)) in one.iter().zip(done).enumerate() {
        out.extend(list.iter().skip(at).map(|to| (row as u32, *to)));
    }
    out
}

#[cfg(test)]
mod tests;
