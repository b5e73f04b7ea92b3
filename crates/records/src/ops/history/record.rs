//! Finding the changes of one record among all changes of a base, by what leads to them: a change of a record names the one
//! before it, the log notes who is linked by whom, and conversions are few.

use std::collections::BTreeSet;
use std::sync::Arc;

use events::Change;
use images::BaseImage;
use model::{BaseNo, CellRef, Field, FieldNo, Table};

use super::{Placed, REACH, Records};
use crate::error::Error;

/// What is found, and down to which change that is all.
struct Found {
    sequences: BTreeSet<i64>,
    down_to: i64,
}

impl Records {
    /// The next changes that concern a record, newest first, and where to go on.
    pub(super) async fn of_record(
        &self,
        base: BaseNo,
        image: &BaseImage,
        placed: &Placed,
        (before, limit): (Option<i64>, usize),
        concerns: impl Fn(&Change) -> bool,
    ) -> Result<(Vec<Arc<Change>>, Option<i64>), Error> {
        let mut conversions = Vec::new();
        for table in &image.schema.tables {
            if table.no == placed.table || links_to(table, placed) {
                self.conversions(base, (table.id, None), &mut conversions).await?;
            }
        }
        let (mut changes, mut seen) = (Vec::new(), 0);
        let mut before = before.unwrap_or(i64::MAX);
        loop {
            let Found { mut sequences, down_to } = self.leading(base, image, placed, (before, limit)).await?;
            sequences.extend(conversions.iter().map(|retyped| retyped.change));
            sequences.retain(|sequence| (down_to..before).contains(sequence));
            seen += sequences.len();
            for sequence in sequences.into_iter().rev() {
                let Some(change) = self.changes.find(base, sequence).await?.filter(|change| concerns(change)) else {
                    continue;
                };
                changes.push(change);
                if changes.len() == limit {
                    return Ok((changes, Some(sequence)));
                }
            }
            if down_to <= 1 || seen >= REACH {
                return Ok((changes, Some(down_to).filter(|down_to| *down_to > 1)));
            }
            before = down_to;
        }
    }

    /// The changes that may concern a record, a page of each kind.
    async fn leading(
        &self,
        base: BaseNo,
        image: &BaseImage,
        placed: &Placed,
        (before, limit): (i64, usize),
    ) -> Result<Found, Error> {
        let mut found = self.own(base, image, placed, (before, limit)).await?;
        for (relation, second) in relations(image, placed) {
            let at = (relation, second, placed.ordinal);
            let linking = self.changes.list_linking(base, at, before, limit as i64).await?;
            if let Some(last) = linking.last().filter(|_| linking.len() == limit) {
                found.down_to = found.down_to.max(*last);
            }
            found.sequences.extend(linking);
        }
        Ok(found)
    }

    /// The changes that wrote a record: each names the one before it.
    async fn own(
        &self,
        base: BaseNo,
        image: &BaseImage,
        placed: &Placed,
        (before, limit): (i64, usize),
    ) -> Result<Found, Error> {
        let mut found = Found { sequences: BTreeSet::new(), down_to: 0 };
        let mut sequence = match image.table(placed.table).changed.cell(placed.ordinal.0 as usize) {
            CellRef::Time(sequence) => sequence,
            _ => 0,
        };
        // A page mostly begins behind one of them.
        if let Some(change) = self.changes.find(base, before).await?
            && let Some(previous) = previous(&change, placed)
        {
            sequence = previous;
        }
        while let Some(change) = self.changes.find(base, sequence).await? {
            if sequence < before {
                found.sequences.insert(sequence);
            }
            if found.sequences.len() == limit {
                found.down_to = sequence;
                break;
            }
            match previous(&change, placed) {
                Some(previous) if previous < sequence => sequence = previous,
                _ => break,
            }
        }
        Ok(found)
    }
}

/// The number of the change of a record before this one, which is of the record too.
fn previous(change: &Change, placed: &Placed) -> Option<i64> {
    let parts = change.body.tables.iter().filter(|part| part.table == placed.table);
    let mut all = parts.flat_map(|part| {
        let whole = part.deleted.iter().chain(&part.restored).chain(&part.created);
        let updated = part.updated.iter().map(|record| (record.ordinal, record.previous));
        updated.chain(whole.map(|record| (record.ordinal, record.previous)))
    });
    all.find(|(ordinal, _)| *ordinal == placed.ordinal).map(|(_, previous)| previous)
}

/// The relations that a record may be linked by, and the side that it is on.
fn relations(image: &BaseImage, placed: &Placed) -> Vec<(FieldNo, bool)> {
    let mut found = Vec::new();
    for table in &image.schema.tables {
        for field in table.fields.iter().filter(|field| field.kind.link().is_some()) {
            if table.no == placed.table {
                found.push((field.no, false));
            }
            if leads_to(field, placed) {
                found.push((field.no, true));
            }
        }
    }
    found
}

fn links_to(table: &Table, placed: &Placed) -> bool {
    table.fields.iter().any(|field| leads_to(field, placed))
}

fn leads_to(field: &Arc<Field>, placed: &Placed) -> bool {
    field.kind.link().is_some_and(|link| link.linked_table_no == placed.table)
}
