//! `currency`.

use model::{CellRef, ChoiceId, CurrencyOptions, Field, FieldKind};
use serde_json::{Value, json};

use super::numeric;
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::guess::{DecimalStyle, parse_amount};
use crate::options::Options;
use crate::plain::plain_cell;
use crate::problem::{CellProblem, OptionsError};

/// How many characters a currency sign has at most.
const MAX_SYMBOL: usize = 16;

pub(crate) struct Currency;

impl FieldType for Currency {
    fn name(&self) -> &'static str {
        "currency"
    }

    fn description(&self) -> &'static str {
        "An amount of money, shown with a currency sign in front."
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
        let old = old.and_then(|kind| if let FieldKind::Currency(old) = kind { Some(old) } else { None });
        let options = Options::new(given)?;
        options.only(&["precision", "symbol"])?;
        let precision = options.whole("precision", 0..=7, old.map(|old| old.precision))?;
        let symbol = read_symbol(&options, old.map(|old| old.symbol.as_str()))?;
        Ok(OptionsIn::Kind(FieldKind::Currency(CurrencyOptions { precision, symbol })))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::Currency(options) = kind else { return None };
        Some(json!({ "precision": options.precision, "symbol": options.symbol }))
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let symbol = if let FieldKind::Currency(options) = &field.kind { options.symbol.as_str() } else { "" };
        numeric::read(field, value, cx, |text| parse_amount(text, symbol, DecimalStyle::Point))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        match (kind, cell) {
            (FieldKind::Currency(options), CellRef::Number(number)) => {
                let amount = numeric::fixed(number, options.precision);
                let digits = amount.strip_prefix('-');
                out.push_str(if digits.is_some() { "-" } else { "" });
                out.push_str(&options.symbol);
                out.push_str(digits.unwrap_or(&amount));
            }
            _ => plain_cell(kind, cell, out),
        }
    }
}

fn read_symbol(options: &Options<'_>, old: Option<&str>) -> Result<String, OptionsError> {
    let expected = format!("a currency sign of at most {MAX_SYMBOL} characters, such as `$`");
    let Some(value) = options.get("symbol") else {
        return old.map(str::to_owned).ok_or_else(|| options.missing("symbol", expected));
    };
    value
        .as_str()
        .filter(|symbol| symbol.chars().count() <= MAX_SYMBOL && !symbol.chars().any(char::is_control))
        .map(str::to_owned)
        .ok_or_else(|| options.wrong("symbol", expected, value))
}
