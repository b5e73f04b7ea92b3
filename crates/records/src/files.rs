//! Files in cells. They are kept above this crate: the catalog hands in how addresses of them are made, and who fetches
//! what is given by address.

use std::fmt;
use std::sync::Arc;

use db::Tx;
use events::Body;
use fields::{Attachment, Content, attachments, same_attachments};
use images::Addresses;
use model::{AttachmentId, BaseId, CellRef, CellValue, Field, FieldId, FieldNo, RecordId, Schema, Table, TableId};
use serde::{Deserialize, Serialize};
use tenancy::Permit;

use crate::error::Error;

/// A file of a cell that is still to be fetched, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// The base.
    pub base: BaseId,
    /// The table.
    pub table: TableId,
    /// The field.
    pub field: FieldId,
    /// The record.
    pub record: RecordId,
    /// The file.
    pub id: AttachmentId,
}

type Fetch = Arc<dyn Fn(&mut Tx, &Permit, Awaited, &str) -> Result<(), String> + Send + Sync>;
type Allowed = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Files as records need them: without anybody to keep them by default.
#[derive(Clone, Default)]
pub struct Files {
    pub(crate) addresses: Option<Addresses>,
    fetch: Option<Fetch>,
    allowed: Option<Allowed>,
}

impl Files {
    /// From who makes addresses, a function that queues the fetching of a file from an address, or says why it cannot be
    /// fetched from there, and one that tells whether it may be.
    pub fn new<F>(addresses: Addresses, fetch: F, allowed: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self
    where
        F: Fn(&mut Tx, &Permit, Awaited, &str) -> Result<(), String> + Send + Sync + 'static,
    {
        Self { addresses: Some(addresses), fetch: Some(Arc::new(fetch)), allowed: Some(Arc::new(allowed)) }
    }

    /// Whether a file may be fetched from this address.
    pub(crate) fn allows(&self, url: &str) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed(url))
    }

    /// Queues what a change leaves to be fetched, in its transaction.
    pub(crate) fn queue(&self, tx: &mut Tx, permit: &Permit, schema: &Schema, body: &Body) -> Result<(), Error> {
        let Some(fetch) = &self.fetch else { return Ok(()) };
        for part in &body.tables {
            let Some(table) = schema.table_by_no(part.table) else { continue };
            if !table.fields.iter().any(|field| field.kind.is_files()) {
                continue;
            }
            let whole = part.created.iter().chain(&part.restored);
            let whole = whole.flat_map(|record| record.cells.iter().map(|(no, cell)| (record.id, *no, cell)));
            let updated = part.updated.iter();
            let updated =
                updated.flat_map(|record| record.cells.iter().map(|cell| (record.id, cell.field, &cell.after)));
            for (record, no, cell) in whole.chain(updated) {
                let Some((field, held)) = files_of(table, no, cell) else { continue };
                for file in attachments(held) {
                    let Content::Awaited(url) = &file.content else { continue };
                    let (base, table, field) = (permit.base(), table.id, field.id);
                    let awaited = Awaited { base, table, field, record, id: file.id };
                    fetch(tx, permit, awaited, url).map_err(|reason| refused(&field_name(schema, field), reason))?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

fn field_name(schema: &Schema, id: FieldId) -> String {
    let field = schema.table_of(id).and_then(|table| table.field_by_id(id));
    field.map(|field| field.name.clone()).unwrap_or_default()
}

/// A cell of files and its field.
fn files_of<'c>(table: &'c Table, no: FieldNo, cell: &'c CellValue) -> Option<(&'c Field, &'c str)> {
    let CellValue::Text(held) = cell else { return None };
    let field = table.field_by_no(no).filter(|field| field.kind.is_files())?;
    Some((field, held))
}

/// The error of a file that cannot be one.
pub(crate) fn refused(field: &str, reason: String) -> Error {
    let problem = fields::CellProblem::Attachment { field: field.to_owned(), reason };
    Error::Cell { airtable_type: problem.code(), message: problem.to_string(), pointer: String::new() }
}

/// True for the same contents; files are the same however far they have come, and what a model writes does not count, so
/// that what was done can be taken back after files were fetched and cells were written.
pub(crate) fn same_cell(table: &Table, no: FieldNo, one: CellRef<'_>, other: CellRef<'_>) -> bool {
    one == other
        || table.field_by_no(no).is_some_and(|field| match (one, other) {
            (CellRef::Text(one), CellRef::Text(other)) if field.kind.is_files() => same_attachments(one, other),
            _ => field.kind.is_generated(),
        })
}

/// [`same_cell`] for all cells of a record but those that tell when others were changed.
pub(crate) fn same_cells(table: &Table, one: &[(FieldNo, CellValue)], other: &[(FieldNo, CellValue)]) -> bool {
    let is_written = |(no, _): &&(FieldNo, CellValue)| {
        table.field_by_no(*no).is_none_or(|field| !field.kind.is_noted() && !field.kind.is_generated())
    };
    let (mut one, mut other) = (one.iter().filter(is_written), other.iter().filter(is_written));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some((no, one)), Some((at, other))) if no == at && same_cell(table, *no, one.view(), other.view()) => {}
            _ => return false,
        }
    }
}

/// The files of a cell.
pub(crate) fn held(cell: &CellValue) -> Vec<Attachment> {
    if let CellValue::Text(held) = cell { attachments(held) } else { Vec::new() }
}
