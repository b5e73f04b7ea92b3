//! Days in figures, which people order in two ways.

use super::{Day, Found};
use crate::planner::text::Word;

/// A day in figures of which month and day may be meant either way round.
#[derive(Debug, Clone, PartialEq)]
pub struct Unclear {
    pub start: usize,
    pub end: usize,
    pub either: [String; 2],
}

/// Days such as `03/04/2020`.
pub fn unclear(words: &[Word], message: &str) -> Vec<Unclear> {
    let told = (0..words.len()).filter_map(|start| {
        let (end, one, other) = figures(words, message, start)?;
        let either = [one?.iso(), other?.iso()];
        (either[0] != either[1]).then_some(Unclear { start, end, either })
    });
    told.collect()
}

/// `16/07/1969`, `7/16/1969`, `16.7.1969`: where only one order makes a day.
pub(super) fn day(words: &[Word], message: &str, at: usize) -> Option<Found> {
    let (end, one, other) = figures(words, message, at)?;
    let day = match (one, other) {
        (Some(one), Some(other)) if one == other => one,
        (Some(day), None) | (None, Some(day)) => day,
        _ => return None,
    };
    Some((end, day, day.plus(1), None))
}

/// Three figures with the same sign between: end of the words, read as day and month, read as month and day.
fn figures(words: &[Word], message: &str, at: usize) -> Option<(usize, Option<Day>, Option<Day>)> {
    let first = words.get(at)?;
    let text = message.get(first.start..)?;
    let token: String = text.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '/' | '.')).collect();
    let token = token.trim_end_matches(['.', '/']);
    let sign = if token.contains('/') { '/' } else { '.' };
    let parts: Vec<i64> = token.split(sign).map(str::parse).collect::<Result<_, _>>().ok()?;
    let &[one, other, year] = parts.as_slice() else { return None };
    let whole = message.get(..first.start)?.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != sign);
    if !whole || !(1000..=9999).contains(&year) {
        return None;
    }
    let civil = |month: i64, day: i64| {
        let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
        let found = fits.then(|| Day::of(year, month, day))?;
        (found.civil() == (year, month, day)).then_some(found)
    };
    let end = at + words.iter().skip(at).take_while(|w| w.start < first.start + token.len()).count();
    Some((end, civil(other, one), civil(one, other)))
}
