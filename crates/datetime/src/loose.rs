//! Points in time as people write them, in the forms that `moment` hands to the browser: `2/17/2013 7:31 PM`, `2024/02/29`,
//! `Feb 29, 2024`, `Thu, 29 Feb 2024 10:00:00 GMT`. What a browser makes up is an error here: days without a year, numbers
//! alone, words that say nothing, days that a month does not have, and weekdays that are not the day's.

use model::Timestamp;

use crate::iso::millis;
use crate::locale::{Locale, Named};
use crate::reading::{offset, offset_at};
use crate::time::{clock, in_range, real_day, within};
use crate::week::weekday;

/// What zones of a text are called, and their hours from UTC.
const ZONES: [(&str, i64); 12] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
];

/// What may join the parts of a date.
const SIGNS: [char; 3] = ['/', '-', '.'];

/// Reads a whole text.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let (mut said, mut rest) = (Said::default(), text);
    loop {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        rest = match rest.chars().next() {
            None => return said.time(),
            Some('0'..='9') => said.number(rest)?,
            Some('+' | '-') => said.offset(rest)?,
            // What the zone is called.
            Some('(') if said.offset.is_some() && rest.find(')') == Some(rest.len() - 1) => "",
            Some(_) => said.word(rest)?,
        };
    }
}

/// What a text said so far.
#[derive(Default)]
struct Said {
    /// Those of the date, in their order.
    numbers: Vec<i64>,
    /// The signs behind them.
    signs: Vec<char>,
    month: Option<i64>,
    weekday: Option<i64>,
    /// Hour, minute, second and millisecond.
    clock: Option<[i64; 4]>,
    afternoon: Option<bool>,
    /// In seconds.
    offset: Option<i64>,
}

/// Takes the sign that joins a part of a date to the next one, if there is one.
fn joint(rest: &str) -> Option<&str> {
    let Some(after) = rest.strip_prefix(SIGNS) else { return Some(rest) };
    // Behind an abbreviation or an ordinal there may be a space.
    let next = if rest.starts_with('.') { after.trim_start() } else { after };
    let timed = next.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(':');
    (next.starts_with(|c: char| c.is_ascii_alphanumeric()) && !timed).then_some(after)
}

/// A number that a text begins with, at most so many digits long, and what follows.
fn digits(text: &str, most: usize) -> Option<(i64, &str)> {
    let (digits, rest) = text.split_at_checked(text.bytes().take_while(u8::is_ascii_digit).count())?;
    let number = digits.parse().ok().filter(|_| digits.len() <= most);
    Some((number?, rest))
}

/// The number of the name, from 0, that a word is or begins, with three letters at least.
fn named(word: &str, names: Named) -> Option<i64> {
    let begins = |name: &&str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let mut names = Locale::english().names_in(names, "").iter();
    names.position(|name| word.len() >= 3 && begins(name)).map(|index| index as i64)
}

impl Said {
    /// A part of the date, or the time of day.
    fn number<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let (number, rest) = digits(text, 6)?;
        if rest.starts_with(':') {
            return self.clock(text);
        }
        self.numbers.push(number);
        self.signs.extend(rest.chars().next().filter(|sign| SIGNS.contains(sign)));
        if self.numbers.len() > 3 { None } else { joint(rest) }
    }

    /// `7:31`, `7:31:25` or `7:31:25.4`.
    fn clock<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let (hour, rest) = digits(text, 2)?;
        let (minute, mut rest) = digits(rest.strip_prefix(':')?, 2)?;
        let (mut second, mut fraction) = (0, 0);
        if let Some(after) = rest.strip_prefix(':') {
            (second, rest) = digits(after, 2)?;
            if let Some(after) = rest.strip_prefix('.') {
                let (digits, after) = after.split_at_checked(after.bytes().take_while(u8::is_ascii_digit).count())?;
                (fraction, rest) = (millis(digits)?, after);
            }
        }
        let ends = rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || "Zz+-".contains(c));
        let first = self.clock.replace([hour, minute, second, fraction]).is_none();
        (ends && first).then_some(rest)
    }

    fn offset<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        self.clock.filter(|_| self.offset.is_none())?;
        let (found, rest) = text.split_at_checked(offset_at(text)?)?;
        self.offset = Some(offset(found)?);
        (!rest.starts_with(|c: char| c.is_ascii_alphanumeric())).then_some(rest)
    }

    /// The name of a month, a weekday, a half of the day or a zone.
    fn word<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let (word, rest) = text.split_at_checked(text.bytes().take_while(u8::is_ascii_alphabetic).count())?;
        if let Some(month) = named(word, Named::Months).filter(|_| self.month.is_none()) {
            self.month = Some(month + 1);
            return joint(rest);
        }
        if let Some(weekday) = named(word, Named::Weekdays).filter(|_| self.weekday.is_none()) {
            self.weekday = Some(weekday);
            return joint(rest);
        }
        // The others stand behind the time of day.
        self.clock?;
        let word = word.to_ascii_lowercase();
        if let "am" | "pm" = word.as_str() {
            return self.afternoon.replace(word == "pm").is_none().then_some(rest);
        }
        let (_, hours) = ZONES.iter().find(|(name, _)| *name == word)?;
        if *hours == 0 && rest.starts_with(['+', '-']) {
            return self.offset(rest);
        }
        self.offset.replace(hours * 3_600).is_none().then_some(rest)
    }

    fn time(&self) -> Option<Timestamp> {
        let day = self.day()?;
        let [mut hour, minute, second, fraction] = self.clock.unwrap_or_default();
        if let Some(afternoon) = self.afternoon {
            hour = Some(hour).filter(|hour| *hour <= 12)? % 12 + if afternoon { 12 } else { 0 };
        }
        let time = day.0 + clock(hour, minute, second, fraction)? - self.offset.unwrap_or(0) * 1_000_000;
        in_range(time).filter(|_| self.weekday.is_none_or(|named| named == weekday(day)))
    }

    /// The year stands first where that is no day of a month. Without a name the same sign stands between all numbers: others
    /// are lists or decimals.
    fn day(&self) -> Option<Timestamp> {
        let is_joined = matches!(self.signs.as_slice(), [one, other] if one == other);
        let (year, month, day) = match (self.month, self.numbers.as_slice()) {
            (Some(month), [year @ (100..)]) => (*year, month, 1),
            (Some(month), [day @ 1..=31, year] | [year @ (100..), day]) => (*year, month, *day),
            (None, [year @ (32..), month, day] | [month, day, year]) if is_joined => (*year, *month, *day),
            _ => return None,
        };
        let century = match year {
            0..=49 => 2_000,
            50..=99 => 1_900,
            _ => 0,
        };
        real_day(within(year + century)?, month, day)
    }
}
