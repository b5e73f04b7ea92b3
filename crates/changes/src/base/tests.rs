use events::Body;
use model::{Actor, Door};
use proptest::prelude::*;

use super::*;

fn head(sequence: i64) -> Head {
    let (zero, tenant) = (Timestamp(0), TenantNo(1));
    let (schema_revision, access_revision, removed) = (1, 1, false);
    Head { tenant, sequence, oldest: 1, kept_since: zero, schema_revision, access_revision, changed: zero, removed }
}

fn change(sequence: i64) -> (Arc<Change>, usize) {
    let actor = Actor::System("test".to_owned());
    let change = Change { sequence, run: None, actor, door: Door::System, time: Timestamp(0), body: Body::default() };
    (Arc::new(change), 10)
}

fn pending(sequences: &[i64]) -> Pending {
    let last = sequences.last().copied().unwrap_or_default();
    Pending { head: head(last), changes: sequences.iter().map(|sequence| change(*sequence)).collect() }
}

fn between(state: &State, after: i64, until: i64) -> Option<Vec<i64>> {
    state.between(after, until).map(|changes| changes.iter().map(|change| change.sequence).collect())
}

#[test]
fn an_older_head_is_not_learnt() {
    let at = |sequence, access_revision, oldest| Head { oldest, access_revision, ..head(sequence) };
    // Known, read, kept.
    let cases = [
        (at(5, 1, 1), at(6, 1, 1), at(6, 1, 1)),
        (at(5, 1, 1), at(4, 9, 1), at(5, 1, 1)),
        (at(5, 1, 1), at(5, 2, 1), at(5, 2, 1)),
        (at(5, 2, 1), at(5, 1, 1), at(5, 2, 1)),
        (at(5, 1, 1), at(5, 1, 3), at(5, 1, 3)),
    ];
    for (known, read, kept) in cases {
        let mut state = State { committed: Some(known), ..State::default() };
        state.learn(read);
        assert_eq!(state.committed, Some(kept));
    }
    let mut state = State::default();
    state.learn(head(3));
    assert_eq!(state.committed, Some(head(3)));
}

#[test]
fn pending_changes_are_seen_and_become_recent_when_committed() {
    let mut state = State { committed: Some(head(0)), ..State::default() };
    state.pending.push(pending(&[1, 2]));
    state.pending.push(pending(&[3]));
    assert_eq!(state.pending_head(), Some(head(3)));
    assert_eq!(between(&state, 0, 3), Some(vec![1, 2, 3]));
    assert_eq!(between(&state, 1, 2), Some(vec![2]));
    state.commit();
    assert_eq!((state.committed, state.pending_head()), (Some(head(2)), Some(head(3))));
    assert_eq!(between(&state, 0, 3), Some(vec![1, 2, 3]), "two are recent, one is pending");
    state.commit();
    assert_eq!((state.committed, state.pending_head()), (Some(head(3)), None));
    assert_eq!(between(&state, 0, 3), Some(vec![1, 2, 3]));
    state.commit();
    assert_eq!(state.committed, Some(head(3)), "nothing more to commit");
}

#[test]
fn what_is_aborted_leaves_from_the_newest() {
    let mut state = State { committed: Some(head(0)), ..State::default() };
    state.pending.push(pending(&[1]));
    state.pending.push(pending(&[2]));
    state.abort();
    assert_eq!(state.pending_head(), Some(head(1)));
    state.abort();
    assert_eq!((state.pending_head(), state.committed), (None, Some(head(0))));
    assert_eq!(between(&state, 0, 1), None);
}

#[test]
fn an_operation_without_changes_moves_only_the_head() {
    let mut state = State { committed: Some(head(4)), ..State::default() };
    state.pending.push(Pending { head: Head { access_revision: 2, ..head(4) }, changes: Vec::new() });
    state.commit();
    assert_eq!(state.committed.map(|head| head.access_revision), Some(2));
    assert_eq!(between(&state, 4, 4), Some(vec![]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    /// Whatever is released, committed and aborted: what is answered is exactly the span that was asked for.
    #[test]
    fn a_span_is_whole_or_not_answered(steps in prop::collection::vec((0..3u8, 1..4i64), 1..60), after in 0..40i64, len in 0..40i64) {
        let mut state = State { committed: Some(head(0)), ..State::default() };
        let mut last = 0;
        for (step, count) in steps {
            match step {
                0 => {
                    let sequences: Vec<i64> = (last + 1..=last + count).collect();
                    last += count;
                    state.pending.push(pending(&sequences));
                }
                1 => drop(state.commit()),
                _ => {
                    state.abort();
                    last = state.pending_head().or(state.committed).map_or(0, |head| head.sequence);
                }
            }
        }
        let until = (after + len).min(last);
        if let Some(found) = between(&state, after, until) {
            prop_assert_eq!(found, (after + 1..=until).collect::<Vec<_>>());
        } else {
            prop_assert!(until > after && last > 0);
        }
        // All of it fits into memory here.
        prop_assert_eq!(between(&state, 0, last), Some((1..=last).collect::<Vec<_>>()));
    }
}
