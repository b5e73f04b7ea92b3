//! `count`.

use model::{CellRef, ChoiceId, FieldKind};
use serde_json::{Value, json};

use crate::field_type::{FieldType, OptionsIn, Texting};
use crate::options::Options;
use crate::plain::plain_cell;
use crate::problem::OptionsError;

pub(crate) struct Count;

impl FieldType for Count {
    fn name(&self) -> &'static str {
        "count"
    }

    fn description(&self) -> &'static str {
        "How many records a link cell of the same record holds."
    }

    fn is_computed(&self) -> bool {
        true
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        const EXPECTED: &str = "the id or the name of a link field of this table";
        let options = Options::new(given)?;
        // The second is answered by the API, given back by clients that copy a schema, and not read.
        options.only(&["recordLinkFieldId", "isValid", "error"])?;
        let held = if let Some(FieldKind::Count(old)) = old { Some(old.link.to_string()) } else { None };
        let link = options.named("recordLinkFieldId", EXPECTED, held)?;
        Ok(OptionsIn::Count { link })
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::Count(count) = kind else { return None };
        Some(json!({ "isValid": true, "recordLinkFieldId": count.link }))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        plain_cell(kind, cell, out);
    }
}
