//! `percent`.

use model::{CellRef, ChoiceId, Field, FieldKind, NumberOptions};
use serde_json::{Value, json};

use super::numeric;
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::guess::{DecimalStyle, parse_percent, shift};
use crate::options::Options;
use crate::plain::plain_cell;
use crate::problem::{CellProblem, OptionsError};

pub(crate) struct Percent;

impl FieldType for Percent {
    fn name(&self) -> &'static str {
        "percent"
    }

    fn description(&self) -> &'static str {
        "A share: 0.5 is shown as 50%."
    }

    fn can_be_primary(&self) -> bool {
        true
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        let old = old.and_then(|kind| if let FieldKind::Percent(old) = kind { Some(old.precision) } else { None });
        let options = Options::new(given)?;
        options.only(&["precision"])?;
        let precision = options.whole("precision", 0..=8, old)?;
        Ok(OptionsIn::Kind(FieldKind::Percent(NumberOptions { precision })))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::Percent(options) = kind else { return None };
        Some(json!({ "precision": options.precision }))
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        numeric::read(field, value, cx, |text| parse_percent(text, DecimalStyle::Point))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        match (kind, cell) {
            (FieldKind::Percent(options), CellRef::Number(number)) => {
                out.push_str(&numeric::fixed(shift(number, 2), options.precision));
                out.push('%');
            }
            _ => plain_cell(kind, cell, out),
        }
    }
}
