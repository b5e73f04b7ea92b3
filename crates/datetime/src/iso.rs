//! Points in time as ISO 8601 writes them: `2024-02-29`, `2024-060`, `2024-W09-4`, each also without its dashes, with
//! a time of day behind `T` or a space.

use model::Timestamp;

use crate::reading::{offset, offset_at};
use crate::time::{clock, in_range, ordinal_day, real_day, within};
use crate::week::{ISO, day_of};

/// Reads a whole text.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let mut rest = Rest(text);
    let year = rest.year()?;
    let extended = rest.take('-');
    let (day, form) = rest.day(year, extended)?;
    let timed = rest.take('T') || rest.take('t') || rest.take(' ');
    let clock = match form {
        // A year of six digits stands before a month and a day only.
        _ if text.starts_with(['+', '-']) && form != Form::MonthAndDay => None,
        Form::Longer if !rest.0.is_empty() => None,
        _ if timed => rest.clock(extended),
        _ => rest.0.is_empty().then_some(0),
    };
    in_range(day.0 + clock? - rest.offset()? * 1_000_000)
}

/// What a text says the day by.
#[derive(PartialEq, Eq)]
enum Form {
    MonthAndDay,
    /// Its number in the year, or its week.
    Number,
    /// The first one of a week, month or year, which has no time of day.
    Longer,
}

/// What is left of a text.
struct Rest<'t>(&'t str);

impl Rest<'_> {
    fn take(&mut self, sign: char) -> bool {
        let rest = self.0.strip_prefix(sign);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// How many digits come next.
    fn run(&self) -> usize {
        self.0.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// A number of just so many digits.
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
    }

    /// Four digits, or six behind a sign.
    fn year(&mut self) -> Option<i64> {
        let year = match (self.take('-'), self.take('+')) {
            (true, _) => -self.digits(6)?,
            (_, true) => self.digits(6)?,
            _ => self.digits(4)?,
        };
        within(year)
    }

    /// What says the day behind its year.
    fn day(&mut self, year: i64, extended: bool) -> Option<(Timestamp, Form)> {
        if self.take('W') {
            let week = self.digits(2)?;
            let exact = if extended { self.take('-') } else { self.run() > 0 };
            let weekday = if exact { self.digits(1)? } else { 1 };
            let day = day_of(year, week, weekday % 7, ISO).filter(|_| (1..=7).contains(&weekday));
            return Some((day?, if exact { Form::Number } else { Form::Longer }));
        }
        match (self.run(), extended) {
            (3, _) => Some((ordinal_day(year, self.digits(3)?)?, Form::Number)),
            (2, true) => {
                let month = self.digits(2)?;
                let exact = self.take('-');
                let day = if exact { self.digits(2)? } else { 1 };
                Some((real_day(year, month, day)?, if exact { Form::MonthAndDay } else { Form::Longer }))
            }
            (4, false) => Some((real_day(year, self.digits(2)?, self.digits(2)?)?, Form::MonthAndDay)),
            (2, false) => Some((real_day(year, self.digits(2)?, 1)?, Form::Longer)),
            (0, false) => Some((real_day(year, 1, 1)?, Form::Longer)),
            _ => None,
        }
    }

    /// `10`, `10:20`, `10:20:30` or `10:20:30.4`, without colons where the date has no dashes.
    fn clock(&mut self, extended: bool) -> Option<i64> {
        let more = |rest: &mut Self| if extended { rest.take(':') } else { rest.run() > 0 };
        let hour = self.digits(2)?;
        let minute = if more(self) { Some(self.digits(2)?) } else { None };
        let second = if minute.is_some() && more(self) { Some(self.digits(2)?) } else { None };
        let millis = if second.is_some() && (self.take('.') || self.take(',')) { self.millis()? } else { 0 };
        clock(hour, minute.unwrap_or(0), second.unwrap_or(0), millis)
    }

    /// The digits behind the point of a second; those finer than a millisecond are dropped.
    fn millis(&mut self) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(self.run())?;
        self.0 = rest;
        millis(digits)
    }

    /// In seconds; the whole rest is one or empty.
    fn offset(&self) -> Option<i64> {
        match self.0.trim_start() {
            "" | "Z" | "z" => Some(0),
            _ if offset_at(self.0) == Some(self.0.len()) => offset(self.0),
            _ => None,
        }
    }
}

/// The milliseconds that the digits behind a point say.
pub(crate) fn millis(digits: &str) -> Option<i64> {
    let three = digits.bytes().chain([b'0'; 3]).take(3);
    (!digits.is_empty()).then(|| three.fold(0, |millis, digit| millis * 10 + i64::from(digit - b'0')))
}
