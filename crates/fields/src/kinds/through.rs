//! Options of the fields that look through a link.

use model::FieldKind;

use crate::options::Options;
use crate::problem::OptionsError;

const LINK: &str = "the id or the name of a link field of this table";
const FIELD: &str = "the id or the name of a field of the linked table";

/// The link field and the field of the linked table, by id or name.
pub(super) fn read(options: &Options<'_>, old: Option<&FieldKind>) -> Result<(String, String), OptionsError> {
    let old = old.and_then(FieldKind::looks_through);
    let named = |key: &str, expected: &str, held: Option<String>| match options.get(key) {
        None => held.ok_or_else(|| options.missing(key, expected)),
        Some(value) => Ok(value.as_str().ok_or_else(|| options.wrong(key, expected, value))?.to_owned()),
    };
    Ok((
        named("recordLinkFieldId", LINK, old.map(|(link, _)| link.to_string()))?,
        named("fieldIdInLinkedTable", FIELD, old.map(|(_, field)| field.to_string()))?,
    ))
}
