//! Days in the forms that people write.

use model::Timestamp;

use super::iso::day_of;
use super::time::parse_civil;

/// Which part of a day written in numbers comes first, unless the year is first with four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DateOrder {
    /// `12/31/2024`
    #[default]
    MonthFirst,
    /// `31.12.2024`
    DayFirst,
    /// `24-12-31`
    YearFirst,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A day: `2024-12-31`, numbers in the given order with `/`, `-`, `.` or blanks between, or with the English name of
/// the month: `Dec 31, 2024`, `31st December 2024`. Two digits of a year mean 1969 to 2068.
pub fn parse_date(text: &str, order: DateOrder) -> Option<Timestamp> {
    let mut parts = Parts::default();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let length = run(rest, first);
        let (token, after) = rest.split_at_checked(length)?;
        if first.is_ascii_digit() {
            parts.number(token)?;
        } else if first.is_alphabetic() {
            parts.word(token)?;
        } else {
            parts.separator(token)?;
        }
        rest = after;
    }
    parts.day(order)
}

impl DateOrder {
    /// This one, then those that are tried where it names no day.
    pub(super) fn and_others(self) -> [Self; 3] {
        [self, Self::MonthFirst, Self::DayFirst]
    }
}

/// The day that a text names: in `order` where it leaves one open, else in the one that it can only be meant in. A time
/// of day is cut off.
pub fn parse_any_day(text: &str, order: DateOrder) -> Option<Timestamp> {
    parse_any_local(text, order).map(Timestamp::day)
}

/// As [`parse_any_day`], with the time of day.
pub fn parse_any_local(text: &str, order: DateOrder) -> Option<Timestamp> {
    let read = |order| parse_date(text, order).or_else(|| parse_civil(text, order).map(|civil| civil.local));
    order.and_others().into_iter().find_map(read)
}

/// True for a text that names a day of a year of more than four digits, which no cell can hold.
pub(crate) fn names_later_year(text: &str, order: DateOrder) -> bool {
    // As JavaScript writes such years.
    let text = text.trim().trim_start_matches('+');
    let long = |run: &&str| run.len() > 4 && run.bytes().all(|byte| byte.is_ascii_digit());
    let Some(year) = text.split(|c: char| !c.is_ascii_digit()).find(long) else { return false };
    // A leap year, so that its days are those of any.
    parse_any_day(&text.replacen(year, "2000", 1), order).is_some()
}

/// How long the run of digits, letters or other characters is.
fn run(text: &str, first: char) -> usize {
    let class = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
    text.find(|c| class(c) != class(first)).unwrap_or(text.len())
}

/// The parts of a day, as they come.
#[derive(Default)]
struct Parts<'a> {
    numbers: Vec<&'a str>,
    /// The month by name, and how many numbers came before it.
    month: Option<(i64, usize)>,
    /// The sign between two numbers, where it is not a blank.
    sign: Option<char>,
    after_number: bool,
    /// The last token is a sign.
    open: bool,
}

impl<'a> Parts<'a> {
    fn number(&mut self, digits: &'a str) -> Option<()> {
        self.numbers.push(digits);
        self.after_number = true;
        self.open = false;
        (self.numbers.len() <= 3 && digits.len() <= 4).then_some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let word = word.to_lowercase();
        self.open = false;
        let ordinal = self.after_number && matches!(word.as_str(), "st" | "nd" | "rd" | "th");
        self.after_number = false;
        if ordinal || (self.numbers.is_empty() && self.month.is_none() && named(&WEEKDAYS, &word).is_some()) {
            return Some(());
        }
        let month = named(&MONTHS, &word).or_else(|| (word == "sept").then_some(8))?;
        if self.month.is_some() {
            return None;
        }
        self.month = Some((month as i64 + 1, self.numbers.len()));
        Some(())
    }

    /// Numbers are parted by one and the same sign.
    fn separator(&mut self, text: &str) -> Option<()> {
        self.after_number = false;
        let mut signs = text.chars().filter(|c| !c.is_whitespace());
        let Some(sign) = signs.next() else { return Some(()) };
        self.open = true;
        let known = matches!(sign, '/' | '-' | '.' | ',') && signs.next().is_none();
        let same = self.month.is_some() || sign == ',' || self.sign.is_none_or(|before| before == sign);
        if sign != ',' {
            self.sign = Some(sign);
        }
        (known && same && (!self.numbers.is_empty() || self.month.is_some() || sign == ',' || sign == '.'))
            .then_some(())
    }

    fn day(&self, order: DateOrder) -> Option<Timestamp> {
        if self.open {
            return None;
        }
        let (year, month, day) = match (self.month, self.numbers.as_slice()) {
            (Some((month, 1)), [year, day]) if year.len() == 4 => (*year, month, small(day)?),
            (Some((month, 0 | 1)), [day, year]) => (*year, month, small(day)?),
            (None, [year, month, day]) if year.len() == 4 || order == DateOrder::YearFirst => {
                (*year, small(month)?, small(day)?)
            }
            (None, [month, day, year]) if order == DateOrder::MonthFirst => (*year, small(month)?, small(day)?),
            (None, [day, month, year]) => (*year, small(month)?, small(day)?),
            _ => return None,
        };
        day_of(full_year(year)?, month, day)
    }
}

/// A month or a day: one or two digits.
fn small(digits: &str) -> Option<i64> {
    if digits.len() <= 2 { digits.parse().ok() } else { None }
}

fn full_year(digits: &str) -> Option<i64> {
    let year: i64 = digits.parse().ok()?;
    match digits.len() {
        4 => Some(year),
        2 if year > 68 => Some(1_900 + year),
        2 => Some(2_000 + year),
        _ => None,
    }
}

/// The place of a name in a list, in full or by its first three letters.
fn named(names: &[&str], word: &str) -> Option<usize> {
    names.iter().position(|name| *name == word || name.get(..3) == Some(word))
}
