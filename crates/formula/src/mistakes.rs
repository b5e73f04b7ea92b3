//! What a text that is no formula was probably meant to be.

use std::ops::Range;

use crate::functions::find;
use crate::lex::Token;
use crate::parse::strength;

/// What is wrong, and what would be right.
pub(crate) type Mistake = (String, String);

/// A token and where it stands.
type Placed = (Token, Range<usize>);

/// Longest name with blanks that is said, in bytes.
const NAME: usize = 100;

/// There is something where an operator or the end of the formula, or of a call's argument, should be: the first of `after`.
pub(crate) fn instead_of_operator(text: &str, (before, after): (&[Placed], &[Placed]), in_call: bool) -> Mistake {
    let told = |message: &str, advice: &str| (message.to_owned(), advice.to_owned());
    let [found, ..] = after else { return told("the formula ends here", "") };
    match (before.last(), found) {
        (_, (Token::Bad(message, advice) | Token::Open(message, advice), _)) => told(message, advice),
        (_, (Token::Sign(";"), _)) if !in_call => told("`;` separates nothing", "leave it out"),
        (_, (Token::Sign(";"), _)) => told("`;` separates nothing", "arguments are separated by `,`"),
        (Some((Token::Number(_), _)), (Token::Sign(","), _)) if !in_call => {
            told("`,` separates the arguments of a function only", "a decimal point is written `.`")
        }
        (_, (Token::Sign(","), _)) => told("`,` separates the arguments of a function only", "leave it out"),
        (_, (Token::Sign(")"), _)) => {
            told("this `)` closes nothing", "leave it out, or add the `(` that it belongs to")
        }
        (Some((Token::Number(_), number)), (Token::Word(_), word)) if number.end == word.start => {
            told("the number ends before this", "a number is written in full, without an exponent or a unit")
        }
        (Some((Token::Text(_), text)), (Token::Word(_), word)) if text.end == word.start => {
            told("the text ends before this", "a quote within a text is written with `\\` before it")
        }
        (_, (Token::Word(word), _)) if joins(word, after).is_some() => {
            let advice = joins(word, after).unwrap_or_default();
            let name = name_with_blanks(text, before, after);
            let named =
                name.map_or(String::new(), |(_, name)| format!(", the name of a field with spaces `{{{name}}}`"));
            (format!("`{word}` is no operator"), format!("{advice}{named}"))
        }
        (Some((Token::Word(word), _)), _) if find(&word.to_ascii_uppercase()).is_some() => {
            let name = word.to_ascii_uppercase();
            (
                "an operator is missing before this".to_owned(),
                format!("what {name} is given stands in brackets: `{name}(…)`"),
            )
        }
        _ => match name_with_blanks(text, before, after) {
            Some((part, name)) => (
                format!("an operator is missing before `{part}`"),
                format!("the name of a field with spaces stands in braces: `{{{name}}}`"),
            ),
            None => missing_operator(before.last(), found, in_call),
        },
    }
}

/// What is written instead of a function between two values.
fn joins(word: &str, after: &[Placed]) -> Option<&'static str> {
    let is_call = matches!(after.get(1), Some((Token::Sign("("), _)));
    match word.to_ascii_uppercase().as_str() {
        "AND" => Some("that both hold is written `AND(a, b)`"),
        "OR" => Some("that one holds is written `OR(a, b)`"),
        "XOR" => Some("that one holds and the other does not is written `XOR(a, b)`"),
        "NOT" => Some("that something does not hold is written `NOT(a)`"),
        "MOD" if !is_call => Some("a remainder is written `MOD(a, b)`"),
        _ => None,
    }
}

fn missing_operator(before: Option<&Placed>, found: &Placed, in_call: bool) -> Mistake {
    let (message, advice) = match (before, found) {
        _ if in_call => ("an operator or a `,` is missing before this", "texts are joined by `&`"),
        (Some((Token::Number(_), _)), (Token::Number(_), _)) => {
            ("an operator is missing before this", "a number is written without blanks in it")
        }
        _ => ("an operator is missing before this", "texts are joined by `&`"),
    };
    (message.to_owned(), advice.to_owned())
}

/// The name that words and numbers next to each other make together, and its second part.
fn name_with_blanks<'t>(text: &'t str, before: &[Placed], after: &[Placed]) -> Option<(&'t str, &'t str)> {
    let Some((Token::Word(_), first)) = before.last() else { return None };
    let is_part = |index: &usize| {
        let is_call = matches!(after.get(index + 1), Some((Token::Sign("("), _)));
        matches!(after.get(*index), Some((Token::Word(_) | Token::Number(_), _))) && !is_call
    };
    let last = (0..after.len()).take_while(is_part).last()?;
    let name = text.get(first.start..after.get(last)?.1.end).filter(|name| name.len() <= NAME)?;
    Some((text.get(after.first()?.1.clone())?, name))
}

/// The innermost of so many open brackets, which is one of a call where this has a name, is not closed before the end.
pub(crate) fn unclosed(name: &str, open: usize) -> Mistake {
    let message = match open {
        1 => format!("the bracket of `{name}(` is not closed"),
        _ => format!("{open} brackets are not closed, the last of which is `{name}(`"),
    };
    (message, format!("add `{}`", ")".repeat(open)))
}

/// There is a sign, or nothing any more, where a value should be, with so many brackets open.
pub(crate) fn instead_of_value(before: Option<&Placed>, found: Option<&Placed>, open: usize) -> Mistake {
    let last = before.and_then(|(token, _)| if let Token::Sign(sign) = token { Some(*sign) } else { None });
    match (last, found.map(|(token, _)| token)) {
        (Some(","), Some(Token::Sign(")"))) => {
            ("a value is missing behind the last `,`".to_owned(), "leave the `,` out, or write `BLANK()`".to_owned())
        }
        (Some(operator), Some(Token::Sign("," | ")" | ";"))) if strength(operator).is_some() => {
            (format!("a value is missing behind `{operator}`"), format!("add it, or leave the `{operator}` out"))
        }
        (_, Some(Token::Sign(sign @ ("," | ")")))) => {
            (format!("a value is missing before `{sign}`"), "nothing is written `BLANK()`".to_owned())
        }
        (_, Some(Token::Sign(";"))) => {
            ("`;` separates nothing".to_owned(), "arguments are separated by `,`".to_owned())
        }
        (None, Some(Token::Sign("="))) => {
            ("a value is missing before `=`".to_owned(), "a formula begins without `=`".to_owned())
        }
        (_, Some(Token::Sign(sign))) => {
            (format!("a value is missing before `{sign}`"), format!("add it, or leave the `{sign}` out"))
        }
        (Some(sign @ ("(" | ",")), _) if open > 0 => (
            format!("the formula ends where a value is missing behind `{sign}`"),
            format!("add it, and `{}`", ")".repeat(open)),
        ),
        (Some(sign), _) => (
            format!("the formula ends where a value is missing behind `{sign}`"),
            format!("add it, or leave the `{sign}` out"),
        ),
        (None, _) => ("there is no formula".to_owned(), "write what it shall come to, such as `{Name}`".to_owned()),
    }
}

/// How alike a name must be to be offered, from 0 to 1.
const NEAR: f64 = 0.8;

/// The name that was probably meant.
pub(crate) fn closest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let scored = names.map(|held| (strsim::jaro_winkler(held, name), held));
    scored.max_by(|one, other| one.0.total_cmp(&other.0)).filter(|(score, _)| *score >= NEAR).map(|(_, held)| held)
}

/// What is written instead of a function of spreadsheets that is like none here.
pub(crate) fn elsewhere(name: &str) -> Option<&'static str> {
    Some(match name {
        "DATE" => "a date is read from a text, as by `DATETIME_PARSE(\"2024-02-29\")`",
        "IFS" => {
            "it is written `IF(a, x, IF(b, y, z))`, or `SWITCH(value, pattern, result, …)` where one value decides"
        }
        "ISNULL" => "did you mean ISBLANK?",
        "PROPER" => "UPPER and LOWER change all letters, and nothing the first ones only",
        "RAND" | "RANDBETWEEN" => "formulas know no chance: of the same values they come to the same",
        _ => return None,
    })
}

/// The sign of another language that a text begins with.
pub(crate) fn foreign(text: &str) -> Option<(&'static str, &'static str, &'static str)> {
    FOREIGN.into_iter().find(|(sign, ..)| text.starts_with(sign))
}

/// What is no sign here, why, and what is written instead; longer ones first.
pub(crate) const FOREIGN: [(&str, &str, &str); 27] = [
    ("//", "a formula has no comments", "leave it out"),
    ("/*", "a formula has no comments", "leave it out"),
    ("==", "`==` is no operator", "equality is written `=`"),
    ("=>", "`=>` is no operator", "at least as much is written `>=`"),
    ("=<", "`=<` is no operator", "at most as much is written `<=`"),
    ("=!", "`=!` is no operator", "inequality is written `!=`"),
    ("<>", "`<>` is no operator", "inequality is written `!=`"),
    ("&&", "`&&` is no operator", "that both hold is written `AND(a, b)`"),
    ("||", "`||` is no operator", "that one holds is written `OR(a, b)`"),
    ("**", "`**` is no operator", "a power is written `POWER(a, b)`"),
    ("!", "`!` is no operator", "that something does not hold is written `NOT(a)`"),
    ("%", "`%` is no operator", "a remainder is written `MOD(a, b)`, a percentage `a/100`"),
    ("^", "`^` is no operator", "a power is written `POWER(a, b)`"),
    ("|", "`|` is no operator", "that one holds is written `OR(a, b)`"),
    ("[", "square brackets mean nothing here", "a field is written `{Name}`"),
    ("]", "square brackets mean nothing here", "a field is written `{Name}`"),
    ("}", "this `}` closes nothing", "a field is written `{Name}`"),
    ("“", "curly quotes mean nothing here", "a text stands in `\"` or `'`"),
    ("”", "curly quotes mean nothing here", "a text stands in `\"` or `'`"),
    ("„", "curly quotes mean nothing here", "a text stands in `\"` or `'`"),
    ("‘", "curly quotes mean nothing here", "a text stands in `\"` or `'`"),
    ("’", "curly quotes mean nothing here", "a text stands in `\"` or `'`"),
    ("`", "this quote means nothing here", "a text stands in `\"` or `'`"),
    ("≠", "`≠` is no operator", "inequality is written `!=`"),
    ("≤", "`≤` is no operator", "it is written `<=`"),
    ("≥", "`≥` is no operator", "it is written `>=`"),
    ("×", "`×` is no operator", "it is written `*`"),
];
