use std::sync::Arc;

use events::{Body, Change};
use model::{Actor, Door, Timestamp};

use super::{BYTES, COUNT, Recent};

fn change(sequence: i64) -> Arc<Change> {
    let actor = Actor::System("test".to_owned());
    Arc::new(Change { sequence, run: None, actor, door: Door::System, time: Timestamp(0), body: Body::default() })
}

fn filled(range: std::ops::RangeInclusive<i64>) -> Recent {
    let mut recent = Recent::default();
    range.for_each(|sequence| drop(recent.push(change(sequence), 10)));
    recent
}

fn sequences(changes: Option<Vec<Arc<Change>>>) -> Option<Vec<i64>> {
    changes.map(|changes| changes.iter().map(|change| change.sequence).collect())
}

#[test]
fn a_span_is_answered_only_when_all_of_it_is_there() {
    let recent = filled(5..=8);
    let cases = [
        ((4, 8), Some(vec![5, 6, 7, 8])),
        ((6, 7), Some(vec![7])),
        ((8, 8), Some(vec![])),
        ((9, 3), Some(vec![])),
        ((3, 8), None),
        ((6, 9), None),
    ];
    for ((after, until), expected) in cases {
        assert_eq!(sequences(recent.between(after, until)), expected, "({after}, {until}]");
    }
    assert_eq!(sequences(Recent::default().between(0, 1)), None);
    assert_eq!(recent.get(6).unwrap().sequence, 6);
    assert!(recent.get(9).is_none() && recent.get(4).is_none());
}

#[test]
fn a_gap_starts_anew_and_the_past_is_ignored() {
    let mut recent = filled(1..=3);
    recent.push(change(2), 10);
    assert_eq!(sequences(recent.between(0, 3)), Some(vec![1, 2, 3]));
    recent.push(change(7), 10);
    assert_eq!(sequences(recent.between(6, 7)), Some(vec![7]));
    assert!(recent.get(3).is_none());
}

#[test]
fn count_and_bytes_are_bounded() {
    let recent = filled(1..=COUNT as i64 + 5);
    assert!(recent.get(5).is_none() && recent.get(6).is_some());
    let mut recent = filled(1..=3);
    recent.push(change(4), BYTES + 1);
    assert!(recent.get(3).is_none(), "the others leave for a large one");
    assert!(recent.get(4).is_some(), "the newest stays however large");
}
