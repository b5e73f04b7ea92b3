//! Regular expressions as RE2 reads them, which Airtable has, in the words of the `regex` crate.

use regex::escape;

/// The pattern for the `regex` crate: at most twice as long, and no less wrong.
pub(crate) fn translated(pattern: &str) -> String {
    let mut reading = Reading { rest: pattern, out: String::with_capacity(pattern.len()) };
    while let Some(c) = reading.rest.chars().next() {
        match c {
            '\\' => reading.escaped(),
            '[' => reading.class(),
            '{' => match repetition(reading.rest) {
                Some(len) => reading.copy(len),
                None => reading.literal(),
            },
            '}' => reading.literal(),
            c => reading.copy(c.len_utf8()),
        }
    }
    reading.out
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
            self.out.push_str(&escape(text));
            self.rest = rest;
        } else {
            self.escape();
        }
    }

    fn escape(&mut self) {
        match self.rest.strip_prefix('\\') {
            Some(sign) if sign.starts_with(['<', '>']) => {
                self.rest = sign;
                self.copy(1);
            }
            _ => self.copy(escape_len(self.rest)),
        }
    }

    /// A class, in which there are ranges, classes with names or a letter, and signs that stand for themselves.
    fn class(&mut self) {
        self.copy(1);
        if self.rest.starts_with('^') {
            self.copy(1);
        }
        let mut is_first = true;
        while !self.rest.is_empty() {
            if self.rest.starts_with(']') && !is_first {
                return self.copy(1);
            }
            is_first = false;
            if let Some(len) = named_class(self.rest) {
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

/// How long the `[:name:]` is that a text begins with.
fn named_class(text: &str) -> Option<usize> {
    let within = text.strip_prefix("[:")?;
    let name = within.strip_prefix('^').unwrap_or(within);
    let len = name.bytes().take_while(u8::is_ascii_lowercase).count();
    let is_named = len > 0 && name.get(len..)?.starts_with(":]");
    is_named.then_some(text.len() - name.len() + len + 2)
}
