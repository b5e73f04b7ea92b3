//! `number`.

use model::{CellRef, ChoiceId, Field, FieldKind, NumberOptions};
use serde_json::{Value, json};

use super::numeric;
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::guess::{DecimalStyle, parse_amount};
use crate::options::Options;
use crate::plain::plain_cell;
use crate::problem::{CellProblem, OptionsError};

pub(crate) struct Number;

impl FieldType for Number {
    fn name(&self) -> &'static str {
        "number"
    }

    fn description(&self) -> &'static str {
        "A number, shown with fixed decimals and kept in full."
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
        let old = old.and_then(|kind| if let FieldKind::Number(old) = kind { Some(old.precision) } else { None });
        let options = Options::new(given)?;
        options.only(&["precision"])?;
        let precision = options.whole("precision", 0..=8, old)?;
        Ok(OptionsIn::Kind(FieldKind::Number(NumberOptions { precision })))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::Number(options) = kind else { return None };
        Some(json!({ "precision": options.precision }))
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        numeric::read(field, value, cx, |text| parse_amount(text, "", DecimalStyle::Point))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        match (kind, cell) {
            (FieldKind::Number(options), CellRef::Number(number)) => {
                out.push_str(&numeric::fixed(number, options.precision));
            }
            _ => plain_cell(kind, cell, out),
        }
    }
}
