//! Regular expressions. They take time in proportion to the text, whatever the pattern, and little memory.

use regex::{Error, Regex, RegexBuilder};

use crate::eval::{Context, STEP};
use crate::lookup::Lookup;
use crate::mistakes::Mistake;
use crate::re2::translated;
use crate::strings::{LONGEST, Made};

/// Longest pattern in bytes.
const PATTERN: usize = 10_000;
/// Most bytes of a compiled pattern, and of what it keeps while it searches.
const COMPILED: usize = 1 << 20;
/// How deep groups may stand in groups.
const NESTED: u32 = 100;

/// What searching a byte of text costs, in bytes made.
const SEARCH: usize = STEP;
/// What compiling a pattern costs.
const COMPILE: usize = 1 << 16;

/// The patterns of the rows, compiled where they become others, with what it costs to search texts by them.
pub(crate) struct Regexes<'c, 'b> {
    cx: &'c Context<'b>,
    known: Lookup<Regex>,
}

impl<'c, 'b> Regexes<'c, 'b> {
    pub fn new(cx: &'c Context<'b>) -> Self {
        Self { cx, known: Lookup::new(compile) }
    }

    /// The pattern by which this text is searched; none where it cannot be compiled, or the batch is given up.
    pub fn of(&mut self, pattern: &str, text: &str) -> Option<&Regex> {
        let compile = if self.known.knows(pattern) { 0 } else { COMPILE };
        if self.cx.work(compile + SEARCH * text.len()) { self.known.of(pattern) } else { None }
    }
}

/// Compiles a pattern within the bounds.
pub(crate) fn compile(pattern: &str) -> Option<Regex> {
    if pattern.len() > PATTERN { None } else { build(pattern).ok() }
}

fn build(pattern: &str) -> Result<Regex, Error> {
    RegexBuilder::new(&translated(pattern)).size_limit(COMPILED).dfa_size_limit(COMPILED).nest_limit(NESTED).build()
}

/// What is wrong with a pattern that cannot be compiled within the bounds.
pub(crate) fn mistake(pattern: &str) -> Option<Mistake> {
    if pattern.len() > PATTERN {
        return Some(("this pattern is too long".to_owned(), format!("a pattern has at most {PATTERN} bytes")));
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

/// Appends the text with all matches replaced; `$1` in `new` is the first group, and a dollar sign without a number itself.
pub(crate) fn replace(regex: &Regex, text: &str, new: &str, out: &mut String) -> Made {
    let (start, mut rest) = (out.len(), 0);
    for captures in regex.captures_iter(text) {
        let Some(whole) = captures.get(0) else { continue };
        out.push_str(text.get(rest..whole.start()).unwrap_or_default());
        let mut parts = new.split('$');
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, after) = part.split_at_checked(digits).unwrap_or(("", part));
            if let Ok(group) = number.parse::<usize>() {
                out.push_str(captures.get(group).map_or("", |found| found.as_str()));
            } else {
                out.push('$');
                out.push_str(number);
            }
            out.push_str(after);
        }
        rest = whole.end();
        if out.len() - start > 4 * LONGEST {
            return Made::Error;
        }
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    Made::Value
}
