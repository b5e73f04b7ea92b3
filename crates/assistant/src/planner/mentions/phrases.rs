//! Stretches of a message that may be the text of a cell.

use std::collections::HashSet;

use crate::planner::{
    lexicon,
    text::{self, Word},
};

/// Longest phrase looked up among the values, in words; in a message of many words phrases are shorter.
const LONGEST: usize = 14;
/// Most words of a message in which phrases are as long as they may be.
const FEW: usize = 40;
/// Longest phrase in a message of many words.
const SHORTER: usize = 5;
/// Most phrases looked up at once; the shortest come first.
const PHRASES: usize = 900;

/// A stretch of the message that may be a cell's text.
#[derive(Debug, Clone)]
pub struct Phrase {
    pub start: usize,
    pub end: usize,
    pub text: String,
    /// Not as it was said: a singular for a plural.
    pub other_form: bool,
}

/// The stretches of a message that are looked up among the values.
pub fn of(message: &str, words: &[Word]) -> Vec<Phrase> {
    few(phrases(message, words))
}

/// No more different texts than are looked up at once.
fn few(mut phrases: Vec<Phrase>) -> Vec<Phrase> {
    if phrases.len() <= PHRASES {
        return phrases;
    }
    phrases.sort_by_key(|p| (p.end - p.start, p.start));
    let mut texts: HashSet<String> = HashSet::new();
    phrases.retain(|p| texts.contains(&p.text) || texts.len() < PHRASES && texts.insert(p.text.clone()));
    phrases
}

fn phrases(message: &str, words: &[Word]) -> Vec<Phrase> {
    let longest = if words.len() > FEW { SHORTER } else { LONGEST };
    let mut out = Vec::new();
    for start in 0..words.len() {
        if !begins(message, words, start) {
            continue;
        }
        for end in start + 1..=words.len().min(start + longest) {
            if ends(message, words, end) && worth_asking(words, start, end) {
                push_phrase(&mut out, message, words, start, end);
            }
        }
    }
    out
}

fn begins(message: &str, words: &[Word], at: usize) -> bool {
    let left = words.get(at).and_then(|w| message.get(..w.start)).unwrap_or_default();
    let signs = left.trim_end_matches(|c: char| touches(c) && !matches!(c, '/' | '('));
    signs.chars().next_back().is_none_or(|c| c.is_whitespace() || matches!(c, '/' | '('))
}

fn ends(message: &str, words: &[Word], end: usize) -> bool {
    let Some(last) = end.checked_sub(1).and_then(|at| words.get(at)) else { return false };
    let rest = message.get(last.end..).unwrap_or_default();
    rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && !"-–#&".contains(c) && (c != '%' || last.percent))
}

/// Small words that cell texts begin with ("on hold", "the ugly swans").
const OPENS: &[&str] = &[
    "the", "a", "an", "to", "in", "my", "on", "of", "at", "by", "up", "out", "off", "no", "not", "all", "for", "from",
    "one",
];

fn worth_asking(words: &[Word], start: usize, end: usize) -> bool {
    let span = words.get(start..end).unwrap_or_default();
    let (Some(first), Some(last)) = (span.first(), span.last()) else { return false };
    let plain = |w: &Word| lexicon::is_plain(&w.text) && !w.quoted;
    if span.len() == 1 {
        let stated = start
            .checked_sub(1)
            .and_then(|at| words.get(at))
            .is_some_and(|w| matches!(w.text.as_str(), "is" | "of" | "was" | "="));
        return stated || !plain(first) || first.capital && start > 0 && first.text != "i";
    }
    let opens = !plain(first) || first.capital || OPENS.contains(&first.text.as_str());
    let closes = !plain(last) || last.capital || matches!(last.text.as_str(), "out" | "it" | "you" | "me" | "up");
    opens && closes && (!span.iter().all(plain) || span.iter().any(|w| w.capital))
}

/// The phrase bare, and with the signs that touch it.
fn push_phrase(out: &mut Vec<Phrase>, message: &str, words: &[Word], start: usize, end: usize) {
    let from = words.get(start).map_or(0, |w| w.start);
    let to = end.checked_sub(1).and_then(|at| words.get(at)).map_or(from, |w| w.end);
    let bare = message.get(from..to).unwrap_or_default();
    let left = message.get(..from).unwrap_or_default();
    let right = message.get(to..).unwrap_or_default();
    let touching_left: usize = left.chars().rev().take_while(|c| touches(*c)).map(char::len_utf8).sum();
    let touching_right: usize = right.chars().take_while(|c| touches(*c)).map(char::len_utf8).sum();
    let wide = message.get(from - touching_left..to + touching_right).unwrap_or(bare);
    let trimmed = wide.trim_end_matches(['?', '!', ',', ';', ':']);
    let unquoted = trimmed.trim_matches(['"', '“', '”', '\'']);
    let mut seen: Vec<&str> = Vec::new();
    for text in [bare, trimmed, trimmed.trim_end_matches('.'), unquoted] {
        if !text.is_empty() && !seen.contains(&text) {
            seen.push(text);
            out.push(Phrase { start, end, text: text.to_owned(), other_form: false });
        }
    }
    push_forms(out, words, start, end, bare);
}

/// The phrase with its last word in another form: "nurses" for Nurse, "foggy" for fog.
fn push_forms(out: &mut Vec<Phrase>, words: &[Word], start: usize, end: usize, bare: &str) {
    let Some(last) = end.checked_sub(1).and_then(|at| words.get(at)) else { return };
    let names =
        last.text.chars().all(char::is_alphabetic) && !last.quoted && !lexicon::is_neutral(&last.stem, &last.text);
    let Some(head) = bare.get(..bare.len().saturating_sub(last.end - last.start)).filter(|_| names) else { return };
    for form in text::forms(&last.text).into_iter().chain(lexicon::called(&last.text).map(str::to_owned)) {
        out.push(Phrase { start, end, text: format!("{head}{form}"), other_form: true });
    }
}

fn touches(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace()
}
