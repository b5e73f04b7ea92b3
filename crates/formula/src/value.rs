//! Values while a formula runs, and how they turn into each other.

use std::borrow::Cow;

use model::Timestamp;

/// A value of one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Val<'a> {
    Blank,
    Number(f64),
    Text(Cow<'a, str>),
    /// Microseconds; a day shows no time of day.
    Time(i64, bool),
    Error,
}

impl Val<'_> {
    pub fn flag(value: bool) -> Self {
        Self::Number(f64::from(u8::from(value)))
    }

    pub fn owned(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }

    /// In number context: blank is 0, text and dates are not numbers.
    pub fn number(&self) -> f64 {
        match self {
            Self::Blank => 0.0,
            Self::Number(number) => *number,
            _ => f64::NAN,
        }
    }

    /// In text context.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Blank | Self::Error => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number_text(*number)),
            Self::Time(time, day) => {
                let mut out = Vec::with_capacity(24);
                if *day {
                    Timestamp(*time).write_date(&mut out);
                } else {
                    Timestamp(*time).write_iso(&mut out);
                }
                Cow::Owned(String::from_utf8(out).unwrap_or_default())
            }
        }
    }

    /// In condition context.
    pub fn truth(&self) -> bool {
        match self {
            Self::Blank | Self::Error => false,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Time(..) => true,
        }
    }

    /// A point in time: a date, or a text that reads as one.
    pub fn time(&self) -> Option<i64> {
        match self {
            Self::Time(time, _) => Some(*time),
            Self::Text(text) => parse_time(text).map(|time| time.0),
            _ => None,
        }
    }

    /// Blank, and texts that show nothing.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Blank) || matches!(self, Self::Text(text) if text.is_empty())
    }
}

/// Shortest decimal, no trailing `.0`.
pub(crate) fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() };
    }
    zmij::Buffer::new().format(number).to_owned()
}

/// Reads `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM[:SS[.mmm]][Z|±HH:MM]` and `M/D/YYYY [H:MM[:SS]]`.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let (day, clock) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let date = parse_day(day)?;
    Some(Timestamp(date.0 + parse_clock(clock.trim())?))
}

fn parse_day(text: &str) -> Option<Timestamp> {
    let numbers = |sign| text.split(sign).map(|part| part.parse::<i64>().ok()).collect::<Option<Vec<_>>>();
    let (year, month, day) = if text.contains('/') {
        let [month, day, year] = numbers('/')?[..] else { return None };
        (if year < 100 { 2_000 + year } else { year }, month, day)
    } else {
        let [year, month, day] = numbers('-')?[..] else { return None };
        (year, month, day)
    };
    let time = Timestamp::from_date(year, month, day);
    (time.date() == (year, month as u32, day as u32)).then_some(time)
}

fn parse_clock(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let (clock, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at_checked(at)?,
        None => (text, ""),
    };
    let mut parts = clock.split(':');
    let hour: f64 = parts.next()?.parse().ok()?;
    let minute: f64 = parts.next()?.parse().ok()?;
    let second: f64 = parts.next().map_or(Some(0.0), |second| second.parse().ok())?;
    let whole = hour < 25.0 && minute < 60.0 && second < 61.0 && parts.next().is_none();
    let offset = match zone.split_at_checked(1) {
        None | Some(("Z", "")) => 0.0,
        Some((sign, rest)) => {
            let (hours, minutes) = rest.split_once(':')?;
            let minutes = hours.parse::<f64>().ok()? * 60.0 + minutes.parse::<f64>().ok()?;
            if sign == "-" { -minutes } else { minutes }
        }
    };
    whole.then_some(((hour * 3_600.0 + (minute - offset) * 60.0 + second) * 1_000.0).round() as i64 * 1_000)
}
