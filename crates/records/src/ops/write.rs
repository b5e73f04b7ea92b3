//! Creating, updating and deleting records.

use std::sync::Arc;

use changes::NewChange;
use clock::Ids;
use db::Committing;
use events::Body;
use fields::Reading;
use model::{BaseId, Caller, Ordinal, People, RecordId, Schema, Table, TableImage, TableNo, Timestamp};
use serde_json::{Map, Value};
use tenancy::{Action, Permit};

use super::{Found, Records, find_table};
use crate::error::Error;
use crate::plan::{Plan, Row, read_row};
use images::{self, BaseImage, Mark, Private};

/// Cells of a record to make, by field name or id.
pub type NewRecord = Map<String, Value>;

/// What a new record keeps of one of another place.
#[derive(Debug, Clone, Copy)]
pub struct Moved {
    /// Its id.
    pub id: RecordId,
    /// When it was created; now without it.
    pub created: Option<Timestamp>,
}

impl Moved {
    /// An id with the time as they are given.
    ///
    /// # Errors
    /// What is wrong with either.
    pub fn read(id: Option<&str>, created: &Value) -> Result<Self, String> {
        let id = id.and_then(|id| id.parse().ok());
        let id = id.ok_or("with keepIds every record needs an `id`: `rec` and 14 letters or digits")?;
        if created.is_null() {
            return Ok(Self { id, created: None });
        }
        let time = created.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
        let wrong = || {
            let given: String = created.to_string().chars().take(64).collect();
            format!("`createdTime` is a time such as `2026-03-01T12:00:00.000Z`, not {given}")
        };
        Ok(Self { id, created: Some(Timestamp(time.ok_or_else(wrong)?.as_microsecond())) })
    }
}

/// Cells of a record to change.
#[derive(Debug, Clone)]
pub struct UpdateRecord {
    /// The record's id as given.
    pub id: String,
    /// Cells by field name or id.
    pub fields: Map<String, Value>,
}

/// The steps of a write. `prepare` reads values and finds out what it can before the writer is there, `targets` names the
/// records to be changed by what is there when it is, `decide` plans the change and answers the records to tell, and whatever
/// else the operation wants to know.
pub(super) struct Steps<R, T, D> {
    /// What it is, behind "You are not permitted to".
    pub doing: &'static str,
    pub prepare: R,
    pub targets: T,
    pub decide: D,
}

/// What a write did: the records as they are now, and the change.
pub struct Written {
    /// The records in the order of the request.
    pub found: Found,
    /// The change's sequence; that of the base when nothing became different.
    pub sequence: i64,
}

/// What a deletion did.
#[derive(Debug, Clone)]
pub struct Deleted {
    /// The ids in the order of the request.
    pub ids: Vec<RecordId>,
    /// The change's sequence.
    pub sequence: i64,
}

impl Records {
    /// Creates records, all or none.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::TableNotFound`], [`Error::UnknownField`], [`Error::Cell`] and those of links.
    pub async fn create(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        new: &[NewRecord],
        typecast: bool,
    ) -> Result<Written, Error> {
        self.create_or_check(caller, (base, table), (new, &[]), typecast, End::Commit).await.map_err(Error::first)
    }

    /// As [`Records::create`], with ids that were given, one for each record, and cells as another place tells them: people by
    /// ids of there, who are found by their addresses, and files with ids, which are fetched.
    ///
    /// # Errors
    /// As [`Records::create`], and [`Error::Request`] for an id that is taken; [`Error::Denied`] without the right to keep ids.
    pub async fn create_with_ids(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        (new, kept): (&[NewRecord], &[Moved]),
        typecast: bool,
    ) -> Result<Written, Error> {
        self.create_or_check(caller, (base, table), (new, kept), typecast, End::Commit).await.map_err(Error::first)
    }

    /// Whether the caller may write records of the table at all, and with ids of their own.
    ///
    /// # Errors
    /// [`Error::Denied`] and [`Error::TableNotFound`].
    pub async fn check_writing(
        &self,
        caller: &Caller,
        (base, table): (BaseId, &str),
        keep_ids: bool,
    ) -> Result<(), Error> {
        let needed = [Action::WriteRecords, Action::KeepIds];
        let needed = if keep_ids { &needed[..] } else { &needed[..1] };
        let permit = self.schemas.permit(caller, needed, base).await?;
        let image = self.images.current(permit.tenant(), permit.base_no()).await?;
        find_table(caller, &image.schema, table).map(drop)
    }

    /// As [`Records::create`], with everything but the writing.
    ///
    /// # Errors
    /// As [`Records::create`].
    pub async fn check_create(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        new: &[NewRecord],
        typecast: bool,
    ) -> Result<(), Error> {
        let checked = self.create_or_check(caller, (base, table), (new, &[]), typecast, End::Discard);
        checked.await.map(drop).map_err(Error::first)
    }

    /// As [`Records::create`], with [`Error::Lines`] for records that cannot be.
    pub(crate) async fn create_or_check(
        &self,
        caller: &Caller,
        (base, table): (BaseId, &str),
        (new, kept): (&[NewRecord], &[Moved]),
        typecast: bool,
        end: End,
    ) -> Result<Written, Error> {
        let moved = !kept.is_empty();
        if moved {
            self.schemas.permit(caller, [Action::WriteRecords, Action::KeepIds], base).await?;
        }
        let reading =
            |people: &Arc<People>| Reading { typecast, moved, people: Arc::clone(people), ..Reading::default() };
        let steps = Steps {
            doing: "create records",
            prepare: |_: &BaseImage, table: &Table, people: &Arc<People>| {
                let reading = reading(people);
                each(new, |at, cells| read_row(table, cells, &reading, at))
            },
            targets: |_: &BaseImage, _: &Table, _: &mut Vec<Row>| Ok(Vec::new()),
            decide: |plan: &mut Plan<'_>, table: &Arc<Table>, _: Vec<Ordinal>, rows: Vec<Row>| {
                let kept = kept.iter().copied().map(Some).chain(std::iter::repeat(None));
                let make = |_, (row, kept): (Row, Option<Moved>)| {
                    if let Some(kept) = kept {
                        plan.refuse_taken(kept.id)?;
                    }
                    let place = plan.create(table, row, kept.map(|kept| kept.id))?.1;
                    if let Some(created) = kept.and_then(|kept| kept.created) {
                        plan.body.table(table.no).times.push((place, created));
                    }
                    Ok(place)
                };
                Ok((each(rows.into_iter().zip(kept), make)?, ()))
            },
        };
        Ok(self.write(caller, (base, table), end, steps).await?.0)
    }

    /// Updates records, all or none; with `replace` cells not named are cleared.
    ///
    /// # Errors
    /// As [`Records::create`], and [`Error::RowDoesNotExist`].
    pub async fn update(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        records: &[UpdateRecord],
        how: (bool, bool),
    ) -> Result<Written, Error> {
        self.update_or_check(caller, (base, table), records, how, End::Commit).await.map_err(Error::first)
    }

    /// As [`Records::update`], with everything but the writing; the records as they are.
    ///
    /// # Errors
    /// As [`Records::update`].
    pub async fn check_update(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        records: &[UpdateRecord],
        typecast: bool,
    ) -> Result<Found, Error> {
        let checked = self.update_or_check(caller, (base, table), records, (typecast, false), End::Discard);
        Ok(checked.await.map_err(Error::first)?.found)
    }

    /// As [`Records::update`], with [`Error::Lines`] for records that cannot be.
    pub(crate) async fn update_or_check(
        &self,
        caller: &Caller,
        (base, table): (BaseId, &str),
        records: &[UpdateRecord],
        (typecast, replace): (bool, bool),
        end: End,
    ) -> Result<Written, Error> {
        let reading = |people: &Arc<People>| Reading { typecast, people: Arc::clone(people), ..Reading::default() };
        let steps = Steps {
            doing: "update records",
            prepare: |_: &BaseImage, table: &Table, people: &Arc<People>| {
                let reading = reading(people);
                each(records, |at, record| read_row(table, &record.fields, &reading, at))
            },
            targets: |image: &BaseImage, table: &Table, _: &mut Vec<Row>| {
                let rows = image.table(table.no);
                each(records, |_, record| find(&rows, &record.id))
            },
            decide: |plan: &mut Plan<'_>, table: &Arc<Table>, ordinals: Vec<Ordinal>, rows: Vec<Row>| {
                each(ordinals.iter().zip(rows), |_, (ordinal, row)| plan.update(table, *ordinal, row, replace))?;
                Ok((ordinals, ()))
            },
        };
        Ok(self.write(caller, (base, table), end, steps).await?.0)
    }

    /// Deletes records, all or none.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::TableNotFound`], [`Error::RowDoesNotExist`].
    pub async fn delete(&self, caller: &Caller, base: BaseId, table: &str, ids: &[String]) -> Result<Deleted, Error> {
        let written = self.delete_or_check(caller, (base, table), ids, End::Commit).await?;
        Ok(Deleted { ids: written.found.ids(), sequence: written.sequence })
    }

    /// As [`Records::delete`], with everything but the writing; the records as they are.
    ///
    /// # Errors
    /// As [`Records::delete`].
    pub async fn check_delete(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        ids: &[String],
    ) -> Result<Found, Error> {
        Ok(self.delete_or_check(caller, (base, table), ids, End::Discard).await?.found)
    }

    async fn delete_or_check(
        &self,
        caller: &Caller,
        place: (BaseId, &str),
        ids: &[String],
        end: End,
    ) -> Result<Written, Error> {
        let steps = Steps {
            doing: "delete records",
            prepare: |_: &BaseImage, _: &Table, _: &Arc<People>| Ok(()),
            targets: |image: &BaseImage, table: &Table, (): &mut ()| {
                find_all(image, table, ids.iter().map(String::as_str))
            },
            decide: |plan: &mut Plan<'_>, table: &Arc<Table>, ordinals: Vec<Ordinal>, ()| {
                for ordinal in &ordinals {
                    plan.delete(table, *ordinal);
                }
                Ok((ordinals, ()))
            },
        };
        Ok(self.write(caller, place, end, steps).await?.0)
    }

    /// Writes, and once more when what depends on other records needs columns that are not in memory: the writer
    /// loads none.
    pub(super) async fn write<P, E, R, T, D>(
        &self,
        caller: &Caller,
        (base, table): (BaseId, &str),
        end: End,
        steps: Steps<R, T, D>,
    ) -> Result<(Written, E), Error>
    where
        R: Fn(&BaseImage, &Table, &Arc<People>) -> Result<P, Error>,
        T: Fn(&BaseImage, &Table, &mut P) -> Result<Vec<Ordinal>, Error>,
        D: Fn(&mut Plan<'_>, &Arc<Table>, Vec<Ordinal>, P) -> Result<(Vec<Ordinal>, E), Error>,
    {
        let what = (Action::WriteRecords, steps.doing);
        let permit = self.schemas.permit_in_table(caller, what, (base, table)).await?;
        let mut wanted = Vec::new();
        loop {
            match self.attempt(caller, &permit, table, end, &steps).await {
                Err(Error::NotLoaded { columns }) if wanted.len() < MOST_LOADED => {
                    wanted.extend(columns);
                    self.images.with(permit.tenant(), permit.base_no(), &wanted, None).await?;
                }
                written => return written,
            }
        }
    }

    /// Prepare, begin, decide on the private image, write, commit, return.
    async fn attempt<P, E, R, T, D>(
        &self,
        caller: &Caller,
        permit: &Permit,
        table: &str,
        end: End,
        steps: &Steps<R, T, D>,
    ) -> Result<(Written, E), Error>
    where
        R: Fn(&BaseImage, &Table, &Arc<People>) -> Result<P, Error>,
        T: Fn(&BaseImage, &Table, &mut P) -> Result<Vec<Ordinal>, Error>,
        D: Fn(&mut Plan<'_>, &Arc<Table>, Vec<Ordinal>, P) -> Result<(Vec<Ordinal>, E), Error>,
    {
        let people = self.people(&permit.scope()).await?;
        let image = self.images.current(permit.tenant(), permit.base_no()).await?;
        let mut prepared = (steps.prepare)(&image, find_table(caller, &image.schema, table)?, &people)?;
        let revision = image.schema.revision;
        drop(image);

        let mut tx = self.changes.begin(permit.tenant(), permit.base_no()).await?;
        let mut private = self.images.private(permit.tenant(), permit.base_no(), &mut tx).await?;
        let table = Arc::clone(find_table(caller, &private.image.schema, table)?);
        // The schema may have moved between reading the values and getting the writer.
        if private.image.schema.revision != revision {
            prepared = (steps.prepare)(&private.image, &table, &people)?;
        }
        let ordinals = (steps.targets)(&private.image, &table, &mut prepared)?;
        private.fill(&mut tx, permit.tenant(), table.no, &ordinals).await?;
        let now = self.clock.now();
        let sequence = tx.head().sequence;
        let (no, (ordinals, extra), mut body) = private.read(|image| {
            let mut plan = Plan::new(image, &self.ids, now);
            let decided = (steps.decide)(&mut plan, &table, ordinals, prepared)?;
            Ok::<_, Error>((table.no, decided, plan.finish()))
        })?;
        let mark = Mark::new(sequence + 1, now, &caller.actor);
        queue(&mut tx, &mut private, (permit, self), &mark, &mut body).await?;
        let sequence = if body.is_empty() || end == End::Discard {
            sequence
        } else {
            self.append(caller, tx, private, (now, None), body).await?
        };
        let found = self.found(permit, no, ordinals).await?;
        Ok((Written { found, sequence }, extra))
    }

    pub(super) async fn append(
        &self,
        caller: &Caller,
        tx: changes::BaseTx,
        private: Private,
        (time, run): (Timestamp, Option<String>),
        body: Body,
    ) -> Result<i64, Error> {
        let (encoded, sequence) = (body.encode(), tx.head().sequence + 1);
        append_encoded((caller, &self.ids), tx, private, (time, run), (body, encoded))?.await?;
        Ok(sequence)
    }

    async fn found(&self, permit: &Permit, table: TableNo, ordinals: Vec<Ordinal>) -> Result<Found, Error> {
        let image = self.images.current(permit.tenant(), permit.base_no()).await?;
        let view = self.seen(image, self.people(&permit.scope()).await?);
        let schema: &Schema = &view.image.schema;
        let table = schema.table_by_no(table).cloned().ok_or(Error::ImageGone)?;
        self.told(permit.tenant(), Found { view, table, ordinals }).await
    }
}

/// Appends a change whose body is text already, without waiting for the sync.
pub(super) fn append_encoded(
    (caller, ids): (&Caller, &Ids),
    mut tx: changes::BaseTx,
    private: Private,
    (time, run): (Timestamp, Option<String>),
    (body, encoded): (Body, String),
) -> Result<Committing, Error> {
    let schema_changed = !body.schema.is_empty();
    audit::note_schema(&mut tx, ids, (caller, time), private.image.schema.base, &body);
    let new = NewChange { run, actor: caller.actor.clone(), door: caller.door, time, body, schema_changed };
    let change = tx.append_encoded(new, encoded);
    private.follow(&mut tx, change);
    Ok(tx.end()?)
}

/// Most columns that a write waits for.
pub(super) const MOST_LOADED: usize = 64;

/// Whether a planned write is carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Commit,
    /// Everything is checked, nothing is written.
    Discard,
}

/// Adds to a change what fields say of it that watch others, and queues it.
pub(super) async fn queue(
    tx: &mut changes::BaseTx,
    private: &mut Private,
    by: (&Permit, &Records),
    mark: &Mark,
    body: &mut Body,
) -> Result<(), Error> {
    let linked = private.read(|image| images::join_linked(image, body));
    for (table, records) in &linked {
        let ordinals: Vec<Ordinal> = records.keys().copied().collect();
        private.fill(tx, by.0.tenant(), *table, &ordinals).await?;
    }
    private.read(|image| {
        images::note_watched(image, mark, &linked, body)?;
        images::note_modified(image, mark, body);
        queue_rows(tx, by, mark, body, image)
    })
}

/// Queues the rows of a change, the definitions of tables that gained choices, what is to be fetched and what a model is to
/// write.
pub(super) fn queue_rows(
    tx: &mut changes::BaseTx,
    (permit, records): (&Permit, &Records),
    mark: &Mark,
    body: &Body,
    image: &BaseImage,
) -> Result<(), Error> {
    // A row is written whole, so all of it must be known.
    for change in &body.tables {
        let ordinals = change.updated.iter().map(|record| record.ordinal);
        for ordinal in ordinals.chain(change.deleted.iter().map(|record| record.ordinal)) {
            image.need_record(change.table, ordinal)?;
        }
    }
    images::write(tx, permit, mark, body, image)?;
    for part in &body.schema {
        if let events::SchemaChange::Table { after, .. } = part {
            schema::save_table(tx, permit, after)?;
        }
    }
    if !body.schema.is_empty() {
        schema::revise(tx, permit);
    }
    records.generation.queue(tx, permit, image, body)?;
    records.files.queue(tx, permit, &image.schema, body)
}

/// Does the same with the records of a request, one after the other.
///
/// # Errors
/// [`Error::Lines`] with all that cannot be; at once what is not about a record by itself.
pub(super) fn each<I: IntoIterator, O>(
    records: I,
    mut work: impl FnMut(usize, I::Item) -> Result<O, Error>,
) -> Result<Vec<O>, Error> {
    let records = records.into_iter();
    let (mut done, mut wrong) = (Vec::with_capacity(records.size_hint().0), Vec::new());
    for (at, record) in records.enumerate() {
        match work(at, record) {
            Ok(one) => done.push(one),
            Err(error) if error.is_of_record() => wrong.push((at, error)),
            Err(error) => return Err(error),
        }
    }
    if wrong.is_empty() { Ok(done) } else { Err(Error::Lines { wrong }) }
}

/// The ordinal of an existing record.
pub(super) fn find(rows: &TableImage, id: &str) -> Result<Ordinal, Error> {
    let found = id.parse::<RecordId>().ok().and_then(|id| rows.find(id));
    found.ok_or_else(|| Error::RowDoesNotExist { id: id.chars().take(64).collect() })
}

/// The ordinals of existing records.
pub(super) fn find_all<'r>(
    image: &BaseImage,
    table: &Table,
    ids: impl Iterator<Item = &'r str>,
) -> Result<Vec<Ordinal>, Error> {
    let rows = image.table(table.no);
    ids.map(|id| find(&rows, id)).collect()
}
