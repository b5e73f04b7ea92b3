//! What a single cell looks like.

use crate::infer::{DateOrder, DecimalMark, is_email, is_placeholder, is_url, parse_number, split_date};

/// The look of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Empty,
    Number,
    Date,
    Time,
    Address,
    Flag,
    /// Letters, digits and what stands between them in ordinary text.
    Text,
    /// Something that looks as if it had not been split rightly.
    Odd,
}

impl Shape {
    pub fn of(cell: &str) -> Self {
        let text = cell.trim();
        if text.is_empty() || is_placeholder(text) {
            return Self::Empty;
        }
        let number = |mark| parse_number(text, mark).is_some();
        if number(DecimalMark::Point) || number(DecimalMark::Comma) {
            Self::Number
        } else if split_date(text).is_some_and(|split| DateOrder::ALL.iter().any(|order| split.read(*order).is_some()))
        {
            Self::Date
        } else if is_time(text) {
            Self::Time
        } else if is_email(text) || is_url(text) {
            Self::Address
        } else if ["true", "false", "yes", "no"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
            Self::Flag
        } else if is_odd(cell) {
            Self::Odd
        } else {
            Self::Text
        }
    }

    /// True for what a column name hardly ever is.
    pub fn is_typed(self) -> bool {
        matches!(self, Self::Number | Self::Date | Self::Time | Self::Address | Self::Flag)
    }

    /// How much the cell speaks for the splitting that made it.
    pub fn credit(self, cell: &str) -> f64 {
        let spaced = cell.starts_with(' ') || cell.ends_with(' ') && !cell.trim().is_empty();
        let base = match self {
            Self::Empty => 0.6,
            Self::Text if cell.len() > 1 => 0.85,
            Self::Text => 0.7,
            Self::Odd => 0.1,
            _ => 1.0,
        };
        if spaced { base * 0.7 } else { base }
    }
}

fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let digits = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (2..=3).contains(&parts.len()) && parts.iter().all(digits)
}

/// Quotes at one edge only, separators inside, or no letter and no digit at all.
fn is_odd(cell: &str) -> bool {
    let text = cell.trim();
    let edges = text.starts_with(['"', '\'', '`', '\\']) || text.ends_with(['"', '`', '\\']);
    let separators = text.contains(['\t', ';', '|', '\u{1F}', '\u{1}'])
        || text.contains("\",\"")
        || text.starts_with([',', ':', '=']);
    let empty = !text.chars().any(char::is_alphanumeric);
    edges || separators || empty || text.contains('\u{FFFD}')
}
