//! Link cells as pairs of records.

use std::sync::Arc;

use events::{Body, LinkDelta};
use model::{CellRef, Field, FieldNo, Ordinal, TableNo};

use crate::image::BaseImage;

/// The whole list that a link cell shall hold.
pub(crate) struct LinkWrite {
    /// The table of the record.
    pub table: TableNo,
    /// The link field written.
    pub field: Arc<Field>,
    /// The record written.
    pub record: Ordinal,
    /// What it shall be linked to, in order.
    pub list: Vec<Ordinal>,
}

/// The pairs to unlink and link, each with the table of its relation. What stays keeps its place; a list that is
/// only reordered is unlinked and linked again from the first difference on.
pub(crate) fn deltas(image: &BaseImage, writes: &[LinkWrite], body: &Body) -> Vec<(TableNo, LinkDelta)> {
    let mut out: Vec<(TableNo, LinkDelta)> = Vec::new();
    for write in writes {
        let Some(link) = write.field.kind.link() else { continue };
        let table = if link.reversed { link.linked_table_no } else { write.table };
        let (before, known) = present(image, write);
        let same = before.iter().zip(&write.list).take_while(|(held, wanted)| **held == wanted.0).count();
        let pair = |other: Ordinal, added: bool| {
            let (from, to) = if link.reversed { (other, write.record) } else { (write.record, other) };
            (table, LinkDelta { relation: link.relation, from, to, added })
        };
        if known {
            for held in before.iter().skip(same) {
                push(&mut out, pair(Ordinal(*held), false));
            }
        }
        for wanted in write.list.iter().skip(same).filter(|wanted| !deleted(body, link.linked_table_no, **wanted)) {
            push(&mut out, pair(*wanted, true));
        }
    }
    out
}

/// Two sides written together name the same pair: once is enough.
fn push(out: &mut Vec<(TableNo, LinkDelta)>, delta: (TableNo, LinkDelta)) {
    if !out.contains(&delta) {
        out.push(delta);
    }
}

fn present(image: &BaseImage, write: &LinkWrite) -> (Vec<u32>, bool) {
    match image.table(write.table).cell(FieldNo(write.field.no.0), write.record) {
        CellRef::Links(list) => (list.to_vec(), true),
        _ => (Vec::new(), false),
    }
}

fn deleted(body: &Body, table: TableNo, record: Ordinal) -> bool {
    body.tables.iter().any(|change| change.table == table && change.deleted.iter().any(|d| d.ordinal == record))
}
