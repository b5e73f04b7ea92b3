//! Writing texts row by row.

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::lane::{Lane, Values};
use crate::mask::Mask;
use crate::strings::{Made, Strings};
use crate::value::Scalar;

/// A part of a joined text, its kind told apart once for the batch.
pub(crate) enum Part<'l> {
    Fixed(String),
    Numbers(&'l [f64], &'l Mask),
    Texts(&'l Strings<'l>),
    Other(&'l Lane<'l>),
}

impl<'l> Part<'l> {
    pub fn new(lane: &'l Lane<'_>) -> Self {
        match &lane.values {
            Values::Same(scalar) => {
                let mut text = String::new();
                scalar.view().write(&mut text);
                Self::Fixed(text)
            }
            Values::Numbers(numbers) => Self::Numbers(numbers, &lane.blank),
            Values::Texts(strings) => Self::Texts(strings),
            _ => Self::Other(lane),
        }
    }

    #[inline]
    fn write(&self, row: usize, out: &mut String) {
        match self {
            Self::Fixed(text) => out.push_str(text),
            Self::Numbers(_, blank) if blank.get(row) => {}
            Self::Numbers(numbers, _) => {
                if let Some(number) = numbers.get(row) {
                    model::push_number(*number, out);
                }
            }
            Self::Texts(strings) => out.push_str(strings.get(row)),
            Self::Other(lane) => lane.get(row).write(out),
        }
    }
}

/// Appends all parts.
#[inline]
pub(crate) fn write_parts(parts: &[Part<'_>], row: usize, out: &mut String) -> Made {
    for part in parts {
        part.write(row, out);
    }
    Made::Value
}

/// An argument in text context.
pub(crate) struct Text<'l> {
    lane: &'l Lane<'l>,
    scratch: String,
}

impl<'l> Text<'l> {
    pub fn new(lane: &'l Lane<'_>) -> Self {
        Self { lane, scratch: String::new() }
    }

    /// The text of a row.
    #[inline]
    pub fn at(&mut self, row: usize) -> &str {
        match &self.lane.values {
            Values::Texts(strings) => strings.get(row),
            Values::Same(Scalar::Text(text)) => text,
            _ => self.lane.get(row).text(&mut self.scratch),
        }
    }
}

/// The first `count` characters, and the rest.
pub(crate) fn split(text: &str, count: usize) -> (&str, &str) {
    let at = if text.is_ascii() {
        count.min(text.len())
    } else {
        text.char_indices().nth(count).map_or(text.len(), |(at, _)| at)
    };
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// Whether something holds of the texts of two arguments.
pub(crate) fn pair<'b>(call: &Call<'_, 'b>, holds: impl Fn(&str, &str) -> bool) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?];
    let extent = call.extent(&lanes);
    let [one, other] = &lanes;
    let (mut one, mut other) = (Text::new(one), Text::new(other));
    Ok(extent.calculate(|row| Out::Value(f64::from(u8::from(holds(one.at(row), other.at(row)))))))
}
