//! Taking a file from a client.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use blob::Digest;
use fields::{Attachment, Content, MAX_FILENAME};
use model::{BaseId, Caller};
use records::Attached;

use super::Attachments;
use super::keep::{NewFile, Source};
use crate::error::Error;
use crate::media;

/// Most bytes of an uploaded file.
pub const MAX_UPLOAD: usize = 5 << 20;

/// With or without the signs that fill up at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A file as it was sent.
pub(crate) struct Upload {
    pub content_type: String,
    pub filename: String,
    /// Base64, perhaps in lines.
    pub file: String,
}

impl Attachments {
    /// Puts an uploaded file behind the others of a cell.
    ///
    /// # Errors
    /// [`Error::Records`] where there is no such cell or the caller may not; [`Error::Upload`], [`Error::TooLarge`].
    pub(crate) async fn upload(
        &self,
        caller: &Caller,
        (base, record, field): (BaseId, &str, &str),
        upload: Upload,
    ) -> Result<Attached, Error> {
        let cell = self.parts.records.files_cell(caller, base, record, field).await?;
        let filename = name(&upload.filename)?;
        let bytes = decoded(upload.file)?;
        let media_type = media::of(Some(&upload.content_type), &bytes);
        let file = NewFile {
            size: bytes.len() as u64,
            digest: Digest::of(&bytes),
            media_type,
            source: Source::Memory(bytes.into()),
        };
        let kept = self.keep(cell.tenant, file).await?;
        let id = self.parts.ids.attachment(self.parts.clock.now());
        let file = Attachment { id, filename, content: Content::Kept(kept) };
        Ok(self.parts.records.attach(caller, &cell, file).await?)
    }

    /// Refuses what [`Attachments::upload`] would, before the file has come.
    ///
    /// # Errors
    /// [`Error::Records`].
    pub(crate) async fn check_upload(
        &self,
        caller: &Caller,
        (base, record, field): (BaseId, &str, &str),
    ) -> Result<(), Error> {
        Ok(self.parts.records.files_cell(caller, base, record, field).await.map(drop)?)
    }
}

fn name(given: &str) -> Result<String, Error> {
    let wrong = |reason: &str| Error::Upload { part: "filename", reason: reason.to_owned() };
    let name = given.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(wrong("is the name of the file, without control characters"));
    }
    if name.chars().count() > MAX_FILENAME {
        return Err(wrong(&format!("has at most {MAX_FILENAME} characters")));
    }
    Ok(name.to_owned())
}

fn decoded(file: String) -> Result<Vec<u8>, Error> {
    let mut text = file.into_bytes();
    text.retain(|byte| !byte.is_ascii_whitespace());
    if text.len() / 4 * 3 > MAX_UPLOAD + 3 {
        return Err(Error::TooLarge);
    }
    let bytes = BASE64.decode(text).map_err(|error| Error::Upload {
        part: "file",
        reason: format!("is the file in base64, and this is not: {error}"),
    })?;
    if bytes.len() > MAX_UPLOAD { Err(Error::TooLarge) } else { Ok(bytes) }
}
