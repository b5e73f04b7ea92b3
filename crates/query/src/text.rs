//! Texts without regard to case.

#[cfg(test)]
mod tests;

use memchr::memchr2_iter;

/// Appends a key by which texts order as people expect: without regard to case, numbers inside by their size.
///
/// A run of digits becomes its length (without leading zeros) and the digits, so that `file 9` precedes `file 10`.
pub fn natural_key(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 8);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_digit() {
            let rest = bytes.get(at..).unwrap_or_default();
            let len = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
            push_number(rest.get(..len).unwrap_or_default(), out);
            at += len;
        } else if byte.is_ascii() {
            out.push(byte.to_ascii_lowercase());
            at += 1;
        } else {
            let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) else { return };
            push_lower(first, out);
            at += first.len_utf8();
        }
    }
}

fn push_lower(character: char, out: &mut Vec<u8>) {
    let mut buffer = [0; 4];
    for lower in character.to_lowercase() {
        out.extend_from_slice(lower.encode_utf8(&mut buffer).as_bytes());
    }
}

/// Numbers stand where digits stand among characters: behind `/` and before `:`.
fn push_number(digits: &[u8], out: &mut Vec<u8>) {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    let digits = digits.get(zeros..).unwrap_or_default();
    out.push(b'0');
    let mut length = digits.len();
    while length >= 255 {
        out.push(255);
        length -= 255;
    }
    out.push(length as u8);
    out.extend_from_slice(digits);
}

/// Appends `text` in lower case, character by character, so that a part of a text gives a part of the result.
pub(crate) fn fold(text: &str, out: &mut String) {
    out.extend(text.chars().flat_map(char::to_lowercase));
}

/// Where a [`Needle`] must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Whole,
    Inside,
    Start,
    End,
}

/// A text looked for without regard to case.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    folded: String,
    place: Place,
}

impl Needle {
    pub fn new(text: &str, place: Place) -> Self {
        let mut folded = String::new();
        fold(text, &mut folded);
        Self { folded, place }
    }

    /// True when `text` has the needle in its place; `scratch` is space to work in.
    pub fn is_in(&self, text: &str, scratch: &mut String) -> bool {
        if text.is_ascii() {
            return self.is_in_ascii(text.as_bytes());
        }
        scratch.clear();
        fold(text, scratch);
        match self.place {
            Place::Whole => *scratch == self.folded,
            Place::Inside => scratch.contains(&self.folded),
            Place::Start => scratch.starts_with(&self.folded),
            Place::End => scratch.ends_with(&self.folded),
        }
    }

    fn is_in_ascii(&self, text: &[u8]) -> bool {
        let needle = self.folded.as_bytes();
        let same = |part: Option<&[u8]>| part.is_some_and(|part| part.eq_ignore_ascii_case(needle));
        let Some(last_start) = text.len().checked_sub(needle.len()) else { return false };
        match self.place {
            Place::Whole => same(Some(text)),
            Place::Start => same(text.get(..needle.len())),
            Place::End => same(text.get(last_start..)),
            Place::Inside => {
                let Some(&first) = needle.first() else { return true };
                memchr2_iter(first, first.to_ascii_uppercase(), text)
                    .take_while(|start| *start <= last_start)
                    .any(|start| same(text.get(start..start + needle.len())))
            }
        }
    }
}
