//! Files that come into cells: uploaded ones, and those that were fetched.

use std::sync::Arc;

use fields::{Attachment, Content, Incoming, MAX_ATTACHMENTS, attachments_cell};
use model::{BaseId, Caller, CellValue, Field, FieldId, Ordinal, People, RecordId, Table, TableId, TenantNo};
use tenancy::Action;

use super::write::{End, Steps, Written};
use super::{Found, Records};
use crate::error::Error;
use crate::files::{Awaited, held, refused};
use crate::json::Shape;
use crate::plan::{Plan, unknown_field};
use images::BaseImage;

/// A cell that files may go to.
#[derive(Debug, Clone)]
pub struct FilesCell {
    /// Whose it is.
    pub tenant: TenantNo,
    base: BaseId,
    table: TableId,
    record: RecordId,
    field: Arc<Field>,
}

/// A record after a file came into it.
pub struct Attached {
    found: Found,
    field: FieldId,
}

impl Attached {
    /// Appends the record with the cell that the file came into, by the field's id.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when a formula nests too deeply.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let shape = Shape { fields: Some(vec![self.field]), by_id: true, text: None };
        self.found.write_one(&shape, out)
    }
}

impl Records {
    /// The cell of a record in any table that the caller may put files into; the field by id or name.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::RecordNotFound`], [`Error::UnknownField`]; [`Error::Cell`] for a field of another type.
    pub async fn files_cell(
        &self,
        caller: &Caller,
        base: BaseId,
        record: &str,
        field: &str,
    ) -> Result<FilesCell, Error> {
        let permit = self.schemas.permit(caller, Action::WriteRecords, base).await?;
        let image = self.images.current(permit.tenant(), permit.base_no()).await?;
        let not_found = || Error::RecordNotFound { id: record.chars().take(64).collect() };
        let id: RecordId = record.parse().map_err(|_| not_found())?;
        let table = image.schema.live_tables().find(|table| image.table(table.no).find(id).is_some());
        let table = table.ok_or_else(not_found)?;
        let field = table.field(field).ok_or_else(|| unknown_field(table, field))?;
        if !field.kind.is_files() {
            let reason = format!("it is of type `{}`, which holds no files", fields::of(&field.kind).name());
            return Err(refused(&field.name, reason));
        }
        Ok(FilesCell { tenant: permit.tenant(), base, table: table.id, record: id, field: Arc::clone(field) })
    }

    /// Adds a file that is kept behind those of a cell.
    ///
    /// # Errors
    /// As [`Records::update`]; [`Error::Cell`] when the cell is full.
    pub async fn attach(&self, caller: &Caller, cell: &FilesCell, file: Attachment) -> Result<Attached, Error> {
        let add = |mut files: Vec<Attachment>| {
            if files.len() >= MAX_ATTACHMENTS {
                return Err(refused(&cell.field.name, format!("a cell holds at most {MAX_ATTACHMENTS} files")));
            }
            files.push(file.clone());
            Ok(files)
        };
        let place = (cell.base, cell.table, cell.field.id, cell.record);
        let written = self.change_files(caller, place, add).await?;
        Ok(Attached { found: written.found, field: cell.field.id })
    }

    /// Where a file is to be fetched from; none when nobody waits for it any more.
    ///
    /// # Errors
    /// [`Error::Db`] and others of reading.
    pub async fn awaited(&self, caller: &Caller, awaited: &Awaited) -> Result<Option<String>, Error> {
        let found = self.get(caller, awaited.base, &awaited.table.to_string(), &awaited.record.to_string()).await?;
        let Some(field) = found.table.field_by_id(awaited.field) else { return Ok(None) };
        let Some(ordinal) = found.ordinals.first() else { return Ok(None) };
        let cell = found.view.image.table(found.table.no).cell(field.no, *ordinal).to_value();
        Ok(held(&cell).into_iter().find(|file| file.id == awaited.id).and_then(|file| match file.content {
            Content::Awaited(url) => Some(url),
            Content::Failed { .. } | Content::Kept(_) => None,
        }))
    }

    /// Puts what came of a file into its cell, if that still waits for it.
    ///
    /// # Errors
    /// As [`Records::update`].
    pub async fn settle(&self, caller: &Caller, awaited: &Awaited, content: &Content) -> Result<(), Error> {
        let put = |mut files: Vec<Attachment>| {
            let waits = |file: &&mut Attachment| file.id == awaited.id && matches!(file.content, Content::Awaited(_));
            if let Some(file) = files.iter_mut().find(waits) {
                file.content = content.clone();
            }
            Ok(files)
        };
        let place = (awaited.base, awaited.table, awaited.field, awaited.record);
        self.change_files(caller, place, put).await.map(drop)
    }

    async fn change_files(
        &self,
        caller: &Caller,
        (base, table, field, record): (BaseId, TableId, FieldId, RecordId),
        change: impl Fn(Vec<Attachment>) -> Result<Vec<Attachment>, Error>,
    ) -> Result<Written, Error> {
        let not_found = || Error::RecordNotFound { id: record.to_string() };
        let steps = Steps {
            doing: "update records",
            prepare: |_: &BaseImage, _: &Table, _: &Arc<People>| Ok(()),
            targets: |image: &BaseImage, table: &Table, (): &mut ()| {
                let found = image.table(table.no).find(record);
                found.map(|ordinal| vec![ordinal]).ok_or_else(not_found)
            },
            decide: |plan: &mut Plan<'_>, table: &Arc<Table>, ordinals: Vec<Ordinal>, ()| {
                let held_field = table.field_by_id(field).filter(|field| field.kind.is_files());
                let field = Arc::clone(held_field.ok_or_else(|| unknown_field(table, &field.to_string()))?);
                for ordinal in &ordinals {
                    let files = change(held(&plan.cell(table.no, field.no, *ordinal)))?;
                    let cell = attachments_cell(&files).map_or(CellValue::Empty, CellValue::Text);
                    plan.update(table, *ordinal, vec![(Arc::clone(&field), Incoming::Cell(cell))], false)?;
                }
                Ok((ordinals, ()))
            },
        };
        Ok(self.write(caller, (base, &table.to_string()), End::Commit, steps).await?.0)
    }
}
