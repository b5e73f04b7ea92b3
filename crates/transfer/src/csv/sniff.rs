//! Finding out how a file is written from its beginning.
//!
//! Every plausible combination of delimiter, quote and escape splits the sample; the one whose rows agree in width and
//! whose cells look like something wins. The idea that pattern and type must be scored together is from van den Burg,
//! Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019).

mod block;
mod header;
mod known;
mod layout;
mod score;
mod shape;
mod width;

use encoding_rs::Encoding;
use memchr::memchr2_iter;

pub(crate) use known::Known;

use super::decode::{self, TextSource};
use super::dialect::{Dialect, HeaderRow, Newline, Overrides, Sniffed};
use super::doubt::Doubt;
use super::reader::line_ends;
use super::record::Grammar;

/// How much of a file is looked at, in bytes.
pub const SAMPLE: usize = 1 << 20;

/// Looks at the beginning of a file of `length` bytes. `sample` is its first [`SAMPLE`] bytes, or all of it.
pub fn sniff(sample: &[u8], length: u64, overrides: &Overrides) -> Sniffed {
    sniff_for(sample, length, overrides, &Known::default())
}

/// As [`sniff`], for a table whose fields are called so.
pub(crate) fn sniff_for(sample: &[u8], length: u64, overrides: &Overrides, known: &Known) -> Sniffed {
    let mut doubts = Vec::new();
    let (encoding, bom) = encoding(sample, overrides, &mut doubts);
    let whole = sample.len() as u64 >= length;
    let text = decode(sample, encoding, whole);
    let newline = newline(&text, &mut doubts);
    let from = from_header(&text, newline, overrides);
    let chosen = score::choose(from, newline, (overrides, known), &mut doubts);
    let dialect = Dialect {
        encoding: encoding.name().to_owned(),
        bom,
        delimiter: chosen.delimiter,
        quote: chosen.quote,
        escape: chosen.escape,
        newline,
    };
    let layout = layout::find(&Grammar::of(&dialect), (&text, whole), (overrides, known), &mut doubts);
    Sniffed { dialect, tables: layout.tables, main: layout.main, notes: layout.notes, doubts }
}

/// How many lines the beginning of a file holds.
pub(crate) fn lines(sample: &[u8], overrides: &Overrides) -> u64 {
    let mut doubts = Vec::new();
    let (encoding, _) = encoding(sample, overrides, &mut doubts);
    let text = decode(sample, encoding, true);
    let newline = newline(&text, &mut doubts);
    line_ends(&text, newline) + u64::from(!text.is_empty() && !text.ends_with(['\n', '\r']))
}

/// The text from the header on, when somebody says where that stands: what is above may be written differently.
fn from_header<'t>(text: &'t str, newline: Newline, overrides: &Overrides) -> &'t str {
    let Some(HeaderRow::At(line)) = overrides.header_row else { return text };
    let grammar = Grammar::new("", None, None, newline);
    let mut rest = text;
    for _ in 1..line {
        match grammar.line(rest, true).and_then(|end| rest.get(end..)).filter(|rest| !rest.is_empty()) {
            Some(below) => rest = below,
            None => return text,
        }
    }
    rest
}

fn encoding(sample: &[u8], overrides: &Overrides, doubts: &mut Vec<Doubt>) -> (&'static Encoding, bool) {
    let found = decode::detect(sample);
    if let Some(label) = &overrides.encoding {
        match Encoding::for_label(label.as_bytes()) {
            Some(told) => return (told, found.bom && told == found.encoding),
            None => doubts.push(Doubt::UnknownEncoding { label: label.clone() }),
        }
    }
    if !found.sure {
        doubts.push(Doubt::Encoding { chosen: found.encoding.name().to_owned() });
    }
    (found.encoding, found.bom)
}

fn decode(sample: &[u8], encoding: &'static Encoding, whole: bool) -> String {
    let mut source = TextSource::new(sample, encoding);
    let mut text = String::new();
    while !source.ended() {
        if source.fill(&mut text).is_err() {
            break;
        }
    }
    if !whole {
        // The sample ends somewhere inside a line.
        let end = text.rfind(['\n', '\r']).map_or(text.len(), |at| at + 1);
        text.truncate(end);
    }
    text
}

/// The usual line end. A lone `\r` counts only where no `\n` competes.
fn newline(text: &str, doubts: &mut Vec<Doubt>) -> Newline {
    let bytes = text.as_bytes();
    let (mut lf, mut crlf, mut cr) = (0usize, 0usize, 0usize);
    for at in memchr2_iter(b'\n', b'\r', bytes) {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        match (bytes.get(at), before, bytes.get(at + 1)) {
            (Some(b'\n'), Some(b'\r'), _) => crlf += 1,
            (Some(b'\n'), ..) => lf += 1,
            (_, _, Some(b'\n')) => {}
            _ => cr += 1,
        }
    }
    if [lf, crlf, cr].iter().filter(|count| **count > 0).count() > 1 {
        doubts.push(Doubt::MixedNewlines);
    }
    if cr * 10 > lf + crlf {
        Newline::Cr
    } else if crlf > lf {
        Newline::CrLf
    } else {
        Newline::Lf
    }
}

#[cfg(test)]
mod tests;
