//! One value, and how it turns into a number, a text, a truth or a point in time.

use std::borrow::Cow;

use datetime::parse_time;
use model::{Timestamp, push_number};

/// A value of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Val<'a> {
    Blank,
    Number(f64),
    Text(&'a str),
    /// Microseconds; a day shows no time of day.
    Time(i64, bool),
    Error,
}

impl<'a> Val<'a> {
    /// In number context: blank is 0 and so is a text that shows nothing, other texts and dates are not numbers.
    pub fn number(self) -> f64 {
        match self {
            Self::Blank | Self::Text("") => 0.0,
            Self::Number(number) => number,
            _ => f64::NAN,
        }
    }

    /// Appends what it shows in text context.
    pub fn write(self, out: &mut String) {
        match self {
            Self::Blank | Self::Error => {}
            Self::Text(text) => out.push_str(text),
            Self::Number(number) => push_number(number, out),
            Self::Time(time, day) => write_time(time, day, out),
        }
    }

    /// In text context; what is no text yet is written to `scratch`.
    pub fn text(self, scratch: &'a mut String) -> &'a str {
        match self {
            Self::Text(text) => text,
            other => {
                scratch.clear();
                other.write(scratch);
                scratch
            }
        }
    }

    /// In condition context.
    pub fn truth(self) -> bool {
        match self {
            Self::Blank | Self::Error => false,
            Self::Number(number) => is_true(number),
            Self::Text(text) => !text.is_empty(),
            Self::Time(..) => true,
        }
    }

    /// A point in time: a date, or a text that reads as one.
    pub fn time(self) -> Option<i64> {
        match self {
            Self::Time(time, _) => Some(time),
            Self::Text(text) => parse_time(text).map(|time| time.0),
            _ => None,
        }
    }

    /// Blank, and texts that show nothing.
    pub fn is_blank(self) -> bool {
        matches!(self, Self::Blank | Self::Text(""))
    }
}

/// A value as one of a set: equal values have equal keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key<'a> {
    Blank,
    Number(u64),
    Text(&'a str),
    Time(i64),
}

impl<'a> Key<'a> {
    pub fn of(value: Val<'a>) -> Self {
        match value {
            value if value.is_blank() => Self::Blank,
            // Both zeros are one.
            Val::Number(number) => Self::Number((number + 0.0).to_bits()),
            Val::Text(text) => Self::Text(text),
            Val::Time(time, _) => Self::Time(time),
            Val::Blank | Val::Error => Self::Blank,
        }
    }
}

/// Every number but 0 and NaN is true.
#[inline]
pub(crate) fn is_true(number: f64) -> bool {
    number != 0.0 && !number.is_nan()
}

/// A value that is the same in all rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar<'a> {
    Blank,
    Number(f64),
    Text(Cow<'a, str>),
    Time(i64, bool),
    Error,
}

impl Scalar<'_> {
    pub fn flag(flag: bool) -> Self {
        Self::Number(f64::from(u8::from(flag)))
    }

    pub fn view(&self) -> Val<'_> {
        match self {
            Self::Blank => Val::Blank,
            Self::Number(number) => Val::Number(*number),
            Self::Text(text) => Val::Text(text),
            Self::Time(time, day) => Val::Time(*time, *day),
            Self::Error => Val::Error,
        }
    }
}

impl Val<'_> {
    /// A copy that borrows nothing.
    pub fn to_scalar(self) -> Scalar<'static> {
        match self {
            Self::Blank => Scalar::Blank,
            Self::Number(number) => Scalar::Number(number),
            Self::Text(text) => Scalar::Text(Cow::Owned(text.to_owned())),
            Self::Time(time, day) => Scalar::Time(time, day),
            Self::Error => Scalar::Error,
        }
    }
}

fn write_time(time: i64, day: bool, out: &mut String) {
    let mut bytes = Vec::with_capacity(24);
    if day {
        Timestamp(time).write_date(&mut bytes);
    } else {
        Timestamp(time).write_iso(&mut bytes);
    }
    out.push_str(std::str::from_utf8(&bytes).unwrap_or_default());
}
