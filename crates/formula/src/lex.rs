//! Text to tokens.

use std::ops::Range;

use model::is_mark;

use crate::mistakes::foreign;

/// A piece of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Number(f64),
    Text(String),
    /// `{Field}`.
    Field(String),
    /// A bare word: a function or a field.
    Word(String),
    /// `( ) , + - * / & = != < <= > >=`
    Sign(&'static str),
    /// What belongs to no token: why, and what would be right.
    Bad(&'static str, &'static str),
    /// What begins here and is not closed, which takes all the rest: the same.
    Open(&'static str, &'static str),
}

const SIGNS: [&str; 15] = ["!=", "<=", ">=", "(", ")", ",", "+", "-", "*", "/", "&", "=", "<", ">", ";"];

/// What is written where other languages have a point.
const POINT: &str =
    "what linked records hold is read from a lookup field, and a name with a point in it is written `{a.b}`";

/// Most characters between quotes of another language.
const QUOTED: usize = 1_000;

/// Splits the text: all of it but the white space is in tokens, whatever it is.
pub(crate) fn lex(text: &str) -> Vec<(Token, Range<usize>)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            at += blank;
            continue;
        }
        let (token, len) = token(rest);
        out.push((token, at..at + len));
        at += len;
    }
    out
}

fn token(rest: &str) -> (Token, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    match first {
        '"' => quoted(rest, first, ("the text that begins here is not closed", "add `\"`"), Token::Text),
        '\'' => quoted(rest, first, ("the text that begins here is not closed", "add `'`"), Token::Text),
        '{' => quoted(rest, '}', ("the field name that begins here is not closed", "add `}`"), Token::Field),
        '.' if !rest.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '.')) => {
            (Token::Bad("a `.` leads to no other field", POINT), 1)
        }
        '0'..='9' | '.' => number(rest),
        c if c.is_alphabetic() || c == '_' => {
            let goes_on = |c: char| c.is_alphanumeric() || c == '_' || is_mark(c);
            let len = rest.find(|c: char| !goes_on(c)).unwrap_or(rest.len());
            (Token::Word(rest.get(..len).unwrap_or_default().to_owned()), len)
        }
        // `!=` before `!`.
        _ => match (SIGNS.iter().find(|sign| rest.starts_with(**sign)), foreign(rest)) {
            (sign, Some((other, message, advice))) if sign.is_none_or(|sign| sign.len() < other.len()) => {
                (Token::Bad(message, advice), other.len() + closed(rest, other))
            }
            (Some(sign), _) => (Token::Sign(sign), sign.len()),
            (None, _) => (
                Token::Bad("this character means nothing here", "a text stands in `\"` or `'`, a field in braces"),
                first.len_utf8(),
            ),
        },
    }
}

/// How much behind a quote, a bracket or a comment of another language belongs to it.
fn closed(rest: &str, sign: &str) -> usize {
    let within = rest.get(sign.len()..).unwrap_or_default();
    let ends: &[char] = match sign {
        "//" => return within.find('\n').unwrap_or(within.len()),
        "/*" => return within.find("*/").map_or(within.len(), |at| at + 2),
        "“" | "”" | "„" => &['“', '”', '"'],
        "‘" | "’" => &['‘', '’', '\''],
        "`" => &['`'],
        "[" => &[']'],
        _ => return 0,
    };
    let end = within.char_indices().take(QUOTED).find(|(_, c)| ends.contains(c));
    end.map_or(0, |(at, c)| at + c.len_utf8())
}

fn number(rest: &str) -> (Token, usize) {
    let len = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let digits = rest.get(..len).unwrap_or_default();
    (
        digits
            .parse()
            .map_or(Token::Bad("this is not a number", "a number has digits and one `.` at most"), Token::Number),
        len,
    )
}

fn quoted(rest: &str, end: char, open: (&'static str, &'static str), make: fn(String) -> Token) -> (Token, usize) {
    let mut out = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == end {
            return (make(out), at + 1);
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some((_, 'n')) if end != '}' => out.push('\n'),
            Some((_, 't')) if end != '}' => out.push('\t'),
            Some((_, escaped @ ('"' | '\'' | '\\' | '}'))) => out.push(escaped),
            Some((_, other)) => out.extend(['\\', other]),
            None => break,
        }
    }
    (Token::Open(open.0, open.1), rest.len())
}
