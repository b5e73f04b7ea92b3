//! What is noted of links.

use changes::Body;
use events::LinkDelta;
use model::{FieldNo, Ordinal, TableNo};
use testkit::on_every_database;

use crate::{BASE, Log, TENANT, new};

const RELATION: FieldNo = FieldNo(4);

/// A change that links one record to others.
async fn link(log: &Log, from: u32, to: std::ops::Range<u32>) -> i64 {
    let pair = |to| LinkDelta { relation: RELATION, from: Ordinal(from), to: Ordinal(to), added: true, places: None };
    let mut body = Body::default();
    body.table(TableNo(1)).links = to.map(pair).collect();
    let mut tx = log.changes.begin(TENANT, BASE).await.unwrap();
    let mut change = new(None, 5, false);
    change.body = body;
    let sequence = tx.append(change).sequence;
    tx.commit().await.unwrap();
    sequence
}

#[on_every_database]
async fn the_changes_that_link_a_record_are_found_from_both_sides(log: Log) {
    let one = link(&log, 1, 7..8).await;
    let other = link(&log, 2, 8..9).await;
    // One with very many links is about every record.
    let many = link(&log, 3, 100..300).await;
    let last = link(&log, 1, 8..10).await;
    let found = async |second, ordinal, before, limit| {
        let place = (RELATION, second, Ordinal(ordinal));
        log.changes.list_linking(BASE, place, before, limit).await.unwrap()
    };
    assert_eq!(found(false, 1, i64::MAX, 10).await, [last, many, one]);
    assert_eq!(found(true, 8, i64::MAX, 10).await, [last, many, other]);
    assert_eq!(found(true, 8, last, 1).await, [many]);
    assert_eq!(found(true, 1, i64::MAX, 10).await, [many], "the other side's records are others");
    let place = (FieldNo(5), false, Ordinal(1));
    assert!(log.changes.list_linking(BASE, place, i64::MAX, 10).await.unwrap().is_empty());
}
