//! A body as JSON text: short keys, records as arrays, cells in their stored form.

use std::sync::Arc;

use model::{
    CellRef, CellValue, FieldNo, Ordinal, RecordId, Table, TableNo, Timestamp, UserId, decode_cells, encode_cells,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::body::{
    Body, CellChange, Cells, LastModified, LinkDelta, RecordCells, RecordChange, SchemaChange, TableChange,
};

/// A stored body could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The text is not a body.
    #[error("stored change is malformed")]
    Json(#[from] serde_json::Error),
    /// The cells in it are not cells.
    #[error("stored change holds malformed cells")]
    Cells(#[from] model::CellsError),
}

#[derive(Serialize, Deserialize)]
enum SchemaWire {
    #[serde(rename = "n")]
    BaseName(String, String),
    #[serde(rename = "t")]
    Table(Option<Arc<Table>>, Arc<Table>),
}

#[derive(Deserialize)]
struct BodyWire<'a> {
    #[serde(rename = "s", default)]
    schema: Vec<SchemaWire>,
    #[serde(rename = "t", default, borrow)]
    tables: Vec<TableWire<'a>>,
    #[serde(rename = "z", default)]
    undoes: Option<i64>,
    #[serde(rename = "g", default)]
    stripped: Vec<FieldNo>,
}

type RecordWire<'a> = (u32, RecordId, i64, &'a RawValue);

#[derive(Deserialize)]
struct TableWire<'a> {
    n: TableNo,
    #[serde(default, borrow)]
    c: Vec<RecordWire<'a>>,
    #[serde(default)]
    a: Vec<(u32, i64)>,
    #[serde(default, borrow)]
    u: Vec<(u32, RecordId, i64, &'a RawValue, &'a RawValue)>,
    #[serde(default)]
    m: Vec<(i64, Option<UserId>, Vec<u32>)>,
    #[serde(default, borrow)]
    d: Vec<RecordWire<'a>>,
    #[serde(default, borrow)]
    r: Vec<RecordWire<'a>>,
    #[serde(default)]
    l: Vec<LinkWire>,
}

/// Relation, both records, whether they were linked, and the places of the pair where they are known.
#[derive(Deserialize)]
struct LinkWire(u32, u32, u32, u8, #[serde(default)] Option<u32>, #[serde(default)] Option<u32>);

impl Body {
    /// The body as JSON text.
    pub fn encode(&self) -> String {
        let mut out = Vec::with_capacity(256);
        out.push(b'{');
        if !self.schema.is_empty() {
            let wire: Vec<SchemaWire> = self.schema.iter().map(schema_wire).collect();
            out.extend_from_slice(b"\"s\":");
            // Serialising these plain structs to memory cannot fail.
            out.extend_from_slice(&serde_json::to_vec(&wire).unwrap_or_default());
            out.push(b',');
        }
        if let Some(sequence) = self.undoes {
            out.extend_from_slice(b"\"z\":");
            number(&mut out, sequence);
            out.push(b',');
        }
        if !self.stripped.is_empty() {
            out.extend_from_slice(b"\"g\":");
            list(&mut out, &self.stripped, |out, no| number(out, no.0));
            out.push(b',');
        }
        out.extend_from_slice(b"\"t\":");
        list(&mut out, &self.tables, write_table);
        out.push(b'}');
        String::from_utf8(out).unwrap_or_default()
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`DecodeError`] when the text is not one.
    pub fn decode(text: &str) -> Result<Self, DecodeError> {
        let wire: BodyWire<'_> = serde_json::from_str(text)?;
        let schema = wire
            .schema
            .into_iter()
            .map(|part| match part {
                SchemaWire::BaseName(before, after) => SchemaChange::BaseName { before, after },
                SchemaWire::Table(before, after) => SchemaChange::Table { before, after },
            })
            .collect();
        let tables = wire.tables.into_iter().map(read_table).collect::<Result<_, _>>()?;
        Ok(Self { schema, tables, undoes: wire.undoes, stripped: wire.stripped })
    }
}

/// The text of a body that only creates records of one table, from cells that are in their stored form already.
#[derive(Debug)]
pub struct CreatedText(String);

impl CreatedText {
    /// Room for records whose cells take this many bytes together.
    pub fn new(table: TableNo, bytes: usize, records: usize) -> Self {
        /// The most that a record takes beside its cells: two numbers, an id, brackets.
        const HEAD: usize = 40;
        let mut out = String::with_capacity(bytes + records * HEAD + HEAD);
        out.push_str("{\"t\":[{\"n\":");
        out.push_str(itoa::Buffer::new().format(table.0));
        out.push_str(",\"c\":[");
        Self(out)
    }

    /// Adds a record.
    pub fn push(&mut self, ordinal: Ordinal, id: RecordId, cells: &str) {
        let out = &mut self.0;
        if out.ends_with(']') {
            out.push(',');
        }
        out.push('[');
        out.push_str(itoa::Buffer::new().format(ordinal.0));
        out.push_str(",\"rec");
        out.push_str(id.body());
        out.push_str("\",0,");
        out.push_str(cells);
        out.push(']');
    }

    /// The text.
    pub fn finish(mut self) -> String {
        self.0.push_str("]}]}");
        self.0
    }
}

fn schema_wire(part: &SchemaChange) -> SchemaWire {
    match part {
        SchemaChange::BaseName { before, after } => SchemaWire::BaseName(before.clone(), after.clone()),
        SchemaChange::Table { before, after } => SchemaWire::Table(before.clone(), after.clone()),
    }
}

fn number(out: &mut Vec<u8>, value: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

fn list<T>(out: &mut Vec<u8>, items: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

fn write_table(out: &mut Vec<u8>, table: &TableChange) {
    out.extend_from_slice(b"{\"n\":");
    number(out, table.table.0);
    for (key, records) in [("c", &table.created), ("d", &table.deleted), ("r", &table.restored)] {
        if !records.is_empty() {
            out.extend_from_slice(b",\"");
            out.extend_from_slice(key.as_bytes());
            out.extend_from_slice(b"\":");
            list(out, records, write_record);
        }
    }
    if !table.times.is_empty() {
        out.extend_from_slice(b",\"a\":");
        list(out, &table.times, |out, (ordinal, time)| {
            list(out, &[i64::from(ordinal.0), time.0], |out, n| number(out, *n));
        });
    }
    if !table.updated.is_empty() {
        out.extend_from_slice(b",\"u\":");
        list(out, &table.updated, write_update);
    }
    if !table.modified.is_empty() {
        out.extend_from_slice(b",\"m\":");
        list(out, &table.modified, write_modified);
    }
    if !table.links.is_empty() {
        out.extend_from_slice(b",\"l\":");
        list(out, &table.links, |out, link| {
            let pair = [link.relation.0, link.from.0, link.to.0, u32::from(link.added)];
            match link.places {
                None => list(out, &pair, |out, n| number(out, *n)),
                Some((from, to)) => list(out, &[&pair[..], &[from, to]].concat(), |out, n| number(out, *n)),
            }
        });
    }
    out.push(b'}');
}

fn write_head(out: &mut Vec<u8>, ordinal: Ordinal, id: RecordId, previous: i64) {
    out.push(b'[');
    number(out, ordinal.0);
    out.extend_from_slice(b",\"rec");
    out.extend_from_slice(id.body().as_bytes());
    out.extend_from_slice(b"\",");
    number(out, previous);
    out.push(b',');
}

fn write_record(out: &mut Vec<u8>, record: &RecordCells) {
    write_head(out, record.ordinal, record.id, record.previous);
    encode_cells(record.cells.iter().map(|(field, cell)| (*field, cell.view())), out);
    out.push(b']');
}

fn write_update(out: &mut Vec<u8>, record: &RecordChange) {
    write_head(out, record.ordinal, record.id, record.previous);
    encode_cells(record.cells.iter().map(|cell| (cell.field, cell.before.view())), out);
    out.push(b',');
    encode_cells(record.cells.iter().map(|cell| (cell.field, cell.after.view())), out);
    out.push(b']');
}

fn write_modified(out: &mut Vec<u8>, last: &LastModified) {
    out.push(b'[');
    number(out, last.time.0);
    match last.by {
        Some(user) => out.extend_from_slice(format!(",\"{user}\",").as_bytes()),
        None => out.extend_from_slice(b",null,"),
    }
    list(out, &last.records, |out, ordinal| number(out, ordinal.0));
    out.push(b']');
}

fn cells(raw: &RawValue) -> Result<Cells, DecodeError> {
    let mut cells = Vec::new();
    decode_cells(raw.get(), |field, cell: CellRef<'_>| cells.push((field, cell.to_value())))?;
    Ok(cells)
}

fn read_records(wire: Vec<RecordWire<'_>>) -> Result<Vec<RecordCells>, DecodeError> {
    wire.into_iter()
        .map(|(ordinal, id, previous, raw)| {
            Ok(RecordCells { ordinal: Ordinal(ordinal), id, previous, cells: cells(raw)? })
        })
        .collect()
}

fn read_table(wire: TableWire<'_>) -> Result<TableChange, DecodeError> {
    let updated = wire
        .u
        .into_iter()
        .map(|(ordinal, id, previous, before, after)| {
            Ok(RecordChange { ordinal: Ordinal(ordinal), id, previous, cells: pair(cells(before)?, cells(after)?) })
        })
        .collect::<Result<_, DecodeError>>()?;
    let links = wire
        .l
        .into_iter()
        .map(|LinkWire(relation, from, to, added, at_from, at_to)| LinkDelta {
            relation: FieldNo(relation),
            from: Ordinal(from),
            to: Ordinal(to),
            added: added == 1,
            places: at_from.zip(at_to),
        })
        .collect();
    Ok(TableChange {
        table: wire.n,
        created: read_records(wire.c)?,
        times: wire.a.into_iter().map(|(ordinal, time)| (Ordinal(ordinal), Timestamp(time))).collect(),
        updated,
        modified: wire.m.into_iter().map(read_modified).collect(),
        deleted: read_records(wire.d)?,
        restored: read_records(wire.r)?,
        links,
    })
}

fn read_modified((time, by, records): (i64, Option<UserId>, Vec<u32>)) -> LastModified {
    LastModified { time: Timestamp(time), by, records: records.into_iter().map(Ordinal).collect() }
}

fn pair(before: Cells, after: Cells) -> Vec<CellChange> {
    let mut changes: Vec<CellChange> =
        before.into_iter().map(|(field, before)| CellChange { field, before, after: CellValue::Empty }).collect();
    for (field, value) in after {
        match changes.iter_mut().find(|change| change.field == field) {
            Some(change) => change.after = value,
            None => changes.push(CellChange { field, before: CellValue::Empty, after: value }),
        }
    }
    changes
}
