//! Numbers and comparisons: "more than 14", "at least three", "between 5 and 10".

#[cfg(test)]
mod tests;

use super::text::Word;

/// How a cell is compared with a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// Only the number, no word of comparison.
    Bare,
    Equal,
    More,
    AtLeast,
    Less,
    AtMost,
    /// Up to and with the second number.
    Between(f64),
}

/// A number in a message, words `start..end` with the comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    pub start: usize,
    pub end: usize,
    /// Where the number itself stands.
    pub at: usize,
    pub value: f64,
    pub bound: Bound,
    pub percent: bool,
    /// The comparing word, which may hint at a field ("older than").
    pub cue: Option<String>,
}

const PHRASES: &[(&[&str], Bound)] = &[
    (&["no", "more", "than"], Bound::AtMost),
    (&["not", "more", "than"], Bound::AtMost),
    (&["no", "greater", "than"], Bound::AtMost),
    (&["no", "less", "than"], Bound::AtLeast),
    (&["not", "less", "than"], Bound::AtLeast),
    (&["no", "fewer", "than"], Bound::AtLeast),
    (&["greater", "than", "or", "equal", "to"], Bound::AtLeast),
    (&["less", "than", "or", "equal", "to"], Bound::AtMost),
    (&["more", "expensive", "than"], Bound::More),
    (&["more", "than"], Bound::More),
    (&["greater", "than"], Bound::More),
    (&["larger", "than"], Bound::More),
    (&["bigger", "than"], Bound::More),
    (&["higher", "than"], Bound::More),
    (&["longer", "than"], Bound::More),
    (&["taller", "than"], Bound::More),
    (&["heavier", "than"], Bound::More),
    (&["older", "than"], Bound::More),
    (&["faster", "than"], Bound::More),
    (&["later", "than"], Bound::More),
    (&["better", "than"], Bound::More),
    (&["above"], Bound::More),
    (&["over"], Bound::More),
    (&["exceeding"], Bound::More),
    (&["exceeds"], Bound::More),
    (&["exceed"], Bound::More),
    (&["exceeded"], Bound::More),
    (&["beyond"], Bound::More),
    (&["after"], Bound::More),
    (&[">"], Bound::More),
    (&["at", "least"], Bound::AtLeast),
    (&["minimum", "of"], Bound::AtLeast),
    (&["since"], Bound::AtLeast),
    (&[">", "="], Bound::AtLeast),
    (&[">="], Bound::AtLeast),
    (&["≥"], Bound::AtLeast),
    (&["less", "than"], Bound::Less),
    (&["fewer", "than"], Bound::Less),
    (&["smaller", "than"], Bound::Less),
    (&["lower", "than"], Bound::Less),
    (&["shorter", "than"], Bound::Less),
    (&["younger", "than"], Bound::Less),
    (&["cheaper", "than"], Bound::Less),
    (&["lighter", "than"], Bound::Less),
    (&["slower", "than"], Bound::Less),
    (&["earlier", "than"], Bound::Less),
    (&["prior", "to"], Bound::Less),
    (&["under"], Bound::Less),
    (&["below"], Bound::Less),
    (&["before"], Bound::Less),
    (&["<"], Bound::Less),
    (&["at", "most"], Bound::AtMost),
    (&["maximum", "of"], Bound::AtMost),
    (&["up", "to"], Bound::AtMost),
    (&["<="], Bound::AtMost),
    (&["≤"], Bound::AtMost),
    (&["exactly"], Bound::Equal),
    (&["equal", "to"], Bound::Equal),
    (&["equals"], Bound::Equal),
    (&["="], Bound::Equal),
];

const WORDS: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// The whole number a word stands for, in digits or letters.
pub fn whole_number(word: &Word) -> Option<i64> {
    if let Some(number) = word.number {
        return (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64);
    }
    WORDS.iter().position(|w| *w == word.text).map(|at| at as i64)
}

/// Every number with its comparison.
pub fn amounts(words: &[Word]) -> Vec<Amount> {
    let mut out: Vec<Amount> = Vec::new();
    for at in 0..words.len() {
        if out.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let Some((value, width, percent)) = number(words, at) else { continue };
        out.push(amount(words, at, value, width, percent));
    }
    out.retain(|a| a.bound != Bound::Bare || words.get(a.at).is_some_and(|w| w.text != "one"));
    out
}

/// The number at `at`, how many words it takes, and whether it is a percentage.
fn number(words: &[Word], at: usize) -> Option<(f64, usize, bool)> {
    let word = words.get(at)?;
    if is_one(words, at) {
        return Some((1.0, 1, false));
    }
    let value = word.number.or_else(|| whole_number(word).map(|n| n as f64))?;
    let next = words.get(at + 1).map(|w| w.text.as_str());
    match next {
        Some("thousand") => Some((value * 1e3, 2, false)),
        Some("million" | "millions") => Some((value * 1e6, 2, false)),
        Some("billion") => Some((value * 1e9, 2, false)),
        Some("percent" | "%") => Some((value, 2, true)),
        _ => Some((value, 1, word.percent)),
    }
}

/// "less than a day"
fn is_one(words: &[Word], at: usize) -> bool {
    const UNITS: &[&str] = &["minute", "hour", "day", "week", "month", "year", "kilometer", "mile", "percent"];
    let article = words.get(at).is_some_and(|w| matches!(w.text.as_str(), "a" | "an"));
    let unit = words.get(at + 1).is_some_and(|w| UNITS.contains(&w.text.as_str()));
    let than = at.checked_sub(1).and_then(|b| words.get(b)).is_some_and(|w| w.text == "than" || w.text == "least");
    article && unit && than
}

fn amount(words: &[Word], at: usize, value: f64, width: usize, percent: bool) -> Amount {
    let end = at + width;
    let plain = Amount { start: at, end, at, value, bound: Bound::Bare, percent, cue: None };
    if let Some(found) = between(words, &plain) {
        return found;
    }
    if let Some((start, bound)) = before(words, at) {
        let cue = words.get(start).map(|w| w.text.clone());
        return Amount { start, bound, cue, ..plain };
    }
    match after(words, end) {
        Some((end, bound)) => Amount { end, bound, ..plain },
        None => plain,
    }
}

fn between(words: &[Word], plain: &Amount) -> Option<Amount> {
    let start = plain.at.checked_sub(1)?;
    let opener = words.get(start)?.text.as_str();
    let joiner = words.get(plain.end)?.text.as_str();
    if !matches!((opener, joiner), ("between", "and" | "to") | ("from", "to")) {
        return None;
    }
    let (second, width, percent) = number(words, plain.end + 1)?;
    let end = plain.end + 1 + width;
    let bound = Bound::Between(second);
    Some(Amount { start, end, bound, percent: plain.percent || percent, ..plain.clone() })
}

/// The phrase that ends right before the number; small words may stand between.
pub fn before(words: &[Word], at: usize) -> Option<(usize, Bound)> {
    let mut stop = at;
    while stop > 0
        && words.get(stop - 1).is_some_and(|w| matches!(w.text.as_str(), "the" | "a" | "year" | "of" | "only"))
    {
        stop -= 1;
    }
    for end in [at, stop] {
        for (phrase, bound) in PHRASES {
            let Some(start) = end.checked_sub(phrase.len()) else { continue };
            if phrase.iter().zip(words.iter().skip(start)).all(|(p, w)| *p == w.text) {
                return Some((start, *bound));
            }
        }
    }
    None
}

/// "or more" after the number.
fn after(words: &[Word], end: usize) -> Option<(usize, Bound)> {
    let text = |at: usize| words.get(at).map(|w| w.text.as_str());
    let bound = match (text(end)?, text(end + 1)?) {
        ("or", "more" | "higher" | "above" | "greater" | "over" | "larger" | "later" | "better") => Bound::AtLeast,
        ("and", "more" | "above" | "up" | "over" | "higher") => Bound::AtLeast,
        ("or", "less" | "fewer" | "lower" | "below" | "under" | "smaller" | "earlier") => Bound::AtMost,
        ("and", "below" | "under" | "less") => Bound::AtMost,
        _ => return None,
    };
    Some((end + 2, bound))
}
