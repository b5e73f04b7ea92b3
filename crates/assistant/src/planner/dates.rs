//! Dates and spans of time as people write them.

mod figures;
#[cfg(test)]
mod tests;

use model::Timestamp;

use super::text::Word;

pub use figures::{Unclear, unclear};

/// A half-open span of days, `from` up to and without `until`; either end may be open.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    pub from: Option<String>,
    pub until: Option<String>,
}

impl Span {
    /// Whether it is one day.
    pub fn is_day(&self) -> bool {
        let parts = |text: &str| -> Option<Day> {
            let numbers: Vec<i64> = text.split('-').map(str::parse).collect::<Result<_, _>>().ok()?;
            let &[year, month, day] = numbers.as_slice() else { return None };
            Some(Day::of(year, month, day))
        };
        let from = self.from.as_deref().and_then(parts);
        from.is_some_and(|from| self.until.as_deref() == Some(&from.plus(1).iso()))
    }
}

/// A span of time in a message, words `start..end`.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    pub start: usize,
    pub end: usize,
    pub span: Span,
    /// A bare year such as `2011`, which may as well be a number.
    pub bare_year: Option<i64>,
    /// A month, or a day of one, said without a year.
    pub yearly: Option<(i64, Option<i64>)>,
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

/// A day as year, month, day; arithmetic is left to `Timestamp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Day(i64);

const MICROS: i64 = 86_400_000_000;

impl Day {
    fn of(year: i64, month: i64, day: i64) -> Self {
        let (year, month) = (year + (month - 1).div_euclid(12), (month - 1).rem_euclid(12) + 1);
        Self(Timestamp::from_date(year, month, day).0.div_euclid(MICROS))
    }

    fn now(now: Timestamp) -> Self {
        Self(now.0.div_euclid(MICROS))
    }

    fn civil(self) -> (i64, i64, i64) {
        let (year, month, day) = Timestamp(self.0 * MICROS).date();
        (year, i64::from(month), i64::from(day))
    }

    fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// 0 is Monday; 1970-01-01 was a Thursday.
    fn weekday(self) -> i64 {
        (self.0 + 3).rem_euclid(7)
    }

    fn iso(self) -> String {
        let mut out = Vec::with_capacity(10);
        Timestamp(self.0 * MICROS).write_date(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }
}

/// Today as `YYYY-MM-DD`.
pub fn today(now: Timestamp) -> String {
    Day::now(now).iso()
}

/// Every mention of a time, with `before`, `after`, `between` already applied.
pub fn mentions(words: &[Word], message: &str, now: Timestamp) -> Vec<Mention> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match bounded(words, message, at, now) {
            Some(found) => {
                at = found.end;
                out.push(found);
            }
            None => at += 1,
        }
    }
    out
}

fn is(words: &[Word], at: usize, any: &[&str]) -> bool {
    words.get(at).is_some_and(|w| any.contains(&w.text.as_str()))
}

/// A span with the word before it that bounds it.
fn bounded(words: &[Word], message: &str, at: usize, now: Timestamp) -> Option<Mention> {
    if is(words, at, &["between", "from"])
        && let Some(found) = range(words, message, at, now)
    {
        return Some(found);
    }
    let (skip, bound) = bound_words(words, at);
    let (end, mut from, mut until, year) = span(words, message, at + skip, now)?;
    if bound == Bound::Since && from > Day::now(now) && yearly(words, at + skip, end).is_some() {
        // "since October", said in April: the one that was.
        let before = |day: Day| {
            let (year, month, date) = day.civil();
            Day::of(year - 1, month, date)
        };
        (from, until) = (before(from), before(until));
    }
    let iso = |day: Day| Some(day.iso());
    let span = match bound {
        Bound::Within => Span { from: iso(from), until: iso(until) },
        Bound::Before => Span { from: None, until: iso(from) },
        Bound::UpTo => Span { from: None, until: iso(until) },
        Bound::After => Span { from: iso(until), until: None },
        Bound::Since => Span { from: iso(from), until: None },
    };
    let bare_year = year.filter(|_| skip == 0 || bound == Bound::Within);
    let yearly = yearly(words, at + skip, end).filter(|_| bound == Bound::Within);
    Some(Mention { start: at, end, span, bare_year, yearly })
}

/// The month and day that words `at..end` are, when they say no year.
fn yearly(words: &[Word], at: usize, end: usize) -> Option<(i64, Option<i64>)> {
    let span = words.get(at..end)?;
    if span.iter().any(|w| plain_year(w).is_some())
        || is(words, at, &["last", "previous", "this", "current", "next", "coming"])
    {
        return None;
    }
    let month = span.iter().find_map(|w| month_number(&w.text))?;
    Some((month, span.iter().find_map(day_number)))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Within,
    Before,
    UpTo,
    After,
    Since,
}

fn bound_words(words: &[Word], at: usize) -> (usize, Bound) {
    const PAIRS: &[(&str, &str, Bound)] = &[
        ("earlier", "than", Bound::Before),
        ("older", "than", Bound::Before),
        ("prior", "to", Bound::Before),
        ("later", "than", Bound::After),
        ("newer", "than", Bound::After),
        ("up", "to", Bound::UpTo),
        ("no", "later", Bound::UpTo),
        ("starting", "from", Bound::Since),
    ];
    const SINGLE: &[(&str, Bound)] = &[
        ("before", Bound::Before),
        ("<", Bound::Before),
        ("until", Bound::UpTo),
        ("till", Bound::UpTo),
        ("by", Bound::UpTo),
        ("<=", Bound::UpTo),
        ("after", Bound::After),
        (">", Bound::After),
        ("since", Bound::Since),
        ("from", Bound::Since),
        (">=", Bound::Since),
        ("in", Bound::Within),
        ("on", Bound::Within),
        ("during", Bound::Within),
        ("of", Bound::Within),
        ("for", Bound::Within),
    ];
    let pair = PAIRS.iter().find(|(a, b, _)| is(words, at, &[a]) && is(words, at + 1, &[b]));
    let (mut skip, bound) = match pair {
        Some((_, _, bound)) => (2, *bound),
        None => match SINGLE.iter().find(|(word, _)| is(words, at, &[word])) {
            Some((_, bound)) => (1, *bound),
            None => (0, Bound::Within),
        },
    };
    while skip > 0 && is(words, at + skip, &["the", "than", "year", "month", "of"]) {
        skip += 1;
    }
    (skip, bound)
}

fn range(words: &[Word], message: &str, at: usize, now: Timestamp) -> Option<Mention> {
    let (middle, from, _, _) = span(words, message, at + 1, now)?;
    if !is(words, middle, &["and", "to", "until", "till", "through"]) {
        return None;
    }
    let (end, _, until, _) = span(words, message, middle + 1, now)?;
    Some(Mention {
        start: at,
        end,
        span: Span { from: Some(from.iso()), until: Some(until.iso()) },
        bare_year: None,
        yearly: None,
    })
}

type Found = (usize, Day, Day, Option<i64>);

/// One plain span of days at `at`: end of its words, first day, day after, the year if it is only that.
fn span(words: &[Word], message: &str, at: usize, now: Timestamp) -> Option<Found> {
    let today = Day::now(now);
    iso_day(words, message, at)
        .or_else(|| figures::day(words, message, at))
        .or_else(|| decade(words, at))
        .or_else(|| relative(words, at, today))
        .or_else(|| counted(words, at, today))
        .or_else(|| quarter(words, at, today))
        .or_else(|| written(words, at, today))
        .or_else(|| weekday(words, at, today))
        .or_else(|| year(words, at))
}

/// `2024-03-01` and `2024-03`.
fn iso_day(words: &[Word], message: &str, at: usize) -> Option<Found> {
    let first = words.get(at)?;
    let text = message.get(first.start..)?;
    let token: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect();
    let parts: Vec<i64> = token.split('-').map(str::parse).collect::<Result<_, _>>().ok()?;
    let &[year, month, ref rest @ ..] = parts.as_slice() else { return None };
    if !(1000..=9999).contains(&year) || !(1..=12).contains(&month) || rest.len() > 1 {
        return None;
    }
    let end = at + words.iter().skip(at).take_while(|w| w.start < first.start + token.len()).count();
    match rest.first() {
        Some(day) if (1..=31).contains(day) => {
            let day = Day::of(year, month, *day);
            Some((end, day, day.plus(1), None))
        }
        Some(_) => None,
        None if token.len() == 7 => Some((end, Day::of(year, month, 1), Day::of(year, month + 1, 1), None)),
        None => None,
    }
}

/// `1960s`, `60s`, `sixties`: of the century before this one, unless said.
fn decade(words: &[Word], at: usize) -> Option<Found> {
    const NAMES: [&str; 7] = ["thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"];
    let text = words.get(at)?.text.as_str();
    let named = NAMES.iter().position(|name| *name == text).map(|place| 1930 + 10 * place as i64);
    let figures = text.strip_suffix('s').and_then(|digits| digits.parse::<i64>().ok()).filter(|year| year % 10 == 0);
    let figured = figures.and_then(|year| match year {
        30..=90 if text.len() == 3 => Some(1900 + year),
        1500..=2190 => Some(year),
        _ => None,
    });
    let year = named.or(figured)?;
    Some((at + 1, Day::of(year, 1, 1), Day::of(year + 10, 1, 1), None))
}

/// The days of a month, or one day of it, in each of the years.
pub fn each_year(month: i64, day: Option<i64>, years: std::ops::RangeInclusive<i64>) -> Vec<(String, String)> {
    let span = |year: i64| match day {
        Some(day) => (Day::of(year, month, day), Day::of(year, month, day).plus(1)),
        None => (Day::of(year, month, 1), Day::of(year, month + 1, 1)),
    };
    let real = |(from, _): &(Day, Day)| from.civil().1 == month;
    years.map(span).filter(real).map(|(from, until)| (from.iso(), until.iso())).collect()
}

/// The name of a month.
pub fn month_name(month: i64) -> String {
    let name = usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or_default();
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn relative(words: &[Word], at: usize, today: Day) -> Option<Found> {
    let text = words.get(at)?.text.as_str();
    match text {
        "today" => return Some((at + 1, today, today.plus(1), None)),
        "yesterday" => return Some((at + 1, today.plus(-1), today, None)),
        "tomorrow" => return Some((at + 1, today.plus(1), today.plus(2), None)),
        _ => {}
    }
    let step = match text {
        "last" | "previous" => -1,
        "this" | "current" => 0,
        "next" | "coming" => 1,
        _ => return None,
    };
    let unit = words.get(at + 1)?.text.as_str();
    let (from, until) = unit_span(unit, step, today).or_else(|| named_span(unit, step, today))?;
    Some((at + 2, from, until, None))
}

fn unit_span(unit: &str, step: i64, today: Day) -> Option<(Day, Day)> {
    let (year, month, _) = today.civil();
    Some(match unit {
        "day" => (today.plus(step), today.plus(step + 1)),
        "week" => {
            let monday = today.plus(7 * step - today.weekday());
            (monday, monday.plus(7))
        }
        "weekend" => {
            let saturday = today.plus(7 * step - today.weekday() + 5);
            (saturday, saturday.plus(2))
        }
        "month" => (Day::of(year, month + step, 1), Day::of(year, month + step + 1, 1)),
        "quarter" => {
            let first = (month - 1) / 3 * 3 + 1 + 3 * step;
            (Day::of(year, first, 1), Day::of(year, first + 3, 1))
        }
        "year" => (Day::of(year + step, 1, 1), Day::of(year + step + 1, 1, 1)),
        _ => return None,
    })
}

/// `last march`, `next friday`.
fn named_span(name: &str, step: i64, today: Day) -> Option<(Day, Day)> {
    let (year, month, _) = today.civil();
    if let Some(named) = month_number(name) {
        let year = match step {
            -1 if named >= month => year - 1,
            1 if named <= month => year + 1,
            _ => year,
        };
        return Some((Day::of(year, named, 1), Day::of(year, named + 1, 1)));
    }
    let wanted = weekday_number(name)?;
    let ahead = (wanted - today.weekday()).rem_euclid(7);
    let day = match step {
        -1 => today.plus(if ahead == 0 { -7 } else { ahead - 7 }),
        1 => today.plus(if ahead == 0 { 7 } else { ahead }),
        _ => today.plus(wanted - today.weekday()),
    };
    Some((day, day.plus(1)))
}

/// `last 30 days`, `past two weeks`, `next 3 months`, `5 days ago`.
fn counted(words: &[Word], at: usize, today: Day) -> Option<Found> {
    let forward = is(words, at, &["next", "coming"]);
    let marked = forward || is(words, at, &["last", "past", "previous"]);
    let number_at = if marked { at + 1 } else { at };
    let count = words.get(number_at).and_then(super::amounts::whole_number)?;
    let unit = words.get(number_at + 1)?.stem.as_str();
    let ago = is(words, number_at + 2, &["ago"]);
    if !marked && !ago {
        return None;
    }
    let sign = if forward { 1 } else { -1 };
    let (year, month, day) = today.civil();
    let far = match unit {
        "day" => today.plus(sign * count),
        "week" => today.plus(sign * count * 7),
        "month" => Day::of(year, month + sign * count, day),
        "year" => Day::of(year + sign * count, month, day),
        _ => return None,
    };
    let end = number_at + 2 + usize::from(ago);
    Some(match (ago, forward) {
        (true, _) => (end, far, far.plus(1), None),
        (false, true) => (end, today, far.plus(1), None),
        (false, false) => (end, far, today.plus(1), None),
    })
}

/// `Q3`, `Q3 2024`, `third quarter of 2024`.
fn quarter(words: &[Word], at: usize, today: Day) -> Option<Found> {
    let text = words.get(at)?.text.as_str();
    let (number, mut end) = match text {
        "q1" | "q2" | "q3" | "q4" => (text.get(1..)?.parse::<i64>().ok()?, at + 1),
        "first" | "second" | "third" | "fourth" | "last" if is(words, at + 1, &["quarter"]) => {
            (["first", "second", "third", "fourth"].iter().position(|o| *o == text).unwrap_or(3) as i64 + 1, at + 2)
        }
        _ => return None,
    };
    let year = trailing_year(words, &mut end).unwrap_or_else(|| today.civil().0);
    let first = (number - 1) * 3 + 1;
    Some((end, Day::of(year, first, 1), Day::of(year, first + 3, 1), None))
}

fn trailing_year(words: &[Word], end: &mut usize) -> Option<i64> {
    let skip = usize::from(is(words, *end, &["of", "in"]));
    let year = plain_year(words.get(*end + skip)?)?;
    *end += skip + 1;
    Some(year)
}

/// `March 2024`, `3 March 2024`, `March 3rd, 2024`, `March`.
fn written(words: &[Word], at: usize, today: Day) -> Option<Found> {
    if let Some(day) = words.get(at).and_then(day_number) {
        let month_at = at + 1 + usize::from(is(words, at + 1, &["of"]));
        let month = words.get(month_at).and_then(|w| month_number(&w.text))?;
        let mut end = month_at + 1;
        let year = trailing_year(words, &mut end).unwrap_or_else(|| today.civil().0);
        let found = Day::of(year, month, day);
        return Some((end, found, found.plus(1), None));
    }
    let word = words.get(at)?;
    let month = month_number(&word.text)?;
    let mut end = at + 1;
    if let Some(day) = words.get(end).and_then(day_number) {
        end += 1;
        let year = trailing_year(words, &mut end).unwrap_or_else(|| today.civil().0);
        let found = Day::of(year, month, day);
        return Some((end, found, found.plus(1), None));
    }
    let year = trailing_year(words, &mut end);
    // "may" and "march" alone are rather verbs.
    if year.is_none() && !word.capital {
        return None;
    }
    let year = year.unwrap_or_else(|| today.civil().0);
    Some((end, Day::of(year, month, 1), Day::of(year, month + 1, 1), None))
}

fn weekday(words: &[Word], at: usize, today: Day) -> Option<Found> {
    let word = words.get(at)?;
    let wanted = weekday_number(&word.text)?;
    // "sun" and "mon" alone are rather other words.
    if at.checked_sub(1).is_some_and(|b| is(words, b, &["a", "any", "every", "each"])) {
        return None;
    }
    let led =
        at.checked_sub(1).is_some_and(|b| is(words, b, &["on", "by", "before", "after", "since", "until", "till"]));
    if word.text.len() == 3 && !word.capital && !led {
        return None;
    }
    let day = today.plus((wanted - today.weekday()).rem_euclid(7));
    Some((at + 1, day, day.plus(1), None))
}

fn year(words: &[Word], at: usize) -> Option<Found> {
    let year = plain_year(words.get(at)?)?;
    Some((at + 1, Day::of(year, 1, 1), Day::of(year + 1, 1, 1), Some(year)))
}

fn plain_year(word: &Word) -> Option<i64> {
    let number = word.number.filter(|_| word.text.len() == 4 && !word.percent)?;
    let year = number as i64;
    (number.fract() == 0.0 && (1500..=2200).contains(&year)).then_some(year)
}

fn day_number(word: &Word) -> Option<i64> {
    let digits = word.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let tail = word.text.get(digits.len()..)?;
    let day: i64 = digits.parse().ok()?;
    ((1..=31).contains(&day) && matches!(tail, "" | "st" | "nd" | "rd" | "th")).then_some(day)
}

fn month_number(text: &str) -> Option<i64> {
    let full = MONTHS.iter().position(|m| *m == text);
    let short =
        || MONTHS.iter().position(|m| text.len() == 3 && m.starts_with(text) || text == "sept" && *m == "september");
    full.or_else(short).map(|at| at as i64 + 1)
}

fn weekday_number(text: &str) -> Option<i64> {
    WEEKDAYS
        .iter()
        .position(|day| *day == text || text.len() == 3 && day.starts_with(text) && text != "sat")
        .map(|at| at as i64)
}
