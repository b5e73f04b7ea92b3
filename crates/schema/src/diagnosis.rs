//! What is wrong with a formula, told with the fields that were meant.

use formula::{Diagnostic, DiagnosticKind};

use crate::closest;

/// The first mistake, and how many more there are; names that are no fields all at once, as clients know it, with the closest to the first.
pub fn diagnosis<'n>(problems: &[Diagnostic], fields: impl Iterator<Item = &'n str>) -> String {
    let Some(first) = problems.first() else { return String::new() };
    let DiagnosticKind::UnknownField { name } = &first.kind else {
        return with_more(first.to_string(), problems.len() - 1);
    };
    let names = problems.iter().filter_map(|problem| match &problem.kind {
        DiagnosticKind::UnknownField { name } => Some(name.to_lowercase()),
        _ => None,
    });
    let names = names.collect::<Vec<_>>();
    let more = problems.len() - names.len();
    let advice = match name.as_str() {
        word if word.eq_ignore_ascii_case("values") => {
            "; `values` is known to the formulas of rollups only: name a lookup field here".to_owned()
        }
        _ if !first.advice.is_empty() => format!("; {}", first.advice),
        name => closest(name, fields),
    };
    with_more(format!("Unknown field names: {} (at character {}){advice}", names.join(", "), first.at), more)
}

/// A mistake, and how many more there are.
pub fn with_more(first: String, more: usize) -> String {
    match more {
        0 => first,
        1 => format!("{first} (and 1 more mistake)"),
        _ => format!("{first} (and {more} more mistakes)"),
    }
}
