//! Formulas of a house that takes what Airtable has and nothing else.

use model::{Field, FieldKind};

use crate::edit::Draft;
use crate::error::Error;

/// The formula that a field is made of.
fn formula(kind: &FieldKind) -> Option<&str> {
    match kind {
        FieldKind::Formula(options) => Some(&options.formula),
        FieldKind::Rollup(options) => Some(&options.formula),
        FieldKind::Button(options) => Some(&options.formula),
        _ => None,
    }
}

/// Why a formula is refused that has a function of ours.
pub fn beyond_airtable(text: &str) -> Option<String> {
    formula::beyond_airtable(text).first().map(|(name, _)| foreign(name))
}

/// Why a function of ours is refused.
pub fn foreign(name: &str) -> String {
    format!("Airtable has no function {name}, and this house has only Airtable's (`formulas.airtable`)")
}

/// # Errors
/// [`Error::Formula`] when a function of ours is in the formula of a field of this name and kind.
pub fn of_airtable(name: &str, kind: &FieldKind) -> Result<(), Error> {
    match formula(kind).and_then(beyond_airtable) {
        Some(reason) => Err(Error::Formula { field: name.to_owned(), reason }),
        None => Ok(()),
    }
}

/// The same for all fields that a draft has with another formula than before.
pub(crate) fn all_of_airtable(draft: &Draft<'_>) -> Result<(), Error> {
    for (before, after) in draft.changes() {
        let held = |field: &Field| before.as_ref().and_then(|table| table.field_by_id(field.id)).cloned();
        for field in &after.fields {
            if held(field).is_none_or(|held| formula(&held.kind) != formula(&field.kind)) {
                of_airtable(&field.name, &field.kind)?;
            }
        }
    }
    Ok(())
}
