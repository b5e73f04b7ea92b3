//! The order of cells: text in natural order without regard to case or accents, choices by position, blanks first.

use std::cmp::Ordering;

use model::{CellRef, FieldKind, SelectOptions};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Stands in a key before the length and digits of a number; no other character has this byte.
const DIGITS: u8 = b'0';

/// Compares texts in natural order: `item 9` before `Item 10`, `e` and `É` alike.
pub fn compare_text(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        return compare_ascii(a.as_bytes(), b.as_bytes());
    }
    let (mut key_a, mut key_b) = (Vec::new(), Vec::new());
    text_key(a, &mut key_a);
    text_key(b, &mut key_b);
    key_a.cmp(&key_b)
}

/// Appends a key: keys compare byte by byte as [`compare_text`] compares the texts.
pub fn text_key(text: &str, out: &mut Vec<u8>) {
    if text.is_ascii() {
        return ascii_key(text.as_bytes(), out);
    }
    let folded: String =
        text.nfd().filter(|&character| !is_combining_mark(character)).flat_map(char::to_lowercase).collect();
    ascii_key(folded.as_bytes(), out);
}

fn ascii_key(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        if first.is_ascii_digit() {
            let (number, after) = take_number(rest);
            number_key(number, out);
            rest = after;
        } else {
            out.push(first.to_ascii_lowercase());
            rest = after;
        }
    }
}

/// The length goes first, so that longer numbers are greater; a long length escapes to four more bytes.
fn number_key(digits: &[u8], out: &mut Vec<u8>) {
    out.push(DIGITS);
    match u8::try_from(digits.len()) {
        Ok(length) if length < u8::MAX => out.push(length),
        _ => {
            out.push(u8::MAX);
            out.extend_from_slice(&(digits.len() as u32).to_be_bytes());
        }
    }
    out.extend_from_slice(digits);
}

/// The digits in front without leading zeros, and what follows.
fn take_number(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len());
    let (run, after) = bytes.split_at(end);
    let zeros = run.iter().take_while(|&&byte| byte == b'0').count();
    (run.get(zeros..).unwrap_or_default(), after)
}

fn compare_ascii(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let (Some((&first_a, after_a)), Some((&first_b, after_b))) = (a.split_first(), b.split_first()) else {
            return a.len().cmp(&b.len());
        };
        let order = if first_a.is_ascii_digit() && first_b.is_ascii_digit() {
            let (number_a, rest_a) = take_number(a);
            let (number_b, rest_b) = take_number(b);
            (a, b) = (rest_a, rest_b);
            number_a.len().cmp(&number_b.len()).then_with(|| number_a.cmp(number_b))
        } else {
            (a, b) = (after_a, after_b);
            place(first_a).cmp(&place(first_b))
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Where a byte stands: capitals with small letters, any digit where `0` is.
fn place(byte: u8) -> u8 {
    if byte.is_ascii_digit() { DIGITS } else { byte.to_ascii_lowercase() }
}

/// The position of each choice by its number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChoiceRanks(Vec<u32>);

impl ChoiceRanks {
    /// The ranks of a select's choices.
    pub fn new(select: &SelectOptions) -> Self {
        let most = select.choices.iter().map(|choice| choice.no).max().unwrap_or(0);
        let mut ranks = vec![0; most as usize + 1];
        for (position, choice) in (1..).zip(&select.choices) {
            if let Some(rank) = ranks.get_mut(choice.no as usize) {
                *rank = position;
            }
        }
        Self(ranks)
    }

    /// The position of a choice from 1; 0 for one that was deleted, which reads as blank.
    #[inline]
    pub fn of(&self, no: u32) -> u32 {
        self.0.get(no as usize).copied().unwrap_or(0)
    }
}

/// Compares two cells of one field, ascending and blanks first. Links compare as equal: their order is that of the
/// names of the linked records. Sorting many selects is faster with [`ChoiceRanks`].
pub fn compare_cells(kind: &FieldKind, a: CellRef<'_>, b: CellRef<'_>) -> Ordering {
    match (a, b) {
        (CellRef::Text(a), CellRef::Text(b)) => compare_text(a, b),
        (CellRef::Number(a), CellRef::Number(b)) => compare_numbers(a, b),
        (CellRef::Time(a), CellRef::Time(b)) => a.cmp(&b),
        (CellRef::Choice(a), CellRef::Choice(b)) => position(kind, a).cmp(&position(kind, b)),
        (CellRef::Choices(a), CellRef::Choices(b)) => {
            let positions = |nos: &[u32]| nos.iter().filter_map(|&no| position(kind, no)).collect::<Vec<_>>();
            positions(a).cmp(&positions(b))
        }
        _ => class(kind, a).cmp(&class(kind, b)),
    }
}

/// Numbers by size; 0 and -0 are equal and what is not a number comes last.
fn compare_numbers(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

fn position(kind: &FieldKind, no: u32) -> Option<usize> {
    kind.select()?.choices.iter().position(|choice| choice.no == no)
}

/// Blank, then a value, then an error.
fn class(kind: &FieldKind, cell: CellRef<'_>) -> u8 {
    match cell {
        CellRef::Empty | CellRef::Flag(false) | CellRef::Text("") | CellRef::Choices([]) | CellRef::Links([]) => 0,
        CellRef::Choice(no) if position(kind, no).is_none() => 0,
        CellRef::Choices(nos) if nos.iter().all(|&no| position(kind, no).is_none()) => 0,
        CellRef::Error(_) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests;
