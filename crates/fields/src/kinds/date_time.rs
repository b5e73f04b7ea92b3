//! `dateTime`.

use model::{CellRef, CellValue, ChoiceId, DateTimeOptions, Field, FieldKind, Timestamp};
use serde_json::{Value, json};

use super::moment;
use crate::calendar::{read_date_format, read_time_format, read_zone, zone_of};
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::guess::{names_later_year, parse_any_day, parse_any_time, parse_iso_time};
use crate::options::Options;
use crate::problem::{CellProblem, OptionsError};

pub(crate) struct DateTime;

impl FieldType for DateTime {
    fn name(&self) -> &'static str {
        "dateTime"
    }

    fn description(&self) -> &'static str {
        "A point in time; without an offset it is read in the field's time zone."
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
        let old = old.and_then(|kind| if let FieldKind::DateTime(old) = kind { Some(old) } else { None });
        let options = Options::new(given)?;
        options.only(&["dateFormat", "timeFormat", "timeZone"])?;
        Ok(OptionsIn::Kind(FieldKind::DateTime(DateTimeOptions {
            date_format: read_date_format(&options, old.map(|old| &old.date_format))?,
            time_format: read_time_format(&options, old.map(|old| &old.time_format))?,
            time_zone: read_zone(&options, old.map(|old| old.time_zone.as_str()))?,
        })))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let FieldKind::DateTime(options) = kind else { return None };
        Some(json!(options))
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let zone = match &field.kind {
            FieldKind::DateTime(options) => zone_of(&options.time_zone, &cx.time_zone),
            _ => cx.time_zone.clone(),
        };
        let time = match value {
            Value::String(text) if cx.typecast => {
                let order = cx.date_order(&field.kind);
                let time = parse_any_time(text, order, &zone);
                // A day that exists, but is or has this time in no year from 0 to 9999 in UTC.
                let is_day = || parse_any_day(text, order).is_some() || names_later_year(text, order);
                if time.is_none() && is_day() {
                    return Err(CellProblem::unreadable_date(field, text));
                }
                time
            }
            _ if cx.typecast => None,
            Value::String(text) => {
                Some(parse_iso_time(text, &zone).ok_or_else(|| CellProblem::unreadable_date(field, text))?)
            }
            _ => return Err(CellProblem::rejected(field)),
        };
        Ok(time.map_or(Incoming::EMPTY, |Timestamp(time)| Incoming::Cell(CellValue::Time(time))))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
        if let (FieldKind::DateTime(options), CellRef::Time(time)) = (kind, cell) {
            moment::push_time(options, Timestamp(time), cx, out);
        }
    }
}
