//! Words of a message: where they stand, how they look folded, and how alike two of them are.

#[cfg(test)]
mod tests;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::lexicon;

/// One word, number or sign of a message.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing seen of the word")]
pub struct Word {
    /// Lower case, without accents.
    pub text: String,
    /// Singular, irregular forms replaced.
    pub stem: String,
    /// The stem without its ending, for `driver` ~ `drove`.
    pub root: String,
    /// Byte range in the message.
    pub start: usize,
    pub end: usize,
    /// Starts with a capital letter.
    pub capital: bool,
    /// Stands between quotation marks.
    pub quoted: bool,
    /// Was followed by `'s`.
    pub possessive: bool,
    /// Its value when it is a number.
    pub number: Option<f64>,
    /// A number followed by `%`.
    pub percent: bool,
    /// A sentence or clause ends after it.
    pub stop: bool,
}

/// Folds to lower case without accents.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The words of `text` in order.
pub fn words(text: &str) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let mut at = 0;
    let mut quoted = false;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let taken = take(text, at, &out);
        if let Some((end, mut word)) = taken {
            word.quoted = quoted;
            out.push(word);
            at = end;
        } else {
            quoted = toggle_quote(c, quoted, text, at);
            mark_stop(c, text, at, out.last_mut());
            at += c.len_utf8();
        }
    }
    let mut out = split_negations(out);
    out.iter_mut().for_each(mend);
    out
}

/// A misspelt word of asking is taken for the word it is nearly ("differnt", "avrage").
fn mend(word: &mut Word) {
    if let Some(meant) = lexicon::mistyped(&word.text).filter(|_| !word.quoted) {
        word.take_for(meant);
        return;
    }
    if word.quoted || word.number.is_some() || word.text.len() < 5 || lexicon::is_known(&word.text) {
        return;
    }
    let near = |known: &&&str| word.text.chars().next() == known.chars().next() && is_slip(&word.text, known);
    let mut found = lexicon::ASKING.iter().filter(near);
    if let (Some(meant), None) = (found.next(), found.next()) {
        word.take_for(meant);
    }
}

impl Word {
    fn take_for(&mut self, meant: &str) {
        self.stem = stem(meant);
        self.root = root(&self.stem);
        meant.clone_into(&mut self.text);
    }
}

/// One letter too many, too few, wrong or swapped; the word must not merely be another form of the known one.
fn is_slip(said: &str, known: &str) -> bool {
    known.len() >= 5 && strsim::osa_distance(said, known) == 1 && stem(said) != stem(known)
}

fn toggle_quote(c: char, quoted: bool, text: &str, at: usize) -> bool {
    match c {
        '"' => !quoted,
        '“' | '«' => true,
        '”' | '»' => false,
        '\'' if !quoted && at == 0 => true,
        '\'' => {
            let before = text.get(..at).and_then(|t| t.chars().next_back());
            let after = text.get(at + 1..).and_then(|t| t.chars().next());
            matches!((before, after), (Some(b), Some(a)) if b.is_whitespace() && a.is_alphanumeric())
        }
        _ => quoted,
    }
}

fn mark_stop(c: char, text: &str, at: usize, last: Option<&mut Word>) {
    let next = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
    let breaks = matches!(c, '?' | '!' | ';' | ',' | ':') || (c == '.' && next.is_none_or(char::is_whitespace));
    if let Some(word) = last.filter(|_| breaks) {
        word.stop = true;
    }
}

/// Letters and digits, without footnote marks such as `¹`.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !matches!(c, '⁰'..='⁹' | '²' | '³' | '¹')
}

fn take(text: &str, at: usize, before: &[Word]) -> Option<(usize, Word)> {
    let rest = text.get(at..)?;
    let first = rest.chars().next()?;
    if let Some(sign) =
        ["<=", ">=", "!=", "<", ">", "=", "≥", "≤", "#", "%", "&"].iter().find(|s| rest.starts_with(**s))
    {
        return Some((at + sign.len(), word(sign, at, at + sign.len(), None)));
    }
    let negative = first == '-'
        && rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit())
        && text.get(..at).is_some_and(|t| t.chars().next_back().is_none_or(char::is_whitespace))
        && before.last().is_none_or(|w| w.number.is_none());
    if first.is_ascii_digit() || negative {
        return take_number(text, at, negative);
    }
    if !is_letter(first) {
        return None;
    }
    let mut end = at;
    for c in rest.chars() {
        let inner_apostrophe = matches!(c, '\'' | '’') && end > at;
        if !(is_letter(c) || is_combining_mark(c) || inner_apostrophe) {
            break;
        }
        end += c.len_utf8();
    }
    let raw = text.get(at..end)?.trim_end_matches(['\'', '’']);
    Some((at + raw.len(), plain_word(raw, at)))
}

fn plain_word(raw: &str, at: usize) -> Word {
    let lower = raw.to_lowercase().replace('’', "'");
    for tail in ["'s", "'re", "'ve", "'ll", "'d"] {
        if let Some(short) = lower.strip_suffix(tail) {
            let keep = raw.chars().take(short.chars().count()).collect::<String>();
            let mut found = word(&keep, at, at + raw.len(), None);
            found.possessive = tail == "'s";
            found.end = at + keep.len();
            return found;
        }
    }
    let mut found = word(raw, at, at + raw.len(), None);
    found.text = fold(&lower);
    found
}

/// A number, or a word that begins with a digit (`3rd`, `15.180E`, `1998-99` gives two words).
fn take_number(text: &str, at: usize, negative: bool) -> Option<(usize, Word)> {
    let bytes = text.as_bytes();
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let mut end = at + usize::from(negative);
    loop {
        if digit(end) {
            end += 1;
            continue;
        }
        let thousands = bytes.get(end) == Some(&b',')
            && digit(end + 1)
            && digit(end + 2)
            && digit(end + 3)
            && !digit(end + 4)
            && digit(end.saturating_sub(1));
        if thousands {
            end += 4;
        } else if bytes.get(end) == Some(&b'.') && digit(end + 1) {
            end += 1;
        } else {
            break;
        }
    }
    let comma = decimal_comma(bytes, at, end);
    end = comma.unwrap_or(end);
    let digits_end = end;
    end += text.get(end..)?.chars().take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum::<usize>();
    let raw = text.get(at..end)?;
    let point = if comma.is_some() { "." } else { "" };
    let number = text.get(at..digits_end).and_then(|t| t.replace(',', point).parse::<f64>().ok());
    let suffix = text.get(digits_end..end).map(str::to_lowercase).unwrap_or_default();
    let number = number.and_then(|n| scaled(n, &suffix));
    let percent = bytes.get(end) == Some(&b'%');
    let mut found = word(raw, at, end, number);
    found.percent = percent;
    found.end = end;
    Some((end + usize::from(percent), found))
}

/// Where `1,5` ends: one comma with one or two digits after it, in a number without any other sign.
fn decimal_comma(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    let after_comma = start.checked_sub(1).is_some_and(|before| bytes.get(before) == Some(&b','));
    let plain = !after_comma && bytes.get(start..end)?.iter().all(|b| b.is_ascii_digit() || *b == b'-');
    let rest = bytes.get(end..)?.strip_prefix(b",").filter(|_| plain)?;
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let listed = rest.get(digits) == Some(&b',') && rest.get(digits + 1).is_some_and(u8::is_ascii_digit);
    ((1..=2).contains(&digits) && !listed).then_some(end + 1 + digits)
}

fn scaled(number: f64, suffix: &str) -> Option<f64> {
    match suffix {
        "" => Some(number),
        "k" => Some(number * 1e3),
        "m" | "mn" | "mio" => Some(number * 1e6),
        "bn" => Some(number * 1e9),
        _ => None,
    }
}

fn word(raw: &str, start: usize, end: usize, number: Option<f64>) -> Word {
    let text = fold(raw);
    let stem = stem(&text);
    let root = root(&stem);
    Word {
        capital: raw.chars().next().is_some_and(char::is_uppercase),
        text,
        stem,
        root,
        start,
        end,
        quoted: false,
        possessive: false,
        number,
        percent: false,
        stop: false,
    }
}

/// `doesn't` becomes `does` `not`, so that a negation is one word everywhere.
fn split_negations(words: Vec<Word>) -> Vec<Word> {
    let mut out = Vec::with_capacity(words.len());
    for mut found in words {
        let Some(verb) = negated_verb(&found.text) else {
            found.stem = stem(&found.text);
            found.root = root(&found.stem);
            out.push(found);
            continue;
        };
        let verb = match verb.as_str() {
            "ca" => "can".to_owned(),
            "wo" => "will".to_owned(),
            _ => verb,
        };
        let stop = std::mem::take(&mut found.stop);
        let mut not = word("not", found.start, found.end, None);
        not.stop = stop;
        out.push(Word { stem: verb.clone(), root: verb.clone(), text: verb, ..found });
        out.push(not);
    }
    out
}

/// The verb of `doesn't`, also written `doesnt`.
fn negated_verb(text: &str) -> Option<String> {
    const BARE: &[&str] = &[
        "arent", "isnt", "wasnt", "werent", "dont", "doesnt", "didnt", "hasnt", "havent", "hadnt", "wouldnt",
        "couldnt", "shouldnt",
    ];
    let bare = || BARE.contains(&text).then(|| text.strip_suffix("nt")).flatten();
    text.strip_suffix("n't").or_else(bare).map(str::to_owned)
}

/// What a word may be a form of: `nurses` nurse, `climbing` climb, `foggy` fog.
pub fn forms(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut add = |form: String| {
        if form.len() >= 3 && form != text && !out.contains(&form) {
            out.push(form);
        }
    };
    let single = stem(text);
    add(single.clone());
    for ending in ["ing", "ed", "y"] {
        let Some(short) = single.strip_suffix(ending).filter(|short| short.len() >= 3) else { continue };
        let letters = short.as_bytes();
        let doubled = letters.last() == letters.get(letters.len().wrapping_sub(2));
        add(short.to_owned());
        if doubled {
            add(short.get(..short.len() - 1).unwrap_or(short).to_owned());
        } else if ending != "y" {
            add(format!("{short}e"));
        }
    }
    out
}

/// Singular of a folded word; irregular verbs and plurals by table.
pub fn stem(text: &str) -> String {
    if let Some(base) = lexicon::irregular(text) {
        return base.to_owned();
    }
    let keeps_s = text.ends_with("ss") || text.ends_with("us") || text.ends_with("is");
    if text.len() <= 2 || keeps_s || !text.ends_with('s') {
        return text.to_owned();
    }
    if let Some(short) = text.strip_suffix("ies") {
        return if short.len() > 2 { format!("{short}y") } else { format!("{short}ie") };
    }
    let sibilant = ["sses", "shes", "ches", "xes", "zes"].iter().any(|tail| text.ends_with(tail));
    let cut = if sibilant { 2 } else { 1 };
    text.get(..text.len() - cut).unwrap_or(text).to_owned()
}

/// The stem without a common ending.
fn root(stem: &str) -> String {
    const ENDINGS: &[&str] =
        &["ings", "ing", "ment", "ers", "ors", "ion", "er", "or", "ed", "al", "ly", "en", "e", "y"];
    for ending in ENDINGS {
        if let Some(short) = stem.strip_suffix(ending).filter(|s| s.len() >= 3) {
            let bytes = short.as_bytes();
            let doubled = bytes.len() > 3 && bytes.last() == bytes.get(bytes.len() - 2) && bytes.last() != Some(&b'l');
            return if doubled { short.get(..short.len() - 1).unwrap_or(short) } else { short }.to_owned();
        }
    }
    stem.to_owned()
}

/// How surely two words mean the same, 0 to 1.
pub fn alike(a: &Word, b: &Word) -> f32 {
    if a.text == b.text {
        return 1.0;
    }
    if a.number.is_some() || b.number.is_some() {
        return if a.number.is_some() && a.number == b.number { 1.0 } else { 0.0 };
    }
    if a.stem == b.stem {
        return 0.98;
    }
    if a.root == b.root && a.root.len() >= 3 {
        return 0.85;
    }
    if lexicon::synonyms(&a.stem, &b.stem) || lexicon::synonyms(&a.text, &b.text) {
        return 0.7;
    }
    if abbreviates(&a.text, &b.text) {
        return 0.7;
    }
    if typo(&a.stem, &b.stem) { 0.8 } else { 0.0 }
}

fn abbreviates(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.len() >= 3 && long.len() >= short.len() + 3 && long.starts_with(short)
}

/// Whether one is a likely misspelling of the other.
pub fn typo(a: &str, b: &str) -> bool {
    let (la, lb) = (a.chars().count(), b.chars().count());
    let shorter = la.min(lb);
    let allowed = match shorter {
        0..=4 => return false,
        5..=7 => 1,
        _ => 2,
    };
    if la.abs_diff(lb) > allowed || a.chars().next() != b.chars().next() {
        return false;
    }
    if lexicon::is_plain(a) && lexicon::is_plain(b) {
        return false;
    }
    let distance = strsim::osa_distance(a, b);
    distance <= allowed || distance == 2 && same_letters(a, b)
}

/// "rokect": every letter is there, one stands elsewhere.
fn same_letters(a: &str, b: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(a) == sorted(b)
}
