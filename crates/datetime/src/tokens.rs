//! The table of what stands for parts of a date in formats, as `moment` has it.

use std::fmt::Write;

use model::Timestamp;

use crate::locale::{Locale, Named};
use crate::reading::{Name, Part, Read};
use crate::week::{self, ISO};
use crate::zone::Zone;

/// A point in time as it is shown.
pub(crate) struct Shown<'a> {
    pub locale: &'static Locale,
    /// Without one, UTC.
    pub zone: Option<&'a Zone>,
    /// What the format calls months, months for short, and weekdays.
    pub names: [&'static [&'static str]; 3],
    pub time: i64,
    /// In seconds.
    pub offset: i64,
    /// What clocks show, as if it were UTC.
    pub local: Timestamp,
    pub date: (i64, u32, u32),
    pub clock: (u32, u32, u32, u32),
}

/// A part of a date, and how it is written and read.
pub(crate) struct Token {
    pub name: &'static str,
    pub write: fn(&Shown<'_>, &mut String),
    /// What is not read is found in texts as it stands in the format.
    pub read: Option<Read>,
}

impl Shown<'_> {
    fn week(&self) -> (i64, i64) {
        week::week_of(self.local.day(), self.locale.week)
    }

    fn iso_week(&self) -> (i64, i64) {
        week::week_of(self.local.day(), ISO)
    }

    fn weekday(&self) -> i64 {
        week::weekday(self.local)
    }

    /// Monday is 1.
    fn iso_weekday(&self) -> i64 {
        (self.weekday() + 6) % 7 + 1
    }

    fn quarter(&self) -> u32 {
        self.date.1.div_ceil(3)
    }

    fn hour_of_twelve(&self) -> i64 {
        i64::from((self.clock.0 + 11) % 12 + 1)
    }

    fn hour_of_twenty_four(&self) -> i64 {
        i64::from((self.clock.0 + 23) % 24 + 1)
    }

    fn ordinal(&self, number: i64, what: &str, out: &mut String) {
        self.locale.write_ordinal(number as u32, what, out);
    }

    fn name(list: &[&'static str], index: i64, out: &mut String) {
        out.push_str(list.get(index as usize).copied().unwrap_or_default());
    }

    fn listed(&self, which: usize, index: i64, out: &mut String) {
        Self::name(self.names.get(which).copied().unwrap_or_default(), index, out);
    }

    fn meridiem(&self, capitals: bool, out: &mut String) {
        out.push_str(self.locale.meridiem(self.clock.0 * 60 + self.clock.1, capitals));
    }

    fn offset(&self, between: &str, out: &mut String) {
        let minutes = self.offset.abs() / 60;
        out.push(if self.offset < 0 { '-' } else { '+' });
        pad(minutes / 60, 2, out);
        out.push_str(between);
        pad(minutes % 60, 2, out);
    }

    fn zone(&self, utc: &str, out: &mut String) {
        match self.zone {
            Some(zone) => zone.write_name(self.time, out),
            None => out.push_str(utc),
        }
    }

    /// So many digits of the second's fraction.
    fn fraction(&self, digits: usize, out: &mut String) {
        let mut text = String::new();
        pad(i64::from(self.clock.3), 3, &mut text);
        out.extend(text.chars().chain(std::iter::repeat('0')).take(digits));
    }
}

/// Appends a number with at least so many digits.
fn pad(number: i64, digits: usize, out: &mut String) {
    let sign = if number < 0 { "-" } else { "" };
    // Writing to a `String` does not fail.
    let _ = write!(out, "{sign}{:0digits$}", number.unsigned_abs());
}

fn year(number: i64, out: &mut String) {
    if number > 9_999 {
        out.push('+');
    }
    pad(number, 4, out);
}

/// The year of its era: before the year 1 was the first one before Christ.
fn era_year(number: i64) -> i64 {
    if number > 0 { number } else { 1 - number }
}

fn signed_year(number: i64, out: &mut String) {
    out.push(if number < 0 { '-' } else { '+' });
    pad(number.abs(), 6, out);
}

const fn number(most: usize, part: Part) -> Read {
    Read::Number { least: 1, most, signed: false, part }
}

const fn signed(most: usize, part: Part) -> Read {
    Read::Number { least: 1, most, signed: true, part }
}

macro_rules! tokens {
    ($($name:literal $read:expr, |$shown:pat_param, $out:ident| $write:expr;)*) => {
        &[$(Token { name: $name, write: |$shown, $out| { $write; }, read: $read }),*]
    };
}

static TOKENS: &[Token] = tokens! {
    "YYYYYY" Some(signed(6, Part::Year)), |at, out| signed_year(at.date.0, out);
    "YYYYY" Some(signed(6, Part::Year)), |at, out| pad(at.date.0, 5, out);
    "YYYY" Some(number(4, Part::YearOrShort)), |at, out| pad(at.date.0, 4, out);
    "YY" Some(number(2, Part::ShortYear)), |at, out| pad(at.date.0 % 100, 2, out);
    "Y" Some(signed(18, Part::Year)), |at, out| year(at.date.0, out);
    "yyyy" Some(number(4, Part::Year)), |at, out| pad(era_year(at.date.0), 4, out);
    "yyy" Some(number(4, Part::Year)), |at, out| pad(era_year(at.date.0), 3, out);
    "yy" Some(number(4, Part::Year)), |at, out| pad(era_year(at.date.0), 2, out);
    "y" Some(number(4, Part::Year)), |at, out| pad(era_year(at.date.0), 1, out);
    "Q" Some(number(1, Part::Quarter)), |at, out| pad(i64::from(at.quarter()), 1, out);
    "Qo" None, |at, out| at.ordinal(i64::from(at.quarter()), "Q", out);
    "M" Some(number(2, Part::Month)), |at, out| pad(i64::from(at.date.1), 1, out);
    "Mo" None, |at, out| at.ordinal(i64::from(at.date.1), "M", out);
    "MM" Some(number(2, Part::Month)), |at, out| pad(i64::from(at.date.1), 2, out);
    "MMM" Some(Read::Name(Name::Month)), |at, out| at.listed(1, i64::from(at.date.1) - 1, out);
    "MMMM" Some(Read::Name(Name::Month)), |at, out| at.listed(0, i64::from(at.date.1) - 1, out);
    "D" Some(number(2, Part::Day)), |at, out| pad(i64::from(at.date.2), 1, out);
    "Do" Some(Read::Ordinal), |at, out| at.ordinal(i64::from(at.date.2), "D", out);
    "DD" Some(number(2, Part::Day)), |at, out| pad(i64::from(at.date.2), 2, out);
    "DDD" Some(number(3, Part::DayOfYear)), |at, out| pad(week::day_of_year(at.local), 1, out);
    "DDDo" None, |at, out| at.ordinal(week::day_of_year(at.local), "DDD", out);
    "DDDD" Some(Read::Number { least: 3, most: 3, signed: false, part: Part::DayOfYear }),
        |at, out| pad(week::day_of_year(at.local), 3, out);
    "d" Some(number(2, Part::Weekday)), |at, out| pad(at.weekday(), 1, out);
    "do" None, |at, out| at.ordinal(at.weekday(), "d", out);
    "dd" Some(Read::Name(Name::Weekday)),
        |at, out| Shown::name(at.locale.names_in(Named::WeekdaysMin, ""), at.weekday(), out);
    "ddd" Some(Read::Name(Name::Weekday)),
        |at, out| Shown::name(at.locale.names_in(Named::WeekdaysShort, ""), at.weekday(), out);
    "dddd" Some(Read::Name(Name::Weekday)), |at, out| at.listed(2, at.weekday(), out);
    "e" Some(number(2, Part::LocalWeekday)), |at, out| pad((at.weekday() + 7 - at.locale.week.0) % 7, 1, out);
    "E" Some(number(2, Part::IsoWeekday)), |at, out| pad(at.iso_weekday(), 1, out);
    "w" Some(number(2, Part::Week)), |at, out| pad(at.week().1, 1, out);
    "wo" None, |at, out| at.ordinal(at.week().1, "w", out);
    "ww" Some(number(2, Part::Week)), |at, out| pad(at.week().1, 2, out);
    "W" Some(number(2, Part::IsoWeek)), |at, out| pad(at.iso_week().1, 1, out);
    "Wo" None, |at, out| at.ordinal(at.iso_week().1, "W", out);
    "WW" Some(number(2, Part::IsoWeek)), |at, out| pad(at.iso_week().1, 2, out);
    "gg" Some(number(2, Part::ShortWeekYear)), |at, out| pad(at.week().0 % 100, 2, out);
    "gggg" Some(number(4, Part::WeekYear)), |at, out| pad(at.week().0, 4, out);
    "ggggg" Some(signed(6, Part::WeekYear)), |at, out| pad(at.week().0, 5, out);
    "GG" Some(number(2, Part::ShortIsoYear)), |at, out| pad(at.iso_week().0 % 100, 2, out);
    "GGGG" Some(number(4, Part::IsoYear)), |at, out| pad(at.iso_week().0, 4, out);
    "GGGGG" Some(signed(6, Part::IsoYear)), |at, out| pad(at.iso_week().0, 5, out);
    "A" Some(Read::Meridiem), |at, out| at.meridiem(true, out);
    "a" Some(Read::Meridiem), |at, out| at.meridiem(false, out);
    "H" Some(number(2, Part::Hour)), |at, out| pad(i64::from(at.clock.0), 1, out);
    "HH" Some(number(2, Part::Hour)), |at, out| pad(i64::from(at.clock.0), 2, out);
    "h" Some(number(2, Part::Hour)), |at, out| pad(at.hour_of_twelve(), 1, out);
    "hh" Some(number(2, Part::Hour)), |at, out| pad(at.hour_of_twelve(), 2, out);
    "k" Some(number(2, Part::HourFromOne)), |at, out| pad(at.hour_of_twenty_four(), 1, out);
    "kk" Some(number(2, Part::HourFromOne)), |at, out| pad(at.hour_of_twenty_four(), 2, out);
    "Hmm" Some(Read::Number { least: 3, most: 4, signed: false, part: Part::HourMinute }),
        |at, out| { pad(i64::from(at.clock.0), 1, out); pad(i64::from(at.clock.1), 2, out) };
    "hmm" Some(Read::Number { least: 3, most: 4, signed: false, part: Part::HourMinute }),
        |at, out| { pad(at.hour_of_twelve(), 1, out); pad(i64::from(at.clock.1), 2, out) };
    "Hmmss" Some(Read::Number { least: 5, most: 6, signed: false, part: Part::HourMinuteSecond }),
        |at, out| { pad(i64::from(at.clock.0 * 10_000 + at.clock.1 * 100 + at.clock.2), 5, out) };
    "hmmss" Some(Read::Number { least: 5, most: 6, signed: false, part: Part::HourMinuteSecond }),
        |at, out| pad(at.hour_of_twelve() * 10_000 + i64::from(at.clock.1 * 100 + at.clock.2), 5, out);
    "m" Some(number(2, Part::Minute)), |at, out| pad(i64::from(at.clock.1), 1, out);
    "mm" Some(number(2, Part::Minute)), |at, out| pad(i64::from(at.clock.1), 2, out);
    "s" Some(number(2, Part::Second)), |at, out| pad(i64::from(at.clock.2), 1, out);
    "ss" Some(number(2, Part::Second)), |at, out| pad(i64::from(at.clock.2), 2, out);
    "S" Some(number(3, Part::Fraction)), |at, out| at.fraction(1, out);
    "SS" Some(number(3, Part::Fraction)), |at, out| at.fraction(2, out);
    "SSS" Some(number(3, Part::Fraction)), |at, out| at.fraction(3, out);
    "SSSS" Some(number(18, Part::Fraction)), |at, out| at.fraction(4, out);
    "SSSSS" Some(number(18, Part::Fraction)), |at, out| at.fraction(5, out);
    "SSSSSS" Some(number(18, Part::Fraction)), |at, out| at.fraction(6, out);
    "SSSSSSS" Some(number(18, Part::Fraction)), |at, out| at.fraction(7, out);
    "SSSSSSSS" Some(number(18, Part::Fraction)), |at, out| at.fraction(8, out);
    "SSSSSSSSS" Some(number(18, Part::Fraction)), |at, out| at.fraction(9, out);
    "z" None, |at, out| at.zone("UTC", out);
    "zz" None, |at, out| at.zone("Coordinated Universal Time", out);
    "Z" Some(Read::Offset), |at, out| at.offset(":", out);
    "ZZ" Some(Read::Offset), |at, out| at.offset("", out);
    "X" Some(Read::Unix), |at, out| pad(at.time.div_euclid(1_000_000), 1, out);
    "x" Some(signed(18, Part::Millis)), |at, out| pad(at.time.div_euclid(1_000), 1, out);
};

/// The longest token that a text begins with.
pub(crate) fn token_at(text: &str) -> Option<&'static Token> {
    TOKENS.iter().filter(|token| text.starts_with(token.name)).max_by_key(|token| token.name.len())
}
