//! What a model is asked for a cell, and what it wrote.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use fields::Written;
use model::{AiTextOptions, CellRef, Field, Ordinal, PromptPart, Table, TableImage};

use super::View;
use crate::error::Error;

/// Bytes of a digest that are kept: enough to tell two prompts of one cell apart.
const DIGEST: usize = 12;

/// What a model is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The prompt with the values of a record.
    pub text: String,
    /// Its digest.
    pub digest: String,
}

/// True for what was written for another prompt, or is not written though there is something to ask.
pub fn is_stale(written: Option<&Written>, asked: Option<&Asked>) -> bool {
    written.map(|written| &written.asked) != asked.map(|asked| &asked.digest)
}

/// The digest of a prompt.
fn asked(prompt: &str) -> String {
    let whole = digest(&SHA256, prompt.as_bytes());
    let mut text = String::with_capacity(2 * DIGEST);
    for byte in whole.as_ref().iter().take(DIGEST) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl View {
    /// What a model is to be asked for a cell, with its digest; nothing when the prompt names fields that hold something of
    /// their own and all of those are empty. Files are named without addresses: those become others from hour to hour.
    pub fn prompt(
        &self,
        table: &Table,
        rows: &TableImage,
        options: &AiTextOptions,
        ordinal: Ordinal,
    ) -> Result<Option<Asked>, Error> {
        let bare = Self { addresses: None, ..self.clone() };
        let (mut text, mut named, mut filled) = (String::new(), false, false);
        for part in &options.prompt {
            match part {
                PromptPart::Text(words) => text.push_str(words),
                PromptPart::Field(id) => {
                    let Some(field) = table.field_by_id(*id) else { continue };
                    let before = text.len();
                    bare.plain_one(table, rows, field, ordinal, &mut text)?;
                    // A formula may come to something where there is nothing.
                    if !field.kind.is_derived() {
                        named = true;
                        filled |= text.len() > before;
                    }
                }
            }
        }
        let digest = asked(&text);
        Ok((filled || !named).then_some(Asked { text, digest }))
    }

    /// What was written into a cell.
    pub fn written(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        ordinal: Ordinal,
    ) -> Result<Option<Written>, Error> {
        self.image.need(table.no, [field.no])?;
        Ok(Written::of(rows.cell(field.no, ordinal)))
    }

    /// Appends the plain text of a cell, computed by itself.
    fn plain_one(
        &self,
        table: &Table,
        rows: &TableImage,
        field: &Field,
        ordinal: Ordinal,
        out: &mut String,
    ) -> Result<(), Error> {
        if field.kind.is_evaluated() || field.kind.link().is_some() {
            match self.cell(table, rows, field, ordinal)?.view() {
                // The names of linked records and of people, joined already.
                CellRef::Text(shown) if field.kind.link().is_some() || field.kind.is_shown() => out.push_str(shown),
                cell => fields::plain_cell(&field.kind, cell, out),
            }
            return Ok(());
        }
        self.plain_cell(table, rows, field, ordinal, out)
    }
}
