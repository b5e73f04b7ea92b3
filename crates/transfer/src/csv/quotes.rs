//! Where a quote stands that does not belong there.

use std::fmt;
use std::iter::Peekable;
use std::str::CharIndices;

use crate::words::excerpt;

/// Most bytes of a cell that is shown as it would be right.
const SHOWN: usize = 64;

/// The first quote of a row that breaks the rules.
#[derive(Debug)]
pub(super) struct Misplaced {
    /// The cell of the row, from 0.
    cell: usize,
    line: u64,
    /// Its place in the line, from 1.
    character: usize,
    wrong: Wrong,
}

#[derive(Debug)]
enum Wrong {
    /// Nothing closes it.
    Unclosed,
    /// The cell does not begin with one; with quotes it is this.
    Bare(String),
    /// The cell goes on after it.
    Closing,
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, character, wrong, .. } = self;
        let column = self.cell + 1;
        f.write_str(match wrong {
            Wrong::Unclosed => "a quote that nothing closes",
            Wrong::Bare(_) | Wrong::Closing => "a quote in the middle of a cell",
        })?;
        write!(f, " in column {column} (line {line}, character {character}): ")?;
        match wrong {
            Wrong::Unclosed => f.write_str("close it at the end of the cell, and double quotes within"),
            Wrong::Bare(right) => write!(f, "put the whole cell into quotes and double those within, as `{right}`"),
            Wrong::Closing => f.write_str("double it if it is of the cell, else let a comma or the line end follow"),
        }
    }
}

/// Looks through a row for it. `text`: from the row on; `line`: that of its beginning.
pub(super) fn misplaced(text: &str, line: u64) -> Option<Misplaced> {
    let mut scan = Scan { text, chars: text.char_indices().peekable(), line, character: 0, cell: 0 };
    loop {
        let begin = scan.chars.peek()?.0;
        let went = if scan.take('"') { scan.quoted() } else { scan.bare(begin) };
        match went {
            Went::On => scan.cell += 1,
            Went::Ended => return None,
            Went::Wrong(found) => return Some(found),
        }
    }
}

struct Scan<'t> {
    text: &'t str,
    chars: Peekable<CharIndices<'t>>,
    line: u64,
    character: usize,
    cell: usize,
}

/// How a cell went.
enum Went {
    /// Another one follows.
    On,
    /// It was the row's last one.
    Ended,
    Wrong(Misplaced),
}

impl Scan<'_> {
    fn next(&mut self) -> Option<char> {
        let (_, found) = self.chars.next()?;
        self.character += 1;
        if found == '\n' || found == '\r' && self.chars.peek().is_none_or(|(_, next)| *next != '\n') {
            (self.line, self.character) = (self.line + 1, 0);
        }
        Some(found)
    }

    fn take(&mut self, wanted: char) -> bool {
        let there = self.chars.peek().is_some_and(|(_, next)| *next == wanted);
        there && self.next().is_some()
    }

    fn wrong(&self, (line, character): (u64, usize), wrong: Wrong) -> Went {
        Went::Wrong(Misplaced { cell: self.cell, line, character, wrong })
    }

    /// The rest of a cell that begins with a quote.
    fn quoted(&mut self) -> Went {
        let opened = (self.line, self.character);
        loop {
            match self.next() {
                None => return self.wrong(opened, Wrong::Unclosed),
                Some('"') if !self.take('"') => break,
                Some(_) => {}
            }
        }
        let closed = (self.line, self.character);
        loop {
            match self.next() {
                Some(',') => return Went::On,
                Some(' ') => {}
                None | Some('\n' | '\r') => return Went::Ended,
                Some(_) => return self.wrong(closed, Wrong::Closing),
            }
        }
    }

    /// A cell that begins without one, at this byte.
    fn bare(&mut self, begin: usize) -> Went {
        loop {
            match self.next() {
                Some(',') => return Went::On,
                None | Some('\n' | '\r') => return Went::Ended,
                Some('"') => {
                    let rest = self.text.get(begin..).unwrap_or_default();
                    let cell = rest.split([',', '\n', '\r']).next().unwrap_or_default().trim();
                    let right = format!("\"{}\"", excerpt(cell, SHOWN).replace('"', "\"\""));
                    return self.wrong((self.line, self.character), Wrong::Bare(right));
                }
                Some(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
