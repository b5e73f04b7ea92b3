//! Files in cells. They are kept above this crate: the catalog hands in how addresses of them are made, and who fetches
//! what is given by address.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use db::Tx;
use events::Body;
use fields::{Attachment, Content, attachments, same_attachments};
use model::{
    AttachmentId, BaseId, CellRef, CellValue, Field, FieldId, FieldNo, RecordId, Schema, Table, TableId, Timestamp,
};
use serde::{Deserialize, Serialize};
use tenancy::Permit;
use web::Signer;

use crate::error::Error;

/// Addresses end at full hours, in the third hour from now: a page that is asked for again within the hour has the same
/// ones, and none is good for less than two.
const PERIOD: i64 = 3_600_000_000;
/// Periods that an address is good for, the present one included.
const PERIODS: i64 = 3;
/// The path of addresses.
pub const FILES_PATH: &str = "/api/v1/attachments";

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

/// What an address leads to, and how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The key of an object.
    #[serde(rename = "k")]
    pub key: String,
    /// Its media type.
    #[serde(rename = "t")]
    pub media_type: String,
    /// The name of the file.
    #[serde(rename = "f")]
    pub filename: String,
    /// When the address ends, in microseconds since 1970.
    #[serde(rename = "e")]
    pub until: i64,
}

/// Makes addresses that end, and knows those that it has made. Copies are the same one.
#[derive(Clone)]
pub struct Addresses {
    place: Arc<str>,
    signer: Signer,
}

/// Files as records need them: without anybody to keep them by default.
#[derive(Clone, Default)]
pub struct Files {
    pub(crate) addresses: Option<Addresses>,
    fetch: Option<Fetch>,
}

impl Addresses {
    /// Addresses under the address by which clients reach the house.
    pub fn new(public_url: &str, signer: &Signer) -> Self {
        let place = format!("{}{FILES_PATH}/", public_url.trim_end_matches('/'));
        // A cursor is never an address, nor the other way round.
        Self { place: place.into(), signer: Signer::new(&signer.derive("files", "addresses")) }
    }

    /// The address of an object for whoever reads now.
    pub fn of(&self, key: &str, media_type: &str, filename: &str, now: Timestamp) -> String {
        let until = (period(now) + PERIODS) * PERIOD;
        let (key, media_type) = (key.to_owned(), media_type.to_owned());
        let ticket = Ticket { key, media_type, filename: filename.to_owned(), until };
        let mut url = format!("{}{}/", self.place, self.signer.seal(&ticket));
        escape(filename, &mut url);
        url
    }

    /// What an address leads to, unless it was made by others or has ended.
    pub fn open(&self, text: &str, now: Timestamp) -> Option<Ticket> {
        self.signer.open(text).filter(|ticket: &Ticket| ticket.until > now.0)
    }
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Addresses").field("place", &self.place).finish_non_exhaustive()
    }
}

/// What all addresses made within an hour have in common.
pub(crate) fn period(now: Timestamp) -> i64 {
    now.0.div_euclid(PERIOD)
}

/// A name as the last part of a path.
fn escape(name: &str, out: &mut String) {
    // Clients take these out of a path.
    let name = if matches!(name, "." | ".." | "") { "file" } else { name };
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

impl Files {
    /// From who makes addresses, and a function that queues the fetching of a file from an address, or says why it cannot be
    /// fetched from there.
    pub fn new<F>(addresses: Addresses, fetch: F) -> Self
    where
        F: Fn(&mut Tx, &Permit, Awaited, &str) -> Result<(), String> + Send + Sync + 'static,
    {
        Self { addresses: Some(addresses), fetch: Some(Arc::new(fetch)) }
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

/// True for the same contents; files are the same however far they have come, so that what was done to a cell can be
/// taken back after they were fetched.
pub(crate) fn same_cell(table: &Table, no: FieldNo, one: CellRef<'_>, other: CellRef<'_>) -> bool {
    match (one, other) {
        (CellRef::Text(one), CellRef::Text(other)) if one != other => {
            table.field_by_no(no).is_some_and(|field| field.kind.is_files()) && same_attachments(one, other)
        }
        (one, other) => one == other,
    }
}

/// [`same_cell`] for all cells of a record but those that tell when others were changed.
pub(crate) fn same_cells(table: &Table, one: &[(FieldNo, CellValue)], other: &[(FieldNo, CellValue)]) -> bool {
    let is_written =
        |(no, _): &&(FieldNo, CellValue)| table.field_by_no(*no).is_none_or(|field| !field.kind.is_modified());
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

#[cfg(test)]
mod tests;
