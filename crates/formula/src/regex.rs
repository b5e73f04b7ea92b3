//! Regular expressions. A search takes as long as its text times the places of the pattern at most ([`Weight`]), and little memory. Searches
//! after one another may each read far beyond their match; what they read so is counted, too.

use regex_automata::meta::{Config, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::{Input, Match};
use regex_syntax::hir::Hir;

use crate::call::Call;
use crate::eval::{Context, STEP};
use crate::expr::Expr;
use crate::lookup::Lookup;
use crate::mistakes::Mistake;
use crate::re2::read;
use crate::reach::Reach;
use crate::strings::{LONGEST, Made};
use crate::value::Scalar;
use crate::weight::Weight;

/// Longest pattern in bytes.
pub(crate) const PATTERN: usize = 1 << 10;
/// Most bytes of a compiled pattern, and of what it keeps while it searches.
pub(crate) const COMPILED: usize = 1 << 20;

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
#[derive(Default)]
pub(crate) struct Search {
    /// None for one that is too large, or none.
    regex: Option<Regex>,
    weight: Weight,
}

impl Search {
    fn new(pattern: &str) -> Option<Self> {
        Self::within(pattern, COMPILED)
    }

    /// Within so many bytes of a program; none where it is no pattern.
    pub fn within(pattern: &str, most: usize) -> Option<Self> {
        let within = Some(pattern).filter(|pattern| pattern.len() <= PATTERN)?;
        let read = read(within).ok()?;
        Some(Self { regex: build(&read, most), weight: Weight::of(&read) })
    }

    pub fn is_too_large(&self) -> bool {
        self.regex.is_none()
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.regex.as_ref().map_or(0, Regex::memory_usage)
    }
}

/// The patterns of the rows, compiled where they become others, with what it costs to search texts by them.
pub(crate) struct Regexes<'c, 'b> {
    cx: &'c Context<'b>,
    /// The pattern of all rows, where it is a constant.
    constant: Option<&'b Search>,
    known: Lookup<Search>,
    reaches: Lookup<Reach>,
}

impl<'c, 'b> Regexes<'c, 'b> {
    /// For a call whose second argument is the pattern.
    pub fn new(call: &Call<'c, 'b>) -> Self {
        let cx = call.cx;
        let constant = match call.arguments.get(1) {
            Some(Expr::Constant(Scalar::Text(pattern))) => cx.patterns.find(pattern),
            _ => None,
        };
        Self {
            cx,
            constant,
            known: Lookup::new(Search::new),
            reaches: Lookup::new(|pattern| Reach::new(&read(pattern).ok()?)),
        }
    }

    /// The pattern by which this text is searched once; none where it cannot be compiled, or the batch is given up.
    pub fn of(&mut self, pattern: &str, text: &str) -> Option<&Regex> {
        if self.constant.is_none() && !self.known.knows(pattern) {
            let read = READ.0 + READ.1 * pattern.len().min(PATTERN);
            let compiled = self.cx.work(read).then(|| self.known.of(pattern)).flatten()?;
            self.cx.work(COMPILE * compiled.weight.parts.min(PARTS)).then_some(())?;
        }
        let search = match self.constant {
            Some(search) => search,
            None => self.known.of(pattern)?,
        };
        let cost = text.len().saturating_mul(search.weight.places.max(SEARCH));
        if self.cx.work(cost) { search.regex.as_ref() } else { None }
    }

    /// Appends the text with all matches replaced; `$1` in `new` is the first group, and a dollar sign without a number itself.
    pub fn replace(&mut self, text: &str, (pattern, new): (&str, &str), out: &mut String) -> Made {
        if self.of(pattern, text).is_none() {
            return Made::Error;
        }
        let Self { cx, constant, known, reaches } = self;
        let search = constant.or_else(|| known.of(pattern).map(|search| &*search));
        let Some(Search { regex: Some(regex), weight }) = search else { return Made::Error };
        let mut groups = new.contains('$').then(|| regex.create_captures());
        let mut walk = Walk { cx, reaches, pattern, text, places: weight.places, beyond: 0 };
        let (start, mut done, mut at) = (out.len(), 0, 0);
        while at <= text.len() {
            let rest = Input::new(text).range(at..);
            let found = match &mut groups {
                Some(groups) => {
                    regex.search_captures(&rest, groups);
                    groups.get_match()
                }
                None => regex.search(&rest),
            };
            let Some(found) = found else { break };
            let told = groups.as_ref().map_or(0, Captures::group_len);
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
    fn counts(&mut self, from: usize, found: &Match, groups: usize) -> bool {
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
fn fill(new: &str, text: &str, groups: &Captures, out: &mut String) {
    let mut parts = new.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = part.split_at_checked(digits).unwrap_or(("", part));
        if let Ok(group) = number.parse::<usize>() {
            let group = groups.get_group(group).and_then(|group| text.get(group.range()));
            out.push_str(group.unwrap_or_default());
        } else {
            out.push('$');
            out.push_str(number);
        }
        out.push_str(after);
    }
}

/// A pattern within the bounds as the tests search by it.
#[cfg(test)]
pub(crate) fn compile(pattern: &str) -> Option<regex::Regex> {
    Search::new(pattern)?.regex?;
    regex::Regex::new(&crate::re2::translated(pattern).ok()?).ok()
}

fn build(pattern: &Hir, most: usize) -> Option<Regex> {
    let config = Config::new().nfa_size_limit(Some(most)).hybrid_cache_capacity(COMPILED);
    Regex::builder().configure(config).build_from_hir(pattern).ok()
}

/// What is wrong with what should be a pattern, however large it is.
pub(crate) fn mistake(pattern: &str) -> Option<Mistake> {
    if pattern.len() > PATTERN {
        return Some(("this pattern is too long".to_owned(), "a pattern has at most 1,024 bytes".to_owned()));
    }
    match read(pattern) {
        Ok(_) => None,
        Err(reason) => Some((format!("this pattern cannot be read: {reason}"), pattern_advice(&reason).to_owned())),
    }
}

fn pattern_advice(reason: &str) -> &'static str {
    match reason {
        reason if reason.starts_with("look-around") || reason.starts_with("backreferences") => {
            "match more than is wanted, and take a group of it by `$1` in REGEX_REPLACE"
        }
        reason if reason.starts_with("a repetition is repeated") => "write a group, as `(?:a*)*`",
        reason if reason.starts_with("a part is repeated") => "repeat it at most 1,000 times",
        reason if reason.starts_with("unknown class") => {
            "classes are named as `[:alpha:]`, `[:digit:]`, `[:punct:]` or `[:space:]`"
        }
        r"unrecognized escape sequence `\Z`" => r"the end of the text is written `\z`",
        r"unrecognized escape sequence `\h`" => r"a space or tab is written `[ \t]`",
        reason if reason.starts_with("unrecognized escape sequence") => {
            r"a letter that is meant as itself has no `\` before it"
        }
        reason if reason.starts_with("Unicode property") || reason.starts_with("invalid Unicode") => {
            r"letters are `\pL`, capitals `\p{Lu}`, and those of a script `\p{Greek}`"
        }
        reason if reason.starts_with("invalid repetition count range") => {
            "the smaller count comes first, as in `{1,2}`"
        }
        reason if reason.starts_with("invalid character class range") => {
            r"the sign with the lower number comes first, as in `[a-z]`; a `-` that is meant as itself is written `\-`"
        }
        reason if reason.starts_with("hexadecimal") || reason.starts_with("invalid hexadecimal") => {
            r"a sign is named by its number as `\x41` or `\x{1F600}`"
        }
        reason if reason.contains("capture group name") => "each group has a name of its own, as in `(?P<name>a*)`",
        reason if reason.contains("flag") => "flags are i, m, s and U, as in `(?i)`",
        reason if reason.starts_with("exceed the maximum number of nested") => {
            "groups stand in each other at most 100 deep"
        }
        _ => "a sign that is meant as itself has `\\` before it",
    }
}
