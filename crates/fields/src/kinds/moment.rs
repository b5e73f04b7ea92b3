//! What all days and points in time have in common.

use model::{CellRef, DateFormat, DateTimeOptions, FieldKind, TimeFormat, Timestamp};
use serde_json::{Value, json};

use crate::calendar::{push_day, push_time_of_day, read_date_format, read_time_format, read_zone, to_local, zone_of};
use crate::field_type::Texting;
use crate::options::Options;
use crate::problem::OptionsError;

/// The formats of computed points in time that name no others.
fn computed_time() -> DateTimeOptions {
    DateTimeOptions {
        date_format: DateFormat { name: "local".to_owned(), format: "l".to_owned() },
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

/// Whether a computed field shows only days, and how it shows them.
fn formats(kind: &FieldKind) -> (bool, DateTimeOptions) {
    let date_only = match kind {
        FieldKind::CreatedTime(options) => options.date_only,
        FieldKind::LastModifiedTime(options) => options.date_only,
        _ => false,
    };
    (date_only, kind.shown().cloned().unwrap_or_else(computed_time))
}

/// The `result` of a computed day or point in time.
pub(super) fn write_result(kind: &FieldKind) -> Value {
    let (date_only, shown) = formats(kind);
    if date_only {
        json!({ "type": "date", "options": { "dateFormat": shown.date_format } })
    } else {
        json!({ "type": "dateTime", "options": shown })
    }
}

/// Reads `result`: whether only the day is shown, and in which formats.
pub(super) fn read_result(
    options: &Options<'_>,
    old: Option<&FieldKind>,
) -> Result<(bool, Option<DateTimeOptions>), OptionsError> {
    let (was_day, old) = old.map_or_else(|| (false, computed_time()), formats);
    let kept = |shown: DateTimeOptions| Some(shown).filter(|shown| *shown != computed_time());
    let result = options.part("result")?;
    if !result.is_given() {
        return Ok((was_day, kept(old)));
    }
    result.only(&["type", "options"])?;
    let date_only = result.one_of("type", &["date", "dateTime"], None)? == "date";
    let given = result.part("options")?;
    given.only(&["dateFormat", "timeFormat", "timeZone"])?;
    let shown = DateTimeOptions {
        date_format: read_date_format(&given, Some(&old.date_format))?,
        time_format: read_time_format(&given, Some(&old.time_format))?,
        time_zone: read_zone(&given, Some(&old.time_zone))?,
    };
    Ok((date_only, kept(shown)))
}

/// Appends the text of a computed day or point in time.
pub(super) fn push_computed(kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
    let CellRef::Time(time) = cell else { return };
    let (date_only, shown) = formats(kind);
    if date_only {
        push_day(&shown.date_format, Timestamp(time), &cx.locale, out);
    } else {
        push_time(&shown, Timestamp(time), cx, out);
    }
}

/// Appends the text of a point in time, in the field's zone.
pub(super) fn push_time(options: &DateTimeOptions, time: Timestamp, cx: &Texting, out: &mut String) {
    let local = to_local(&zone_of(&options.time_zone, &cx.time_zone), time);
    push_day(&options.date_format, local, &cx.locale, out);
    out.push(' ');
    push_time_of_day(&options.time_format, local, out);
}
