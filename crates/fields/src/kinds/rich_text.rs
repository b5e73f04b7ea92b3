//! `richText`.

use model::{CellRef, CellValue, ChoiceId, Field, FieldKind};
use serde_json::Value;

use super::textual;
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::options;
use crate::problem::{CellProblem, OptionsError};

pub(crate) struct RichText;

impl FieldType for RichText {
    fn name(&self) -> &'static str {
        "richText"
    }

    fn description(&self) -> &'static str {
        "Text of several lines in Markdown; it ends with a line end, which is added where it is missing."
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        _old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        options::none(given, FieldKind::RichText)
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let mut incoming = textual::read(field, value, cx)?;
        if let Incoming::Cell(CellValue::Text(text)) = &mut incoming
            && !text.ends_with('\n')
        {
            text.push('\n');
        }
        Ok(incoming)
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        crate::plain::plain_cell(kind, cell, out);
    }
}
