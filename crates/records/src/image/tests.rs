mod budget;
mod forward;
mod generated;
mod watched;

use std::collections::BTreeMap;

use model::{CellValue, Field, Ordinal, Table, TableImage, UserId};
use serde_json::{Value, json};

use crate::error::Error;
use crate::fixture::{House, cells};
use crate::image::acting::{Act, carry_out, each_history, ids};
use crate::ops::{Records, UpdateRecord};
use images::BaseImage;
use images::{author, kept, time_of};

/// Everything that a picture says of the records that exist, and the order of changes of all.
type Dump = BTreeMap<(u32, u32), (String, BTreeMap<u32, CellValue>)>;

fn dump(image: &BaseImage) -> Dump {
    let mut out = Dump::new();
    for table in &image.schema.tables {
        let rows = image.table(table.no);
        for ordinal in rows.live.ones().map(|ordinal| Ordinal(ordinal as u32)) {
            let cells = rows.columns.iter().map(|(no, column)| (no.0, column.cell(ordinal.0 as usize).to_value()));
            let mut cells: BTreeMap<_, _> = cells.filter(|(_, cell)| !cell.is_empty()).collect();
            // What is written down of them differs in when it was.
            for field in table.fields.iter().filter(|field| !field.kind.watched().is_empty()) {
                cells.insert(field.no.0, watched((table, &rows), field, ordinal));
            }
            out.insert((table.no.0, ordinal.0), (rows.ids.get(ordinal).unwrap().to_string(), cells));
        }
    }
    out
}

/// What a field shows that watches others.
fn watched((table, rows): (&Table, &TableImage), field: &Field, ordinal: Ordinal) -> CellValue {
    if field.kind.is_people() {
        return CellValue::Text(author(rows, field, ordinal).map(|id| id.to_string()).unwrap_or_default());
    }
    let lists = field.kind.watched().iter();
    let times = lists.map(|list| time_of(rows, &table.keepers_of(&list.0, Some(field.no)), ordinal));
    kept(&times.collect::<Vec<_>>())
}

/// When records were made and changed and by whom.
fn times(image: &BaseImage) -> Vec<(u32, [CellValue; 3], [Option<UserId>; 2])> {
    let mut out = Vec::new();
    for table in &image.schema.tables {
        let rows = image.table(table.no);
        for ordinal in rows.live.ones() {
            let times = [&rows.created, &rows.modified, &rows.changed].map(|column| column.cell(ordinal).to_value());
            let users = [&rows.created_by, &rows.modified_by].map(|column| rows.user(column.cell(ordinal)));
            assert!(users.iter().all(Option::is_some), "somebody did it");
            out.push((table.no.0, times, users));
        }
    }
    out
}
