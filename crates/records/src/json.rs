//! Records as JSON, written straight from columns.

use std::sync::Arc;
use std::time::Instant;

use fields::Texting;
use jiff::tz::TimeZone;
use model::{
    AiTextOptions, CHUNK, CellError, CellRef, CellValue, Chunk, Column, ComputedChunk, Field, FieldId, FieldKind,
    Ordinal, People, RecordId, Table, TableImage, Timestamp, UserId, write_json_string,
};

use crate::counts::Counted;
use crate::error::Error;
use crate::ops::{BRIEF, QUERY};
use images::Error::{TooDeep, TooManyValues, TooSlow};
use images::{View, is_stale, stored_column, users_of};
use web::aside;

/// What of a record is written, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// Only these fields; all when absent.
    pub fields: Option<Vec<FieldId>>,
    /// Field ids instead of names as keys.
    pub by_id: bool,
    /// Cells as people see them, when set.
    pub text: Option<TextShape>,
}

/// How cells are shown to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextShape {
    /// The zone of date-times in fields whose zone is `client`; a name of the IANA database.
    pub time_zone: String,
    /// A locale such as `en-us`.
    pub locale: String,
}

impl TextShape {
    fn texting(&self) -> Texting {
        let time_zone = TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC);
        Texting { time_zone, locale: self.locale.clone() }
    }
}

/// A field ready to be written.
struct Slot<'w> {
    field: &'w Field,
    key: Key,
    source: Source<'w>,
}

/// `,"Name":` with the comma. A short one is copied as a block of fixed size, which is no call.
enum Key {
    Short([u8; SHORT], usize),
    Long(Vec<u8>),
}

/// Bytes of a short key.
const SHORT: usize = 32;

enum Source<'w> {
    Stored(&'w Column),
    Links(&'w Column, Arc<TableImage>),
    /// People by their ids.
    People,
    /// Files by address.
    Files,
    /// What a model wrote.
    Written(&'w AiTextOptions),
    /// A lookup of links, people or files.
    Looked,
    /// Computed by chunk.
    Computed,
    /// Computed cell by cell.
    Single,
    /// The names of linked records, as text.
    Linked,
    Missing,
}

/// The cells of a slot for the records of one chunk.
enum Cells<'w> {
    Stored(&'w Chunk),
    Links(&'w Chunk, &'w TableImage),
    Computed(Arc<ComputedChunk>),
    /// They took too long.
    Failed,
    People,
    Files,
    Written(&'w AiTextOptions),
    Looked,
    Single,
    Linked,
    None,
}

/// When a record was created, and where that was written.
#[derive(Clone, Copy)]
struct Created {
    time: i64,
    at: usize,
    len: usize,
}

/// Writes records of one table.
pub(crate) struct RecordWriter<'w> {
    view: View,
    table: &'w Table,
    rows: &'w TableImage,
    slots: Vec<Slot<'w>>,
    text: Option<Texting>,
    counts: Option<&'w Counted>,
    began: Instant,
}

/// A cell that took too long or too much.
const FAILED: CellRef<'static> = CellRef::Error(CellError::Failed);

/// Up to this many records, computed cells are computed one by one rather than by chunk.
const FEW: usize = 16;

impl<'w> RecordWriter<'w> {
    /// Prepares the columns that `ordinals` will be written from. Cells that are not computed once a query would be broken off are
    /// errors.
    pub fn new(view: &View, table: &'w Table, rows: &'w TableImage, shape: &Shape, ordinals: &[Ordinal]) -> Self {
        let mut slots = Vec::new();
        for field in table.live_fields() {
            if shape.fields.as_ref().is_some_and(|wanted| !wanted.contains(&field.id)) {
                continue;
            }
            let key = if shape.by_id { Key::new(&field.id.to_string()) } else { Key::new(&field.name) };
            let source = source((view, rows), field, ordinals, shape.text.is_some());
            slots.push(Slot { field, key, source });
        }
        let text = shape.text.as_ref().map(TextShape::texting);
        let began = Instant::now();
        let until = view.until.or(Some(began + QUERY));
        let view = View { until, ..view.clone() };
        Self { view, table, rows, slots, text, counts: None, began }
    }

    /// With the number of comments behind each record's cells.
    pub fn with_counts(self, counts: &'w Counted) -> Self {
        Self { counts: Some(counts), ..self }
    }

    /// Appends the records with commas between them.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when a formula nests too deeply.
    pub fn write(&self, ordinals: &[Ordinal], out: &mut Vec<u8>) -> Result<(), Error> {
        let mut last = None;
        for run in ordinals.chunk_by(|one, next| one.0 as usize / CHUNK == next.0 as usize / CHUNK) {
            let chunk = run.first().map_or(0, |first| first.0 as usize / CHUNK);
            let cells = self.slots.iter().map(|slot| self.cells(slot, chunk)).collect::<Result<Vec<_>, _>>()?;
            for ordinal in run {
                if last.is_some() {
                    out.push(b',');
                }
                last = Some(self.write_record(*ordinal, &cells, last, out)?);
            }
        }
        Ok(())
    }

    /// Appends a record. Records that were created together share a time, which is copied from the one before.
    fn write_record(
        &self,
        ordinal: Ordinal,
        cells: &[Cells<'_>],
        last: Option<Created>,
        out: &mut Vec<u8>,
    ) -> Result<Created, Error> {
        out.extend_from_slice(b"{\"id\":\"rec");
        if let Some(id) = self.rows.ids.get(ordinal) {
            out.extend_from_slice(id.bytes());
        }
        out.extend_from_slice(b"\",\"createdTime\":\"");
        let at = out.len();
        let time = match self.rows.created.cell(ordinal.0 as usize) {
            CellRef::Time(time) => time,
            _ => 0,
        };
        match last {
            Some(last) if last.time == time => out.extend_from_within(last.at..last.at + last.len),
            _ => Timestamp(time).write_iso(out),
        }
        let created = Created { time, at, len: out.len() - at };
        out.extend_from_slice(b"\",\"fields\":");
        let start = out.len();
        for (slot, cells) in self.slots.iter().zip(cells) {
            let before = out.len();
            slot.key.write(out);
            if !self.write_cell(slot.field, cells, ordinal, out)? {
                out.truncate(before);
            }
        }
        // The first field came with a comma.
        match out.get_mut(start) {
            Some(comma) => *comma = b'{',
            None => out.push(b'{'),
        }
        out.push(b'}');
        if let Some(counts) = self.counts {
            out.extend_from_slice(b",\"commentCount\":");
            out.extend_from_slice(counts.get(&ordinal).copied().unwrap_or(0).to_string().as_bytes());
        }
        out.push(b'}');
        Ok(created)
    }

    fn write_cell(&self, field: &Field, cells: &Cells<'_>, ordinal: Ordinal, out: &mut Vec<u8>) -> Result<bool, Error> {
        let row = ordinal.0 as usize % CHUNK;
        if let Some(texting) = &self.text {
            return self.write_text(field, (cells, ordinal), texting, out);
        }
        Ok(match cells {
            Cells::Stored(chunk) => fields::write_cell(&field.kind, chunk.cell(row), out),
            Cells::Links(chunk, other) => write_links(chunk.cell(row), other, out),
            Cells::Computed(chunk) => fields::write_cell(&field.kind, chunk.cell(row), out),
            Cells::Failed => fields::write_cell(&field.kind, FAILED, out),
            Cells::People => {
                let users = users_of(self.rows, field, ordinal);
                write_people(&users, matches!(field.kind, FieldKind::MultipleCollaborators), &self.view.people, out)
            }
            Cells::Files => self.write_files(field, ordinal, out),
            Cells::Written(options) => {
                let written = self.view.written(self.table, self.rows, field, ordinal)?;
                let asked = self.view.prompt(self.table, self.rows, options, ordinal)?;
                fields::write_ai_text(written.as_ref(), is_stale(written.as_ref(), asked.as_ref()), out);
                true
            }
            Cells::Looked => self.write_looked(field, ordinal, out),
            Cells::Single => fields::write_cell(&field.kind, self.single(field, ordinal)?.view(), out),
            Cells::Linked | Cells::None => false,
        })
    }
}

impl RecordWriter<'_> {
    /// The files of a cell.
    fn write_files(&self, field: &Field, ordinal: Ordinal, out: &mut Vec<u8>) -> bool {
        let CellRef::Text(held) = self.rows.cell(field.no, ordinal) else { return false };
        let mut addresses = |key: &str, media: &str, name: &str| self.view.address(key, media, name);
        fields::write_attachments(held, &mut addresses, out)
    }

    /// What a lookup of files shows: all of them.
    fn write_looked_files(&self, field: &Field, ordinal: Ordinal, out: &mut Vec<u8>) -> bool {
        let mut files = Vec::new();
        self.view.each_looked(self.table, self.rows, field, ordinal, &mut |looked, rows, ordinal| {
            if let CellRef::Text(held) = rows.cell(looked.no, ordinal) {
                files.extend(fields::attachments(held));
            }
        });
        let held = fields::attachments_cell(&files).unwrap_or_default();
        let mut addresses = |key: &str, media: &str, name: &str| self.view.address(key, media, name);
        fields::write_attachments(&held, &mut addresses, out)
    }

    /// What a lookup of links or people shows: ids of records, or people.
    fn write_looked(&self, field: &Field, ordinal: Ordinal, out: &mut Vec<u8>) -> bool {
        if field.kind.item().is_files() {
            return self.write_looked_files(field, ordinal, out);
        }
        let (mut ids, mut users) = (Vec::new(), Vec::new());
        self.view.each_looked(self.table, self.rows, field, ordinal, &mut |looked, rows, ordinal| {
            let Some(link) = looked.kind.link() else { return users.extend(users_of(rows, looked, ordinal)) };
            let CellRef::Links(list) = rows.cell(looked.no, ordinal) else { return };
            let other = self.view.image.table(link.linked_table_no);
            let live = list.iter().map(|linked| Ordinal(*linked)).filter(|linked| other.is_live(*linked));
            ids.extend(live.filter_map(|linked| other.ids.get(linked)));
        });
        if users.is_empty() {
            return write_ids(ids.into_iter(), out);
        }
        write_people(&users, true, &self.view.people, out)
    }

    /// A cell as people see it; false when that is nothing.
    fn write_text(
        &self,
        field: &Field,
        (cells, ordinal): (&Cells<'_>, Ordinal),
        texting: &Texting,
        out: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        let row = ordinal.0 as usize % CHUNK;
        let mut text = String::new();
        let mut show = |cell: CellRef<'_>| match (&field.kind, cell) {
            // The names of people, joined already.
            (kind, CellRef::Text(names)) if kind.is_shown() => text.push_str(names),
            (kind, cell) => fields::text_cell(kind, cell, texting, &mut text),
        };
        match cells {
            Cells::Stored(chunk) => show(chunk.cell(row)),
            Cells::Computed(chunk) => show(chunk.cell(row)),
            Cells::Failed => show(FAILED),
            Cells::Single => show(self.single(field, ordinal)?.view()),
            // Names with commas are in quotes, so that they are read again as they were.
            Cells::Linked => self.view.plain_cell(self.table, self.rows, field, ordinal, &mut text)?,
            Cells::Links(..) | Cells::People | Cells::Files | Cells::Written(_) | Cells::Looked | Cells::None => {}
        }
        if text.is_empty() {
            return Ok(false);
        }
        write_json_string(&text, out);
        Ok(true)
    }

    /// Computes aside once that has taken long.
    fn patiently<T>(&self, compute: impl FnOnce() -> T) -> T {
        aside(self.began.elapsed() > BRIEF, compute)
    }

    /// A computed cell.
    fn single(&self, field: &Field, ordinal: Ordinal) -> Result<CellValue, Error> {
        match self.patiently(|| self.view.cell(self.table, self.rows, field, ordinal)) {
            Err(TooSlow { .. } | TooManyValues { .. } | TooDeep) => Ok(FAILED.to_value()),
            cell => Ok(cell?),
        }
    }

    /// The cells of one chunk.
    fn cells<'s>(&'s self, slot: &'s Slot<'_>, chunk: usize) -> Result<Cells<'s>, Error> {
        let held = match &slot.source {
            Source::Stored(column) => column.chunk(chunk).map(|chunk| Cells::Stored(chunk)),
            Source::Links(column, other) => column.chunk(chunk).map(|chunk| Cells::Links(chunk, other)),
            Source::Computed => {
                Some(match self.patiently(|| self.view.chunk_of(self.table, self.rows, slot.field, chunk)) {
                    Err(TooSlow { .. } | TooDeep) => Cells::Failed,
                    Err(TooManyValues { .. }) => Cells::Single,
                    chunk => Cells::Computed(chunk?),
                })
            }
            Source::People => Some(Cells::People),
            Source::Files => Some(Cells::Files),
            Source::Written(options) => Some(Cells::Written(options)),
            Source::Looked => Some(Cells::Looked),
            Source::Single => Some(Cells::Single),
            Source::Linked => Some(Cells::Linked),
            Source::Missing => None,
        };
        Ok(held.unwrap_or(Cells::None))
    }
}

impl Key {
    fn new(name: &str) -> Self {
        let mut key = vec![b','];
        write_json_string(name, &mut key);
        key.push(b':');
        let mut short = [0; SHORT];
        match short.get_mut(..key.len()) {
            Some(place) => {
                place.copy_from_slice(&key);
                Self::Short(short, key.len())
            }
            None => Self::Long(key),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Short(bytes, len) => {
                let end = out.len() + len;
                out.extend_from_slice(bytes);
                out.truncate(end);
            }
            Self::Long(bytes) => out.extend_from_slice(bytes),
        }
    }
}

fn source<'w>(
    (view, rows): (&View, &'w TableImage),
    field: &'w Field,
    ordinals: &[Ordinal],
    as_text: bool,
) -> Source<'w> {
    if let Some(link) = field.kind.link().filter(|_| !as_text) {
        let column = rows.columns.get(&field.no);
        return column.map_or(Source::Missing, |c| Source::Links(c, view.image.table(link.linked_table_no)));
    }
    let item = field.kind.item();
    if !as_text && (item.link().is_some() || item.is_people()) {
        return if field.kind.is_list() { Source::Looked } else { Source::People };
    }
    if !as_text && item.is_files() {
        return if field.kind.is_list() { Source::Looked } else { Source::Files };
    }
    if let (FieldKind::AiText(options), false) = (&field.kind, as_text) {
        return Source::Written(options);
    }
    if field.kind.link().is_some() {
        return Source::Linked;
    }
    let shown = as_text && field.kind.is_shown();
    if shown || field.kind.is_derived() {
        return if ordinals.len() <= FEW { Source::Single } else { Source::Computed };
    }
    stored_column(rows, field.no, &field.kind).map_or(Source::Missing, Source::Stored)
}

/// People, as a list or the only one; false when there is none.
fn write_people(users: &[UserId], list: bool, people: &People, out: &mut Vec<u8>) -> bool {
    if list && !users.is_empty() {
        out.push(b'[');
    }
    for (index, user) in users.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(fields::person(*user, people).to_string().as_bytes());
    }
    if list && !users.is_empty() {
        out.push(b']');
    }
    !users.is_empty()
}

fn write_links(cell: CellRef<'_>, other: &TableImage, out: &mut Vec<u8>) -> bool {
    let CellRef::Links(list) = cell else { return false };
    let live = list.iter().map(|ordinal| Ordinal(*ordinal)).filter(|ordinal| other.is_live(*ordinal));
    write_ids(live.filter_map(|ordinal| other.ids.get(ordinal)), out)
}

/// A list of ids; false when there is none.
fn write_ids(ids: impl Iterator<Item = RecordId>, out: &mut Vec<u8>) -> bool {
    let mut any = false;
    out.push(b'[');
    for id in ids {
        out.extend_from_slice(if any { &b",\"rec"[..] } else { &b"\"rec"[..] });
        out.extend_from_slice(id.bytes());
        out.push(b'"');
        any = true;
    }
    out.push(b']');
    any
}

#[cfg(test)]
mod tests;
