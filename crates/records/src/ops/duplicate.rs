//! Copies of single records.

use std::sync::Arc;

use fields::{Attachment, Incoming, attachments_cell};
use model::{BaseId, Caller, CellRef, CellValue, Field, Ordinal, People, Schema, Table};
use tenancy::Action;

use super::Records;
use super::write::{End, Steps, Written, find_all};
use crate::error::Error;
use crate::files::held;
use crate::plan::{LinkWrite, Plan};
use images::BaseImage;

/// A copy of a record.
pub struct Duplicated {
    /// The record, and its change.
    pub written: Written,
    /// The link fields that stayed empty because a record on their other side is to be linked to one only.
    pub left_out: Vec<String>,
}

impl Records {
    /// Makes a record with the cells and the links of another one, in one change. Files are the same ones under ids of their
    /// own. A link stays empty where a record on its other side is to be linked to one only.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right to read or to write records, [`Error::TableNotFound`],
    /// [`Error::RowDoesNotExist`].
    pub async fn duplicate(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        record: &str,
    ) -> Result<Duplicated, Error> {
        self.schemas.permit(caller, [Action::ReadRecords, Action::WriteRecords], base).await?;
        let steps = Steps {
            doing: "create records",
            prepare: |_: &BaseImage, _: &Table, _: &Arc<People>| Ok(()),
            targets: |image: &BaseImage, table: &Table, (): &mut ()| find_all(image, table, std::iter::once(record)),
            decide: |plan: &mut Plan<'_>, table: &Arc<Table>, ordinals: Vec<Ordinal>, ()| {
                let (mut made, mut left_out) = (Vec::new(), Vec::new());
                for ordinal in ordinals {
                    let cells = cells(plan, table, ordinal, || self.ids.attachment(self.clock.now()));
                    let (_, copy) = plan.create(table, cells, None)?;
                    left_out.extend(copy_links(plan, table, (ordinal, copy)));
                    made.push(copy);
                }
                Ok((made, left_out))
            },
        };
        let (written, left_out) = self.write(caller, (base, table), End::Commit, steps).await?;
        Ok(Duplicated { written, left_out })
    }
}

/// The cells that are stored in a record.
fn cells(
    plan: &Plan<'_>,
    table: &Table,
    ordinal: Ordinal,
    new: impl Fn() -> model::AttachmentId,
) -> Vec<(Arc<Field>, Incoming)> {
    let stored = table
        .live_fields()
        .filter(|field| (!field.kind.is_computed() || field.kind.is_generated()) && field.kind.link().is_none());
    let copied = stored.map(|field| {
        let cell = plan.cell(table.no, field.no, ordinal);
        let cell = if field.kind.is_files() { files_copied(&cell, &new) } else { cell };
        (Arc::clone(field), Incoming::Cell(cell))
    });
    copied.collect()
}

/// The same files under ids of their own.
pub(super) fn files_copied(cell: &CellValue, new: impl Fn() -> model::AttachmentId) -> CellValue {
    let files: Vec<Attachment> = held(cell).into_iter().map(|file| Attachment { id: new(), ..file }).collect();
    attachments_cell(&files).map_or(CellValue::Empty, CellValue::Text)
}

/// Links the copy as the record is linked; answers the names of the fields that stay empty.
fn copy_links(plan: &mut Plan<'_>, table: &Table, (record, copy): (Ordinal, Ordinal)) -> Vec<String> {
    let mut left_out = Vec::new();
    for field in table.live_fields().filter(|field| field.kind.link().is_some()) {
        let rows = plan.rows(table.no);
        let CellRef::Links(list) = rows.cell(field.no, record) else { continue };
        if other_side_is_single(plan.schema(), field) {
            left_out.push(field.name.clone());
            continue;
        }
        let list = list.iter().map(|ordinal| Ordinal(*ordinal)).collect();
        plan.write_links(LinkWrite { table: table.no, field: Arc::clone(field), record: copy, list });
    }
    left_out
}

fn other_side_is_single(schema: &Schema, field: &Field) -> bool {
    let other = field.kind.link().and_then(|link| Some((link.linked_table_no, link.inverse?)));
    let other = other.and_then(|(no, id)| schema.table_by_no(no)?.field_by_id(id));
    other.and_then(|field| field.kind.link()).is_some_and(|link| link.prefers_single)
}
