//! The read form of cells: the hot path of every page.

use model::{ButtonOptions, CellRef, FieldKind, FormulaType, Items, SelectOptions, Timestamp, push_number};

use crate::attachment::write_attachments;
use crate::kinds::{Written, write_ai_text, write_barcode};
use crate::shape::{Shape, shape};

/// Whole numbers below this are exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Appends the read form of a cell; false when the cell is empty and nothing was written.
///
/// The value itself decides the form, except that days and choices ask the kind. Choices that were deleted are left
/// out. Links are not written: they need the ids of the records. Files that are kept have no address here: one is made
/// for each reader.
pub fn write_cell(kind: &FieldKind, cell: CellRef<'_>, out: &mut Vec<u8>) -> bool {
    match cell {
        CellRef::Empty | CellRef::Links(_) | CellRef::Flag(false) => return false,
        CellRef::Text(text) => {
            if text.is_empty() {
                return false;
            }
            match kind {
                FieldKind::Barcode => write_barcode(text, out),
                FieldKind::MultipleAttachments(_) => return write_attachments(text, &mut |_, _, _| None, out),
                FieldKind::Button(button) => write_button(button, text, out),
                FieldKind::AiText(_) => write_ai_text(Written::of(cell).as_ref(), false, out),
                _ => write_text(text, out),
            }
        }
        CellRef::Number(number) => write_number(number, out),
        CellRef::Flag(true) => out.extend_from_slice(b"true"),
        CellRef::Time(time) => write_time(kind, Timestamp(time), out),
        CellRef::Choice(no) => return kind.select().is_some_and(|select| write_choice(select, no, out)),
        CellRef::Choices(nos) => return kind.select().is_some_and(|select| write_choices(select, nos, out)),
        CellRef::Values(items) => write_items(kind.item(), items, out),
        CellRef::Error(_) => out.extend_from_slice(br##"{"error":"#ERROR!"}"##),
    }
    true
}

fn write_button(button: &ButtonOptions, url: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"label\":");
    write_text(&button.label, out);
    out.extend_from_slice(b",\"url\":");
    write_text(url, out);
    out.push(b'}');
}

fn write_items(kind: &FieldKind, items: Items<'_>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        if !write_cell(kind, item, out) {
            out.extend_from_slice(b"null");
        }
    }
    out.push(b']');
}

fn write_time(kind: &FieldKind, time: Timestamp, out: &mut Vec<u8>) {
    out.push(b'"');
    if matches!(shape(kind), Shape::Date | Shape::List(FormulaType::Date)) {
        time.write_date(out);
    } else {
        time.write_iso(out);
    }
    out.push(b'"');
}

fn write_choice(select: &SelectOptions, no: u32, out: &mut Vec<u8>) -> bool {
    let Some(choice) = select.by_no(no) else { return false };
    write_text(&choice.name, out);
    true
}

fn write_choices(select: &SelectOptions, nos: &[u32], out: &mut Vec<u8>) -> bool {
    let start = out.len();
    for &no in nos {
        if let Some(choice) = select.by_no(no) {
            out.push(if out.len() == start { b'[' } else { b',' });
            write_text(&choice.name, out);
        }
    }
    if out.len() == start {
        return false;
    }
    out.push(b']');
    true
}

/// Appends `text` as a JSON string.
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    // One pass without an early end is vectorised; few texts need escapes.
    let escapes = text.bytes().fold(false, |any, byte| any | needs_escape(byte));
    if escapes {
        model::write_json_string(text, out);
        return;
    }
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Appends a number as JSON, as [`push_number`] writes it; what JSON cannot say becomes
/// `{"specialValue":"NaN"}` and the like.
pub fn write_number(number: f64, out: &mut Vec<u8>) {
    // Without a call of `trunc`, which is a function where the processor's own is not assumed.
    if number.abs() < EXACT && number as i64 as f64 == number {
        out.extend_from_slice(itoa::Buffer::new().format(number as i64).as_bytes());
    } else if let Some(hundredths) = hundredths(number) {
        write_hundredths(hundredths, out);
    } else {
        let mut text = String::new();
        push_number(number, &mut text);
        if !number.is_finite() {
            text = format!("{{\"specialValue\":\"{text}\"}}");
        }
        out.extend_from_slice(text.as_bytes());
    }
}

/// Numbers below this have at most 15 digits when they are whole hundredths, so that no shorter text reads back as
/// the same number.
const HUNDREDTHS: f64 = 1e13;

/// The number in hundredths, when it is a whole number of them: most that are not whole are amounts of money.
fn hundredths(number: f64) -> Option<i64> {
    let nearest = (number * 100.0 + 0.5_f64.copysign(number)) as i64;
    (number.abs() < HUNDREDTHS && nearest as f64 / 100.0 == number).then_some(nearest)
}

/// Appends hundredths that are no whole number: one or two digits behind the point.
fn write_hundredths(hundredths: i64, out: &mut Vec<u8>) {
    if hundredths < 0 {
        out.push(b'-');
    }
    let (whole, part) = (hundredths.unsigned_abs() / 100, (hundredths.unsigned_abs() % 100) as u8);
    out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
    out.extend_from_slice(&[b'.', b'0' + part / 10]);
    if !part.is_multiple_of(10) {
        out.push(b'0' + part % 10);
    }
}

#[cfg(test)]
mod tests;
