//! What of a formula is ours.

use std::ops::Range;

use crate::functions::find;
use crate::lex::{Token, lex};

/// The functions in a text that Airtable does not have, and where their names stand.
pub fn beyond_airtable(text: &str) -> Vec<(&'static str, Range<usize>)> {
    let tokens = lex(text);
    let calls = tokens.iter().zip(tokens.iter().skip(1)).filter_map(|((token, span), (next, _))| match (token, next) {
        (Token::Word(word), Token::Sign("(")) => Some((find(&word.to_ascii_uppercase())?, span.clone())),
        _ => None,
    });
    calls.filter(|(function, _)| function.is_ours()).map(|(function, span)| (function.name, span)).collect()
}
