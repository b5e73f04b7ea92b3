//! What the formulas say, as somebody would write it by hand over the same columns.

use std::fmt::Write;

use model::{Numbers, Texts, Timestamp};
use regex::Regex;

use crate::columns::Part;

/// The text formula.
pub fn text(part: &Part<'_>) -> Texts {
    let (mut arena, mut spans) = (String::new(), Vec::with_capacity(part.days.len()));
    for (row, number) in part.numbers.values.iter().enumerate() {
        let start = arena.len();
        if part.numbers.valid.get(row) && *number > 50.0 {
            let rounded = (number * 1.2 * 100.0 + 0.5).floor() / 100.0;
            let _ = write!(arena, "{rounded} ");
            arena.extend(part.texts.get(row).unwrap_or_default().chars().map(|letter| letter.to_ascii_uppercase()));
        }
        spans.push((start as u32, (arena.len() - start) as u32));
    }
    Texts::from_parts(arena, spans)
}

/// The same with the fastest number printer that there is and letters changed in place.
pub fn text_tuned(part: &Part<'_>) -> Texts {
    let (mut arena, mut spans) = (String::new(), Vec::with_capacity(part.days.len()));
    for (row, number) in part.numbers.values.iter().enumerate() {
        let start = arena.len();
        if part.numbers.valid.get(row) && *number > 50.0 {
            let rounded = (number * 1.2 * 100.0 + 0.5).floor() / 100.0;
            if (rounded as i64) as f64 == rounded {
                arena.push_str(itoa::Buffer::new().format(rounded as i64));
            } else {
                arena.push_str(zmij::Buffer::new().format_finite(rounded));
            }
            arena.push(' ');
            let letters = arena.len();
            arena.push_str(part.texts.get(row).unwrap_or_default());
            if let Some(letters) = arena.get_mut(letters..) {
                letters.make_ascii_uppercase();
            }
        }
        spans.push((start as u32, (arena.len() - start) as u32));
    }
    Texts::from_parts(arena, spans)
}

/// One more of the chain.
pub fn next(first: &Numbers, mut held: Vec<Numbers>, step: usize) -> Vec<Numbers> {
    let values = held.last().map_or(&first.values, |last| &last.values);
    let values: Vec<f64> = values.iter().map(|number| number * 1.1 + step as f64).collect();
    held.push(Numbers { values, valid: first.valid.clone() });
    held
}

/// The number of the month that the day a month later is in.
pub fn month(part: &Part<'_>) -> Vec<f64> {
    let number = |time: &i64| {
        let (year, month, _) = month_later(Timestamp(*time)).date();
        (year * 12 + i64::from(month)) as f64
    };
    part.days.iter().map(number).collect()
}

/// The same day of the next month, or its last one.
fn month_later(time: Timestamp) -> Timestamp {
    let (year, month, day) = time.date();
    let first = Timestamp::from_date(year, i64::from(month) + 1, 1);
    let last = (Timestamp::from_date(year, i64::from(month) + 2, 1).0 - first.0) / 86_400_000_000;
    Timestamp(first.0 + (i64::from(day).min(last) - 1) * 86_400_000_000)
}

/// The first digits.
pub fn digits(part: &Part<'_>, pattern: &Regex) -> Texts {
    let (mut arena, mut spans) = (String::new(), Vec::with_capacity(part.days.len()));
    for row in 0..part.days.len() {
        let start = arena.len();
        let found = part.texts.get(row).and_then(|text| pattern.find(text));
        arena.push_str(found.map_or("", |found| found.as_str()));
        spans.push((start as u32, (arena.len() - start) as u32));
    }
    Texts::from_parts(arena, spans)
}
