//! One cell's text into a value.

use std::fmt;

use model::CellValue;
use serde::{Deserialize, Serialize};

use super::number::Dress;
use super::{ColumnKind, date, number, word};

/// The longest text a cell of a record holds, in characters.
const LONGEST: usize = 100_000;

/// A cell by its column's plan.
#[derive(Debug, Clone, PartialEq)]
pub enum Converted<'a> {
    /// A value.
    Value(CellValue),
    /// The name of a choice; its number is the caller's to know.
    Choice(&'a str),
}

/// Why a cell does not fit its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// A word for nothing, such as `N/A`.
    Placeholder,
    /// Text of another kind.
    OtherKind,
    /// Longer than a cell takes.
    TooLong,
}

impl Reason {
    /// Why a text does not fit a column of another kind.
    pub(crate) fn of(text: &str) -> Self {
        if word::is_placeholder(text) { Self::Placeholder } else { Self::OtherKind }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Placeholder => "a word for nothing",
            Self::OtherKind => "of another kind than its column",
            Self::TooLong => "longer than a cell takes",
        })
    }
}

/// Converts a cell's text by its column's plan.
///
/// # Errors
/// [`Reason`] when the text does not fit; the caller keeps it elsewhere or reports it.
pub fn convert<'a>(kind: &ColumnKind, text: &'a str) -> Result<Converted<'a>, Reason> {
    if text.is_empty() {
        return Ok(Converted::Value(CellValue::Empty));
    }
    if text.len() > LONGEST && text.chars().count() > LONGEST {
        return Err(Reason::TooLong);
    }
    if let ColumnKind::SingleSelect { .. } = kind {
        return Ok(Converted::Choice(text));
    }
    let value = value(kind, text);
    value.map(Converted::Value).ok_or_else(|| Reason::of(text))
}

fn value(kind: &ColumnKind, text: &str) -> Option<CellValue> {
    let keep = |fits: bool| fits.then(|| CellValue::Text(text.to_owned()));
    match kind {
        ColumnKind::Text | ColumnKind::LongText | ColumnKind::SingleSelect { .. } => keep(true),
        ColumnKind::Email => keep(word::is_email(text)),
        ColumnKind::Url => keep(word::is_url(text)),
        ColumnKind::Phone => keep(word::is_phone(text)),
        ColumnKind::Number { mark, .. } => {
            let number = number::parse(text, *mark)?;
            (number.dress == Dress::Plain && number.faithful).then_some(CellValue::Number(number.value))
        }
        ColumnKind::Percent { mark, .. } => {
            let number = number::parse(text, *mark)?;
            (number.dress == Dress::Percent).then_some(CellValue::Number(number.value / 100.0))
        }
        ColumnKind::Currency { mark, symbol, .. } => {
            let number = number::parse(text, *mark)?;
            let fits = number.dress == Dress::Plain || number.dress == Dress::Money(symbol);
            fits.then_some(CellValue::Number(number.value))
        }
        ColumnKind::Checkbox { words } => words.read(text).map(CellValue::Flag),
        ColumnKind::Date { order } => {
            date::parse(text, *order).filter(|moment| !moment.has_time).map(|moment| CellValue::Time(moment.micros))
        }
        ColumnKind::DateTime { order } => date::parse(text, *order).map(|moment| CellValue::Time(moment.micros)),
    }
}
