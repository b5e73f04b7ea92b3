//! Options of the fields that look through a link.

use model::FieldKind;

use crate::options::Options;
use crate::problem::OptionsError;

const LINK: &str = "the id or the name of a link field of this table";
const FIELD: &str = "the id or the name of a field of the linked table";

/// The link field and the field of the linked table, by id or name.
pub(super) fn read(options: &Options<'_>, old: Option<&FieldKind>) -> Result<(String, String), OptionsError> {
    let old = old.and_then(FieldKind::looks_through);
    Ok((
        options.named("recordLinkFieldId", LINK, old.map(|(link, _)| link.to_string()))?,
        options.named("fieldIdInLinkedTable", FIELD, old.map(|(_, field)| field.to_string()))?,
    ))
}
