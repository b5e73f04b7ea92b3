//! Formats of dates: their parts, and writing by them.

use model::Timestamp;

use crate::locale::{Locale, Named};
use crate::tokens::{Shown, Token, token_at};
use crate::zone::Zone;

/// Longest format in bytes.
pub const LONGEST: usize = 1_000;
/// How often names of formats are replaced by what they name.
const ROUNDS: usize = 5;

/// A format that has been read.
pub struct Pattern {
    pub(crate) locale: &'static Locale,
    pub(crate) pieces: Vec<Piece>,
    names: [&'static [&'static str]; 3],
}

/// A part of a format.
pub(crate) enum Piece {
    Text(Box<str>),
    Token(&'static Token),
}

impl Pattern {
    /// None where the format is too long.
    pub fn new(text: &str, locale: &'static Locale) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let text = expand(text, locale);
        let names = [Named::Months, Named::MonthsShort, Named::Weekdays].map(|what| locale.names_in(what, &text));
        Some(Self { locale, pieces: split(&text, locale), names })
    }

    /// Appends a point in time.
    pub fn write(&self, time: i64, zone: Option<&Zone>, out: &mut String) {
        let start = out.len();
        let offset = zone.map_or(0, |zone| zone.offset(time));
        let local = Timestamp(time.saturating_add(offset * 1_000_000));
        let Self { locale, names, .. } = *self;
        let shown = Shown { locale, zone, names, time, offset, local, date: local.date(), clock: local.clock() };
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Token(token) => (token.write)(&shown, out),
            }
        }
        self.locale.set_signs(out, start);
    }
}

/// How long the text in brackets is that a format begins with, with its brackets.
fn bracketed(text: &str) -> Option<usize> {
    let within = text.strip_prefix('[')?;
    let within = within.split_once('[').map_or(within, |(within, _)| within);
    Some(within.rfind(']')? + 2)
}

/// How much of what a format begins with is to be shown as it stands: a text in brackets, and what is behind a
/// backslash.
fn literal(text: &str, locale: &Locale) -> Option<usize> {
    let behind = |rest: &str| {
        let token = token_at(rest).map(|token| token.name.len());
        let format = locale.format_at(rest).map(|(_, len)| len);
        token.max(format).or(rest.chars().next().map(char::len_utf8)).unwrap_or(0)
    };
    bracketed(text).or_else(|| text.strip_prefix('\\').map(|rest| 1 + behind(rest)))
}

/// The format with named formats in it written out.
fn expand(text: &str, locale: &'static Locale) -> String {
    let mut text = text.to_owned();
    for _ in 0..=ROUNDS {
        let (mut out, mut rest, mut found) = (String::with_capacity(text.len()), text.as_str(), false);
        while let Some(first) = rest.chars().next() {
            let kept = literal(rest, locale).unwrap_or(first.len_utf8());
            let (piece, len) = match locale.format_at(rest) {
                Some((format, len)) => (format, len),
                None => (rest.get(..kept).unwrap_or_default(), kept),
            };
            found |= locale.format_at(rest).is_some();
            out.push_str(piece);
            rest = rest.get(len..).unwrap_or_default();
        }
        if !found {
            break;
        }
        text = out;
    }
    text
}

fn split(text: &str, locale: &Locale) -> Vec<Piece> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let (piece, len) = if let Some(len) = literal(rest, locale) {
            let text = rest.get(..len).unwrap_or_default();
            let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
            (Piece::Text(bare.map_or_else(|| text.replace('\\', ""), str::to_owned).into()), len)
        } else if let Some(token) = token_at(rest) {
            (Piece::Token(token), token.name.len())
        } else {
            (Piece::Text(rest.get(..first.len_utf8()).unwrap_or_default().into()), first.len_utf8())
        };
        // `moment` leaves line breaks out.
        if !matches!(&piece, Piece::Text(text) if matches!(&**text, "\n" | "\r" | "")) {
            pieces.push(piece);
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    pieces
}

/// The format of the rows, read again only where it or the locale becomes another.
#[derive(Default)]
pub struct Patterns {
    last: Option<(String, &'static Locale, Option<Pattern>)>,
}

impl Patterns {
    /// None where the format is too long.
    pub fn of(&mut self, text: &str, locale: &'static Locale) -> Option<&Pattern> {
        let held = |last: &(String, &'static Locale, _)| last.0 == text && std::ptr::eq(last.1, locale);
        if !self.last.as_ref().is_some_and(held) {
            self.last = Some((text.to_owned(), locale, Pattern::new(text, locale)));
        }
        self.last.as_ref().and_then(|(.., pattern)| pattern.as_ref())
    }
}
