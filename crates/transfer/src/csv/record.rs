//! Splitting text into records and cells.
//!
//! A record that breaks its dialect is read in several ways and the most plausible one is taken: the one with the
//! expected number of cells, then the fewest stray quotes and lines.

use memchr::{memchr, memchr2, memchr3, memchr3_iter};

use super::dialect::{Dialect, Newline};

/// The part of a dialect that splitting needs.
#[derive(Debug, Clone)]
pub(super) struct Grammar {
    delimiter: Box<str>,
    quote: Option<u8>,
    escape: Option<u8>,
    newline: Newline,
}

impl Grammar {
    pub fn new(delimiter: &str, quote: Option<char>, escape: Option<char>, newline: Newline) -> Self {
        let ascii = |c: char| u8::try_from(c).ok().filter(u8::is_ascii);
        Self { delimiter: delimiter.into(), quote: quote.and_then(ascii), escape: escape.and_then(ascii), newline }
    }

    /// The delimiter and the quote of a dialect in which most records can be read by [`plain`].
    fn plain(&self) -> Option<(u8, u8)> {
        match (self.delimiter.as_bytes(), self.quote, self.escape, self.newline) {
            (&[delimiter], Some(quote), None, Newline::Lf | Newline::CrLf) => Some((delimiter, quote)),
            _ => None,
        }
    }

    pub fn of(dialect: &Dialect) -> Self {
        Self::new(&dialect.delimiter, dialect.quote, dialect.escape, dialect.newline)
    }

    pub fn newline(&self) -> Newline {
        self.newline
    }

    /// True for a cell that has to be quoted.
    pub fn must_quote(&self, cell: &str) -> bool {
        self.quote.is_some()
            && (cell.contains(['\n', '\r']) || !self.delimiter.is_empty() && cell.contains(&*self.delimiter))
    }

    /// The length of the first line with its end; none when the text holds no complete line.
    pub fn line(&self, text: &str, last: bool) -> Option<usize> {
        let bytes = text.as_bytes();
        match self.newline {
            Newline::Lf | Newline::CrLf => memchr(b'\n', bytes).map(|at| at + 1),
            Newline::Cr => {
                let at = memchr2(b'\n', b'\r', bytes)?;
                match (bytes.get(at), bytes.get(at + 1)) {
                    (Some(b'\r'), Some(b'\n')) => Some(at + 2),
                    (Some(b'\r'), None) if !last => None,
                    _ => Some(at + 1),
                }
            }
        }
    }

    fn stop(&self, bytes: &[u8]) -> Option<usize> {
        let Some(&first) = self.delimiter.as_bytes().first() else {
            return memchr3(b'\n', b'\r', self.escape.unwrap_or(b'\n'), bytes);
        };
        match (self.newline, self.escape) {
            (Newline::Cr, Some(escape)) => bytes.iter().position(|byte| [first, b'\n', b'\r', escape].contains(byte)),
            (Newline::Cr, None) => memchr3(first, b'\n', b'\r', bytes),
            (_, Some(escape)) => memchr3(first, b'\n', escape, bytes),
            (_, None) => memchr2(first, b'\n', bytes),
        }
    }
}

/// The cells of one record and where it broke its dialect. Buffers are used again from record to record.
#[derive(Debug, Default, Clone)]
pub(super) struct Record {
    text: String,
    ends: Vec<usize>,
    /// Quotes that neither open, close nor are escaped.
    pub stray: usize,
    /// Cells that open with a quote and never close.
    pub unclosed: usize,
    /// Spaces between a closing quote and the delimiter.
    pub padded: usize,
    /// Cells that open with a quote.
    opened: usize,
}

/// What it costs to read a record otherwise than its quotes pair up.
const PAIRED: usize = 12;
/// How far ahead a broken record is read to find where its quotes pair up.
const WINDOW: usize = 8 << 10;

impl Record {
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        (self.stray, self.unclosed, self.padded, self.opened) = (0, 0, 0, 0);
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end)
    }

    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// True when no cell holds any text.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    fn is_clean(&self) -> bool {
        self.stray == 0 && self.unclosed == 0
    }

    fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }

    fn add_cell(&mut self, text: &str) {
        self.text.push_str(text);
        self.end_cell();
    }
}

/// How quotes that break the rules are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// A quote before a delimiter or line end closes the cell.
    Nearest,
    /// Stray quotes inside a cell come in pairs; only a quote outside a pair closes.
    Paired,
    /// Quotes are ordinary characters.
    Plain,
}

/// Two records to read into, so that readings can be compared without copying.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub best: Record,
    other: Record,
}

impl Records {
    /// Reads the record at the beginning of `text` into `best` and answers its length. `last`: no text follows.
    /// `bounded`: do not ask for more text, the record must be read from what is here. `width`: cells expected.
    pub fn read(
        &mut self,
        grammar: &Grammar,
        text: &str,
        last: bool,
        bounded: bool,
        width: Option<usize>,
    ) -> Option<usize> {
        let usual = plain(grammar, text, &mut self.best);
        if usual.is_some() && (self.best.opened == 0 || width.is_none_or(|width| self.best.len() == width)) {
            return usual;
        }
        let full = split(grammar, text, last, Reading::Nearest, &mut self.best);
        if let Some(used) = full {
            // Quotes that pair up within a line make a short row rather than broken ones of the right width.
            let expected = || {
                width.is_none_or(|width| self.best.len() == width)
                    || grammar.line(text, last).is_none_or(|line| used <= line)
            };
            if self.best.opened == 0 || self.best.is_clean() && expected() {
                return full;
            }
            // What is decided must not depend on how much text happens to be here.
            if text.len() < WINDOW && !last && !bounded {
                return None;
            }
        } else if !bounded {
            return None;
        }
        self.compare(grammar, text, last, width, full)
    }

    fn compare(
        &mut self,
        grammar: &Grammar,
        text: &str,
        last: bool,
        width: Option<usize>,
        full: Option<usize>,
    ) -> Option<usize> {
        let line = grammar.line(text, last).unwrap_or(text.len());
        let head = text.get(..line).unwrap_or_default();
        let window = text.get(..text.floor_char_boundary(WINDOW)).unwrap_or(text);
        let to_end = last && window.len() == text.len();
        let mut taken = full;
        let mut least = full.map_or(usize::MAX, |used| penalty(&self.best, width, used > line));
        // Quotes that pair up around a line end rarely do so by chance.
        let apart = if full.is_some_and(|used| used > line) && self.best.is_clean() { PAIRED } else { 0 };
        for (reading, within) in
            [(Reading::Paired, window), (Reading::Nearest, head), (Reading::Paired, head), (Reading::Plain, head)]
        {
            let ends = to_end || within.len() == line;
            let Some(used) = split(grammar, within, ends, reading, &mut self.other) else { continue };
            let cost = penalty(&self.other, width, used > line) + apart;
            if cost < least {
                (least, taken) = (cost, Some(used));
                std::mem::swap(&mut self.best, &mut self.other);
            }
        }
        taken
    }
}

fn penalty(record: &Record, width: Option<usize>, several_lines: bool) -> usize {
    let off = width.map_or(0, |width| record.len().abs_diff(width).min(8));
    let broken = record.stray + record.unclosed > 0;
    12 * off + 3 * record.stray + 4 * record.unclosed + record.padded + 6 * usize::from(several_lines && broken)
}

/// Reads a record as most are: complete, with quotes around whole cells only. None for any other.
fn plain(grammar: &Grammar, text: &str, out: &mut Record) -> Option<usize> {
    out.clear();
    let (delimiter, quote) = grammar.plain()?;
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied();
    let mut stops = memchr3_iter(delimiter, b'\n', quote, bytes);
    let mut begin = 0;
    while let Some(at) = stops.next() {
        let stop = byte(at)?;
        if stop == quote {
            if at != begin {
                return None;
            }
            let close = stops.find(|stop| byte(*stop) == Some(quote))?;
            out.opened += 1;
            out.add_cell(text.get(at + 1..close)?);
            match (byte(close + 1)?, byte(close + 2)) {
                (b'\n', _) => return Some(close + 2),
                (b'\r', Some(b'\n')) => return Some(close + 3),
                (after, _) if after == delimiter => begin = stops.next()? + 1,
                _ => return None,
            }
        } else if stop == delimiter {
            out.add_cell(text.get(begin..at)?);
            begin = at + 1;
        } else {
            let line = text.get(begin..at)?;
            out.add_cell(line.strip_suffix('\r').unwrap_or(line));
            return Some(at + 1);
        }
    }
    None
}

fn split(grammar: &Grammar, text: &str, last: bool, reading: Reading, out: &mut Record) -> Option<usize> {
    out.clear();
    let mut splitter = Splitter { grammar, text, at: 0, last, reading, hopeless: false, most: None, out };
    while splitter.cell()? == After::Cell {}
    Some(splitter.at)
}

/// What follows a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// Another cell.
    Cell,
    /// The end of the record.
    End,
}

struct Splitter<'a> {
    grammar: &'a Grammar,
    text: &'a str,
    at: usize,
    last: bool,
    reading: Reading,
    /// A quote was opened and nothing to the end of the text closes it.
    hopeless: bool,
    /// How many stray quotes may be met before reading the line as it stands is surely better.
    most: Option<usize>,
    out: &'a mut Record,
}

/// What stands at a place where a cell may end.
enum Edge {
    /// A delimiter or line end of this length.
    Ends(After, usize),
    /// Part of the cell.
    Inside,
    /// The text is too short to know.
    Unknown,
}

/// How a quoted cell went.
enum Quoted {
    Closed(After),
    Unclosed,
    Unknown,
}

impl Splitter<'_> {
    fn cell(&mut self) -> Option<After> {
        let opens =
            self.reading != Reading::Plain && self.grammar.quote.is_some() && self.byte(self.at) == self.grammar.quote;
        self.out.opened += usize::from(opens);
        if opens && !self.hopeless {
            let (at, length, stray) = (self.at, self.out.text.len(), self.out.stray);
            match self.quoted() {
                Quoted::Closed(after) => {
                    self.out.end_cell();
                    return Some(after);
                }
                Quoted::Unknown => return None,
                Quoted::Unclosed => {
                    self.at = at;
                    self.out.text.truncate(length);
                    self.out.stray = stray;
                    self.hopeless = true;
                }
            }
        }
        self.out.unclosed += usize::from(opens);
        self.bare(opens)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn push(&mut self, from: usize, to: usize) {
        self.out.text.push_str(self.text.get(from..to).unwrap_or_default());
    }

    fn bare(&mut self, opened: bool) -> Option<After> {
        let begin = self.at;
        let mut from = begin;
        let mut seek = begin;
        let (after, end, next) = loop {
            let rest = self.text.as_bytes().get(seek..).unwrap_or_default();
            let Some(stop) = self.grammar.stop(rest).map(|stop| seek + stop) else {
                if !self.last {
                    return None;
                }
                break (After::End, self.text.len(), self.text.len());
            };
            if self.byte(stop) == self.grammar.escape && !self.delimits(stop) {
                match self.byte(stop + 1) {
                    None if !self.last => return None,
                    Some(next) if self.is_special(next) => {
                        self.push(from, stop);
                        from = stop + 1;
                        seek = stop + 2;
                    }
                    _ => seek = stop + 1,
                }
                continue;
            }
            match self.edge(stop) {
                Edge::Ends(after, length) => break (after, stop, stop + length),
                Edge::Inside => seek = stop + 1,
                Edge::Unknown => return None,
            }
        };
        let end = if after == After::End
            && end > from
            && self.byte(end - 1) == Some(b'\r')
            && self.byte(end) == Some(b'\n')
        {
            end - 1
        } else {
            end
        };
        self.push(from, end);
        if let Some(quote) = self.grammar.quote {
            let bytes = self.text.as_bytes().get(begin + usize::from(opened)..end).unwrap_or_default();
            if memchr(quote, bytes).is_some() {
                self.out.stray += memchr::memchr_iter(quote, bytes).count();
            }
        }
        self.out.end_cell();
        self.at = next;
        Some(after)
    }

    fn delimits(&self, at: usize) -> bool {
        self.text
            .get(at..)
            .is_some_and(|rest| !self.grammar.delimiter.is_empty() && rest.starts_with(&*self.grammar.delimiter))
    }

    fn is_special(&self, byte: u8) -> bool {
        Some(byte) == self.grammar.quote
            || Some(byte) == self.grammar.escape
            || Some(byte) == self.grammar.delimiter.bytes().next()
            || byte == b'\n'
            || byte == b'\r'
    }

    /// Reads a quoted cell; `at` stands on the opening quote.
    fn quoted(&mut self) -> Quoted {
        let Some(quote) = self.grammar.quote else { return Quoted::Unclosed };
        let stray_before = self.out.stray;
        let mut from = self.at + 1;
        let mut seek = from;
        loop {
            let rest = self.text.as_bytes().get(seek..).unwrap_or_default();
            let Some(stop) = memchr2(quote, self.grammar.escape.unwrap_or(quote), rest).map(|stop| seek + stop) else {
                return if self.last { Quoted::Unclosed } else { Quoted::Unknown };
            };
            let next = self.byte(stop + 1);
            if next.is_none() && !self.last {
                return Quoted::Unknown;
            }
            if self.byte(stop) != Some(quote) {
                if next.is_some_and(|next| next == quote || Some(next) == self.grammar.escape) {
                    self.push(from, stop);
                    from = stop + 1;
                }
                seek = stop + 1 + usize::from(from == stop + 1);
                continue;
            }
            let odd = (self.out.stray - stray_before) % 2 == 1;
            if next == Some(quote) {
                // An unescaped quoted word at the end of the cell looks like an escaped quote.
                let edge = if odd { self.edge(stop + 2) } else { Edge::Inside };
                self.push(from, stop + 1);
                if let Edge::Ends(after, length) = edge {
                    self.out.stray += 1;
                    self.at = stop + 2 + length;
                    return Quoted::Closed(after);
                }
                from = stop + 2;
                seek = from;
                continue;
            }
            let pad = self.padding(stop + 1);
            match self.edge(stop + 1 + pad) {
                Edge::Unknown => return Quoted::Unknown,
                Edge::Ends(after, length) if !(odd && self.reading == Reading::Paired) => {
                    self.push(from, stop);
                    self.out.padded += usize::from(pad > 0);
                    self.at = stop + 1 + pad + length;
                    return Quoted::Closed(after);
                }
                _ => {
                    self.out.stray += 1;
                    seek = stop + 1;
                    // Else every row that opens a quote for nothing would be read to the end of the text.
                    if self.out.stray > self.most_stray() {
                        return Quoted::Unclosed;
                    }
                }
            }
        }
    }

    /// As many as the first line has quotes, and some more.
    fn most_stray(&mut self) -> usize {
        const MORE: usize = 64;
        let (grammar, text, last) = (self.grammar, self.text, self.last);
        *self.most.get_or_insert_with(|| {
            let line = text.as_bytes().get(..grammar.line(text, last).unwrap_or(text.len())).unwrap_or_default();
            MORE + grammar.quote.map_or(0, |quote| memchr::memchr_iter(quote, line).count())
        })
    }

    /// Spaces at `at`, unless cells are split at spaces.
    fn padding(&self, at: usize) -> usize {
        if self.grammar.delimiter.starts_with([' ', '\t']) {
            return 0;
        }
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        rest.iter().take_while(|byte| **byte == b' ').count()
    }

    fn edge(&self, at: usize) -> Edge {
        let bytes = self.text.as_bytes();
        let Some(byte) = self.byte(at) else {
            return if self.last { Edge::Ends(After::End, 0) } else { Edge::Unknown };
        };
        match byte {
            b'\n' => Edge::Ends(After::End, 1),
            b'\r' => match bytes.get(at + 1) {
                Some(b'\n') => Edge::Ends(After::End, 2),
                None if !self.last => Edge::Unknown,
                None => Edge::Ends(After::End, 1),
                Some(_) if self.grammar.newline == Newline::Cr => Edge::Ends(After::End, 1),
                Some(_) => Edge::Inside,
            },
            _ => self.delimiter(at),
        }
    }

    fn delimiter(&self, at: usize) -> Edge {
        let delimiter = self.grammar.delimiter.as_bytes();
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        if delimiter.is_empty() {
            return Edge::Inside;
        }
        if rest.starts_with(delimiter) {
            return Edge::Ends(After::Cell, delimiter.len());
        }
        if rest.len() <= delimiter.len() && !self.last && delimiter.starts_with(rest) {
            return Edge::Unknown;
        }
        // A delimiter that ends in a space loses it at the end of a line in many editors.
        let trimmed = delimiter.trim_ascii_end();
        let cut = !trimmed.is_empty() && trimmed.len() < delimiter.len() && rest.starts_with(trimmed);
        match rest.get(trimmed.len()) {
            None | Some(b'\n' | b'\r') if cut => Edge::Ends(After::Cell, trimmed.len()),
            _ => Edge::Inside,
        }
    }
}

#[cfg(test)]
mod tests;
