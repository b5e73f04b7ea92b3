//! Formulas of a house that takes what Airtable has and nothing else.

use formula::Diagnostic;
use model::{Field, FieldKind};

use crate::diagnosis::summary;
use crate::edit::Draft;
use crate::error::Error;

/// Most functions that are told to be none of Airtable's.
const FUNCTIONS: usize = 100;

/// The formula that a field is made of.
pub(crate) fn formula_of(kind: &FieldKind) -> Option<&str> {
    match kind {
        FieldKind::Formula(options) => Some(&options.formula),
        FieldKind::Rollup(options) => options.formula.as_deref(),
        FieldKind::Button(options) => Some(&options.formula),
        _ => None,
    }
}

/// The functions of ours in a formula, each a mistake.
pub fn beyond_airtable(text: &str) -> Vec<Diagnostic> {
    let mut ours = formula::beyond_airtable(text);
    ours.truncate(FUNCTIONS);
    for mistake in &mut ours {
        mistake.message.push_str(", and this house has only Airtable's (`formulas.airtable`)");
    }
    ours
}

/// # Errors
/// [`Error::Formula`] when a function of ours is in the formula of a field of this name and kind.
fn of_airtable(name: &str, kind: &FieldKind) -> Result<(), Error> {
    let ours = formula_of(kind).map(beyond_airtable).unwrap_or_default();
    if ours.is_empty() { Ok(()) } else { Err(Error::Formula { field: name.to_owned(), reason: summary(&ours) }) }
}

/// What comes into a base otherwise than written in a request, as a copy does, is looked at as it is kept.
///
/// # Errors
/// [`Error::Formula`] when a field of a draft has another formula than before, with a function of ours.
pub(crate) fn all_of_airtable(draft: &Draft<'_>) -> Result<(), Error> {
    for (before, after) in draft.changes() {
        let held = |field: &Field| before.as_ref().and_then(|table| table.field_by_id(field.id)).cloned();
        for field in &after.fields {
            if held(field).is_none_or(|held| formula_of(&held.kind) != formula_of(&field.kind)) {
                of_airtable(&field.name, &field.kind)?;
            }
        }
    }
    Ok(())
}
