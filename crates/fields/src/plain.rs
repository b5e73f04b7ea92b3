//! The text of cells in CSV files.

use model::{CellRef, FieldKind, FormulaType, Timestamp, push_number};

use crate::list::join_names;
use crate::shape::{Shape, shape};

/// Appends the text that a CSV file holds for a cell: numbers shortest, days and times as ISO 8601, names of choices
/// joined with `, `, `true` for a checked checkbox. Nothing for links.
pub fn plain_cell(kind: &FieldKind, cell: CellRef<'_>, out: &mut String) {
    match cell {
        CellRef::Empty | CellRef::Links(_) | CellRef::Flag(false) => {}
        CellRef::Text(text) => out.push_str(text),
        CellRef::Number(number) => push_number(number, out),
        CellRef::Flag(true) => out.push_str("true"),
        CellRef::Time(time) => push_time(kind, Timestamp(time), out),
        CellRef::Choice(no) => push_choice(kind, no, out),
        CellRef::Choices(nos) => push_choices(kind, nos, out),
        CellRef::Values(items) => {
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                plain_cell(kind.item(), item, out);
            }
        }
        CellRef::Error(_) => out.push_str("#ERROR!"),
    }
}

fn push_time(kind: &FieldKind, time: Timestamp, out: &mut String) {
    let mut bytes = Vec::with_capacity(24);
    if matches!(shape(kind), Shape::Date | Shape::List(FormulaType::Date)) {
        time.write_date(&mut bytes);
    } else {
        time.write_iso(&mut bytes);
    }
    out.push_str(std::str::from_utf8(&bytes).unwrap_or_default());
}

pub(crate) fn push_choice(kind: &FieldKind, no: u32, out: &mut String) {
    if let Some(choice) = kind.select().and_then(|select| select.by_no(no)) {
        out.push_str(&choice.name);
    }
}

pub(crate) fn push_choices(kind: &FieldKind, nos: &[u32], out: &mut String) {
    if let Some(select) = kind.select() {
        join_names(nos.iter().filter_map(|&no| select.by_no(no)).map(|choice| choice.name.as_str()), out);
    }
}
