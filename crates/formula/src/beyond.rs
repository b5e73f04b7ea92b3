//! What of a formula is ours.

use crate::functions::find;
use crate::lex::{Token, lex};

/// The first function in a formula that Airtable does not have.
pub fn beyond_airtable(text: &str) -> Option<&'static str> {
    let tokens = lex(text);
    let calls = tokens.iter().zip(tokens.iter().skip(1)).filter_map(|((token, _), (next, _))| match (token, next) {
        (Token::Word(word), Token::Sign("(")) => find(&word.to_ascii_uppercase()),
        _ => None,
    });
    calls.into_iter().find(|function| function.is_ours()).map(|function| function.name)
}
