//! Regular expressions. A search takes as long as its text times the places of the pattern at most ([`Weight`]), and little memory. Searches
//! after one another may each read far beyond their match; what they read so is counted, too.

use regex::{CaptureLocations, Error, Match, Regex, RegexBuilder};

use crate::eval::{Context, STEP};
use crate::lookup::Lookup;
use crate::mistakes::Mistake;
use crate::re2::translated;
use crate::reach::Reach;
use crate::strings::{LONGEST, Made};
use crate::weight::Weight;

/// Longest pattern in bytes.
const PATTERN: usize = 1 << 10;
/// Most bytes of a compiled pattern, and of what it keeps while it searches.
pub(crate) const COMPILED: usize = 1 << 20;
/// How deep groups may stand in groups.
pub(crate) const NESTED: u32 = 100;

/// What searching a byte of text costs at least, in bytes made; each place of the pattern costs one of them.
const SEARCH: usize = STEP;
/// What reading any pattern costs, and what each byte of it.
const READ: (usize, usize) = (1 << 16, 1 << 10);
/// What compiling a part of a pattern costs.
const COMPILE: usize = 1 << 6;
/// Most parts that are compiled before a pattern is found to be too large, or not.
const PARTS: usize = 1 << 16;
/// How much the searches in one text may cost in reading beyond their matches before it is found out how far they do.
const BEYOND: usize = 1 << 19;

/// A pattern that was read.
pub(crate) struct Search {
    /// None for one that is too large.
    regex: Option<Regex>,
    weight: Weight,
}

impl Search {
    fn new(pattern: &str) -> Option<Self> {
        let within = Some(pattern).filter(|pattern| pattern.len() <= PATTERN)?;
        let weight = Weight::of(&translated(within))?;
        Some(Self { regex: build(pattern).ok(), weight })
    }
}

/// The patterns of the rows, compiled where they become others, with what it costs to search texts by them.
pub(crate) struct Regexes<'c, 'b> {
    cx: &'c Context<'b>,
    known: Lookup<Search>,
    reaches: Lookup<Reach>,
}

impl<'c, 'b> Regexes<'c, 'b> {
    pub fn new(cx: &'c Context<'b>) -> Self {
        Self { cx, known: Lookup::new(Search::new), reaches: Lookup::new(|pattern| Reach::new(&translated(pattern))) }
    }

    /// The pattern by which this text is searched once; none where it cannot be compiled, or the batch is given up.
    pub fn of(&mut self, pattern: &str, text: &str) -> Option<&Regex> {
        if !self.known.knows(pattern) {
            let read = READ.0 + READ.1 * pattern.len().min(PATTERN);
            let compiled = self.cx.work(read).then(|| self.known.of(pattern)).flatten()?;
            self.cx.work(COMPILE * compiled.weight.parts.min(PARTS)).then_some(())?;
        }
        let search = self.known.of(pattern)?;
        let cost = text.len().saturating_mul(search.weight.places.max(SEARCH));
        if self.cx.work(cost) { search.regex.as_ref() } else { None }
    }

    /// Appends the text with all matches replaced; `$1` in `new` is the first group, and a dollar sign without a number itself.
    pub fn replace(&mut self, text: &str, (pattern, new): (&str, &str), out: &mut String) -> Made {
        if self.of(pattern, text).is_none() {
            return Made::Error;
        }
        let Self { cx, known, reaches } = self;
        let Some(Search { regex: Some(regex), weight }) = known.of(pattern) else { return Made::Error };
        let mut groups = new.contains('$').then(|| regex.capture_locations());
        let mut walk = Walk { cx, reaches, pattern, text, places: weight.places, beyond: 0 };
        let (start, mut done, mut at) = (out.len(), 0, 0);
        while at <= text.len() {
            let found = match &mut groups {
                Some(groups) => regex.captures_read_at(groups, text, at),
                None => regex.find_at(text, at),
            };
            let Some(found) = found else { break };
            let told = groups.as_ref().map_or(0, CaptureLocations::len);
            if !walk.counts(at, &found, told) || out.len() - start > 4 * LONGEST {
                return Made::Error;
            }
            let is_first = at == 0;
            at = found.end();
            if found.is_empty() {
                at += text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
                // Nothing, right behind a match, is none.
                if found.end() == done && !is_first {
                    continue;
                }
            }
            out.push_str(text.get(done..found.start()).unwrap_or_default());
            match &groups {
                Some(groups) => fill(new, text, groups, out),
                None => out.push_str(new),
            }
            done = found.end();
        }
        out.push_str(text.get(done..).unwrap_or_default());
        Made::Value
    }
}

/// Searches after one another in a text.
struct Walk<'w, 'b> {
    cx: &'w Context<'b>,
    reaches: &'w mut Lookup<Reach>,
    pattern: &'w str,
    text: &'w str,
    places: usize,
    /// What those so far may have cost in reading beyond their matches.
    beyond: usize,
}

impl Walk<'_, '_> {
    /// Counts what a search from here on has read beyond its match, and so many groups of it; the text itself was counted before. False when
    /// it is too much.
    fn counts(&mut self, from: usize, found: &Match<'_>, groups: usize) -> bool {
        let most = self.places.saturating_mul(self.text.len() - found.end());
        self.beyond = self.beyond.saturating_add(most);
        let measured = if self.beyond > BEYOND { self.reaches.of(self.pattern) } else { None };
        let beyond = measured.map_or(most, |reach| {
            let read = reach.from(self.text, from).max(found.end());
            // Finding that out has read it once more.
            self.places.saturating_mul(read - from + read - found.end())
        });
        // Four groups are kept for each place as fast as one place is looked at.
        let grouped = self.places.saturating_mul(found.len()).saturating_mul(groups.div_ceil(4));
        self.cx.work(beyond.saturating_add(grouped))
    }
}

/// Appends what stands for a match.
fn fill(new: &str, text: &str, groups: &CaptureLocations, out: &mut String) {
    let mut parts = new.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = part.split_at_checked(digits).unwrap_or(("", part));
        if let Ok(group) = number.parse::<usize>() {
            let group = groups.get(group).and_then(|(start, end)| text.get(start..end));
            out.push_str(group.unwrap_or_default());
        } else {
            out.push('$');
            out.push_str(number);
        }
        out.push_str(after);
    }
}

/// Compiles a pattern within the bounds.
#[cfg(test)]
pub(crate) fn compile(pattern: &str) -> Option<Regex> {
    Search::new(pattern)?.regex
}

fn build(pattern: &str) -> Result<Regex, Error> {
    RegexBuilder::new(&translated(pattern)).size_limit(COMPILED).dfa_size_limit(COMPILED).nest_limit(NESTED).build()
}

/// What is wrong with a pattern that cannot be compiled within the bounds.
pub(crate) fn mistake(pattern: &str) -> Option<Mistake> {
    if pattern.len() > PATTERN {
        return Some(("this pattern is too long".to_owned(), "a pattern has at most 1,024 bytes".to_owned()));
    }
    match build(pattern) {
        Ok(_) => None,
        // The pattern with marks below it comes first, then the reason.
        Err(Error::Syntax(told)) => {
            let reason = told.rsplit_once("error: ").map_or(told.as_str(), |(_, reason)| reason);
            let reason = reason.split('\n').map(str::trim).collect::<Vec<_>>().join(" ");
            Some((format!("this pattern cannot be read: {}", reason.trim()), pattern_advice(&reason).to_owned()))
        }
        Err(_) => Some(("this pattern is too large".to_owned(), "repeat less in it".to_owned())),
    }
}

fn pattern_advice(reason: &str) -> &'static str {
    if reason.starts_with("look-around") || reason.starts_with("backreferences") {
        "match more than is wanted, and take a group of it by `$1` in REGEX_REPLACE"
    } else {
        "a sign that is meant as itself has `\\` before it"
    }
}
