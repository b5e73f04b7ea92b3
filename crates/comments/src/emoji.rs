//! Emojis, as far as they can be told from other text without a table of all of them.

use std::fmt::{self, Write as _};

/// Most code points of an emoji: a family of four with skin tones has eleven.
const MOST: usize = 16;
const JOINER: char = '\u{200d}';
/// Says that the character before it is shown as a picture.
const PICTURE: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';

/// An emoji by its code points: hexadecimal digits with dashes between them, such as `1f44d`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Emoji(String);

impl Emoji {
    /// Reads an emoji, written as itself or by its code points.
    pub fn parse(text: &str) -> Option<Self> {
        let points = code_points(text).unwrap_or_else(|| text.chars().take(MOST + 1).collect());
        if points.len() > MOST || !is_emoji(&points) {
            return None;
        }
        let mut dashed = String::new();
        for point in points {
            let dash = if dashed.is_empty() { "" } else { "-" };
            // Writing to a string cannot fail.
            let _ = write!(dashed, "{dash}{:x}", u32::from(point));
        }
        Some(Self(dashed))
    }

    /// Its code points.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The emoji itself.
impl fmt::Display for Emoji {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        code_points(&self.0).unwrap_or_default().into_iter().try_for_each(|point| f.write_char(point))
    }
}

fn code_points(text: &str) -> Option<Vec<char>> {
    let read = |part: &str| {
        let is_number = (2..=6).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        char::from_u32(u32::from_str_radix(part, 16).ok().filter(|_| is_number)?)
    };
    text.split('-').take(MOST + 1).map(read).collect()
}

fn is_emoji(points: &[char]) -> bool {
    let is_region = |point: &char| ('\u{1f1e6}'..='\u{1f1ff}').contains(point);
    match points {
        [one, other] if is_region(one) => is_region(other),
        ['0'..='9' | '#' | '*', rest @ ..] => matches!(rest, [KEYCAP] | [PICTURE, KEYCAP]),
        _ => points.split(|point| *point == JOINER).all(is_element),
    }
}

/// A picture with its skin tone and the like, as several are joined to one.
fn is_element(points: &[char]) -> bool {
    let is_modifier = |point: &char| matches!(point, &PICTURE | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}');
    points.split_first().is_some_and(|(first, rest)| is_picture(*first) && rest.iter().all(is_modifier))
}

fn is_picture(point: char) -> bool {
    matches!(
        point,
        '©' | '®' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{21aa}'
            | '\u{231a}'..='\u{23ff}' | '\u{24c2}' | '\u{25aa}'..='\u{25fe}' | '\u{2600}'..='\u{27bf}'
            | '\u{2934}' | '\u{2935}' | '\u{2b05}'..='\u{2b55}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
            | '\u{1f004}' | '\u{1f0cf}' | '\u{1f170}'..='\u{1f19a}' | '\u{1f201}'..='\u{1f265}'
            | '\u{1f300}'..='\u{1faff}'
    )
}

#[cfg(test)]
mod tests;
