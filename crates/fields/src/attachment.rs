//! Files in cells: how a cell holds them, and how they read.

use std::borrow::Cow;

use model::AttachmentId;
use serde::{Deserialize, Serialize};

use crate::json::write_text;

/// Pictures that stand for a larger one, with the box that each fits into.
pub const RENDITIONS: [(&str, u32, u32); 3] = [("small", u32::MAX, 36), ("large", 512, 512), ("full", 3_000, 3_000)];

/// A file of a cell. Cells hold a list of them as JSON; names of keys are short, because every cell repeats them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Id.
    #[serde(rename = "i")]
    pub id: AttachmentId,
    /// Name.
    #[serde(rename = "f")]
    pub filename: String,
    /// What is there of it.
    #[serde(rename = "c")]
    pub content: Content,
}

/// How far a file has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// It is still to be fetched.
    #[serde(rename = "u")]
    Awaited(String),
    /// It could not be fetched.
    #[serde(rename = "x")]
    Failed {
        /// From where.
        #[serde(rename = "u")]
        url: String,
        /// Why not.
        #[serde(rename = "r")]
        reason: String,
    },
    /// It is kept.
    #[serde(rename = "k")]
    Kept(Kept),
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The key of its object.
    #[serde(rename = "o")]
    pub key: String,
    /// Bytes.
    #[serde(rename = "s")]
    pub size: u64,
    /// Media type.
    #[serde(rename = "t")]
    pub media_type: String,
    /// Width and height in pixels of a picture.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<(u32, u32)>,
    /// True when there are smaller pictures of it.
    #[serde(rename = "r", default, skip_serializing_if = "std::ops::Not::not")]
    pub rendered: bool,
}

/// A picture that stands for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition<'k> {
    /// `small`, `large` or `full`.
    pub name: &'static str,
    /// The key of its object: the file's own when that is small enough.
    pub key: Cow<'k, str>,
    /// Media type.
    pub media_type: &'k str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl Kept {
    /// The pictures that stand for it; none for what is no picture or too large to be scaled.
    pub fn renditions(&self) -> impl Iterator<Item = Rendition<'_>> {
        let pixels = self.pixels.filter(|_| self.rendered);
        pixels.into_iter().flat_map(|(width, height)| RENDITIONS.iter().map(move |each| (width, height, each))).map(
            |(width, height, (name, wide, high))| {
                if width <= *wide && height <= *high {
                    let (key, media_type) = (Cow::Borrowed(self.key.as_str()), self.media_type.as_str());
                    return Rendition { name, key, media_type, width, height };
                }
                let (width, height) = fitted((width, height), (*wide, *high));
                let media_type = if self.media_type == "image/jpeg" { "image/jpeg" } else { "image/png" };
                Rendition { name, key: Cow::Owned(format!("{}.{name}", self.key)), media_type, width, height }
            },
        )
    }
}

/// A size brought down to a box, in the same proportions and at least one pixel each way.
fn fitted((width, height): (u32, u32), (wide, high): (u32, u32)) -> (u32, u32) {
    let (w, h) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let scale = (f64::from(wide) / w).min(f64::from(high) / h).min(1.0);
    let side = |length: f64| ((length * scale).round() as u32).max(1);
    (side(w), side(h))
}

/// The files of a stored cell; none for a text that is no such cell.
pub fn attachments(held: &str) -> Vec<Attachment> {
    serde_json::from_str(held).unwrap_or_default()
}

/// The names of the files of a stored cell, with commas between them: addresses of files end.
pub fn attachment_names(held: &str) -> String {
    attachments(held).into_iter().map(|file| file.filename).collect::<Vec<_>>().join(", ")
}

/// The stored cell of some files; none for no files.
pub fn attachments_cell(files: &[Attachment]) -> Option<String> {
    if files.is_empty() { None } else { serde_json::to_string(files).ok() }
}

/// Makes an address of an object's key, its media type and the file's name; none where nobody is there to follow it.
pub type Addresses<'a> = &'a mut dyn FnMut(&str, &str, &str) -> Option<String>;

/// Appends the read form of a stored cell; false when there is nothing in it.
pub fn write_attachments(held: &str, addresses: Addresses<'_>, out: &mut Vec<u8>) -> bool {
    let files = attachments(held);
    for (index, file) in files.iter().enumerate() {
        out.push(if index == 0 { b'[' } else { b',' });
        write_attachment(file, &mut *addresses, out);
    }
    if !files.is_empty() {
        out.push(b']');
    }
    !files.is_empty()
}

/// Appends the read form of one file. One that is not kept shows the address that it was given by.
pub fn write_attachment(file: &Attachment, addresses: Addresses<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"id\":\"");
    out.extend_from_slice(file.id.to_string().as_bytes());
    out.push(b'"');
    let mut text = |name: &str, value: &str| member(name, out, |out| write_text(value, out));
    match &file.content {
        Content::Awaited(url) => {
            text("url", url);
            text("filename", &file.filename);
        }
        Content::Failed { url, reason } => {
            text("url", url);
            text("filename", &file.filename);
            text("error", reason);
        }
        Content::Kept(kept) => {
            if let Some((width, height)) = kept.pixels {
                number("width", u64::from(width), out);
                number("height", u64::from(height), out);
            }
            if let Some(url) = addresses(&kept.key, &kept.media_type, &file.filename) {
                member("url", out, |out| write_text(&url, out));
            }
            member("filename", out, |out| write_text(&file.filename, out));
            number("size", kept.size, out);
            member("type", out, |out| write_text(&kept.media_type, out));
            write_renditions(kept, &file.filename, addresses, out);
        }
    }
    out.push(b'}');
}

fn write_renditions(kept: &Kept, filename: &str, addresses: Addresses<'_>, out: &mut Vec<u8>) {
    let mut any = false;
    for each in kept.renditions() {
        let Some(url) = addresses(&each.key, each.media_type, filename) else { return };
        out.extend_from_slice(if any { b",\"" } else { b",\"thumbnails\":{\"" });
        out.extend_from_slice(each.name.as_bytes());
        out.extend_from_slice(b"\":{\"url\":");
        write_text(&url, out);
        number("width", u64::from(each.width), out);
        number("height", u64::from(each.height), out);
        out.push(b'}');
        any = true;
    }
    if any {
        out.push(b'}');
    }
}

fn member(name: &str, out: &mut Vec<u8>, value: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    value(out);
}

fn number(name: &str, value: u64, out: &mut Vec<u8>) {
    member(name, out, |out| out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()));
}

/// Appends what people and formulas see of a stored cell: `name (address)`, joined with `, `. Where no address is made,
/// the name stands alone.
pub fn attachments_text(held: &str, addresses: Addresses<'_>, out: &mut String) {
    for (index, file) in attachments(held).iter().enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        out.push_str(&file.filename);
        let url = match &file.content {
            Content::Awaited(url) | Content::Failed { url, .. } => Some(url.clone()),
            Content::Kept(kept) => addresses(&kept.key, &kept.media_type, &file.filename),
        };
        if let Some(url) = url {
            out.push_str(" (");
            out.push_str(&url);
            out.push(')');
        }
    }
}

/// True when two stored cells hold the same files in the same order under the same names, however far those have come.
pub fn same_attachments(one: &str, other: &str) -> bool {
    let (one, other) = (attachments(one), attachments(other));
    let same = |(a, b): (&Attachment, &Attachment)| a.id == b.id && a.filename == b.filename;
    one.len() == other.len() && one.iter().zip(&other).all(same)
}

#[cfg(test)]
mod tests;
