//! Which changes link which records: a pair is told in the log with the record that was written, and history asks for the
//! record on either side.

use std::collections::BTreeSet;

use db::{Db, Tx, params};
use events::Change;
use model::{BaseNo, FieldNo, Ordinal};

use crate::error::Error;

/// Most records of a change that are noted one by one: of a change with more it is noted that it is one.
const NOTED: usize = 100;
/// The place of changes with more.
const MANY: i64 = -1;
/// Most changes that are read at a time.
const PAGE: i64 = 256;

const NOTE: &str = "INSERT INTO linking (base, relation, side, ordinal, sequence) VALUES ($1, $2, $3, $4, $5)";
const LIST: &str = "SELECT sequence FROM linking
    WHERE base = $1 AND relation = $2 AND side = $3 AND ordinal = $4 AND sequence < $5
    ORDER BY sequence DESC LIMIT $6";
const REMOVE: &str = "DELETE FROM linking WHERE base = $1 AND sequence <= $2";

/// Every text, so that a test can show each to both databases.
#[cfg(test)]
pub(crate) const TEXTS: [&str; 3] = [NOTE, LIST, REMOVE];

/// Notes the records that a change links or unlinks.
pub(crate) fn note(tx: &mut Tx, base: BaseNo, change: &Change) {
    let links = change.body.tables.iter().flat_map(|part| &part.links);
    let mut places: BTreeSet<(u32, i64, i64)> = BTreeSet::new();
    for link in links {
        places.insert((link.relation.0, 0, i64::from(link.from.0)));
        places.insert((link.relation.0, 1, i64::from(link.to.0)));
    }
    if places.len() > NOTED {
        places = places.into_iter().map(|(relation, side, _)| (relation, side, MANY)).collect();
    }
    for (relation, side, ordinal) in places {
        tx.queue(NOTE, params![base, i64::from(relation), side, ordinal, change.sequence]);
    }
}

/// The numbers of the changes that link a record, newest first.
pub(crate) async fn list(
    db: &Db,
    base: BaseNo,
    (relation, second, ordinal): (FieldNo, bool, Ordinal),
    before: i64,
    limit: i64,
) -> Result<Vec<i64>, Error> {
    let limit = limit.min(PAGE);
    let mut found = BTreeSet::new();
    for ordinal in [i64::from(ordinal.0), MANY] {
        let place = params![base, i64::from(relation.0), i64::from(second), ordinal, before, limit];
        for row in db.read(LIST, place).await? {
            found.insert(row.get::<i64>(0)?);
        }
    }
    Ok(found.into_iter().rev().take(limit as usize).collect())
}

pub(crate) fn remove_until(tx: &mut Tx, base: BaseNo, last: i64) {
    tx.queue(REMOVE, params![base, last]);
}
