//! `date`.

use model::{CellRef, CellValue, ChoiceId, DateOptions, Field, FieldKind, Timestamp};
use serde_json::{Value, json};

use crate::calendar::{push_day, read_date_format};
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::guess::{names_later_year, parse_any_day, parse_iso_day};
use crate::options::Options;
use crate::problem::{CellProblem, OptionsError};

pub(crate) struct Date;

impl FieldType for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn description(&self) -> &'static str {
        "A day, written as `YYYY-MM-DD`."
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
        let old = old.and_then(|kind| if let FieldKind::Date(old) = kind { Some(&old.date_format) } else { None });
        let options = Options::new(given)?;
        options.only(&["dateFormat"])?;
        let date_format = read_date_format(&options, old)?;
        Ok(OptionsIn::Kind(FieldKind::Date(DateOptions { date_format })))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::Date(options) = kind else { return None };
        Some(json!(options))
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let day = match value {
            Value::String(text) if cx.typecast => {
                let order = cx.date_order(&field.kind);
                let day = parse_any_day(text, order);
                if day.is_none() && names_later_year(text, order) {
                    return Err(CellProblem::unreadable_date(field, text));
                }
                day
            }
            _ if cx.typecast => None,
            Value::String(text) => Some(parse_iso_day(text).ok_or_else(|| CellProblem::unreadable_date(field, text))?),
            _ => return Err(CellProblem::rejected(field)),
        };
        Ok(day.map_or(Incoming::EMPTY, |Timestamp(time)| Incoming::Cell(CellValue::Time(time))))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
        if let (FieldKind::Date(options), CellRef::Time(time)) = (kind, cell) {
            push_day(&options.date_format, Timestamp(time), &cx.locale, out);
        }
    }
}
