//! `duration`.

use model::{CellRef, ChoiceId, DurationOptions, Field, FieldKind};
use serde_json::{Value, json};

use super::numeric;
use crate::field_type::{FieldType, Incoming, OptionsIn, Reading, Texting};
use crate::guess::parse_duration;
use crate::options::Options;
use crate::plain::plain_cell;
use crate::problem::{CellProblem, OptionsError};

const FORMATS: [&str; 5] = ["h:mm", "h:mm:ss", "h:mm:ss.S", "h:mm:ss.SS", "h:mm:ss.SSS"];

pub(crate) struct Duration;

impl FieldType for Duration {
    fn name(&self) -> &'static str {
        "duration"
    }

    fn description(&self) -> &'static str {
        "A length of time, kept in seconds and shown as hours, minutes and seconds."
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
        let options = Options::new(given)?;
        options.only(&["durationFormat"])?;
        let duration_format = options.one_of("durationFormat", &FORMATS, old.and_then(format_of))?;
        Ok(OptionsIn::Kind(FieldKind::Duration(DurationOptions { duration_format })))
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        Some(json!({ "durationFormat": format_of(kind)? }))
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let format = format_of(&field.kind).unwrap_or_default();
        numeric::read(field, value, cx, |text| parse_duration(text, format))
    }

    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, _cx: &Texting, out: &mut String) {
        match (format_of(kind), cell) {
            (Some(format), CellRef::Number(seconds)) => push(format, seconds, out),
            _ => plain_cell(kind, cell, out),
        }
    }
}

fn format_of(kind: &FieldKind) -> Option<&str> {
    if let FieldKind::Duration(options) = kind { Some(&options.duration_format) } else { None }
}

/// Appends a duration, rounded to the smallest unit that the format shows.
fn push(format: &str, seconds: f64, out: &mut String) {
    let decimals = format.split_once('.').map_or(0, |(_, tail)| tail.len() as u32);
    let units_per_second = 10u64.pow(decimals);
    let total = if format == "h:mm" {
        ((seconds.abs() / 60.0).round() as u64).saturating_mul(60)
    } else {
        (seconds.abs() * units_per_second as f64).round() as u64
    };
    if seconds < 0.0 && total > 0 {
        out.push('-');
    }
    let whole = total / units_per_second;
    let (hours, minutes, rest) = (whole / 3_600, whole / 60 % 60, whole % 60);
    let text = match decimals as usize {
        _ if format == "h:mm" => format!("{hours}:{minutes:02}"),
        0 => format!("{hours}:{minutes:02}:{rest:02}"),
        width => format!("{hours}:{minutes:02}:{rest:02}.{:0width$}", total % units_per_second),
    };
    out.push_str(&text);
}
