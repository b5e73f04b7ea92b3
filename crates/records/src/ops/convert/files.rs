//! Addresses in texts that become files, which are fetched once the field shows them.

use std::sync::Arc;

use events::{Body, CellChange, RecordChange, SchemaChange};
use fields::{Attachment, AttachmentIn, Content, Incoming, Reading, attachments_cell};
use images::BaseImage;
use model::{CellValue, FieldNo, Ordinal, Schema};
use rustc_hash::FxHashSet;
use serde_json::{Value, json};

use super::{Conversion, busy};
use crate::error::Error;

/// Most files that a conversion has fetched.
const MOST: usize = 10_000;

/// A text as a cell of files, as if it were nothing but addresses: with blanks, or commas before the next one, between them.
fn addresses(text: &str) -> Value {
    let text = text.replace(",http", " http");
    let each = text.split_whitespace().map(|url| url.trim_matches(',')).filter(|url| !url.is_empty());
    each.map(|url| json!({ "url": url })).collect()
}

/// The schema in which cells are of files, and these cells.
pub(super) type ToFetch = (Schema, Body);

impl Conversion {
    /// A text as a cell of files to fetch; empty where something else stands in it, or an
    /// address that may not be called. Read again it is the same cell.
    pub(super) fn files_of(&mut self, ordinal: Ordinal, text: &str) -> Result<CellValue, Error> {
        let key = format!("{} {text}", ordinal.0);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let read = fields::of(&self.target.kind).read(&self.target, &addresses(text), &Reading::default());
        let Ok(Incoming::Attachments(wanted)) = read else { return Ok(CellValue::Empty) };
        let refused =
            |file: &AttachmentIn| matches!(file, AttachmentIn::Fetched { url, .. } if !self.fetching.allows(url));
        if wanted.iter().any(refused) {
            return Ok(CellValue::Empty);
        }
        let awaited = wanted.into_iter().filter_map(|file| match file {
            AttachmentIn::Fetched { url, filename } => {
                Some(Attachment { id: self.ids.attachment(self.now), filename, content: Content::Awaited(url) })
            }
            AttachmentIn::Held { .. } => None,
        });
        let files: Vec<Attachment> = awaited.collect();
        self.files += files.len();
        if self.files > MOST {
            let name = &self.field.name;
            return Err(busy(&format!(
                "`{name}` names more than {MOST} files, the most that a conversion has fetched"
            )));
        }
        let cell = attachments_cell(&files).map_or(CellValue::Empty, CellValue::Text);
        self.known.insert(key, cell.clone());
        Ok(cell)
    }

    /// What is to be fetched once the last change has made the field one of files: the schema then, and all its cells.
    pub(super) fn awaited(&self, image: &BaseImage, last: &Body) -> Option<ToFetch> {
        if !self.target.kind.is_files() {
            return None;
        }
        let mut schema = Schema::clone(&image.schema);
        for part in &last.schema {
            if let SchemaChange::Table { after, .. } = part
                && let Some(table) = schema.tables.iter_mut().find(|table| table.no == after.no)
            {
                *table = Arc::clone(after);
            }
        }
        let (rows, no) = (image.table(self.table.no), self.no?);
        let mut all = Body::default();
        all.table(self.table.no).updated.extend(last.tables.iter().flat_map(|part| part.updated.iter().cloned()));
        let written: FxHashSet<Ordinal> =
            all.table(self.table.no).updated.iter().map(|record| record.ordinal).collect();
        for ordinal in rows.live.ones().map(|ordinal| Ordinal(ordinal as u32)) {
            let cell = rows.cell(no, ordinal).to_value();
            if let (false, false, Some(id)) = (cell.is_empty(), written.contains(&ordinal), rows.ids.get(ordinal)) {
                all.table(self.table.no).updated.push(whole(ordinal, id, (no, cell)));
            }
        }
        Some((schema, all))
    }
}

fn whole(ordinal: Ordinal, id: model::RecordId, (field, after): (FieldNo, CellValue)) -> RecordChange {
    RecordChange { ordinal, id, previous: 0, cells: vec![CellChange { field, before: CellValue::Empty, after }] }
}
