//! Making a table hold what a file does.
//!
//! The file is read to its end before anything is written; then fields that it has and the table lacks are made, in one
//! change, and all records become as the file says, in another. Where the latter fails, the next upload finds the fields.

use std::sync::Arc;

use bytes::Bytes;
use fields::Incoming;
use model::{BaseId, Caller, Door, Field, FieldId, Table};
use records::{SYNC_RECORDS, SyncRows};
use schema::NewField;
use tenancy::Action;

use super::Transfers;
use super::days::{Orders, is_kept};
use super::fields::{field_of, fields_for, held, kind_for};
use super::place::{Place, Read};
use super::syncs::{self, find_table, no_sync};
use super::work::blocking;
use crate::csv::Strict;
use crate::error::Error;
use crate::infer::{ColumnKind, ColumnPlan, Reason, TypeMode, profile};
use crate::model::{Missing, Sync};
use crate::store::syncs as store;
use crate::words::excerpt;

/// The largest file, in bytes.
pub const SYNC_BYTES: usize = 2 << 20;
/// Its most columns.
const COLUMNS: usize = 500;

/// A file with the columns that it has.
struct Upload {
    file: Bytes,
    columns: Vec<ColumnPlan>,
}

impl Transfers {
    /// Makes a table hold what a file does, by one of its syncs.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NoSync`]; [`Error::Request`] with the place for what is wrong with the file, and
    /// [`Error::Records`] for keys that do not tell its rows apart.
    pub async fn sync(
        &self,
        caller: &Caller,
        (base, name): (BaseId, &str),
        id: &str,
        file: Bytes,
    ) -> Result<(), Error> {
        let permit = self.parts.schemas.permit(caller, [Action::EditSchema, Action::WriteRecords], base).await?;
        let caller = &Caller { door: Door::Sync, ..caller.clone() };
        let schema = self.parts.schemas.snapshot(permit.tenant(), permit.base_no()).await?;
        let table = find_table(&schema, name)?;
        let sync = store::find(&self.parts.db, &permit, table.no, id).await?.ok_or_else(|| no_sync(id, table))?;
        let upload = blocking(move || Upload::read(file)).await?;
        upload.check_key(&sync, table)?;
        let fields = fields_for(Some(table), &upload.columns, true)?;
        fields.iter().flatten().try_for_each(|field| check_field(field))?;
        let (upload, mut rows) = upload.rows(fields, &sync).await?;
        if rows.fields.len() < upload.columns.len() {
            // Nothing is made for a file that is refused.
            rows.check()?;
            let lacks = |plan: &&ColumnPlan| held(table, &plan.name).is_none();
            let new: Vec<NewField> = upload.columns.iter().filter(lacks).map(field_of).collect();
            let table = table.id.to_string();
            let schema = self.parts.schemas.add_missing_fields(caller, base, &table, &new).await?;
            let fields = fields_for(Some(find_table(&schema, &table)?), &upload.columns, false)?;
            (_, rows) = upload.rows(fields, &sync).await?;
        }
        Ok(self.parts.records.sync(caller, (base, &table.id.to_string()), &rows).await?)
    }
}

impl Upload {
    fn read(file: Bytes) -> Result<Self, Error> {
        let strict = strict(&file)?;
        let columns = profile(strict.rows()?, strict.table(), TypeMode::Infer, None)?.columns;
        Ok(Self { file, columns })
    }

    /// Refuses a file without the key, and a key that has become something else.
    fn check_key(&self, sync: &Sync, table: &Table) -> Result<(), Error> {
        let key = table.live_fields().find(|field| field.id == sync.key).ok_or_else(|| Error::Request {
            reason: "the field that is the key of this sync was deleted: restore it, or make another sync".to_owned(),
        })?;
        syncs::check_key(key)?;
        if self.columns.iter().any(|plan| held(table, &plan.name).is_some_and(|field| field.id == key.id)) {
            return Ok(());
        }
        let names: Vec<&str> = self.columns.iter().take(10).map(|plan| plan.name.as_str()).collect();
        let names = excerpt(&names.join("`, `"), 200);
        let reason = format!("no column is called as the key, `{}`: the first row names `{names}`", key.name);
        Err(Error::Request { reason })
    }

    /// The rows, with cells for the fields that are there. A column without one holds what was found only if all its
    /// cells do, else text.
    async fn rows(mut self, fields: Vec<Option<Arc<Field>>>, sync: &Sync) -> Result<(Self, SyncRows), Error> {
        let (key, removes) = (sync.key, sync.missing == Missing::Delete);
        blocking(move || {
            let strict = strict(&self.file)?;
            loosen(&strict, &mut self.columns, &fields)?;
            let rows = read_rows(&strict, (&self.columns, &fields), key, removes)?;
            Ok((self, rows))
        })
        .await
    }
}

/// Refuses what a text cannot name for good: records, files and people.
fn check_field(field: &Field) -> Result<(), Error> {
    let kind = &field.kind;
    if kind.link().is_none() && !kind.is_files() && !kind.is_people() {
        return Ok(());
    }
    let reason = format!(
        "field `{}` of type `{}` cannot follow a file: leave its column out, or give it another name",
        field.name,
        fields::of(kind).name()
    );
    Err(Error::Request { reason })
}

fn strict(file: &[u8]) -> Result<Strict<'_>, Error> {
    Strict::new(file, COLUMNS, SYNC_RECORDS).map_err(|reason| Error::Request { reason })
}

/// A cell; none for one that is empty or says that it is.
fn cell(place: &Place, text: &str) -> Result<Incoming, Reason> {
    if text.is_empty() {
        return Ok(Incoming::EMPTY);
    }
    match place.read(text) {
        Ok(Read { incoming, reason: None }) => Ok(incoming),
        Ok(Read { reason: Some(reason), .. }) => Err(reason),
        Err(Reason::Placeholder) => Ok(Incoming::EMPTY),
        Err(reason) => Err(reason),
    }
}

/// Makes text of columns that have no field yet and of which a cell would not fit what they seem to hold.
fn loosen(strict: &Strict<'_>, columns: &mut [ColumnPlan], fields: &[Option<Arc<Field>>]) -> Result<(), Error> {
    let new = |(plan, field): (&ColumnPlan, &Option<_>)| field.is_none().then(|| Place::planned(plan.kind.clone()));
    let mut new: Vec<Option<Place>> = columns.iter().zip(fields).map(new).collect();
    let mut rows = strict.rows()?;
    while let Some(row) = rows.next_row()? {
        for ((new, plan), text) in new.iter_mut().zip(&mut *columns).zip(row.cells()) {
            if new.as_ref().is_some_and(|place| !is_kept(&plan.kind, text, cell(place, text))) {
                plan.kind = ColumnKind::LongText;
                *new = None;
            }
        }
    }
    Ok(())
}

fn read_rows(
    strict: &Strict<'_>,
    (columns, fields): (&[ColumnPlan], &[Option<Arc<Field>>]),
    key: FieldId,
    removes: bool,
) -> Result<SyncRows, Error> {
    let place = |(plan, field): (&ColumnPlan, &Option<Arc<Field>>)| match field {
        Some(field) => Place::new(field, kind_for(field, plan), None, None),
        None => Place::planned(plan.kind.clone()),
    };
    let places: Vec<Place> = columns.iter().zip(fields).map(place).collect();
    let held: Vec<Arc<Field>> = fields.iter().flatten().cloned().collect();
    let key = held.iter().position(|field| field.id == key).ok_or(Error::Stored)?;
    let mut orders: Vec<Option<Orders>> = fields.iter().map(|field| Orders::of(field.as_deref()?)).collect();
    let mut rows = Vec::new();
    let mut reader = strict.rows()?;
    while let Some(row) = reader.next_row()? {
        let mut cells = Vec::with_capacity(held.len());
        let columns = columns.iter().zip(fields);
        for (((place, (plan, field)), orders), text) in places.iter().zip(columns).zip(&mut orders).zip(row.cells()) {
            orders.as_mut().map_or(Ok(()), |orders| orders.see(&plan.name, text))?;
            let cell = cell(place, text).map_err(|reason| Error::Request {
                reason: format!(
                    "row {} (line {}), column `{}`: `{}` does not fit, since it is {reason}{}",
                    row.number,
                    row.line,
                    plan.name,
                    excerpt(text, 64).escape_debug(),
                    field.as_ref().map(|field| of_type(field)).unwrap_or_default()
                ),
            })?;
            if place.fields().next().is_some() {
                cells.push(cell);
            }
        }
        rows.push(cells);
    }
    Ok(SyncRows { fields: held, key, rows, removes })
}

fn of_type(field: &Field) -> String {
    format!("; the field `{}` is of the type {}", field.name, fields::of(&field.kind).name())
}
