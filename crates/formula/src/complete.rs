//! What somebody is about to write.

use crate::lex::{Token, lex};

/// A name that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun<'t> {
    /// The byte that it begins at.
    pub from: usize,
    /// What of it is there.
    pub prefix: &'t str,
    /// True behind a brace: only a field can come.
    pub in_braces: bool,
}

/// The name that the text in front of a cursor ends with, which may be empty; none where no name can come, as within a
/// text or behind a number.
pub fn begun(before: &str) -> Option<Begun<'_>> {
    let tokens = lex(before);
    let (token, span) = tokens.last().filter(|(_, span)| span.end == before.len()).cloned().unzip();
    let from = span.map_or(before.len(), |span| span.start);
    let written = before.get(from..).unwrap_or_default();
    match token {
        Some(Token::Word(_)) => Some(Begun { from, prefix: written, in_braces: false }),
        Some(Token::Open(..)) => Some(Begun { from, prefix: written.strip_prefix('{')?, in_braces: true }),
        None => Some(Begun { from, prefix: "", in_braces: false }),
        Some(Token::Sign(")") | Token::Number(_) | Token::Text(_) | Token::Field(_) | Token::Bad(..)) => None,
        Some(Token::Sign(_)) => Some(Begun { from: before.len(), prefix: "", in_braces: false }),
    }
}
