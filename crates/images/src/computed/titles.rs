//! The plain text of cells, and the names by which links show the records that they lead to.

use model::{
    Bits, CHUNK, CellRef, Chunk, ComputedChunk, Field, FieldKind, FieldNo, Kind, Ordinal, Table, TableImage, TableNo,
    Texts, UserId, user_ids,
};
use rustc_hash::FxHashSet;

use super::kept::{Form, MOST};
use super::look::CELL;
use super::pieces::too_many;
use super::{DEPTH, View, failed};
use crate::error::Error;
use crate::stored_column;
use crate::watch;

impl View {
    /// The primary texts of the linked records, joined with `, `.
    pub(super) fn link_texts(
        &self,
        rows: &TableImage,
        field: &Field,
        linked: TableNo,
        chunk: usize,
        range: std::ops::Range<usize>,
        depth: usize,
    ) -> Result<ComputedChunk, Error> {
        let mut texts = Texts::default();
        let other = self.image.table(linked);
        let Some((table, primary)) = self.primary(linked) else { return Ok(failed(Kind::Text, range.len())) };
        let (mut text, mut errors) = (String::new(), Bits::default());
        for (at, row) in range.enumerate() {
            text.clear();
            if let CellRef::Links(list) = rows.cell(field.no, Ordinal((chunk * CHUNK + row) as u32)) {
                for (index, ordinal) in list.iter().enumerate() {
                    if index > 0 {
                        text.push_str(", ");
                    }
                    self.plain(&table, &other, &primary, Ordinal(*ordinal), depth, &mut text)?;
                    if text.len() > CELL {
                        break;
                    }
                }
            }
            let fits = text.len() <= CELL;
            errors.set(at, !fits);
            texts.push(Some(text.as_str()).filter(|_| fits));
            if texts.arena().len() > MOST {
                return Err(too_many(field));
            }
        }
        Ok(ComputedChunk { values: Chunk::Text(texts), errors })
    }

    /// What is seen of cells that hold another text: the names of people and files, a barcode without its kind.
    pub(super) fn shown(
        &self,
        (table, rows, field): (&Table, &TableImage, &Field),
        chunk: usize,
        range: std::ops::Range<usize>,
    ) -> Result<ComputedChunk, Error> {
        if matches!(field.kind, FieldKind::CreatedBy | FieldKind::LastModifiedBy(_)) {
            self.image.need(table.no, watching(field))?;
        } else {
            self.image.need(table.no, [field.no])?;
        }
        let mut texts = Texts::default();
        let mut text = String::new();
        for row in range {
            text.clear();
            let ordinal = Ordinal((chunk * CHUNK + row) as u32);
            if field.kind.is_people() {
                fields::push_names(&users_of(rows, field, ordinal), &self.people, &mut text);
            } else if let CellRef::Text(held) = rows.cell(field.no, ordinal) {
                if field.kind.is_files() {
                    let mut of = |key: &str, media: &str, name: &str| self.address(key, media, name);
                    fields::attachments_text(held, &mut of, &mut text);
                } else {
                    text.push_str(fields::shown_text(held));
                }
            }
            texts.push(Some(text.as_str()));
        }
        Ok(ComputedChunk { values: Chunk::Text(texts), errors: Bits::default() })
    }

    /// Appends the plain text of a cell; names of linked records so that [`fields::split_names`] finds them again.
    pub fn plain(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        ordinal: Ordinal,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Error> {
        if field.kind.link().is_some() {
            let mut names = Vec::new();
            self.linked_names(rows, field, ordinal, depth, &mut names)?;
            fields::join_names(names.iter().map(String::as_str), out);
        } else if field.kind.is_evaluated() {
            let index = ordinal.0 as usize;
            let row = index % CHUNK;
            let wanted = || FxHashSet::from_iter([row]);
            let chunk = self.some((table, rows, field), Form::Whole, (index / CHUNK, &wanted), depth)?;
            fields::plain_cell(&field.kind, chunk.cell(index % CHUNK), out);
        } else {
            self.image.need(table.no, [field.no])?;
            if let Some(column) = stored_column(rows, field.no, &field.kind) {
                fields::plain_cell(&field.kind, column.cell(ordinal.0 as usize), out);
            }
        }
        Ok(())
    }

    /// Appends the plain text of a cell, at any depth of formulas that is allowed.
    pub fn plain_cell(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        ordinal: Ordinal,
        out: &mut String,
    ) -> Result<(), Error> {
        self.plain(table, rows, field, ordinal, DEPTH, out)
    }

    /// The name by which people know a record: the plain text of its primary field.
    pub fn title(&self, table: &Table, rows: &TableImage, ordinal: Ordinal) -> Result<String, Error> {
        let mut out = String::new();
        if let Some(primary) = table.primary_field() {
            self.plain(table, rows, primary, ordinal, DEPTH, &mut out)?;
        }
        Ok(out)
    }
}

/// The column that tells who last changed the fields that a field watches, if it watches some.
pub fn watching(field: &Field) -> Option<FieldNo> {
    (!field.kind.watched().is_empty()).then_some(field.no)
}

/// The people that a cell names, in order.
pub fn users_of(rows: &TableImage, field: &Field, ordinal: Ordinal) -> Vec<UserId> {
    let at = ordinal.0 as usize;
    match field.kind {
        FieldKind::CreatedBy => rows.user(rows.created_by.cell(at)).into_iter().collect(),
        FieldKind::LastModifiedBy(_) => watch::author(rows, field, ordinal).into_iter().collect(),
        _ => match rows.cell(field.no, ordinal) {
            CellRef::Text(ids) => user_ids(ids).collect(),
            _ => Vec::new(),
        },
    }
}
