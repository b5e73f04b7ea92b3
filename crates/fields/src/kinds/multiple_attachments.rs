//! `multipleAttachments`.

use model::{AttachmentId, AttachmentOptions, CellRef, ChoiceId, Field, FieldKind};
use serde_json::{Map, Value, json};

use crate::attachment::attachments_text;
use crate::field_type::{AttachmentIn, FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::options::Options;
use crate::problem::{CellProblem, OptionsError};

/// Most files of a cell.
pub const MAX_ATTACHMENTS: usize = 500;
/// Longest name of a file, in characters.
pub const MAX_FILENAME: usize = 255;
/// Longest address to fetch from, in characters.
const MAX_URL: usize = 8_192;
/// The name of a file whose address ends in none.
const NAMELESS: &str = "file";

pub(crate) struct MultipleAttachments;

impl FieldType for MultipleAttachments {
    fn name(&self) -> &'static str {
        "multipleAttachments"
    }

    fn description(&self) -> &'static str {
        "Files, in the order written: given by address and fetched, or uploaded."
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        let options = Options::new(given)?;
        options.only(&["isReversed"])?;
        let old = matches!(old, Some(FieldKind::MultipleAttachments(AttachmentOptions { reversed: true })));
        let reversed = options.flag("isReversed", old)?;
        Ok(OptionsIn::Kind(FieldKind::MultipleAttachments(AttachmentOptions { reversed })))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::MultipleAttachments(options) = kind else { return None };
        Some(json!({ "isReversed": options.reversed }))
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let mut files: Vec<AttachmentIn> = Vec::new();
        match value {
            Value::Array(items) => {
                for item in items {
                    match item {
                        Value::Object(parts) => files.push(read_item(field, parts, cx.moved)?),
                        Value::String(text) if cx.typecast => read_text(field, text, &mut files)?,
                        _ => return Err(wrong(field, "each is an object with `url`, or with `id` to keep it")),
                    }
                }
            }
            Value::Object(parts) if cx.typecast => files.push(read_item(field, parts, cx.moved)?),
            Value::String(text) if cx.typecast => read_text(field, text, &mut files)?,
            _ => return Err(CellProblem::rejected(field)),
        }
        if files.len() > MAX_ATTACHMENTS {
            return Err(wrong(field, &format!("a cell holds at most {MAX_ATTACHMENTS} files, not {}", files.len())));
        }
        Ok(if files.is_empty() { Incoming::EMPTY } else { Incoming::Attachments(files) })
    }

    fn text(&self, _kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        shown(cell, out);
    }

    fn plain(&self, _kind: &FieldKind, cell: CellRef<'_>, out: &mut String) {
        shown(cell, out);
    }
}

fn shown(cell: CellRef<'_>, out: &mut String) {
    if let CellRef::Text(held) = cell {
        attachments_text(held, &mut |_, _, _| None, out);
    }
}

fn wrong(field: &Field, reason: &str) -> CellProblem {
    CellProblem::Attachment { field: field.name.clone(), reason: reason.to_owned() }
}

/// What a file says besides is what it was read with: clients give it back. One of another place is fetched from there.
fn read_item(field: &Field, parts: &Map<String, Value>, moved: bool) -> Result<AttachmentIn, CellProblem> {
    let text = |key: &str| match parts.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(wrong(field, &format!("`{key}` is a text"))),
    };
    let filename = text("filename")?.map(str::trim).filter(|name| !name.is_empty());
    let filename = filename.map(|name| check_name(field, name)).transpose()?;
    if let Some(id) = text("id")?.filter(|_| !moved || text("url").is_ok_and(|url| url.is_none())) {
        let id: AttachmentId =
            id.parse().map_err(|_| wrong(field, "`id` is `att` and 14 letters or digits, of a file in the cell"))?;
        return Ok(AttachmentIn::Held { id, filename });
    }
    let url = text("url")?.ok_or_else(|| wrong(field, "it needs a `url`, or the `id` of a file in the cell"))?;
    fetched(field, url, filename)
}

fn check_name(field: &Field, name: &str) -> Result<String, CellProblem> {
    check_length(field, "filename", name, MAX_FILENAME)?;
    if name.chars().any(char::is_control) {
        return Err(wrong(field, "`filename` has no control characters"));
    }
    Ok(name.to_owned())
}

fn check_length(field: &Field, key: &str, text: &str, most: usize) -> Result<(), CellProblem> {
    let length = text.chars().count();
    if length > most {
        return Err(wrong(field, &format!("`{key}` has at most {most} characters, not {length}")));
    }
    Ok(())
}

fn fetched(field: &Field, url: &str, filename: Option<String>) -> Result<AttachmentIn, CellProblem> {
    let url = url.trim();
    check_length(field, "url", url, MAX_URL)?;
    if !is_web(url) {
        return Err(wrong(field, "`url` is an address that begins with `https://` or `http://`"));
    }
    if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(wrong(field, "`url` is an address without blanks and line ends: a blank in it is written `%20`"));
    }
    let filename = filename.unwrap_or_else(|| name_of(url));
    Ok(AttachmentIn::Fetched { url: url.to_owned(), filename })
}

fn is_web(url: &str) -> bool {
    let begins = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    begins("https://") || begins("http://")
}

/// The last part of an address's path, as people write it.
fn name_of(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let place = path.split_once("://").map_or("", |(_, rest)| rest);
    let last = place.split_once('/').map_or("", |(_, path)| path).rsplit('/').find(|part| !part.is_empty());
    let name: String = unescaped(last.unwrap_or_default()).chars().filter(|c| !c.is_control()).collect();
    let name: String = name.trim().chars().take(MAX_FILENAME).collect();
    if name.is_empty() { NAMELESS.to_owned() } else { name }
}

/// Percent signs taken back; what is no text then stays as it is.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| byte == b'%').and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.contains('+'))?;
            u8::from_str_radix(digits, 16).ok()
        });
        bytes.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Addresses, bare or as `name (address)`, with commas between them.
fn read_text(field: &Field, text: &str, files: &mut Vec<AttachmentIn>) -> Result<(), CellProblem> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        if rest.is_empty() {
            return Ok(());
        }
        if is_web(rest) {
            let end = rest.find(", ").or_else(|| rest.find(char::is_whitespace)).unwrap_or(rest.len());
            let (url, after) = rest.split_at(end);
            files.push(fetched(field, url.trim_end_matches(','), None)?);
            rest = after;
            continue;
        }
        let begin = [" (https://", " (http://"].iter().filter_map(|mark| rest.find(mark)).min();
        // What names no file is left out, as everywhere with typecast.
        let Some((name, after)) = begin.map(|at| rest.split_at(at)) else { return Ok(()) };
        let inner = after.trim_start_matches(" (");
        let end = inner.find("), ").or_else(|| inner.strip_suffix(')').map(str::len));
        let Some((url, after)) = end.map(|at| inner.split_at(at)) else { return Ok(()) };
        files.push(fetched(field, url, Some(check_name(field, name.trim())?))?);
        rest = after.strip_prefix(')').unwrap_or(after);
    }
}
