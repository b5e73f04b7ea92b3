//! What all numbers have in common.

use model::{CellValue, Field};
use serde_json::Value;

use crate::field_type::{Incoming, Reading};
use crate::problem::CellProblem;

/// Reads a number. With typecast a text goes through `parse`, and what is no number clears the cell.
pub(super) fn read(
    field: &Field,
    value: &Value,
    cx: &Reading,
    parse: impl Fn(&str) -> Option<f64>,
) -> Result<Incoming, CellProblem> {
    match value {
        Value::Number(number) => Ok(number.as_f64().map_or(Incoming::EMPTY, cell)),
        Value::String(text) if cx.typecast => Ok(parse(text).map_or(Incoming::EMPTY, cell)),
        Value::Bool(flag) if cx.typecast => Ok(cell(f64::from(u8::from(*flag)))),
        _ if cx.typecast => Ok(Incoming::EMPTY),
        Value::String(text) => Err(CellProblem::unreadable(field, text)),
        _ => Err(CellProblem::rejected(field)),
    }
}

fn cell(number: f64) -> Incoming {
    if !number.is_finite() {
        return Incoming::EMPTY;
    }
    // -0 is stored as 0, so it is 0 from the start.
    Incoming::Cell(CellValue::Number(if number == 0.0 { 0.0 } else { number }))
}

/// A number with fixed decimals. Halves go away from zero, as people round; there is no `-0.00`.
pub(super) fn fixed(number: f64, precision: u8) -> String {
    const MOST_EXACT_HALF: f64 = 4_503_599_627_370_496.0;
    let power = 10f64.powi(i32::from(precision));
    let scaled = number.abs() * power;
    let half = scaled < MOST_EXACT_HALF && (scaled.fract() - 0.5).abs() < f64::EPSILON;
    let rounded = if half { scaled.ceil() / power * number.signum() } else { number };
    let text = format!("{rounded:.*}", usize::from(precision));
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')) => digits.to_owned(),
        _ => text,
    }
}
