//! `rating`.

use model::{CellRef, CellValue, ChoiceId, Field, FieldKind, RatingOptions};
use serde_json::{Value, json};

use super::numeric;
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::guess::{DecimalStyle, parse_currency};
use crate::options::Options;
use crate::palette::{BRIGHT_COLORS, RATING_ICONS};
use crate::plain::plain_cell;
use crate::problem::{CellProblem, OptionsError};

/// The greatest `max`.
const MOST: u8 = 10;

pub(crate) struct Rating;

impl FieldType for Rating {
    fn name(&self) -> &'static str {
        "rating"
    }

    fn description(&self) -> &'static str {
        "A whole number from 1 to a greatest one, shown as stars or the like; 0 clears it."
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        let old = old.and_then(rating);
        let options = Options::new(given)?;
        options.only(&["icon", "color", "max"])?;
        let icon = options.one_of("icon", &RATING_ICONS, old.map(|old| old.icon.as_str()))?;
        let color = options.one_of("color", &BRIGHT_COLORS, old.map(|old| old.color.as_str()))?;
        let max = options.whole("max", 1..=MOST, old.map(|old| old.max))?;
        Ok(OptionsIn::Kind(FieldKind::Rating(RatingOptions { icon, color, max })))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let options = rating(kind)?;
        Some(json!({ "icon": options.icon, "max": options.max, "color": options.color }))
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let max = rating(&field.kind).map_or(MOST, |options| options.max);
        let read = numeric::read(field, value, cx, |text| parse_currency(text, "", DecimalStyle::Point))?;
        let Incoming::Cell(CellValue::Number(number)) = read else { return Ok(read) };
        let number = if cx.typecast { number.round().clamp(0.0, f64::from(max)) } else { number };
        if number.fract() != 0.0 || !(0.0..=f64::from(max)).contains(&number) {
            return Err(CellProblem::OutsideRating { field: field.name.clone(), value: value.to_string(), max });
        }
        Ok(if number == 0.0 { Incoming::EMPTY } else { Incoming::Cell(CellValue::Number(number)) })
    }

    fn says_nothing(&self, text: &str) -> bool {
        text.trim().is_empty() || parse_currency(text, "", DecimalStyle::Point) == Some(0.0)
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        plain_cell(kind, cell, out);
    }
}

fn rating(kind: &FieldKind) -> Option<&RatingOptions> {
    if let FieldKind::Rating(options) = kind { Some(options) } else { None }
}
