//! Records as JSON, written straight from columns.

use std::sync::Arc;

use model::{
    CHUNK, CellRef, Chunk, Column, ComputedChunk, Field, FieldId, Ordinal, Table, TableImage, write_json_string,
};

use crate::error::Error;
use crate::image::{Values, View, stored_column};

/// What of a record is written, and how.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Only these fields; all when absent.
    pub fields: Option<Vec<FieldId>>,
    /// Field ids instead of names as keys.
    pub by_id: bool,
}

/// A field ready to be written.
struct Slot<'w> {
    field: &'w Field,
    /// `,"Name":` with the comma.
    key: Vec<u8>,
    source: Source<'w>,
}

enum Source<'w> {
    Stored(&'w Column),
    Links(&'w Column, Arc<TableImage>),
    Computed(Vec<Arc<ComputedChunk>>),
    /// Computed cell by cell.
    Single,
    Missing,
}

/// The cells of a slot for the records of one chunk.
enum Cells<'w> {
    Stored(&'w Chunk),
    Links(&'w Chunk, &'w TableImage),
    Computed(&'w ComputedChunk),
    Single,
    None,
}

/// Writes records of one table.
pub(crate) struct RecordWriter<'w> {
    view: &'w View,
    table: &'w Table,
    rows: &'w TableImage,
    slots: Vec<Slot<'w>>,
}

/// Up to this many records, computed cells are computed one by one rather than by chunk.
const FEW: usize = 16;

impl<'w> RecordWriter<'w> {
    /// Prepares the columns that `ordinals` will be written from.
    pub fn new(
        view: &'w View,
        table: &'w Table,
        rows: &'w TableImage,
        shape: &Shape,
        ordinals: &[Ordinal],
    ) -> Result<Self, Error> {
        let mut slots = Vec::new();
        for field in table.live_fields() {
            if shape.fields.as_ref().is_some_and(|wanted| !wanted.contains(&field.id)) {
                continue;
            }
            let mut key = vec![b','];
            let name = if shape.by_id { field.id.to_string() } else { field.name.clone() };
            write_json_string(&name, &mut key);
            key.push(b':');
            slots.push(Slot { field, key, source: source(view, table, rows, field, ordinals)? });
        }
        Ok(Self { view, table, rows, slots })
    }

    /// Appends the records with commas between them.
    pub fn write(&self, ordinals: &[Ordinal], out: &mut Vec<u8>) -> Result<(), Error> {
        let mut any = false;
        for run in ordinals.chunk_by(|one, next| one.0 as usize / CHUNK == next.0 as usize / CHUNK) {
            let chunk = run.first().map_or(0, |first| first.0 as usize / CHUNK);
            let cells: Vec<Cells<'_>> = self.slots.iter().map(|slot| slot.cells(chunk)).collect();
            for ordinal in run {
                if any {
                    out.push(b',');
                }
                any = true;
                self.write_record(*ordinal, &cells, out)?;
            }
        }
        Ok(())
    }

    fn write_record(&self, ordinal: Ordinal, cells: &[Cells<'_>], out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend_from_slice(b"{\"id\":\"rec");
        if let Some(id) = self.rows.ids.get(ordinal) {
            out.extend_from_slice(id.body().as_bytes());
        }
        out.extend_from_slice(b"\",\"createdTime\":\"");
        if let CellRef::Time(time) = self.rows.created.cell(ordinal.0 as usize) {
            model::Timestamp(time).write_iso(out);
        }
        out.extend_from_slice(b"\",\"fields\":{");
        let start = out.len();
        for (slot, cells) in self.slots.iter().zip(cells) {
            let before = out.len();
            // The first field goes without its comma.
            let key = if before == start { slot.key.get(1..).unwrap_or_default() } else { &slot.key };
            out.extend_from_slice(key);
            if !self.write_cell(slot.field, cells, ordinal, out)? {
                out.truncate(before);
            }
        }
        out.extend_from_slice(b"}}");
        Ok(())
    }

    fn write_cell(&self, field: &Field, cells: &Cells<'_>, ordinal: Ordinal, out: &mut Vec<u8>) -> Result<bool, Error> {
        let row = ordinal.0 as usize % CHUNK;
        Ok(match cells {
            Cells::Stored(chunk) => fields::write_cell(&field.kind, chunk.cell(row), out),
            Cells::Links(chunk, other) => write_links(chunk.cell(row), other, out),
            Cells::Computed(chunk) => fields::write_cell(&field.kind, chunk.cell(row), out),
            Cells::Single => {
                let cell = self.view.cell(self.table, self.rows, field, ordinal)?;
                fields::write_cell(&field.kind, cell.view(), out)
            }
            Cells::None => false,
        })
    }
}

impl Slot<'_> {
    fn cells(&self, chunk: usize) -> Cells<'_> {
        let held = match &self.source {
            Source::Stored(column) => column.chunk(chunk).map(|chunk| Cells::Stored(chunk)),
            Source::Links(column, other) => column.chunk(chunk).map(|chunk| Cells::Links(chunk, other)),
            Source::Computed(chunks) => chunks.get(chunk).map(|chunk| Cells::Computed(chunk)),
            Source::Single => Some(Cells::Single),
            Source::Missing => None,
        };
        held.unwrap_or(Cells::None)
    }
}

fn source<'w>(
    view: &View,
    table: &Table,
    rows: &'w TableImage,
    field: &'w Field,
    ordinals: &[Ordinal],
) -> Result<Source<'w>, Error> {
    if let Some(link) = field.kind.link() {
        let column = rows.columns.get(&field.no);
        return Ok(column.map_or(Source::Missing, |c| Source::Links(c, view.image.table(link.linked_table_no))));
    }
    if !field.kind.is_derived() {
        return Ok(stored_column(rows, field.no, &field.kind).map_or(Source::Missing, Source::Stored));
    }
    if ordinals.len() <= FEW {
        return Ok(Source::Single);
    }
    match view.values(table, rows, field, false)? {
        Values::Computed { chunks, .. } => Ok(Source::Computed(chunks)),
        _ => Ok(Source::Missing),
    }
}

fn write_links(cell: CellRef<'_>, other: &TableImage, out: &mut Vec<u8>) -> bool {
    let CellRef::Links(list) = cell else { return false };
    let mut any = false;
    out.push(b'[');
    for ordinal in list {
        if let Some(id) = other.ids.get(Ordinal(*ordinal)).filter(|_| other.is_live(Ordinal(*ordinal))) {
            out.extend_from_slice(if any { &b",\"rec"[..] } else { &b"\"rec"[..] });
            out.extend_from_slice(id.body().as_bytes());
            out.push(b'"');
            any = true;
        }
    }
    out.push(b']');
    any
}

#[cfg(test)]
mod tests;
