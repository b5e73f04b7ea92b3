//! Numbers as people write them.

use serde::{Deserialize, Serialize};

use super::shape::Shape;

/// What stands before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DecimalMark {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
}

impl DecimalMark {
    /// The character.
    pub fn char(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// What stands around the digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dress<'a> {
    Plain,
    Percent,
    Money(&'a str),
}

/// A number read from text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number<'a> {
    /// The value as written: 12 for `12 %`.
    pub value: f64,
    pub dress: Dress<'a>,
    /// Digits after the decimal mark.
    pub decimals: usize,
    /// The last decimal is a zero.
    pub trailing_zero: bool,
    /// False for what a number would not give back: leading zeros, a plus sign, more than fifteen digits.
    pub faithful: bool,
}

const SYMBOLS: [&str; 36] = [
    "US$", "CA$", "AU$", "A$", "C$", "R$", "$", "€", "£", "¥", "₹", "₽", "₩", "₺", "₫", "₪", "฿", "₴", "zł", "Kč",
    "kr", "CHF", "EUR", "USD", "GBP", "JPY", "CNY", "INR", "AUD", "CAD", "SEK", "NOK", "DKK", "PLN", "CZK", "BRL",
];

/// Longer texts are no numbers, in bytes.
const LONGEST: usize = 48;

/// Reads a number, with separators between thousands, a currency or a percent sign, and accountants' parentheses.
pub(crate) fn parse(text: &str, mark: DecimalMark) -> Option<Number<'_>> {
    parse_shaped(text, Shape::of(text), mark)
}

/// As [`parse`], of a text whose shape is known.
pub(super) fn parse_shaped(text: &str, shape: Shape, mark: DecimalMark) -> Option<Number<'_>> {
    if text.len() > LONGEST || !shape.may_be_number() { None } else { parse_likely(text.trim(), mark) }
}

fn parse_likely(text: &str, mark: DecimalMark) -> Option<Number<'_>> {
    if let Some(plain) = parse_digits(text) {
        return Some(plain);
    }
    // A day, a range or a phone number.
    let dash = memchr::memrchr(b'-', text.as_bytes()).and_then(|at| text.as_bytes().get(at.checked_sub(1)?));
    if dash.is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let (inner, mut negative) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let mut plus = false;
    let mut sign = |text: &'_ str| -> Option<usize> {
        let first = text.chars().next()?;
        match first {
            '-' | '\u{2212}' if !negative => negative = true,
            '+' => plus = true,
            _ => return Some(0),
        }
        Some(first.len_utf8())
    };
    let rest = inner.get(sign(inner)?..)?.trim_start();
    let (rest, before) = strip_symbol(rest);
    let rest = if before.is_some() { rest.get(sign(rest)?..)?.trim_start() } else { rest };
    let (rest, percent) = match rest.strip_suffix('%') {
        Some(rest) => (rest.trim_end(), true),
        None => (rest, false),
    };
    let (rest, after) = strip_symbol_end(rest);
    let dress = match (before.or(after), percent) {
        (Some(_), true) => return None,
        (Some(symbol), false) => Dress::Money(symbol),
        (None, true) => Dress::Percent,
        (None, false) => Dress::Plain,
    };
    let mut number = digits(rest, mark)?;
    if negative {
        number.value = -number.value;
    }
    number.faithful &= !plus;
    Some(Number { dress, ..number })
}

/// The usual case: up to fifteen digits and nothing else.
fn parse_digits(text: &str) -> Option<Number<'static>> {
    if text.len() > 15 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = text.bytes().fold(0u64, |value, digit| value * 10 + u64::from(digit - b'0'));
    let faithful = text.len() == 1 || !text.starts_with('0');
    Some(Number { value: value as f64, dress: Dress::Plain, decimals: 0, trailing_zero: false, faithful })
}

/// No symbol begins or ends with a digit, so that most numbers need not be compared with any.
fn is_digit_or_point(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.')
}

fn strip_symbol(text: &str) -> (&str, Option<&str>) {
    let first = text.as_bytes().first();
    if is_digit_or_point(first) {
        return (text, None);
    }
    for symbol in SYMBOLS.iter().filter(|symbol| symbol.as_bytes().first() == first) {
        if let Some(rest) = text.strip_prefix(*symbol) {
            return (rest.trim_start(), text.get(..symbol.len()));
        }
    }
    (text, None)
}

fn strip_symbol_end(text: &str) -> (&str, Option<&str>) {
    let last = text.as_bytes().last();
    if is_digit_or_point(last) {
        return (text, None);
    }
    for symbol in SYMBOLS.iter().filter(|symbol| symbol.as_bytes().last() == last) {
        if let Some(rest) = text.strip_suffix(*symbol) {
            return (rest.trim_end(), text.get(text.len() - symbol.len()..));
        }
    }
    (text, None)
}

/// A text put together without the heap.
struct Plain {
    bytes: [u8; 2 * LONGEST],
    len: usize,
}

impl Plain {
    fn new() -> Self {
        Self { bytes: [0; 2 * LONGEST], len: 0 }
    }

    fn push(&mut self, text: &str) {
        if let Some(room) = self.bytes.get_mut(self.len..self.len + text.len()) {
            room.copy_from_slice(text.as_bytes());
            self.len += text.len();
        }
    }

    fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn digits(text: &str, mark: DecimalMark) -> Option<Number<'static>> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (text.get(..at)?, Some(text.get(at + 1..)?)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once(mark.char()) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let fraction_digits = fraction.unwrap_or_default();
    if fraction == Some("") || !all_digits(fraction_digits) {
        return None;
    }
    let mut plain = Plain::new();
    ungroup(whole, mark, &mut plain)?;
    let leading_zero = plain.len > 1 && plain.as_str().starts_with('0');
    if plain.len == 0 {
        fraction?;
        plain.push("0");
    }
    let significant = plain.as_str().trim_start_matches('0').len() + fraction_digits.len();
    plain.push(".");
    plain.push(fraction_digits);
    if let Some(exponent) = exponent {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if unsigned.is_empty() || unsigned.len() > 3 || !all_digits(unsigned) {
            return None;
        }
        plain.push("e");
        plain.push(exponent);
    }
    let value = plain.as_str().parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some(Number {
        value,
        dress: Dress::Plain,
        decimals: fraction_digits.len(),
        trailing_zero: fraction_digits.ends_with('0'),
        faithful: !leading_zero && significant <= 15,
    })
}

/// The digits of the whole part without the separators between thousands (or lakhs).
fn ungroup(whole: &str, mark: DecimalMark, plain: &mut Plain) -> Option<()> {
    if all_digits(whole) {
        plain.push(whole);
        return Some(());
    }
    let separator = whole.chars().find(|c| !c.is_ascii_digit())?;
    let allowed = match separator {
        ',' => mark == DecimalMark::Point,
        '.' => mark == DecimalMark::Comma,
        ' ' | '\u{A0}' | '\u{2009}' | '\u{202F}' | '\'' | '\u{2019}' => true,
        _ => false,
    };
    if !allowed || whole.starts_with('0') {
        return None;
    }
    let groups = whole.split(separator).count();
    let (mut thousands, mut lakhs) = (true, separator == ',');
    for (index, group) in whole.split(separator).enumerate() {
        let fits = if index == 0 {
            lakhs &= group.len() <= 2;
            (1..=3).contains(&group.len())
        } else if index + 1 == groups {
            group.len() == 3
        } else {
            thousands &= group.len() == 3;
            lakhs &= group.len() == 2;
            true
        };
        if !fits || !all_digits(group) {
            return None;
        }
        plain.push(group);
    }
    (thousands || lakhs).then_some(())
}

#[cfg(test)]
mod tests;
