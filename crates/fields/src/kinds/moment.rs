//! What all days and points in time have in common.

use model::{CellRef, DateFormat, DateTimeOptions, TimeFormat, Timestamp};
use serde_json::{Value, json};

use crate::calendar::{push_day, push_time_of_day, to_local, zone_of};
use crate::field_type::Texting;
use crate::options::Options;
use crate::problem::OptionsError;

/// The format of computed days.
pub(super) fn computed_day() -> DateFormat {
    DateFormat { name: "local".to_owned(), format: "l".to_owned() }
}

/// The formats of computed points in time.
pub(super) fn computed_time() -> DateTimeOptions {
    DateTimeOptions {
        date_format: computed_day(),
        time_format: TimeFormat { name: "12hour".to_owned(), format: "h:mma".to_owned() },
        time_zone: "client".to_owned(),
    }
}

/// The formats of what formulas answer.
pub(super) fn result_time() -> DateTimeOptions {
    DateTimeOptions {
        date_format: DateFormat { name: "iso".to_owned(), format: "YYYY-MM-DD".to_owned() },
        time_format: TimeFormat { name: "24hour".to_owned(), format: "HH:mm".to_owned() },
        time_zone: "utc".to_owned(),
    }
}

/// The `result` of a computed day or point in time.
pub(super) fn write_result(date_only: bool) -> Value {
    if date_only {
        json!({ "type": "date", "options": { "dateFormat": computed_day() } })
    } else {
        json!({ "type": "dateTime", "options": computed_time() })
    }
}

/// Reads `result`: whether only the day is shown. Its formats are fixed, so what stands in its options is not read.
pub(super) fn read_result(options: &Options<'_>, old: bool) -> Result<bool, OptionsError> {
    let result = options.part("result")?;
    if !result.is_given() {
        return Ok(old);
    }
    result.only(&["type", "options"])?;
    Ok(result.one_of("type", &["date", "dateTime"], None)? == "date")
}

/// Appends the text of a computed day or point in time.
pub(super) fn push_computed(date_only: bool, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
    let CellRef::Time(time) = cell else { return };
    if date_only {
        push_day(&computed_day(), Timestamp(time), &cx.locale, out);
    } else {
        push_time(&computed_time(), Timestamp(time), cx, out);
    }
}

/// Appends the text of a point in time, in the field's zone.
pub(super) fn push_time(options: &DateTimeOptions, time: Timestamp, cx: &Texting, out: &mut String) {
    let local = to_local(&zone_of(&options.time_zone, &cx.time_zone), time);
    push_day(&options.date_format, local, &cx.locale, out);
    out.push(' ');
    push_time_of_day(&options.time_format, local, out);
}
