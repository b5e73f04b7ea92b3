//! Reading dates by a format, as forgiving as `moment`: what stands between the parts may be anything.

use model::Timestamp;

use crate::locale::{Locale, Named};
use crate::pattern::{Pattern, Piece};
use crate::time::{EARLIEST, LATEST};
use crate::week::{self, ISO};

const SECOND: i64 = 1_000_000;
/// Years that are read; what is outside them is an error.
const YEARS: std::ops::RangeInclusive<i64> = -9_999..=99_999;

/// How a part of a format is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Read {
    Number {
        least: usize,
        most: usize,
        signed: bool,
        part: Part,
    },
    /// A day of a month as one of a row.
    Ordinal,
    Name(Name),
    Meridiem,
    Offset,
    Unix,
}

/// What a word names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Month,
    Weekday,
}

/// What a number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Year,
    /// Two digits are a year of this century or the last one.
    YearOrShort,
    ShortYear,
    Quarter,
    Month,
    Day,
    DayOfYear,
    Weekday,
    LocalWeekday,
    IsoWeekday,
    Week,
    IsoWeek,
    WeekYear,
    ShortWeekYear,
    IsoYear,
    ShortIsoYear,
    Hour,
    HourFromOne,
    HourMinute,
    HourMinuteSecond,
    Minute,
    Second,
    /// Its digits are those behind the point of a second.
    Fraction,
    Millis,
}

/// What a text said.
#[derive(Default)]
struct Said {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    /// A weekday that is to be the date's.
    weekday: Option<i64>,
    local_weekday: Option<i64>,
    week: Option<i64>,
    week_year: Option<i64>,
    iso_weekday: Option<i64>,
    iso_week: Option<i64>,
    iso_year: Option<i64>,
    hour: Option<i64>,
    minute: i64,
    second: i64,
    millis: i64,
    meridiem: Option<String>,
    /// In seconds.
    offset: i64,
    /// Microseconds since 1970.
    unix: Option<i64>,
}

impl Pattern {
    /// The point in time that a text says; what it does not say of the date is today's.
    pub fn read(&self, text: &str, now: Timestamp) -> Option<Timestamp> {
        let text = self.locale.usual_signs(text);
        let (mut rest, mut said, mut found) = (text.as_str(), Said::default(), false);
        for piece in &self.pieces {
            let (literal, read) = match piece {
                Piece::Text(literal) => (&**literal, None),
                Piece::Token(token) => (token.name, token.read),
            };
            let Some(read) = read else {
                rest = rest.split_once(literal).map_or(rest, |(_, rest)| rest);
                continue;
            };
            let Some((start, end)) = read.find(rest, self.locale) else { continue };
            // A word that is no name is an error.
            said.take(read, rest.get(start..end)?, self.locale)?;
            rest = rest.get(end..)?;
            found = true;
        }
        if self.names_a_year() && said.year.or(said.week_year).or(said.iso_year).or(said.unix).is_none() {
            return None;
        }
        if found { said.time(self.locale, now) } else { None }
    }

    /// True when texts that fit are the same point in time whenever they are read.
    pub fn names_a_year(&self) -> bool {
        let says = |piece: &Piece| match piece {
            Piece::Token(token) => token.name.starts_with(['Y', 'y', 'g', 'G', 'X', 'x']),
            Piece::Text(_) => false,
        };
        self.pieces.iter().any(says)
    }
}

impl Read {
    /// Where in a text this part is next.
    fn find(self, text: &str, locale: &Locale) -> Option<(usize, usize)> {
        match self {
            Self::Number { least, most, signed, .. } => {
                let mut from = 0;
                loop {
                    let start = from + text.get(from..)?.find(|c: char| c.is_ascii_digit())?;
                    let len = text.get(start..)?.bytes().take(most).take_while(u8::is_ascii_digit).count();
                    if len >= least {
                        let sign = signed && text.get(..start)?.ends_with(['+', '-']);
                        return Some((start - usize::from(sign), start + len));
                    }
                    from = start + len;
                }
            }
            Self::Ordinal => {
                let start = text.find(|c: char| c.is_ascii_digit())?;
                let end = start + text.get(start..)?.bytes().take(2).take_while(u8::is_ascii_digit).count();
                Some((start, end + locale.ordinal_ending(text.get(end..)?)))
            }
            Self::Name(name) => {
                let start = text.find(|c: char| c.is_alphabetic())?;
                // A name may begin with a number, as months do in Chinese.
                let digits = text.get(..start)?.bytes().rev().take_while(u8::is_ascii_digit).count();
                let numbered = name.at(text.get(start - digits..)?, locale).map(|(_, len)| (start - digits, len));
                let plain = || name.at(text.get(start..)?, locale).map(|(_, len)| (start, len));
                let (start, len) = numbered.or_else(plain).unwrap_or((start, 0));
                Some((start, start + len))
            }
            Self::Meridiem => {
                let places =
                    text.char_indices().filter_map(|(at, _)| Some((at, meridiem_at(text.get(at..)?, locale)?)));
                places.map(|(at, len)| (at, at + len)).next()
            }
            Self::Offset => text.char_indices().find_map(|(at, _)| Some((at, at + offset_at(text.get(at..)?)?.1))),
            Self::Unix => {
                let start = text.find(|c: char| c.is_ascii_digit())?;
                let sign = usize::from(text.get(..start)?.ends_with(['+', '-']));
                let whole = text.get(start..)?.bytes().take(12).take_while(u8::is_ascii_digit).count();
                let rest = text.get(start + whole..)?.strip_prefix('.').unwrap_or_default();
                let fraction = rest.bytes().take(3).take_while(u8::is_ascii_digit).count();
                Some((start - sign, start + whole + if fraction > 0 { 1 + fraction } else { 0 }))
            }
        }
    }
}

impl Name {
    /// The number of the name that a text begins with, and how long it is.
    fn at(self, text: &str, locale: &Locale) -> Option<(usize, usize)> {
        let named: &[Named] = match self {
            Self::Month => &[Named::Months, Named::MonthsShort],
            Self::Weekday => &[Named::Weekdays, Named::WeekdaysShort, Named::WeekdaysMin],
        };
        locale.name_at(named, text)
    }
}

/// How long the part of a day is that a text begins with.
fn meridiem_at(text: &str, locale: &Locale) -> Option<usize> {
    let same = |name: &&str| {
        let start = text.get(..name.len());
        !name.is_empty() && start.is_some_and(|start| start.to_lowercase() == name.to_lowercase())
    };
    let named = locale.meridiems().filter(same).map(str::len).max();
    if !locale.says_am() {
        return named;
    }
    // `a`, `am`, `a.m.`
    let first = usize::from(text.starts_with(['a', 'p', 'A', 'P']));
    let after =
        |len: usize, sign: [char; 2]| len + usize::from(text.get(len..).is_some_and(|rest| rest.starts_with(sign)));
    let dotted = after(after(after(first, ['.'; 2]), ['m', 'M']), ['.'; 2]);
    named.max(Some(dotted).filter(|_| first > 0))
}

/// `Z`, `+01:00` or `+0100`: in seconds, and how long it is.
fn offset_at(text: &str) -> Option<(i64, usize)> {
    if text.starts_with(['Z', 'z']) {
        return Some((0, 1));
    }
    let sign = if text.starts_with('-') { -1 } else { i64::from(text.starts_with('+')) };
    let two = |at: usize| {
        let digits = text.get(at..at + 2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<i64>().ok())
    };
    let hours = two(1).filter(|_| sign != 0)?;
    let at = if text.get(3..).is_some_and(|rest| rest.starts_with(':')) { 4 } else { 3 };
    let (minutes, len) = two(at).map_or((0, 3), |minutes| (minutes, at + 2));
    Some((sign * (hours * 3_600 + minutes * 60), len))
}

/// The years from 1969 to 2068.
fn full_year(short: i64) -> i64 {
    short + if short > 68 { 1_900 } else { 2_000 }
}

impl Said {
    fn take(&mut self, read: Read, text: &str, locale: &Locale) -> Option<()> {
        match read {
            Read::Number { part, .. } => self.number(part, text.parse().ok()?, text.len()),
            Read::Ordinal => {
                let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
                self.day = Some(text.get(..digits)?.parse().ok()?);
            }
            Read::Name(name @ Name::Month) => self.month = Some(name.at(text, locale)?.0 as i64 + 1),
            Read::Name(name @ Name::Weekday) => self.weekday = Some(name.at(text, locale)?.0 as i64),
            Read::Meridiem => self.meridiem = Some(text.to_owned()),
            Read::Offset => self.offset = offset_at(text)?.0,
            Read::Unix => self.unix = Some((text.parse::<f64>().ok()? * 1_000.0).round() as i64 * 1_000),
        }
        Some(())
    }

    fn number(&mut self, part: Part, number: i64, digits: usize) {
        match part {
            Part::YearOrShort if digits == 2 => self.year = Some(full_year(number)),
            Part::Year | Part::YearOrShort => self.year = Some(number),
            Part::ShortYear => self.year = Some(full_year(number)),
            Part::Quarter => self.month = Some(number * 3 - 2),
            Part::Month => self.month = Some(number),
            Part::Day => self.day = Some(number),
            Part::DayOfYear => self.day_of_year = Some(number),
            Part::Weekday => self.weekday = Some(number),
            Part::LocalWeekday => self.local_weekday = Some(number),
            Part::IsoWeekday => self.iso_weekday = Some(number),
            Part::Week => self.week = Some(number),
            Part::IsoWeek => self.iso_week = Some(number),
            Part::WeekYear => self.week_year = Some(number),
            Part::ShortWeekYear => self.week_year = Some(full_year(number)),
            Part::IsoYear => self.iso_year = Some(number),
            Part::ShortIsoYear => self.iso_year = Some(full_year(number)),
            Part::Hour => self.hour = Some(number),
            Part::HourFromOne => self.hour = Some(if number == 24 { 0 } else { number }),
            Part::HourMinute => (self.hour, self.minute) = (Some(number / 100), number % 100),
            Part::HourMinuteSecond => {
                self.hour = Some(number / 10_000);
                (self.minute, self.second) = (number / 100 % 100, number % 100);
            }
            Part::Minute => self.minute = number,
            Part::Second => self.second = number,
            Part::Fraction => self.millis = (number as f64 * 1_000.0 / 10f64.powi(digits as i32)) as i64,
            Part::Millis => self.unix = number.checked_mul(1_000),
        }
    }

    fn time(&self, locale: &Locale, now: Timestamp) -> Option<Timestamp> {
        if let Some(unix) = self.unix {
            return (EARLIEST..=LATEST).contains(&unix).then_some(Timestamp(unix));
        }
        let day = self.date(locale, now)?;
        if self.weekday.is_some_and(|weekday| weekday != week::weekday(day)) {
            return None;
        }
        let hour = self.hour_of_day(locale);
        let midnight = hour == 24 && self.minute == 0 && self.second == 0 && self.millis == 0;
        if (hour > 23 && !midnight) || self.minute > 59 || self.second > 59 {
            return None;
        }
        let seconds = hour * 3_600 + self.minute * 60 + self.second - self.offset;
        Some(Timestamp(day.0 + seconds * SECOND + self.millis * 1_000))
    }

    /// The hour, by the part of the day where one is named.
    fn hour_of_day(&self, locale: &Locale) -> i64 {
        let hour = self.hour.unwrap_or(0);
        let Some(named) = self.meridiem.as_ref().filter(|_| self.hour.is_some_and(|hour| hour <= 12)) else {
            return hour;
        };
        if locale.says_am() {
            return hour % 12 + if named.starts_with(['p', 'P']) { 12 } else { 0 };
        }
        let named_so = |hour: &i64| {
            let minute = (hour * 60 + self.minute) as u32;
            let names = [true, false].map(|capitals| locale.meridiem(minute, capitals).to_lowercase());
            names.contains(&named.to_lowercase())
        };
        [hour % 12, hour % 12 + 12].into_iter().find(named_so).unwrap_or(hour)
    }

    fn date(&self, locale: &Locale, now: Timestamp) -> Option<Timestamp> {
        if self.day.or(self.month).is_none() {
            if self.iso_year.or(self.iso_week).or(self.iso_weekday).is_some() {
                return self.day_of_iso_week(now);
            }
            if self.week_year.or(self.week).or(self.weekday).or(self.local_weekday).is_some() {
                return self.day_of_week(locale, now);
            }
        }
        let (year, month, day) = now.date();
        let year = within(self.year.unwrap_or(year))?;
        if let Some(number) = self.day_of_year {
            let day = Timestamp::from_date(year, 1, number);
            return (number > 0 && day.date().0 == year).then_some(day);
        }
        // What is finer than all that was said begins with its first.
        let today = if self.year.or(self.month).is_some() { 1 } else { i64::from(day) };
        let month = self.month.unwrap_or(if self.year.is_some() { 1 } else { i64::from(month) });
        let day = self.day.unwrap_or(today);
        let date = Timestamp::from_date(year, month, day);
        (date.date() == (year, month as u32, day as u32)).then_some(date)
    }

    fn day_of_iso_week(&self, now: Timestamp) -> Option<Timestamp> {
        let year = self.iso_year.or(self.year).unwrap_or(week::week_of(now.day(), ISO).0);
        let weekday = self.iso_weekday.unwrap_or(1);
        let day = week::day_of(within(year)?, self.iso_week.unwrap_or(1), weekday % 7, ISO);
        day.filter(|_| (1..=7).contains(&weekday))
    }

    fn day_of_week(&self, locale: &Locale, now: Timestamp) -> Option<Timestamp> {
        let (year, week) = week::week_of(now.day(), locale.week);
        let named = self.week_year.or(self.year);
        // A year without a week is none of this week.
        let week = self.week.or(named.is_none().then_some(week))?;
        let first = locale.week.0;
        let local = self.local_weekday.filter(|day| (0..=6).contains(day)).map(|day| day + first);
        let weekday = self.weekday.or(local).or(self.local_weekday.is_none().then_some(first))?;
        let day = week::day_of(within(named.unwrap_or(year))?, week, weekday, locale.week);
        day.filter(|_| (0..=13).contains(&weekday))
    }
}

/// A year that can be read.
fn within(year: i64) -> Option<i64> {
    YEARS.contains(&year).then_some(year)
}
