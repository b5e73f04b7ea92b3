//! Reading dates by a format, as forgiving as `moment`: what stands between the parts may be anything.

use model::Timestamp;

use crate::locale::{Locale, Named};
use crate::pattern::{Pattern, Piece};
use crate::time::{clock, in_range, ordinal_day, real_day, within};
use crate::week::{self, ISO};

const SECOND: i64 = 1_000_000;

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
        self.said(text)?.time(self.locale, now)
    }

    /// True for a text that has what it asks for, be it of a day that there is not.
    pub fn fits(&self, text: &str) -> bool {
        self.said(text).is_some()
    }

    fn said(&self, text: &str) -> Option<Said> {
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
        found.then_some(said)
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
            Self::Offset => text.char_indices().find_map(|(at, _)| Some((at, at + offset_at(text.get(at..)?)?))),
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

/// How long the offset is that a text begins with: `Z`, `+01:00`, `+0100` or `+01`.
pub(crate) fn offset_at(text: &str) -> Option<usize> {
    if text.starts_with(['Z', 'z']) {
        return Some(1);
    }
    let two = |at: usize| text.get(at..at + 2).is_some_and(|two| two.bytes().all(|digit| digit.is_ascii_digit()));
    if !text.starts_with(['+', '-']) || !two(1) {
        return None;
    }
    let at = if text.get(3..).is_some_and(|rest| rest.starts_with(':')) { 4 } else { 3 };
    Some(if two(at) { at + 2 } else { 3 })
}

/// What an offset that `offset_at` found says, in seconds; clocks are at most 12 hours behind UTC and 14 ahead.
pub(crate) fn offset(text: &str) -> Option<i64> {
    if text.starts_with(['Z', 'z']) {
        return Some(0);
    }
    let hours: i64 = text.get(1..3)?.parse().ok()?;
    let rest = text.get(3..)?.trim_start_matches(':');
    let minutes: i64 = if rest.is_empty() { 0 } else { rest.parse().ok()? };
    let (sign, most) = if text.starts_with('-') { (-1, 12) } else { (1, 14) };
    let seconds = hours * 3_600 + minutes * 60;
    (minutes < 60 && seconds <= most * 3_600).then_some(sign * seconds)
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
            Read::Offset => self.offset = offset(text)?,
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
            return in_range(unix);
        }
        let day = self.date(locale, now)?;
        if self.weekday.is_some_and(|weekday| weekday != week::weekday(day)) {
            return None;
        }
        let time = clock(self.hour_of_day(locale), self.minute, self.second, self.millis)?;
        in_range(day.0 + time - self.offset * SECOND)
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
            return ordinal_day(year, number);
        }
        // What is finer than all that was said begins with its first.
        let today = if self.year.or(self.month).is_some() { 1 } else { i64::from(day) };
        let month = self.month.unwrap_or(if self.year.is_some() { 1 } else { i64::from(month) });
        let day = self.day.unwrap_or(today);
        real_day(year, month, day)
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
