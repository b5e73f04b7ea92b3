//! Cells of files: what is kept of the present ones, and what is new.

use fields::{Attachment, AttachmentIn, Content, attachments_cell};
use model::{AttachmentId, CellValue, Field};

use crate::error::Error;
use crate::files::{held, refused};

/// The cell that shall hold these files in place of `present`; `new` makes ids.
pub(super) fn cell(
    field: &Field,
    present: &CellValue,
    wanted: Vec<AttachmentIn>,
    new: impl Fn() -> AttachmentId,
) -> Result<CellValue, Error> {
    let mut present = held(present);
    let mut files: Vec<Attachment> = Vec::with_capacity(wanted.len());
    for each in wanted {
        match each {
            AttachmentIn::Fetched { url, filename } => {
                files.push(Attachment { id: new(), filename, content: Content::Awaited(url) });
            }
            AttachmentIn::Held { id, filename } => {
                if let Some(at) = present.iter().position(|file| file.id == id) {
                    let file = present.remove(at);
                    files.push(Attachment { filename: filename.unwrap_or(file.filename), ..file });
                } else if files.iter().all(|file| file.id != id) {
                    let reason = format!("the cell holds no file `{id}`; give a `url` for a new one");
                    return Err(refused(&field.name, reason));
                }
            }
        }
    }
    Ok(attachments_cell(&files).map_or(CellValue::Empty, CellValue::Text))
}
