//! What of a formula is ours.

use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::functions::find;
use crate::lex::{Token, lex};

/// The functions in a text that Airtable does not have, with what it has instead.
pub fn beyond_airtable(text: &str) -> Vec<Diagnostic> {
    let tokens = lex(text);
    let calls = tokens.iter().zip(tokens.iter().skip(1)).filter_map(|((token, span), (next, _))| match (token, next) {
        (Token::Word(word), Token::Sign("(")) => Some((find(&word.to_ascii_uppercase())?, span.clone())),
        _ => None,
    });
    let ours = calls.filter(|(function, _)| function.is_ours()).map(|(function, span)| {
        let kind = DiagnosticKind::UnknownFunction { name: function.name.to_owned() };
        let message = format!("Airtable has no function {}", function.name);
        Diagnostic::within(text, span, kind, message, instead_of(function.name))
    });
    ours.collect()
}

/// What comes to the same, or near it.
pub(crate) fn instead_of(name: &str) -> &'static str {
    match name {
        "AVERAGEIF" | "COUNTIF" | "SUMIF" => {
            "a rollup of a formula field like `IF(condition, value)` comes to the same"
        }
        "CONTAINS" => "it is written `FIND(what, text) > 0`",
        "DATEDIF" => {
            "`DATETIME_DIFF(end, start, \"months\")` comes near it, with the later date first and units in words"
        }
        "DATEDIFF" => "it is written `DATETIME_DIFF(a, b, \"days\")`, or with another unit",
        "EXACT" => "it is written `a & \"\" = b & \"\"`",
        "FORMATDATE" => "it is written `DATETIME_FORMAT(date, format)`",
        "IFERROR" => "it is written `IF(ISERROR(value), instead, value)`",
        "ISBLANK" | "ISEMPTY" => "it is written `value & \"\" = \"\"`",
        "ISNUMBER" => "`NOT(ISERROR(value + 0))` comes near it",
        "JSON_EXTRACT" | "SPLIT" => "`REGEX_EXTRACT(text, pattern)` takes a part out of a text",
        "LENGTH" => "it is written `LEN(text)`",
        "LET" => "write the value where its name stands",
        "LOG10" => "it is written `LOG(number)`",
        "SUBSTRING" => "it is written `MID(text, start + 1, count)`",
        "TEXTJOIN" => "it is written `ARRAYJOIN(values, separator)`",
        _ => "it has nothing like it: leave it out, or have the setting turned off",
    }
}
