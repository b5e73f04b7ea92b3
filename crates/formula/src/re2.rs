//! Regular expressions as RE2 reads them, which Airtable has, in the words of `regex_syntax`.

use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{
    self, Ast, ClassAsciiKind, Flag, Flags, FlagsItemKind, Repetition, RepetitionKind, RepetitionOp, RepetitionRange,
};
use regex_syntax::escape as escaped;
use regex_syntax::hir::Hir;
use regex_syntax::hir::translate::Translator;

/// How deep groups may stand in groups.
const NESTED: u32 = 100;
/// How often a part may be repeated.
const REPEATED: u32 = 1_000;

/// The pattern as a tree.
///
/// # Errors
/// Why it is none.
pub(crate) fn read(pattern: &str) -> Result<Hir, String> {
    let text = translated(pattern)?;
    let parsed = ParserBuilder::new().nest_limit(NESTED).build().parse(&text);
    let parsed = parsed.map_err(|error| reason(&error))?;
    ast::visit(&parsed, Refusing)?;
    Translator::new().translate(&text, &parsed).map_err(|error| error.kind().to_string())
}

/// What is wrong, and with which escape.
fn reason(error: &ast::Error) -> String {
    let (start, end) = (error.span().start.offset, error.span().end.offset);
    let escape = error.pattern().get(start..end).filter(|_| *error.kind() == ast::ErrorKind::EscapeUnrecognized);
    escape.map_or_else(|| error.kind().to_string(), |escape| format!("{} `{escape}`", error.kind()))
}

/// How many classes a pattern has that may hold signs of all scripts: each takes as long to read as hundreds of other signs.
pub(crate) fn wide(pattern: &str) -> usize {
    let named = pattern.match_indices(r"\p").count() + pattern.match_indices(r"\P").count();
    let ends = pattern.split('-').skip(1).filter_map(|end| end.chars().next());
    named + ends.filter(|end| !end.is_ascii_alphanumeric()).count()
}

/// Refuses what RE2 does not know.
struct Refusing;

impl ast::Visitor for Refusing {
    type Output = ();
    type Err = String;

    fn finish(self) -> Result<(), String> {
        Ok(())
    }

    fn visit_pre(&mut self, part: &Ast) -> Result<(), String> {
        match part {
            Ast::Repetition(repetition) => refuse_repetition(repetition),
            Ast::Flags(set) => refuse_flags(&set.flags),
            // A boundary stands in a group of ours.
            Ast::Group(group) if matches!(*group.ast, Ast::Assertion(_)) => Ok(()),
            Ast::Group(group) => group.flags().map_or(Ok(()), refuse_flags),
            _ => Ok(()),
        }
    }
}

fn refuse_repetition(Repetition { op: RepetitionOp { kind, .. }, ast, .. }: &Repetition) -> Result<(), String> {
    let most = match kind {
        RepetitionKind::Range(
            RepetitionRange::Exactly(most) | RepetitionRange::AtLeast(most) | RepetitionRange::Bounded(_, most),
        ) => *most,
        _ => 1,
    };
    match **ast {
        Ast::Repetition(_) => Err("a repetition is repeated".to_owned()),
        _ if most > REPEATED => Err(format!("a part is repeated {most} times")),
        _ => Ok(()),
    }
}

fn refuse_flags(flags: &Flags) -> Result<(), String> {
    let unknown = |kind: &FlagsItemKind| match kind {
        FlagsItemKind::Flag(Flag::IgnoreWhitespace) => Some('x'),
        FlagsItemKind::Flag(Flag::Unicode) => Some('u'),
        FlagsItemKind::Flag(Flag::CRLF) => Some('R'),
        _ => None,
    };
    let refused = flags.items.iter().find_map(|item| unknown(&item.kind));
    refused.map_or(Ok(()), |flag| Err(format!("unrecognized flag `{flag}`")))
}

/// The pattern for `regex_syntax`, no less wrong. Of the letters for classes and boundaries RE2 means those of ASCII.
///
/// # Errors
/// Where a class has a name that there is not, which `regex_syntax` takes for signs.
pub(crate) fn translated(pattern: &str) -> Result<String, String> {
    let mut reading = Reading { rest: pattern, out: String::with_capacity(pattern.len()) };
    while let Some(c) = reading.rest.chars().next() {
        match c {
            '\\' => reading.escaped(),
            '[' => reading.class()?,
            '{' => match repetition(reading.rest) {
                Some(len) => reading.copy(len),
                None => reading.literal(),
            },
            '}' => reading.literal(),
            c => reading.copy(c.len_utf8()),
        }
    }
    Ok(reading.out)
}

struct Reading<'p> {
    rest: &'p str,
    out: String,
}

impl Reading<'_> {
    /// What comes next as it is.
    fn copy(&mut self, len: usize) {
        let (done, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        self.out.push_str(done);
        self.rest = rest;
    }

    /// A sign that stands for itself.
    fn literal(&mut self) {
        self.out.push('\\');
        self.copy(1);
    }

    /// What begins with a backslash. A text stands between `\Q` and `\E`; `\<` is the sign, not where a word begins.
    fn escaped(&mut self) {
        if let Some(within) = self.rest.strip_prefix("\\Q") {
            let (text, rest) = within.split_once("\\E").unwrap_or((within, ""));
            self.out.push_str(&escaped(text));
            self.rest = rest;
        } else {
            match self.rest.get(..2) {
                Some(r"\b" | r"\B") => {
                    self.out.push_str("(?-u:");
                    self.copy(2);
                    self.out.push(')');
                }
                Some(r"\d" | r"\s" | r"\w") => {
                    self.out.push('[');
                    self.escape();
                    self.out.push(']');
                }
                _ => self.escape(),
            }
        }
    }

    /// An escape within a class, or one that is the same outside.
    fn escape(&mut self) {
        let len = escape_len(self.rest);
        let (escape, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        match escape {
            r"\d" => self.out.push_str("0-9"),
            r"\D" => self.out.push_str("[^0-9]"),
            r"\s" => self.out.push_str(r"\t\n\f\r "),
            r"\S" => self.out.push_str(r"[^\t\n\f\r ]"),
            r"\w" => self.out.push_str("0-9A-Za-z_"),
            r"\W" => self.out.push_str("[^0-9A-Za-z_]"),
            r"\<" | r"\>" => self.out.extend(escape.chars().skip(1)),
            _ => match (octal(self.rest), escape.split_once("{^")) {
                (Some((sign, rest)), _) => {
                    self.out.push_str(&escaped(sign.encode_utf8(&mut [0; 4])));
                    self.rest = rest;
                    return;
                }
                (None, Some((r"\p", name))) => self.out.extend([r"\P{", name]),
                (None, Some((r"\P", name))) => self.out.extend([r"\p{", name]),
                _ => self.out.push_str(escape),
            },
        }
        self.rest = rest;
    }

    /// A class, in which there are ranges, classes with names or a letter, and signs that stand for themselves.
    fn class(&mut self) -> Result<(), String> {
        self.copy(1);
        if self.rest.starts_with('^') {
            self.copy(1);
        }
        let mut is_first = true;
        while !self.rest.is_empty() {
            if self.rest.starts_with(']') && !is_first {
                self.copy(1);
                break;
            }
            is_first = false;
            if let Some(len) = named_class(self.rest)? {
                self.copy(len);
                continue;
            }
            let is_sign = !is_class(self.rest);
            self.member();
            let until =
                self.rest.strip_prefix('-').filter(|until| is_sign && !until.starts_with(']') && !is_class(until));
            if until.is_some() {
                self.copy(1);
                self.member();
            }
        }
        Ok(())
    }

    /// One sign of a class.
    fn member(&mut self) {
        match self.rest.chars().next() {
            Some('\\') => self.escape(),
            Some('[' | ']' | '&' | '-' | '~' | '^') => self.literal(),
            c => self.copy(c.map_or(0, char::len_utf8)),
        }
    }
}

/// True where a text begins with a class that has a letter; nothing goes from one or to one, so that a `-` beside it is a sign.
fn is_class(text: &str) -> bool {
    let sign = text.strip_prefix('\\').unwrap_or_default();
    sign.starts_with(['d', 'D', 's', 'S', 'w', 'W', 'p', 'P'])
}

/// The sign that two or three digits after a backslash stand for, or any after a zero, and what follows; one digit alone is a group.
fn octal(text: &str) -> Option<(char, &str)> {
    let digits = text.strip_prefix('\\')?;
    let len = digits.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    let (code, rest) = digits.split_at_checked(len)?;
    let sign = char::from_u32(u32::from_str_radix(code, 8).ok()?)?;
    (len > 1 || code == "0").then_some((sign, rest))
}

/// How long the escape is that a text begins with.
fn escape_len(text: &str) -> usize {
    let mut chars = text.chars().skip(1);
    let Some(sign) = chars.next() else { return text.len() };
    let short = 1 + sign.len_utf8();
    match chars.next() {
        Some('{') if matches!(sign, 'p' | 'P' | 'x') => text.find('}').map_or(text.len(), |end| end + 1),
        Some(name) if matches!(sign, 'p' | 'P') => short + name.len_utf8(),
        _ => short,
    }
}

/// How long the `{n}`, `{n,}` or `{n,m}` is that a text begins with.
fn repetition(text: &str) -> Option<usize> {
    let within = text.strip_prefix('{')?;
    let len = within.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b',').count();
    let (counts, rest) = within.split_at_checked(len)?;
    let (least, most) = counts.split_once(',').unwrap_or((counts, ""));
    (rest.starts_with('}') && !least.is_empty() && !most.contains(',')).then_some(len + 2)
}

/// How long the `[:name:]` is that a text begins with. Whatever stands there is to be a name.
fn named_class(text: &str) -> Result<Option<usize>, String> {
    let Some((name, _)) = text.strip_prefix("[:").and_then(|within| within.split_once(":]")) else { return Ok(None) };
    match ClassAsciiKind::from_name(name.strip_prefix('^').unwrap_or(name)) {
        Some(_) => Ok(Some(name.len() + 4)),
        None => Err(format!("unknown class `[:{name}:]`")),
    }
}
