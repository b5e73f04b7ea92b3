//! `checkbox`.

use model::{CellRef, CellValue, CheckboxOptions, ChoiceId, Field, FieldKind};
use serde_json::{Value, json};

use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::guess::parse_checkbox;
use crate::options::Options;
use crate::palette::{BRIGHT_COLORS, CHECKBOX_ICONS};
use crate::problem::{CellProblem, OptionsError};

pub(crate) struct Checkbox;

impl FieldType for Checkbox {
    fn name(&self) -> &'static str {
        "checkbox"
    }

    fn description(&self) -> &'static str {
        "Checked or not; an unchecked cell is empty."
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        let old = old.and_then(|kind| if let FieldKind::Checkbox(old) = kind { Some(old) } else { None });
        let options = Options::new(given)?;
        options.only(&["icon", "color"])?;
        let icon = options.one_of("icon", &CHECKBOX_ICONS, old.map(|old| old.icon.as_str()))?;
        let color = options.one_of("color", &BRIGHT_COLORS, old.map(|old| old.color.as_str()))?;
        Ok(OptionsIn::Kind(FieldKind::Checkbox(CheckboxOptions { icon, color })))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::Checkbox(options) = kind else { return None };
        Some(json!({ "icon": options.icon, "color": options.color }))
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let checked = match value {
            Value::Bool(checked) => *checked,
            Value::Number(number) if cx.typecast => number.as_f64() != Some(0.0),
            Value::String(text) if cx.typecast => parse_checkbox(text).unwrap_or(false),
            _ if cx.typecast => false,
            Value::String(text) => return Err(CellProblem::unreadable(field, text)),
            _ => return Err(CellProblem::rejected(field)),
        };
        Ok(if checked { Incoming::Cell(CellValue::Flag(true)) } else { Incoming::EMPTY })
    }

    fn says_nothing(&self, text: &str) -> bool {
        text.trim().is_empty() || parse_checkbox(text) == Some(false)
    }

    fn text(&self, _kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        if cell == CellRef::Flag(true) {
            out.push_str("checked");
        }
    }
}
