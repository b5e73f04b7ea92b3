//! `createdTime`.

use model::{CellRef, ChoiceId, CreatedOptions, FieldKind};
use serde_json::{Value, json};

use super::moment;
use crate::field_type::{FieldType, OptionsIn, Texting};
use crate::options::Options;
use crate::problem::OptionsError;

pub(crate) struct CreatedTime;

impl FieldType for CreatedTime {
    fn name(&self) -> &'static str {
        "createdTime"
    }

    fn description(&self) -> &'static str {
        "When the record was created."
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
        let options = Options::new(given)?;
        options.only(&["result"])?;
        let (date_only, shown) = moment::read_result(&options, old)?;
        Ok(OptionsIn::Kind(FieldKind::CreatedTime(CreatedOptions { date_only, shown })))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        Some(json!({ "result": moment::write_result(kind) }))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
        moment::push_computed(kind, cell, cx, out);
    }
}
