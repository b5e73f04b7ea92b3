//! When, and by whom, a record was changed, or the fields of it that a field watches.

use model::{CellRef, CellValue, Field, Keeper, Ordinal, TableImage, UserId, user_ids};

/// Stands between the times of several lists.
const BETWEEN: &str = ",";

/// When one of the watched fields was last changed, as the first of these knows that has written it down. As long as none has, the
/// last change of the record counts.
pub fn time_of<'r>(rows: &'r TableImage, keepers: &[Keeper], ordinal: Ordinal) -> CellRef<'r> {
    let written = |keeper: &Keeper| (rows.cell(keeper.field, ordinal), keeper.list);
    let (time, list) = keepers.iter().map(written).find(|(cell, _)| !cell.is_empty()).unwrap_or((CellRef::Empty, 0));
    match time {
        CellRef::Empty => rows.modified.cell(ordinal.0 as usize),
        CellRef::Text(times) => {
            let time = times.split(BETWEEN).nth(list).and_then(|time| time.parse().ok());
            time.map_or(CellRef::Empty, CellRef::Time)
        }
        cell => cell,
    }
}

/// The times of all lists of fields that a field watches, as its cell keeps them: of one the time, of several the text of all.
pub fn kept(times: &[CellRef<'_>]) -> CellValue {
    let micros = |time: &CellRef<'_>| if let CellRef::Time(time) = time { time.to_string() } else { String::new() };
    match times {
        [time] => time.to_value(),
        times => CellValue::Text(times.iter().map(micros).collect::<Vec<_>>().join(BETWEEN)),
    }
}

/// Who last changed the record, or one of the fields that this one watches.
pub fn author(rows: &TableImage, field: &Field, ordinal: Ordinal) -> Option<UserId> {
    match rows.cell(field.no, ordinal) {
        CellRef::Text(id) if !field.kind.watched().is_empty() => user_ids(id).next(),
        _ => rows.user(rows.modified_by.cell(ordinal.0 as usize)),
    }
}
